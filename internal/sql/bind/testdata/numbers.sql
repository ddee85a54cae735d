create table t (s smallint, i int, l bigint, d8 decimal(8,2), d18 decimal(18,4), d38 decimal(38,2), r real, f float8, v varchar(10))
=> CREATE TABLE

select d8 / d8 as a, d8 / s as b, d38 / 3 as c, l / 1000000.0 as d, 1 / 3.0 as e, i / i as f, d8 / f as g from t
=> a numeric(17,9), b numeric(14,8), c numeric(38,4), d numeric(28,8), e numeric(15,4), f integer, g double precision
SELECT CAST(decimal_quotient(d8 * CAST(100 AS DECIMAL(38,0)), d8 * CAST(100 AS DECIMAL(38,0)), CAST(1000000000 AS DECIMAL(38,0))) * CAST('0.000000001' AS DECIMAL(38,9)) AS DECIMAL(17,9)) AS a, CAST(decimal_quotient(d8 * CAST(100 AS DECIMAL(38,0)), s, CAST(1000000 AS DECIMAL(38,0))) * CAST('0.00000001' AS DECIMAL(38,8)) AS DECIMAL(14,8)) AS b, CAST(decimal_quotient(d38 * CAST(100 AS DECIMAL(38,0)), 3, CAST(100 AS DECIMAL(38,0))) * CAST('0.0001' AS DECIMAL(38,4)) AS DECIMAL(38,4)) AS c, CAST(decimal_quotient(l, 1000000.0 * CAST(10 AS DECIMAL(38,0)), CAST(1000000000 AS DECIMAL(38,0))) * CAST('0.00000001' AS DECIMAL(38,8)) AS DECIMAL(28,8)) AS d, CAST(decimal_quotient(1, 3.0 * CAST(10 AS DECIMAL(38,0)), CAST(100000 AS DECIMAL(38,0))) * CAST('0.0001' AS DECIMAL(38,4)) AS DECIMAL(15,4)) AS e, i / i AS f, d8 / f AS g FROM t

select d18 * d18 as a, d8 * d8 as b, d18 + 1 as c, d38 * 2 as d, d8 * f as e, d8 % 3 as f from t
=> a numeric(37,8), b numeric(17,4), c numeric(19,4), d numeric(38,2), e double precision, f numeric(12,2)
SELECT CAST(CASE WHEN d18 BETWEEN -10000.0000 AND 10000.0000 AND d18 BETWEEN -10000.0000 AND 10000.0000 THEN d18 * d18 ELSE CAST(d18 AS DECIMAL(38,4)) * d18 END AS DECIMAL(37,8)) AS a, CAST(d8 * d8 AS DECIMAL(17,4)) AS b, CAST(CASE WHEN d18 BETWEEN -1000000000000.0000 AND 1000000000000.0000 THEN d18 + 1 ELSE CAST(d18 AS DECIMAL(38,4)) + 1 END AS DECIMAL(19,4)) AS c, CAST(d38 * 2 AS DECIMAL(38,2)) AS d, d8 * f AS e, CAST(decimal_remainder(d8 * CAST(100 AS DECIMAL(38,0)), 3 * CAST(100 AS DECIMAL(38,0))) * CAST('0.01' AS DECIMAL(38,2)) AS DECIMAL(12,2)) AS f FROM t

select sum(i), sum(l), sum(d8), avg(i), avg(d8), sum(f), avg(f), sum(i) over (), avg(d8) over (partition by i) from t
=> sum bigint, sum bigint, sum numeric(38,2), avg bigint, avg numeric(38,2), sum double precision, avg double precision, sum bigint, avg numeric(38,2)
SELECT CAST(sum(i) AS BIGINT) AS sum, CAST(sum(l) AS BIGINT) AS sum, sum(d8) AS sum, CAST(decimal_quotient(sum(i), nullif(count(i), 0), CAST(1 AS DECIMAL(38,0))) AS BIGINT) AS avg, CAST(decimal_quotient(sum(d8) * CAST(100 AS DECIMAL(38,0)), nullif(count(d8), 0), CAST(1 AS DECIMAL(38,0))) * CAST('0.01' AS DECIMAL(38,2)) AS DECIMAL(38,2)) AS avg, sum(f) AS sum, cast_to_type(sum(f) / nullif(count(f), 0), sum(f)) AS avg, CAST(sum(i) OVER () AS BIGINT) AS sum, CAST(decimal_quotient(sum(d8) OVER (PARTITION BY i) * CAST(100 AS DECIMAL(38,0)), nullif(count(d8) OVER (PARTITION BY i), 0), CAST(1 AS DECIMAL(38,0))) * CAST('0.01' AS DECIMAL(38,2)) AS DECIMAL(38,2)) AS avg FROM t

select sum(d18 * d18) as s from t group by i having avg(d8) / 2 > 1 order by s
=> s numeric(38,8)
SELECT sum_by_size(d18 BETWEEN -10000.0000 AND 10000.0000 AND d18 BETWEEN -10000.0000 AND 10000.0000, d18 * d18, CAST(d18 AS DECIMAL(38,4)) * d18) AS s FROM t GROUP BY i HAVING CAST(decimal_quotient(CAST(decimal_quotient(sum(d8) * CAST(100 AS DECIMAL(38,0)), nullif(count(d8), 0), CAST(1 AS DECIMAL(38,0))) * CAST('0.01' AS DECIMAL(38,2)) AS DECIMAL(38,2)) * CAST(100 AS DECIMAL(38,0)), 2, CAST(100 AS DECIMAL(38,0))) * CAST('0.0001' AS DECIMAL(38,4)) AS DECIMAL(38,4)) > 1 ORDER BY s

select x.q / 2 as h from (select d8 / d8 as q from t) x where x.q * 1.5 > (select max(d8) from t)
=> h numeric(28,20)
SELECT CAST(decimal_quotient(x.q * CAST(1000000000 AS DECIMAL(38,0)), 2, CAST(100000000000 AS DECIMAL(38,0))) * CAST('0.00000000000000000001' AS DECIMAL(38,20)) AS DECIMAL(28,20)) AS h FROM (SELECT CAST(decimal_quotient(d8 * CAST(100 AS DECIMAL(38,0)), d8 * CAST(100 AS DECIMAL(38,0)), CAST(1000000000 AS DECIMAL(38,0))) * CAST('0.000000001' AS DECIMAL(38,9)) AS DECIMAL(17,9)) AS q FROM t) AS x WHERE CAST(x.q AS DECIMAL(38,9)) * 1.5 > (SELECT max(d8) FROM t)

with c as (select d8 as n from t) select n / n as q from c union all select d8 from t
=> q numeric(17,9)
WITH c AS (SELECT d8 AS n FROM t) SELECT CAST(decimal_quotient(n * CAST(100 AS DECIMAL(38,0)), n * CAST(100 AS DECIMAL(38,0)), CAST(1000000000 AS DECIMAL(38,0))) * CAST('0.000000001' AS DECIMAL(38,9)) AS DECIMAL(17,9)) AS q FROM c UNION ALL SELECT d8 FROM t

select '5' + i as a, 'a' + v as b, 'a' + 'b' as c, v + v as d, quote_ident(v) + ';' as e from t
=> a integer, b varchar, c varchar, d varchar, e varchar
SELECT 5 + i AS a, 'a' || v AS b, 'a' || 'b' AS c, v || v AS d, (CASE WHEN regexp_full_match(v, '[a-z_][a-z0-9_$]*') THEN v ELSE '"' || replace(v, '"', '""') || '"' END) || ';' AS e FROM t

select approximate count(distinct i) from t
=> count bigint
SELECT count(DISTINCT i) AS count FROM t

update t set d8 = d8 / 3 where d18 * d18 > 5
=> 
UPDATE t SET d8 = CAST(decimal_quotient(d8 * CAST(100 AS DECIMAL(38,0)), 3, CAST(100000000000 AS DECIMAL(38,0))) * CAST('0.0000000000001' AS DECIMAL(38,13)) AS DECIMAL(19,13)) WHERE CAST(d18 AS DECIMAL(38,4)) * d18 > 5

insert into t (d8) select d18 / 7 from t
=> 
INSERT INTO t (d8) SELECT CAST(decimal_quotient(d18 * CAST(10000 AS DECIMAL(38,0)), 7, CAST(100000000000 AS DECIMAL(38,0))) * CAST('0.000000000000001' AS DECIMAL(38,15)) AS DECIMAL(29,15)) FROM t

select unknown.x / 2 as a, nowhere.y from nowhere
=> a unknown, y unknown
SELECT unknown.x / 2 AS a, nowhere.y FROM nowhere

select len(v), length('x') + 1 as b from t
=> len integer, b integer
SELECT CAST(length(v) AS INTEGER) AS len, CAST(length('x') AS INTEGER) + 1 AS b FROM t
