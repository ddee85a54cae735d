create table b (v varchar(10), c char(5), i int)
=> CREATE TABLE

insert into b values ('a ', 'cat', 1), ('a', 'a ', 2), ('b', 'a', 3), ('05', 'x', 5), (null, null, 4)
=> INSERT 0 5

-- Trailing blanks do not count in comparisons of CHAR and VARCHAR.
select i from b where v = 'a' order by i
=> i int4
1|
2|

select i from b where v <> 'a' order by i
=> i int4
3|
5|

select i from b where c = 'a' or 'cat  ' = c order by i
=> i int4
1|
2|
3|

select i from b where v in ('a', 'x') and not v in ('b') order by i
=> i int4
1|
2|

select x.i, y.i from b x join b y on x.v = y.v and x.i < y.i
=> i int4, i int4
1|2|

select count(*) as n from b where v = c
=> n int8
1|

select i from b where v > 'a' order by i
=> i int4
3|

prepare q as select i from b where v = $1 order by i; execute q('a  ')
=> i int4
1|
2|

-- A number becomes text beside a string.
select i from b where v = i
=> SELECT 0

select i from b where i = '5'
=> i int4
5|

-- Blanks beyond a column's length are cut.
insert into b (v) values ('abcdefghij   ')
=> INSERT 0 1

select length(v) as n from b where v = 'abcdefghij'
=> n int4
10|

select relname from pg_class where relname = 'b'
=> relname varchar
b|
