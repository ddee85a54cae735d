create table t (a int, b int, s varchar(20), ts timestamp, d date, j super)
=> CREATE TABLE
CREATE TABLE t (a INTEGER, b INTEGER, s VARCHAR CHECK (strlen(s) <= 20), ts TIMESTAMP, d DATE, j JSON)

select 1 + 2 * 3 - 4 / 2 % 3, (1 + 2) * 3, 1 - (2 - 3), 1 - 2 - 3, 2 ^ 3 as p, -(-1) as n, - 1 + 2 as m
=> SELECT
SELECT 1 + 2 * 3 - 4 / 2 % 3 AS "?column?", (1 + 2) * 3 AS "?column?", 1 - (2 - 3) AS "?column?", 1 - 2 - 3 AS "?column?", 2 ^ 3 AS p, -(-1) AS n, -1 + 2 AS m

select a = 1 and b = 2 or not (a = 3 or b = 4) as c from t
=> SELECT
SELECT a = 1 AND b = 2 OR NOT (a = 3 OR b = 4) AS c FROM t

select not a = 1 as x, not (a = 1 and b = 2) as y, (a = b) = true as z from t
=> SELECT
SELECT NOT a = 1 AS x, NOT (a = 1 AND b = 2) AS y, (a = b) = TRUE AS z FROM t

select a between 1 and 2 and b not between 3 and 4 as c from t
=> SELECT
SELECT a BETWEEN 1 AND 2 AND b NOT BETWEEN 3 AND 4 AS c FROM t

select a is null, a is not null, a isnull, a notnull, (a > 1) is true, (a > 1) is not unknown, a is distinct from b, a is not distinct from b from t
=> SELECT
SELECT a IS NULL AS "?column?", a IS NOT NULL AS "?column?", a IS NULL AS "?column?", a IS NOT NULL AS "?column?", (a > 1) IS TRUE AS "?column?", (a > 1) IS NOT UNKNOWN AS "?column?", a IS DISTINCT FROM b AS "?column?", a IS NOT DISTINCT FROM b AS "?column?" FROM t

select s like 'a%', s not like '%b', s ilike 'A_', s like 'a!%' escape '!', s like 'a\\_b', s like s || '%' from t
=> SELECT
SELECT s LIKE 'a%' AS "?column?", s NOT LIKE '%b' AS "?column?", s ILIKE 'A_' AS "?column?", s LIKE 'a!%' ESCAPE '!' AS "?column?", s LIKE 'a\_b' ESCAPE '\' AS "?column?", s LIKE s || '%' ESCAPE '\' AS "?column?" FROM t

select s similar to '(a|b)%' as p, s not similar to '_.c' as q, s similar to s as r from t
=> SELECT
SELECT regexp_full_match(s, '(?s:(a|b).*)') AS p, NOT regexp_full_match(s, '(?s:.\.c)') AS q, regexp_full_match(s, replace(replace(s, '%', '.*'), '_', '.')) AS r FROM t

select s ~ '^a', s !~ 'b$', s ~* 'A', s !~* 'B', s ~~ 'a%', s !~~* 'A%' from t
=> SELECT
SELECT regexp_matches(s, '^a') AS "?column?", NOT regexp_matches(s, 'b$') AS "?column?", regexp_matches(s, 'A', 'i') AS "?column?", NOT regexp_matches(s, 'B', 'i') AS "?column?", s LIKE 'a%' AS "?column?", s NOT ILIKE 'A%' AS "?column?" FROM t

select s operator(pg_catalog.~) '^(t)$' collate pg_catalog.default as m from t
=> SELECT
SELECT regexp_matches(s, '^(t)$') AS m FROM t

select s collate "default", s collate case_insensitive as ci from t
=> SELECT
SELECT s AS s, s COLLATE nocase AS ci FROM t

select 'it''s', E'tab\there', $$dollar 'quoted'$$, $q$a $$ b$q$, 'two ' 
'halves'
=> SELECT
SELECT 'it''s' AS "?column?", 'tab	here' AS "?column?", 'dollar ''quoted''' AS "?column?", 'a $$ b' AS "?column?", 'two halves' AS "?column?"

select 1, 1.5, .5, 1e10, 1.5e-3, 12345678901234567890
=> SELECT
SELECT 1 AS "?column?", 1.5 AS "?column?", .5 AS "?column?", 1e10 AS "?column?", 1.5e-3 AS "?column?", 12345678901234567890 AS "?column?"

select true, false, null
=> SELECT
SELECT TRUE AS bool, FALSE AS bool, NULL AS "?column?"

select a::bigint, cast(a as float), convert(varchar(10), a), cast(s as varchar(max)), '12'::int2, s::char(3), 'abcdef'::varchar(3), s::text from t
=> SELECT
SELECT CAST(a AS BIGINT) AS a, CAST(a AS DOUBLE) AS a, left_bytes(CAST(a AS VARCHAR), 10) AS a, CAST(s AS VARCHAR) AS s, CAST('12' AS SMALLINT) AS int2, rtrim(left_bytes(CAST(s AS VARCHAR), 3), ' ') AS s, CAST('abc' AS VARCHAR) AS "varchar", CAST(s AS VARCHAR) AS s FROM t

select 1.5::numeric, 1.5::numeric(5), 1.5::decimal(5,2), 1::real, 1::float4, 1::float(20), 1::float8, 1::double precision, 'x'::character varying(5), true::bool
=> SELECT
SELECT CAST(1.5 AS DECIMAL(18,0)) AS "numeric", CAST(1.5 AS DECIMAL(5,0)) AS "numeric", CAST(1.5 AS DECIMAL(5,2)) AS "numeric", CAST(1 AS FLOAT) AS float4, CAST(1 AS FLOAT) AS float4, CAST(1 AS FLOAT) AS float4, CAST(1 AS DOUBLE) AS float8, CAST(1 AS DOUBLE) AS float8, CAST('x' AS VARCHAR) AS "varchar", CAST(TRUE AS BOOLEAN) AS bool

select '2020-01-01'::date, date '2020-01-01', timestamp '2020-01-01 10:00:00', timestamp with time zone '2020-01-01 10:00:00+00', '10:00'::time, 'now'::timestamp, 'today'::date
=> SELECT
SELECT CAST('2020-01-01' AS DATE) AS date, CAST('2020-01-01' AS DATE) AS date, CAST('2020-01-01 10:00:00' AS TIMESTAMP) AS "timestamp", CAST('2020-01-01 10:00:00+00' AS TIMESTAMPTZ) AS timestamptz, CAST('10:00' AS TIME) AS "time", CAST(now() AS TIMESTAMP) AS "timestamp", CAST(CURRENT_DATE AS DATE) AS date

select json_parse('{"a":1}')::super, 'x'::super, 'x'::varbyte
=> SELECT
SELECT to_json(CAST('{"a":1}' AS JSON)) AS json_parse, to_json('x') AS super, encode('x') AS varbyte

select interval '1 day', interval '3' hour, interval '1-2' year to month, interval '1 02:03:04' day to second, interval '2 d, 3 h', interval '90', interval '-2' month
=> SELECT
SELECT INTERVAL '1 day' AS "interval", INTERVAL '3 hour' AS "interval", INTERVAL '1 year 2 month' AS "interval", INTERVAL '1 day 02:03:04' AS "interval", INTERVAL '2 day 3 hour' AS "interval", INTERVAL '90 second' AS "interval", INTERVAL '-2 month' AS "interval"

select case a when 1 then 'one' when 2 then 'two' else 'many' end, case when a = 1 then 'x' end from t
=> SELECT
SELECT CASE a WHEN 1 THEN 'one' WHEN 2 THEN 'two' ELSE 'many' END AS "case", CASE WHEN a = 1 THEN 'x' END AS "case" FROM t

select extract(year from ts), extract('dow' from d), extract(epoch from ts), extract(qtr from d) from t
=> SELECT
SELECT CAST(date_part('year', ts) AS INTEGER) AS date_part, CAST(date_part('dow', d) AS INTEGER) AS date_part, CAST(date_part('epoch', ts) AS BIGINT) AS date_part, CAST(date_part('quarter', d) AS INTEGER) AS date_part FROM t

select ts at time zone 'UTC', ts at time zone 'America/New_York' at time zone 'UTC' as z from t
=> SELECT
SELECT ts AT TIME ZONE 'UTC' AS timezone, (ts AT TIME ZONE 'America/New_York') AT TIME ZONE 'UTC' AS z FROM t

select a in (1, 2, 3), a not in (1) from t
=> SELECT
SELECT a IN (1, 2, 3) AS "?column?", a NOT IN (1) AS "?column?" FROM t

select j.a.b, j[0], j.list[0].name::varchar, (j.x) from t
=> SELECT
SELECT j.a.b, j[0] AS j, CAST((j.list[0]).name AS VARCHAR) AS name, j.x FROM t

select a & 1, a | 2, a # 3, ~a, a << 1, a >> 1, |/ 9, ||/ 27, @ -3 from t
=> SELECT
SELECT a & 1 AS "?column?", a | 2 AS "?column?", xor(a, 3) AS "?column?", ~a AS "?column?", a << 1 AS "?column?", a >> 1 AS "?column?", sqrt(9) AS "?column?", cbrt(27) AS "?column?", abs(-3) AS "?column?" FROM t

select a || 'x' || b, (a || 'x') || b, a || ('x' || b) from t
=> SELECT
SELECT a || 'x' || b AS "?column?", a || 'x' || b AS "?column?", a || ('x' || b) AS "?column?" FROM t

select $1::int + $2 as sum, $1 as again
=> SELECT [2 parameters]
SELECT CAST($1 AS INTEGER) + $2 AS sum, $1 AS again

select current_user, session_user, user, current_date, current_timestamp is null as c, sysdate is null as s, current_user_id
=> SELECT
SELECT 'admin' AS "current_user", 'admin' AS "session_user", 'admin' AS "current_user", CURRENT_DATE AS date, CURRENT_TIMESTAMP IS NULL AS c, CAST(now() AS TIMESTAMP) IS NULL AS s, 100 AS "current_user_id"

select getdate() + 1 > sysdate as later, sysdate - 7 < getdate() as week, d + 1 as tomorrow from t
=> SELECT
SELECT date_trunc('second', CAST(now() AS TIMESTAMP)) + to_days(1) > CAST(now() AS TIMESTAMP) AS later, CAST(now() AS TIMESTAMP) - to_days(7) < date_trunc('second', CAST(now() AS TIMESTAMP)) AS week, d + 1 AS tomorrow FROM t

select trim(s), trim(both 'x' from s), trim(leading from s), trim(trailing 'x' from s), substring(s from 2 for 3), substring(s, 2), position('a' in s) from t
=> SELECT
SELECT "trim"(s) AS btrim, "trim"(s, 'x') AS btrim, ltrim(s) AS ltrim, rtrim(s, 'x') AS rtrim, substring(s, 2, 3) AS "substring", substring(s, 2) AS "substring", strpos(s, 'a') AS "position" FROM t

select approximate count(distinct a), count(distinct b), count(*) filter (where a > 1) from t
=> SELECT
SELECT approx_count_distinct(a) AS count, count(DISTINCT b) AS count, count(*) FILTER (WHERE a > 1) AS count FROM t

select coalesce(a, b), nullif(a, b), greatest(a, b), least(a, b) from t
=> SELECT
SELECT coalesce(a, b) AS "coalesce", nullif(a, b) AS "nullif", greatest(a, b) AS greatest, least(a, b) AS least FROM t

select s as "select", a as from_, b label, b as order from t
=> SELECT
SELECT s AS "select", a AS from_, b AS label, b AS "order" FROM t

select timestamp, date from (select ts as timestamp, d as date from t) x
=> SELECT
SELECT "timestamp", date FROM (SELECT ts AS "timestamp", d AS date FROM t) AS x

select a + case when b = 1 then 1 else 2 end * 3 as v from t
=> SELECT
SELECT a + CASE WHEN b = 1 THEN 1 ELSE 2 END * 3 AS v FROM t

select row(1, 2) = row(1, 2) as same
=> SELECT
SELECT (1, 2) = (1, 2) AS same
