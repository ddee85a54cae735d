-- Without JSON_PARSE a string in a SUPER column is one string.
create table sup (id int, d super)
=> CREATE TABLE

insert into sup values (1, '{"os":"Mac"}'), (2, '[1,2]')
=> INSERT 0 2

insert into sup values (3, 'plain'), (4, json_parse('{"os":"Mac"}')), (5, null)
=> INSERT 0 3

select id, json_typeof(d) as kind, d.os as os from sup order by 1
=> id int4, kind varchar, os text
1|string|NULL|
2|string|NULL|
3|string|NULL|
4|object|"Mac"|
5|NULL|NULL|

update sup set d = '{"k":1}' where id = 4
=> UPDATE 1

select json_typeof(d) as kind from sup where id = 4
=> kind varchar
string|
