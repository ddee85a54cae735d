create table t (v varchar(10), c char(5), i int, d date, ts timestamp, s super, b varbyte)
=> CREATE TABLE

select v = 'a ', v <> 'a', v = c, 'x' = v, i = v, v in ('a', 'b '), upper(v) = 'A', v = $1, v < 'b', v is null, i = '5', v = null from t
=> boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean
SELECT v >= 'a' AND v < 'a!' AND without_blanks(v) = 'a' AS "?column?", NOT (v >= 'a' AND v < 'a!' AND without_blanks(v) = 'a') AS "?column?", without_blanks(v) = without_blanks(c) AS "?column?", v >= 'x' AND v < 'x!' AND without_blanks(v) = 'x' AS "?column?", rtrim(CAST(i AS VARCHAR), ' ') = without_blanks(v) AS "?column?", without_blanks(v) IN ('a', 'b') AS "?column?", rtrim(upper(v), ' ') = 'A' AS "?column?", v >= rtrim($1, ' ') AND v < rtrim($1, ' ') || '!' AND without_blanks(v) = rtrim($1, ' ') AS "?column?", v < 'b' AS "?column?", v IS NULL AS "?column?", i = '5' AS "?column?", v = NULL AS "?column?" FROM t

select t.v from t join t u on t.v = u.v and t.i = u.i
=> v varchar(10)
SELECT t.v FROM t JOIN t AS u ON without_blanks(t.v) = without_blanks(u.v) AND t.i = u.i

insert into t (v, s, d) values ('abcdefghij   ', '{"a":1}', '1/8/1999'), ('a', null, '2024-01-01')
=> 
INSERT INTO t (v, s, d) VALUES ('abcdefghij', to_json(CAST('{"a":1}' AS VARCHAR)), '1999-01-08'), ('a', NULL, '2024-01-01')

insert into t (s) select v from t
=> 
INSERT INTO t (s) SELECT to_json(CAST(v AS VARCHAR)) FROM t

insert into t (s) values ($1)
=> 
INSERT INTO t (s) VALUES (to_json(CAST($1 AS VARCHAR)))

update t set s = '{"k":1}', d = '08-Jan-1999' where d > '20080215' and ts between '20080215 04:05:06.789' and '2024-01-01 12:00'
=> 
UPDATE t SET s = to_json(CAST('{"k":1}' AS VARCHAR)), d = '1999-01-08' WHERE d > '2008-02-15' AND ts BETWEEN '2008-02-15 04:05:06.789' AND '2024-01-01 12:00:00'

select 'January 8, 1999'::date, '2000-Jan-31'::date, date '080215', '2008.366'::date, '1/2/00'::date, timestamp 'Jan-31-2000 04:05 PM', '2024-01-01 00:00:00'::timestamp, '040506'::time
=> date, date, date, date, date, timestamp, timestamp, time
SELECT CAST('1999-01-08' AS DATE) AS date, CAST('2000-01-31' AS DATE) AS date, CAST('2008-02-15' AS DATE) AS date, CAST('2008-12-31' AS DATE) AS date, CAST('2000-01-02' AS DATE) AS date, CAST('2000-01-31 16:05:00' AS TIMESTAMP) AS "timestamp", CAST('2024-01-01 00:00:00' AS TIMESTAMP) AS "timestamp", CAST('04:05:06' AS TIME) AS "time"

select len(b), octet_length(b), substring(b, 2, 3), length(v) from t
=> len integer, octet_length integer, substring varbyte, length integer
SELECT CAST(octet_length(b) AS INTEGER) AS len, CAST(octet_length(b) AS INTEGER) AS octet_length, unhex(substr(hex(b), 2 * 2 - 1, 2 * 3)) AS "substring", CAST(length(v) AS INTEGER) AS length FROM t

select v || '-' || c, repeat(v, 3), lpad(v, 10), replace(v, 'a', 'bb'), upper(v) || i, repeat('ab', 1000000), translate(v, 'a', 'b') from t
=> varchar, repeat varchar, lpad varchar, replace varchar, varchar, repeat varchar, translate varchar
SELECT v || '-' || c AS "?column?", repeat(v, 3) AS repeat, lpad(v, 10, ' ') AS lpad, replace(v, 'a', 'bb') AS replace, upper(v) || i AS "?column?", repeat('ab', 1000000) AS repeat, translate(v, 'a', 'b') AS translate FROM t

select repeat(v, i), repeat('x', 20000000), lpad(v, 20000000, 'x'), rpad(v, i), replace(v, c, repeat('x', i)), regexp_replace(v, 'a', repeat('x', i)) from t
=> repeat varchar, repeat varchar, lpad varchar, rpad varchar, replace varchar, regexp_replace varchar
SELECT bounded_repeat(v, i) AS repeat, bounded_repeat('x', 20000000) AS repeat, bounded_text(lpad(v, bounded_length(20000000), 'x')) AS lpad, bounded_text(rpad(v, bounded_length(i), ' ')) AS rpad, bounded_replace(v, c, bounded_repeat('x', i)) AS replace, bounded_text(regexp_replace(bounded_subject(v, 'a', bounded_repeat('x', i)), 'a', bounded_repeat('x', i), 'g')) AS regexp_replace FROM t

with wide as (select repeat('x', 16000000) x, v from t) select x || x, v || v, x || v || x || v, concat(x, v), upper(x), x + v from wide
=> varchar, varchar, varchar, concat varchar, upper varchar, varchar
WITH wide AS (SELECT repeat('x', 16000000) AS x, v FROM t) SELECT bounded_text(x || x) AS "?column?", v || v AS "?column?", bounded_text(x || v || x || v) AS "?column?", bounded_text((x || v)) AS concat, bounded_text(upper(x)) AS upper, bounded_text(x || v) AS "?column?" FROM wide

select x || y from (select v x, v || 'b' y from t union all select c, repeat(v, 100) from t)
=> varchar
SELECT x || y AS "?column?" FROM (SELECT v AS x, v || 'b' AS y FROM t UNION ALL SELECT c, repeat(v, 100) FROM t)
