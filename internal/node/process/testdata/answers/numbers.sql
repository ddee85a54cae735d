create table n (s smallint, i int, l bigint, d8 decimal(8,2), e8 decimal(8,2), d18 decimal(18,4), d12 decimal(12,2), f float8)
=> CREATE TABLE

insert into n values (3, 7, 9223372036854775807, 10.00, 3.00, 1000000, 2.50, 0.5), (3, 7, 1, 10.00, 3.00, 1000000, 3.75, 1.5), (3, 7, 0, 10.00, 3.00, 1000000, 1.90, 1)
=> INSERT 0 3

-- Computations with numeric values: DECIMAL(8,2) by DECIMAL(8,2) is DECIMAL(17,9).
select d8 / e8 as a, d8 / s as b, e8 / d8 as c from n limit 1
=> a numeric(17,9), b numeric(14,8), c numeric(17,9)
3.333333333|3.33333333|0.300000000|

select 10.00::decimal(8,2) / 3.00::decimal(8,2) as a, 12345678901234567890.12::numeric(38,2) / 3 as b, 15314215::bigint / 1000000.0 as c, 276.00::decimal(8,2) / 3::smallint as d
=> a numeric(17,9), b numeric(38,4), c numeric(28,8), d numeric(14,8)
3.333333333|4115226300411522630.0400|15.31421500|92.00000000|

select 7 / 2.0 as a, 1 / 3.0 as b, 1::numeric / 3 as c, 200::decimal(10,0) / 7 as d, -7 / 2.0 as e, 7 / 2 as f
=> a numeric(15,4), b numeric(15,4), c numeric(29,11), d numeric(21,11), e numeric(15,4), f int4
3.5000|0.3333|0.33333333333|28.57142857142|-3.5000|3|

-- Up to 38 digits, also where both sides fit 18.
select d18 * d18 as a, sum(d18 * d18) over (rows unbounded preceding) as b, d18 + d18 as c from n limit 1
=> a numeric(37,8), b numeric(38,8), c numeric(19,4)
1000000000000.00000000|1000000000000.00000000|2000000.0000|

select 999999999999999999::decimal(18,0) + 1 as a, 9999999999999999.99::decimal(18,2) * 10 as b, 12345678.1234::decimal(12,4) * 12345.6789::decimal(9,4) as c
=> a numeric(19,0), b numeric(29,2), c numeric(22,8)
1000000000000000000|99999999999999999.90|152415777914.25097626|

select 10.55::decimal(8,2) % 3 as a, 10.5 % 0.4 as b, mod(7, 3) as c
=> a numeric(12,2), b numeric(3,1), c int4
1.55|0.1|1|

select d8 / 0 from n
=> error 22012: division by zero

select d8 / f as a, i / f as b, d8 / f * 2 as c from n limit 1
=> a float8, b float8, c float8
20|14|40|

-- AVG of DECIMAL is cut to its scale, of integers to a whole number.
select avg(d12) as a, avg(i) as b, avg(s) as c, sum(s) as d, sum(i) as e, sum(d12) as f, avg(f) as g, avg(d12) / 2 as h from n
=> a numeric(38,2), b int8, c int8, d int8, e int8, f numeric(38,2), g float8, h numeric(38,4)
2.71|7|3|9|21|8.15|1|1.3550|

select sum(l) from n
=> error 22003: bigint out of range

select sum(i) as s, avg(d12) as a, count(*) as c from n where i < 0
=> s int8, a numeric(38,2), c int8
NULL|NULL|0|

select i, sum(l) over (partition by l) as s, avg(d12) over (partition by i) as a from n order by l limit 1
=> i int4, s int8, a numeric(38,2)
7|0|2.71|

create table q as select 10.00::decimal(8,2) / 3.00::decimal(8,2) as d, sum(i) as s, avg(d12) as a from n
=> SELECT

select "column", type from pg_table_def where tablename = 'q'
=> column varchar, type varchar
d|numeric(17,9)|
s|bigint|
a|numeric(38,2)|

select approximate count(distinct i) as a, approximate count(distinct l) as b from n
=> a int8, b int8
1|3|

select '5' + 3 as a, '2.5' * 2 as b, 3 - '1' as c
=> a int4, b numeric(13,1), c int4
8|5.0|2|

prepare p as select d8 / e8 as q from n where i = $1 limit 1; execute p(7)
=> q numeric(17,9)
3.333333333|

select x.q * 3 as a from (select d8 / e8 as q from n limit 1) x
=> a numeric(28,9)
9.999999999|

create view v as select d8 / e8 as q, sum(i) as s from n group by 1; select q, s, q / 2 as h from v
=> q numeric(17,9), s int8, h numeric(28,20)
3.333333333|21|1.66666666650000000000|

create table sums (p decimal(18,2), d decimal(15,2), q int)
=> CREATE TABLE

insert into sums values (100.10, 0.25, 3), (9999999999999999.99, 0.50, 2000000000), (-0.01, 1000000.00, -7), (null, 0.10, 1), (2.00, null, 5)
=> INSERT 0 5

-- Sums and products of small and of large values, whichever of them the engine computes with 18 digits.
select sum(p * (1 - d)) as a, sum(p * (1 - d) * (1 + d)) as b, sum(p * q) as c, sum(case when q > 0 then p * d else 0 end) as d from sums
=> a numeric(38,4), b numeric(38,6), c numeric(38,2), d numeric(38,4)
5000000000010075.0600|7500010000000093.826250|19999999999999999980000310.37|5000000000000025.0200|

select q, p * (1 - d) as a, p * q - p * d as b from sums order by q
=> q int4, a numeric(35,4), b numeric(35,4)
-7|9999.9900|10000.0700|
1|NULL|NULL|
3|75.0750|275.2750|
5|NULL|NULL|
2000000000|4999999999999999.9950|19999999994999999980000000.0050|

select q < 5 as few, sum(p * d) as s, avg(p * q) as a from sums group by 1 order by 1
=> few bool, s numeric(38,4), a numeric(38,2)
f|4999999999999999.9950|9999999999999999990000005.00|
t|-9974.9750|150.18|

select sum(p * d) as s from sums where q = 1
=> s numeric(38,4)
NULL|
