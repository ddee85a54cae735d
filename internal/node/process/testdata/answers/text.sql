-- + joins strings.
create table w (v varchar(10), c char(5))
=> CREATE TABLE

insert into w values ('a', 'cat')
=> INSERT 0 1

select 'a' + 'b' as a, v + 'x' as b, 'n' + 1::varchar as c, 'ALTER ' + quote_ident(v) + ';' as d from w
=> a varchar, b varchar, c varchar, d varchar
ab|ax|n1|ALTER a;|

select 'x' + relname as a from pg_class where relname = 'w' limit 1
=> a varchar
xw|

-- CONCAT takes two.
select concat('a', 'b', 'c')
=> error 42883: function concat does not exist with other than two arguments

select concat('a', 'b') as a, v from w
=> a varchar, v varchar(10)
ab|a|

select len(v) as a, char_length('abc') as b, charindex('b', 'abc') as c, octet_length('é') as d from w
=> a int4, b int4, c int4, d int4
1|3|2|2|
