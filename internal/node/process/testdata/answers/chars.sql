create table c (c6 char(6), v7 varchar(7), n int)
=> CREATE TABLE

insert into c values ('cat', 'abc', 1), ('cat   ', 'a ', 2), ('cat       ', 'abcdefg   ', 3), (null, null, 4)
=> INSERT 0 4

select c6, length(c6) as l, octet_length(c6) as o, c6 || '.' as j, v7, len(v7) as vl from c order by n
=> c6 bpchar(6), l int4, o int4, j varchar, v7 varchar(7), vl int4
cat   |3|6|cat.|abc|3|
cat   |3|6|cat.|a |2|
cat   |3|6|cat.|abcdefg|7|
NULL|NULL|NULL|NULL|NULL|NULL|

select n from c where c6 = 'cat' order by n
=> n int4
1|
2|
3|

select n from c where c6 like 'cat' order by n
=> n int4
1|
2|
3|

select c6, count(*) as n from c group by c6 order by 1
=> c6 bpchar(6), n int8
cat   |3|
NULL|1|

select min(c6) as a, coalesce(c6, 'x') as b from c group by c6 order by 2
=> a bpchar(6), b bpchar(6)
cat   |cat   |
NULL|x     |

select 'ab'::char(4) as a, 'abcdef'::char(4) as b, cast('x' as char) as c
=> a bpchar(4), b bpchar(4), c bpchar(1)
ab  |abcd|x|

select 'ééé'::varchar(4) as a, ('é' || v7)::varchar(2) as b from c where n = 1
=> a varchar(4), b varchar(2)
éé|é|

insert into c (c6) values ('toolong')
=> error 22001: value too long for type character(6)

insert into c (v7) values ('éééé')
=> error 22001: value too long for type character varying(7)

insert into c (v7) select 'abcdefg' || '   '
=> INSERT 0 1

insert into c (c6) select 'dog' || '   ' union all select 'cow '
=> INSERT 0 2

prepare ins as insert into c (c6, v7) values ($1, $2); execute ins('pig  ', 'abcdefghi'); 
=> error 22001: value too long for type character varying(7)

execute ins('pig  ', 'abc          ')
=> INSERT 0 1

select c6, v7 from c where c6 in ('dog', 'cow', 'pig ') order by 1
=> c6 bpchar(6), v7 varchar(7)
cow   |NULL|
dog   |NULL|
pig   |abc    |

update c set c6 = c6 || '  ' where n = 1
=> UPDATE 1

select c6 from c where n = 1
=> c6 bpchar(6)
cat   |

create table made as select c6, v7, v7 || c6 as j, 'abc' as k, upper(v7) as u, n, v7::varchar as d, coalesce(v7, 'longer than it') as l from c
=> SELECT

select "column", type from pg_table_def where tablename = 'made'
=> column varchar, type varchar
c6|character(6)|
v7|character varying(7)|
j|character varying|
k|character varying(3)|
u|character varying|
n|integer|
d|character varying(256)|
l|character varying(14)|

insert into made (v7) values ('abcdefgh')
=> error 22001: value too long for type character varying(7)

select v7, c6, k from made where n = 1
=> v7 varchar(7), c6 bpchar(6), k varchar(3)
abc|cat   |abc|

select v7, c6 into made2 from c
=> SELECT

select "column", type from pg_table_def where tablename = 'made2'
=> column varchar, type varchar
v7|character varying(7)|
c6|character(6)|

create view cv as select c6, v7 as x, n from c
=> CREATE VIEW

select c6, x from cv where c6 = 'cat ' and n = 2
=> c6 bpchar(6), x varchar(7)
cat   |a |

select column_name, data_type, character_maximum_length from svv_columns where table_name = 'cv' order by ordinal_position
=> column_name varchar, data_type varchar, character_maximum_length int4
c6|character|6|
x|character varying|7|
n|integer|NULL|

explain create table none as select v7 from c
=> QUERY PLAN text
┌───────────────────────────┐|
│          SEQ_SCAN         │|
│    ────────────────────   │|
│     Table: dev.chars.c    │|
│   Type: Sequential Scan   │|
│      Projections: v7      │|
│                           │|
│          ~8 rows          │|
└───────────────────────────┘|

create table df (a char(5) default 'x ', b int); insert into df (b) values (1)
=> INSERT 0 1

select a from df where a = 'x'
=> a bpchar(5)
x    |

select case when n = 1 then 'much longer than seven' else v7 end as a from c where n = 1
=> a varchar(22)
much longer than seven|

insert into c (c6, v7) select * from (select 'hen  ' || ' ' as a, 'ab' as b) x
=> INSERT 0 1

create view star as select * from c; alter table c add column extra int; select * from star where n = 1
=> c6 bpchar(6), v7 varchar(7), n int4
cat   |abc|1|

select definition from pg_views where viewname = 'star'
=> definition varchar
SELECT c.c6, c.v7, c.n FROM c;|
