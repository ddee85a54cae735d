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

-- Grouping, DISTINCT, set operations and windows tell strings apart without their trailing blanks.
create table g (v varchar(10), w varchar(10), i int)
=> CREATE TABLE

insert into g values ('a', 'x', 1), ('a ', 'x ', 2), ('b', 'y', 3), (null, 'y', 4)
=> INSERT 0 4

select v, count(*) as n, sum(i) as s from g group by v order by v
=> v varchar(10), n int8, s int8
a|2|3|
b|1|3|
NULL|1|4|

select v || '.' as u, count(*) as n from g group by 1 order by 1
=> u varchar, n int8
a .|1|
a.|1|
b.|1|
NULL|1|

select upper(v) as u, max(w) as w, count(distinct w) as d from g group by u having upper(v) >= 'A ' order by upper(v) desc
=> u varchar, w varchar(10), d int8
B|y|1|
A|x |1|

select distinct v, w from g order by v, w
=> v varchar(10), w varchar(10)
a|x|
b|y|
NULL|y|

select distinct * from g where i < 3 order by i
=> v varchar(10), w varchar(10), i int4
a|x|1|
a|x|2|

select count(distinct v) as a, listagg(distinct w, ',') within group (order by w) as b from g
=> a int8, b varchar
2|x,y|

select v from g union select 'a  ' order by 1
=> v varchar(10)
a|
b|
NULL|

select v from g intersect select 'a  '
=> v varchar(10)
a|

select v from g except select w from g except select 'b  ' order by 1
=> v varchar(10)
a|
NULL|

select count(*) as n from (select v from g union all select v from g) x
=> n int8
8|

select i, row_number() over (partition by v order by i) as n from g order by i
=> i int4, n int8
1|1|
2|2|
3|1|
4|1|

select i from g where v in (select w || '' from g union all select 'a  ') order by i
=> i int4
1|
2|

select i from g where v = any (select 'a  ') order by i
=> i int4
1|
2|

select v, (select count(*) from g h where h.v = g.v) as n from g group by v order by v
=> v varchar(10), n int8
a|2|
a |2|
b|1|
NULL|0|

select nullif(v, 'a  ') as a, case v when 'a   ' then 1 else 0 end as b, v is distinct from 'a' as c, v between 'a' and 'a' as d from g order by i
=> a varchar(10), b int4, c bool, d bool
NULL|1|f|t|
NULL|1|f|t|
b|0|t|f|
NULL|0|t|NULL|

select i from g where v > 'a' order by i
=> i int4
3|

select i from g where v <= 'a ' and v >= 'a' order by i
=> i int4
1|
2|

select v, w, count(*) as n from g group by rollup(v, w) order by v, w, n
=> v varchar(10), w varchar(10), n int8
a|x|2|
a|NULL|2|
b|y|1|
b|NULL|1|
NULL|y|1|
NULL|NULL|1|
NULL|NULL|4|
