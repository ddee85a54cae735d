create table e (i int, s smallint, b bigint, n numeric(10,2), v varchar(5), c char(3), d date, t timestamp, o boolean, r real, f float8, j super, k int not null)
=> CREATE TABLE

insert into e values (1, 1, 1, 1.5, 'a', 'b', '2024-01-01', '2024-01-01 10:00', true, 1, 1, json_parse('{"a":1}'), 1)
=> INSERT 0 1

-- What fails is said in PostgreSQL's words or Redshift's, and never in the engine's.
select * from nothing
=> error 42P01: relation "nothing" does not exist

select * from nowhere.nothing
=> error 42P01: relation "nowhere.nothing" does not exist

select nothing from e
=> error 42703: column "nothing" does not exist

select e.nothing from e
=> error 42703: column e.nothing does not exist

select x.i from e
=> error 42P01: missing FROM-clause entry for table "x"

select i from e, e as e2
=> error 42702: column reference "i" is ambiguous

select nothing(i) from e
=> error 42883: function nothing does not exist

select abs('a', 'b') from e
=> error 42883: function abs(unknown, unknown) does not exist

select abs(d) from e
=> error 42883: function abs(date) does not exist

select i + d + d from e
=> error 42883: operator does not exist: date + date

select d * 2 from e
=> error 42883: operator does not exist: date * integer

select o + 1 from e
=> error 42883: operator does not exist: boolean + integer

select i || o || d from e where v > d and j
=> error 42883: could not identify a comparison operator for types character varying and date

select v::int from e
=> error 22P02: invalid input syntax for integer: "a"

select 'x'::int
=> error 22P02: invalid input syntax for integer: "x"

select 'x'::smallint
=> error 22P02: invalid input syntax for integer: "x"

select 'x'::bigint
=> error 22P02: invalid input syntax for integer: "x"

select 'x'::numeric(5,2)
=> error 22P02: invalid input syntax for type numeric: "x"

select 'x'::float8
=> error 22P02: invalid input syntax for type double precision: "x"

select 'x'::real
=> error 22P02: invalid input syntax for type real: "x"

select 'x'::boolean
=> error 22P02: invalid input syntax for type boolean: "x"

select 'x'::date
=> error 22007: invalid input syntax for type date: "x"

select '2024-13-01'::date
=> error 22008: date/time field value out of range: "2024-13-01"

select 'x'::timestamp
=> error 22007: invalid input syntax for type timestamp: "x"

select 'x'::timestamptz
=> error 22007: invalid input syntax for type timestamp: "x"

select 'x'::time
=> error 22007: invalid input syntax for type time: "x"

select 'x'::interval
=> error 22P02: invalid input syntax for type interval: "x"

select '2024-02-30'::date
=> error 22008: date/time field value out of range: "2024-02-30"

select 99999999999::int
=> error 22003: integer out of range

select 99999::smallint
=> error 22003: smallint out of range

select 99999999999999999999::bigint
=> error 22003: bigint out of range

select 123456.78::numeric(5,2)
=> error 22003: numeric field overflow

select 2147483647 + 1
=> error 22003: integer out of range

select i + 2147483647 from e
=> error 22003: integer out of range

select b * 9223372036854775807 + 1 + b from e
=> error 22003: bigint out of range

select sum(b) from (select 9223372036854775807 as b union all select 1) x
=> error 22003: bigint out of range

select 1 / 0
=> error 22012: division by zero

select i / (i - 1) from e
=> error 22012: division by zero

select i % 0 from e
=> error 22012: division by zero

select 1.0 / 0
=> error 22012: division by zero

select sqrt(-1)
=> error 22003: cannot take square root of a negative number

select ln(0)
=> error 22003: cannot take logarithm of zero

select ln(-1)
=> error 22003: cannot take logarithm of a negative number

select f::int from (select 1e20::float8 as f) x
=> error 22003: integer out of range

select r::smallint from (select 1e10::real as r) x
=> error 22003: smallint out of range

select i from e group by v
=> error 42803: column "i" must appear in the GROUP BY clause or be used in an aggregate function

select sum(i) from e where sum(i) > 1
=> error 42803: aggregates not allowed in WHERE clause

select sum(sum(i)) from e
=> error 42803: aggregate function calls cannot be nested

select v, sum(i) from e
=> error 42803: column "v" must appear in the GROUP BY clause or be used in an aggregate function

select i from e having i > 1
=> error 42803: column "i" must appear in the GROUP BY clause or be used in an aggregate function

select i from e order by nothing
=> error 42703: column "nothing" does not exist

select i from e order by 5
=> error 42P10: ORDER BY position is not in select list

select i from e group by 5
=> error 42P10: GROUP BY position is not in select list

select row_number() over () from e where row_number() over () = 1
=> error 42P20: window functions are not allowed in WHERE

select (select i, s from e)
=> error 42601: subquery must return only one column

select (select i from (select 1 as i union all select 2) x)
=> error 21000: more than one row returned by a subquery used as an expression

select i in (select i, s from e) from e
=> error 42601: subquery must return only one column

select 1 union select 1, 2
=> error 42601: each UNION, INTERSECT or EXCEPT query must have the same number of columns

select d from e union select i from e
=> error 42846: cannot cast type integer to date

select coalesce(i, d) from e
=> error 42804: types integer and date cannot be matched

select i from e limit 'a'
=> error 22P02: invalid input syntax for integer: "a"

select i from e limit -1
=> error 2201W: LIMIT and OFFSET must not be negative

select i from e offset -1
=> error 2201W: LIMIT and OFFSET must not be negative

insert into e (nothing) values (1)
=> error 42703: column "nothing" of relation "e" does not exist

insert into e (i, i) values (1, 2)
=> error 42701: column "i" specified more than once

insert into e (i) values (1, 2)
=> error 42601: INSERT must have as many expressions as target columns

insert into e (i, s) values (1)
=> error 42601: INSERT must have as many expressions as target columns

insert into e (i, k) values ('x', 1)
=> error 22P02: invalid input syntax for integer: "x"

insert into e (v, k) values ('abcdef', 1)
=> error 22001: value too long for type character varying(5)

insert into e (c, k) values ('abcdef', 1)
=> error 22001: value too long for type character(3)

insert into e (i) values (1)
=> error 23502: null value in column "k" violates not-null constraint

insert into e (k) values (null)
=> error 23502: null value in column "k" violates not-null constraint

insert into e (d, k) values ('x', 1)
=> error 22007: invalid input syntax for type date: "x"

insert into e (s, k) values (100000, 1)
=> error 22003: smallint out of range

insert into e (n, k) values (1000000000, 1)
=> error 22003: numeric field overflow

insert into nothing values (1)
=> error 42P01: relation "nothing" does not exist

insert into e select 1, 2
=> error 23502: null value in column "k" violates not-null constraint

update nothing set i = 1
=> error 42P01: relation "nothing" does not exist

update e set nothing = 1
=> error 42703: column "nothing" does not exist

update e set k = null
=> error 23502: null value in column "k" violates not-null constraint

update e set i = 'x'
=> error 22P02: invalid input syntax for integer: "x"

update e set v = 'abcdef'
=> error 22001: value too long for type character varying(5)

update e set i = 1, i = 2
=> error 42601: multiple assignments to same column "i"

delete from nothing
=> error 42P01: relation "nothing" does not exist

delete from e where nothing = 1
=> error 42703: column "nothing" does not exist

create table e (i int)
=> error 42P07: relation "e" already exists

create table e2 (i int, i int)
=> error 42701: column "i" already exists

create table nowhere.e2 (i int)
=> error 3F000: schema "nowhere" does not exist

create table e2 (v varchar(70000))
=> error 22023: the length of column "v" is 70000 and must be between 1 and 65535

create table e2 (c char(5000))
=> error 22023: the length of column "c" is 5000 and must be between 1 and 4096

create table e2 (n numeric(40, 2))
=> error 22023: NUMERIC precision 40 must be between 1 and 38, and its scale between 0 and the precision

create table e2 (n numeric(10, 12))
=> error 22023: NUMERIC precision 10 must be between 1 and 38, and its scale between 0 and the precision

create view e as select 1
=> error 42P07: relation "e" already exists

create view w as select * from nothing
=> error 42P01: relation "nothing" does not exist

create view w as select i as a, s as a from e
=> CREATE VIEW

create schema errors
=> error 42P06: schema "errors" already exists

drop table nothing
=> error 42P01: relation "nothing" does not exist

drop view nothing
=> error 42P01: view "nothing" does not exist

drop schema nowhere
=> error 3F000: schema "nowhere" does not exist

drop schema errors
=> error 2BP01: cannot drop errors because other objects depend on it

drop table w
=> error 42809: "w" is not a table

alter table nothing add column x int
=> error 42P01: relation "nothing" does not exist

alter table e add column i int
=> error 42701: column "i" already exists

alter table e drop column nothing
=> error 42703: column "nothing" of relation "e" does not exist

alter table e rename column nothing to x
=> error 42703: column "nothing" of relation "e" does not exist

alter table e rename column i to s
=> error 42701: column "s" already exists

alter table nothing rename to x
=> error 42P01: relation "nothing" does not exist

alter table e rename to w
=> error 42P07: relation "w" already exists

truncate nothing
=> error 42P01: relation "nothing" does not exist

truncate w
=> error 42809: cannot delete rows of a view

select json_extract_path_text('{', 'a')
=> error 22023: JSON parsing error

select json_parse('{')
=> error 22P02: JSON parsing error

select j.a.b::int, j::int from e
=> error 22P02: invalid input syntax for type numeric: "{"a":1}"

select to_date('x', 'YYYY-MM-DD')
=> error 22007: value "x" does not have the given format

select to_timestamp('x', 'YYYY-MM-DD')
=> error 22007: value "x" does not have the given format

select dateadd(nothing, 1, d) from e
=> error 22023: DATEADD does not know the date part "nothing"

select date_trunc('nothing', t) from e
=> error 22023: DATE_TRUNC does not know the date part "nothing"

select extract(nothing from d) from e
=> error 22023: EXTRACT does not know the date part "nothing"

select datediff(day, d, 'x') from e
=> error 22007: invalid input syntax for type timestamp: "x"

select d + interval '1 nothing' from e
=> error 22023: units "nothing" not recognized

select chr(-1)
=> error 54000: requested character is not valid for encoding "UTF8"

select chr(2000000000)
=> error 54000: requested character is not valid for encoding "UTF8"

select regexp_substr('a', '(')
=> error 2201B: invalid regular expression: missing )

select regexp_replace('a', '[', 'b')
=> error 2201B: invalid regular expression: missing ]

select 'a' ~ '('
=> error 2201B: invalid regular expression: missing )

select 'a' similar to '('
=> error 2201B: invalid regular expression: missing )

select v like 'a' escape 'ab' from e
=> error 22025: invalid escape string

select strtol('x', 10)
=> error 22P02: invalid input syntax for integer: "x"

select convert_timezone('Nowhere/Else', t) from e
=> error 22023: time zone "Nowhere/Else" not recognized

set timezone to 'Nowhere/Else'
=> error 22023: invalid value for parameter "timezone": "Nowhere/Else"

set nothing to 1
=> error 42704: unrecognized configuration parameter "nothing"

show nothing
=> error 42704: unrecognized configuration parameter "nothing"

select * from generate_series(1, 'a')
=> error 42883: function generate_series(integer, character varying) does not exist

select * from e join e as e2 using (nothing)
=> error 42703: column "nothing" specified in USING clause does not exist in left table

select * from e join e as e2 on e.i = e2.nothing
=> error 42703: column e2.nothing does not exist

with w as (select 1) select * from w, w
=> error 42712: table name "w" specified more than once

with w as (select 1), w as (select 2) select * from w
=> error 42712: WITH query name "w" specified more than once

with recursive w(i) as (select 1 union all select i + 1 from w where nothing) select * from w
=> error 42703: column "nothing" does not exist

select * from e as x(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o)
=> error 42601: table "e" has 13 columns available but 15 columns specified

select e.* from e as x
=> error 42P01: missing FROM-clause entry for table "e"

select sum(v) from e
=> error 42883: function sum(character varying) does not exist

select avg(d) from e
=> error 42883: function sum(date) does not exist

select listagg(i, i) from e
=> error 42883: function listagg(character varying, integer) does not exist

select percentile_cont(2) within group (order by i) from e
=> error 22003: percentile value is not between 0 and 1

select ntile(0) over (order by i) from e
=> error 22014: argument of ntile must be greater than zero

select lag(i, 'x') over (order by i) from e
=> error 22P02: invalid input syntax for integer: "x"

select sum(i) over (partition by nothing) from e
=> error 42703: column "nothing" does not exist

select sum(i) over w from e
=> error 42601: window "w" does not exist

select i from e where v
=> error 22P02: invalid input syntax for type boolean: "a"

select i between 'a' and 'b' from e
=> error 22P02: invalid input syntax for integer: "a"

select i in ('a', 'b') from e
=> error 22P02: invalid input syntax for integer: "a"

select i = 'a' from e
=> error 22P02: invalid input syntax for integer: "a"

select d = 'x' from e
=> error 22007: invalid input syntax for type date: "x"

select t > 'x' from e
=> error 22007: invalid input syntax for type timestamp: "x"

select o = 'maybe' from e
=> error 22P02: invalid input syntax for type boolean: "maybe"

select i::date from e
=> error 42846: cannot cast type integer to date

select d::int from e
=> error 42846: cannot cast type date to integer

select o::date from e
=> error 42846: cannot cast type boolean to date

select v::date from e
=> error 22007: invalid input syntax for type date: "a"

select object('a')
=> error 22023: argument list must have even number of elements

select $1
=> error 42P02: there is no parameter $1

execute nothing
=> error 26000: prepared statement "nothing" does not exist

deallocate nothing
=> error 26000: prepared statement "nothing" does not exist

fetch 1 from nothing
=> error 34000: cursor "nothing" does not exist

close nothing
=> error 34000: cursor "nothing" does not exist

prepare p (int) as select $1::int + 1; execute p ('x')
=> error 22P02: invalid input syntax for integer: "x"

execute p
=> error 42601: the prepared statement has 1 parameters, but 0 values were given

execute p (1, 2)
=> error 42601: the prepared statement has 1 parameters, but 2 values were given

prepare p as select 1
=> error 42P05: prepared statement "p" already exists

explain select nothing from e
=> error 42703: column "nothing" does not exist

copy e (nothing) from stdin
=> error 42703: column "nothing" does not exist

copy nothing to stdout
=> error 42P01: relation "nothing" does not exist

grant select on nothing to public
=> error 42P01: relation "nothing" does not exist

grant select on e to nobody
=> error 42704: user "nobody" does not exist

drop user nobody
=> error 42704: user "nobody" does not exist

alter user nobody password 'Abcdef12'
=> error 42704: user "nobody" does not exist

create user public password 'Abcdef12'
=> error 42939: user name "public" is reserved

comment on table nothing is 'x'
=> error 42P01: relation "nothing" does not exist

select current_setting('nothing')
=> error 42704: unrecognized configuration parameter "nothing"

select read_csv('x')
=> error 42883: function read_csv does not exist

select * from read_csv('x')
=> error 42883: function read_csv does not exist or cannot stand in FROM

select i from e qualify row_number() over () = nothing
=> error 42703: column "nothing" does not exist

select sum(i) over (order by i rows between 1 following and 1 preceding) from e
=> error 42P20: frame ends before it starts

select greatest(i, v, d) from e
=> error 42804: types integer and character varying cannot be matched

select round(v) from e
=> error 42883: function round(character varying) does not exist

select mod(v, 2) from e
=> error 42883: function mod(character varying, integer) does not exist

select add_months(v, 1) from e
=> error 22007: invalid input syntax for type timestamp: "a"

select last_day(v) from e
=> error 42883: function last_day(character varying) does not exist

select months_between(v, d) from e
=> error 22007: invalid input syntax for type timestamp: "a"

select left('a', 'b')
=> error 22P02: invalid input syntax for integer: "b"

select lpad('a', 2000000000, 'b')
=> error 54000: requested length too large

select repeat('a', 2000000000)
=> error 54000: requested length too large

select date 'x'
=> error 22007: invalid input syntax for type date: "x"

select timestamp 'x'
=> error 22007: invalid input syntax for type timestamp: "x"

select to_char(v, 'YYYY') from e
=> error 42883: function to_char(character varying, unknown) does not exist

select factorial(-1)
=> error 22003: factorial of a negative number is undefined

select random(1)
=> error 42883: function random(integer) does not exist

select bit_and(v) from e
=> error 42883: function bit_and(character varying) does not exist

select bool_and(i) from e
=> error 42883: function bool_and(integer) does not exist

select stddev(v) from e
=> error 42883: function stddev(character varying) does not exist
