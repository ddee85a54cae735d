create table t (a int, b int, n decimal(10,2), s varchar(50), ts timestamp, d date, j varchar(200))
=> CREATE TABLE
CREATE TABLE t (a INTEGER, b INTEGER, n DECIMAL(10,2), s VARCHAR CHECK (strlen(s) <= 50), ts TIMESTAMP, d DATE, j VARCHAR CHECK (strlen(j) <= 200))

insert into t values (1, 2, 1234.5, 'hello wORLD 42', '2020-02-29 13:14:15.678', '2020-01-31', '{"a":{"b":"x"},"c":[1,2]}')
=> INSERT 0
INSERT INTO t VALUES (1, 2, 1234.5, 'hello wORLD 42', '2020-02-29 13:14:15.678', '2020-01-31', '{"a":{"b":"x"},"c":[1,2]}')

select dateadd(day, 1, d), dateadd('month', -3, ts), dateadd(hr, a, '2020-01-01'), dateadd(qtr, a + b, ts), date_add('week', 2, d) from t
=> SELECT
SELECT d + to_days(1) AS dateadd, ts + to_months(-3) AS dateadd, CAST('2020-01-01' AS TIMESTAMP) + to_hours(CAST(a AS INTEGER)) AS dateadd, ts + to_quarters(CAST(a + b AS INTEGER)) AS dateadd, d + to_weeks(2) AS date_add FROM t

select datediff(day, d, ts), datediff('mon', '2020-01-01', ts), date_diff('hours', ts, getdate()) > 0 as h from t
=> SELECT
SELECT date_diff('day', d, ts) AS datediff, date_diff('month', CAST('2020-01-01' AS TIMESTAMP), ts) AS datediff, date_diff('hour', ts, date_trunc('second', CAST(now() AS TIMESTAMP))) > 0 AS h FROM t

select date_part(dow, d), date_part('epoch', ts), date_part(w, ts), date_part_year(d) from t
=> SELECT
SELECT CAST(date_part('dow', d) AS DOUBLE) AS date_part, CAST(date_part('epoch', ts) AS DOUBLE) AS date_part, CAST(date_part('week', ts) AS DOUBLE) AS date_part, CAST(year(d) AS INTEGER) AS date_part_year FROM t

select date_trunc('month', ts), date_trunc('qtr', d), date_trunc('day', '2020-05-05 10:00:00') from t
=> SELECT
SELECT date_trunc('month', ts) AS date_trunc, date_trunc('quarter', d) AS date_trunc, date_trunc('day', CAST('2020-05-05 10:00:00' AS TIMESTAMP)) AS date_trunc FROM t

select dateadd(fortnight, 1, d) from t
=> error 22023 at 16: DATEADD does not know the date part "fortnight"

select getdate() is null as g, trunc(getdate()) is null as t, trunc(n) as u, trunc(n, 1) as v from t
=> SELECT
SELECT date_trunc('second', CAST(now() AS TIMESTAMP)) IS NULL AS g, CAST(date_trunc('second', CAST(now() AS TIMESTAMP)) AS DATE) IS NULL AS t, trunc(n) AS u, trunc(n, 1) AS v FROM t

select add_months(d, 1), add_months('2020-02-29', 12), months_between(ts, d), last_day(d), next_day(d, 'Tuesday') from t
=> SELECT
SELECT (CASE WHEN CAST(CAST(d AS TIMESTAMP) AS DATE) = last_day(CAST(d AS TIMESTAMP)) THEN CAST(last_day(CAST(d AS TIMESTAMP) + to_months(1)) AS TIMESTAMP) + (CAST(d AS TIMESTAMP) - date_trunc('day', CAST(d AS TIMESTAMP))) ELSE CAST(d AS TIMESTAMP) + to_months(1) END) AS add_months, (CASE WHEN CAST(CAST('2020-02-29' AS TIMESTAMP) AS DATE) = last_day(CAST('2020-02-29' AS TIMESTAMP)) THEN CAST(last_day(CAST('2020-02-29' AS TIMESTAMP) + to_months(12)) AS TIMESTAMP) + (CAST('2020-02-29' AS TIMESTAMP) - date_trunc('day', CAST('2020-02-29' AS TIMESTAMP))) ELSE CAST('2020-02-29' AS TIMESTAMP) + to_months(12) END) AS add_months, (CASE WHEN day(CAST(ts AS TIMESTAMP)) = day(CAST(d AS TIMESTAMP)) OR CAST(CAST(ts AS TIMESTAMP) AS DATE) = last_day(CAST(ts AS TIMESTAMP)) AND CAST(CAST(d AS TIMESTAMP) AS DATE) = last_day(CAST(d AS TIMESTAMP)) THEN CAST(date_diff('month', CAST(d AS TIMESTAMP), CAST(ts AS TIMESTAMP)) AS DOUBLE) ELSE date_diff('month', CAST(d AS TIMESTAMP), CAST(ts AS TIMESTAMP)) + (epoch(CAST(ts AS TIMESTAMP) - date_trunc('month', CAST(ts AS TIMESTAMP))) - epoch(CAST(d AS TIMESTAMP) - date_trunc('month', CAST(d AS TIMESTAMP)))) / (31 * 86400.0) END) AS months_between, last_day(d) AS last_day, (CAST(CAST(d AS DATE) AS DATE) + CAST(((strpos('sumotuwethfrsa', lower(left('Tuesday', 2))) - 1) / 2 - dayofweek(CAST(d AS DATE)) + 6) % 7 + 1 AS INTEGER)) AS next_day FROM t

select date_cmp(d, '2020-01-01'), timestamp_cmp(ts, ts), convert_timezone('America/New_York', ts), convert_timezone('PST8PDT', 'UTC', ts) from t
=> SELECT
SELECT (CASE WHEN CAST(d AS DATE) < CAST('2020-01-01' AS DATE) THEN -1 WHEN CAST(d AS DATE) > CAST('2020-01-01' AS DATE) THEN 1 WHEN CAST(d AS DATE) = CAST('2020-01-01' AS DATE) THEN 0 END) AS date_cmp, (CASE WHEN CAST(ts AS TIMESTAMP) < CAST(ts AS TIMESTAMP) THEN -1 WHEN CAST(ts AS TIMESTAMP) > CAST(ts AS TIMESTAMP) THEN 1 WHEN CAST(ts AS TIMESTAMP) = CAST(ts AS TIMESTAMP) THEN 0 END) AS timestamp_cmp, timezone('America/New_York', timezone('UTC', CAST(ts AS TIMESTAMP))) AS convert_timezone, timezone('UTC', timezone('PST8PDT', CAST(ts AS TIMESTAMP))) AS convert_timezone FROM t

select to_char(ts, 'YYYY-MM-DD HH24:MI:SS'), to_char(d, 'DD Mon YYYY'), to_char(ts, 'MONTH'), to_char(ts, 'FMMonth DD, YYYY'), to_char(ts, 'Dy HH12:MI AM') from t
=> SELECT
SELECT strftime(ts, '%Y-%m-%d %H:%M:%S') AS to_char, strftime(d, '%d %b %Y') AS to_char, rpad(upper(strftime(ts, '%B')), 9, ' ') AS to_char, strftime(ts, '%B %d, %Y') AS to_char, strftime(ts, '%a %I:%M %p') AS to_char FROM t

select to_char(ts, 'Q'), to_char(ts, 'YYYY"Q"Q'), to_char(ts, 'WW D J CC'), to_char(ts, 'YYYYMMDDHH24MISSMS'), to_char(ts, 'US') from t
=> SELECT
SELECT CAST(quarter(ts) AS VARCHAR) AS to_char, strftime(ts, '%YQ') || CAST(quarter(ts) AS VARCHAR) AS to_char, lpad(CAST((dayofyear(ts) - 1) / 7 + 1 AS VARCHAR), 2, '0') || strftime(ts, ' ') || CAST(dayofweek(ts) + 1 AS VARCHAR) || strftime(ts, ' ') || CAST(CAST(julian(ts) AS BIGINT) AS VARCHAR) || strftime(ts, ' ') || CAST(century(ts) AS VARCHAR) AS to_char, strftime(ts, '%Y%m%d%H%M%S%g') AS to_char, strftime(ts, '%f') AS to_char FROM t

select to_char(n, '999,999.99'), to_char(n, 'FM999999'), to_char(a, '000'), to_char(a, 'FM000'), to_char(0.5, '9.99'), to_char(-n, '99999.9') from t
=> SELECT
SELECT lpad(regexp_replace(format('{:,.2f}', CAST(n AS DOUBLE)), '^(-?)0\.', '\1.'), 11, ' ') AS to_char, CAST(CAST(n AS DECIMAL(38,0)) AS VARCHAR) AS to_char, lpad((CASE WHEN a < 0 THEN '-' ELSE '' END || (CASE WHEN length(ltrim(CAST(CAST(a AS DECIMAL(38,0)) AS VARCHAR), '-')) < 3 THEN lpad(ltrim(CAST(CAST(a AS DECIMAL(38,0)) AS VARCHAR), '-'), 3, '0') ELSE ltrim(CAST(CAST(a AS DECIMAL(38,0)) AS VARCHAR), '-') END)), 4, ' ') AS to_char, (CASE WHEN a < 0 THEN '-' ELSE '' END || (CASE WHEN length(ltrim(CAST(CAST(a AS DECIMAL(38,0)) AS VARCHAR), '-')) < 3 THEN lpad(ltrim(CAST(CAST(a AS DECIMAL(38,0)) AS VARCHAR), '-'), 3, '0') ELSE ltrim(CAST(CAST(a AS DECIMAL(38,0)) AS VARCHAR), '-') END)) AS to_char, lpad(regexp_replace(CAST(CAST(0.5 AS DECIMAL(38,2)) AS VARCHAR), '^(-?)0\.', '\1.'), 5, ' ') AS to_char, lpad(regexp_replace(CAST(CAST((-n) AS DECIMAL(38,1)) AS VARCHAR), '^(-?)0\.', '\1.'), 8, ' ') AS to_char FROM t

select to_char(n, 'S999') from t
=> error 0A000 at 8: TO_CHAR's format "S999" is not supported yet

select to_char(ts, s) from t
=> error 0A000 at 8: TO_CHAR is supported with a constant format only

select to_date('05 Jan 2020', 'DD Mon YYYY'), to_timestamp('2020-01-05 13:14:15', 'YYYY-MM-DD HH24:MI:SS'), to_date('20200105', 'YYYYMMDD')
=> SELECT
SELECT CAST(strptime('05 Jan 2020', '%d %b %Y') AS DATE) AS to_date, CAST(strptime('2020-01-05 13:14:15', '%Y-%m-%d %H:%M:%S') AS TIMESTAMPTZ) AS to_timestamp, CAST(strptime('20200105', '%Y%m%d') AS DATE) AS to_date

select nvl(a, b), nvl2(a, 'x', 'y'), decode(a, 1, 'one', 2, 'two', 'many'), decode(a, null, 'none', b, 'same'), isnull(a, 0) from t
=> SELECT
SELECT coalesce(a, b) AS "coalesce", (CASE WHEN a IS NOT NULL THEN 'x' ELSE 'y' END) AS nvl2, CASE a WHEN 1 THEN 'one' WHEN 2 THEN 'two' ELSE 'many' END AS "case", CASE WHEN a IS NOT DISTINCT FROM NULL THEN 'none' WHEN a IS NOT DISTINCT FROM b THEN 'same' END AS "case", coalesce(a, 0) AS "isnull" FROM t

select listagg(s, ', ') within group (order by a), listagg(distinct s, ',') within group (order by s desc), listagg(s) from t
=> SELECT
SELECT bounded_listagg(string_agg(CAST(s AS VARCHAR), ', ' ORDER BY a)) AS listagg, bounded_listagg(string_agg(DISTINCT CAST(s AS VARCHAR), ',' ORDER BY CAST(s AS VARCHAR) DESC)) AS listagg, bounded_listagg(string_agg(CAST(s AS VARCHAR), '')) AS listagg FROM t

select listagg(s, ',') within group (order by a) over (partition by b) from t
=> SELECT
SELECT bounded_listagg(string_agg(CAST(s AS VARCHAR), ',' ORDER BY a) OVER (PARTITION BY b)) AS listagg FROM t

select median(n), percentile_cont(0.5) within group (order by n), approximate percentile_disc(0.9) within group (order by n) from t
=> SELECT
SELECT median(n) AS median, percentile_cont(0.5) WITHIN GROUP (ORDER BY n) AS percentile_cont, percentile_disc(0.9) WITHIN GROUP (ORDER BY n) AS percentile_disc FROM t

select percentile_cont(0.25) within group (order by n desc) over (partition by a), ratio_to_report(n) over (partition by a) from t
=> SELECT
SELECT quantile_cont(n, 1 - 0.25) OVER (PARTITION BY a) AS percentile_cont, CAST(n AS DOUBLE) / sum(n) OVER (PARTITION BY a) AS ratio_to_report FROM t

select len(s), length(s), char_length(s), octet_length(s), charindex('l', s), strpos(s, 'l'), btrim(s, 'h'), ltrim(s), replicate('ab', 3), lpad(s, 20), rpad(s, 20, '*') from t
=> SELECT
SELECT length(s) AS len, length(s) AS length, length(s) AS char_length, strlen(s) AS octet_length, strpos(s, 'l') AS charindex, strpos(s, 'l') AS strpos, "trim"(s, 'h') AS btrim, ltrim(s) AS ltrim, repeat('ab', 3) AS replicate, lpad(s, 20, ' ') AS lpad, rpad(s, 20, '*') AS rpad FROM t

select initcap(s), concat(s, 'x'), left(s, 2), right(s, 2), reverse(s), translate(s, 'lo', '01'), split_part(s, ' ', 2), replace(s, 'l', 'L'), chr(65), ascii('A') from t
=> SELECT
SELECT array_to_string(list_transform(regexp_extract_all(s, '[\pL\pN]+|[^\pL\pN]+'), lambda word: upper(word[1]) || lower(word[2:])), '') AS initcap, (s || 'x') AS concat, left(s, 2) AS "left", right(s, 2) AS "right", reverse(s) AS reverse, translate(s, 'lo', '01') AS translate, split_part(s, ' ', 2) AS split_part, replace(s, 'l', 'L') AS replace, chr(65) AS chr, ascii('A') AS ascii FROM t

select strtol('ff', 16), strtol('101', 2), strtol('12', 10), to_hex(255), md5(s), sha1(s), func_sha1(s), sha2(s, 256) from t
=> SELECT
SELECT CAST(list_reduce(list_transform(string_split(lower('ff'), ''), lambda digit: CAST(strpos('0123456789abcdefghijklmnopqrstuvwxyz', digit) - 1 AS BIGINT)), lambda so_far, digit: so_far * 16 + digit) AS BIGINT) AS strtol, CAST(list_reduce(list_transform(string_split(lower('101'), ''), lambda digit: CAST(strpos('0123456789abcdefghijklmnopqrstuvwxyz', digit) - 1 AS BIGINT)), lambda so_far, digit: so_far * 2 + digit) AS BIGINT) AS strtol, CAST('12' AS BIGINT) AS strtol, lower(to_hex(255)) AS to_hex, md5(s) AS md5, sha1(s) AS sha1, sha1(s) AS func_sha1, sha256(s) AS sha2 FROM t

select sha2(s, 512) from t
=> error 0A000 at 8: SHA2 is supported with 256 bits only

select regexp_substr(s, '[0-9]+'), regexp_substr(s, 'o', 1, 2), regexp_substr(s, 'O', 1, 1, 'i'), regexp_substr(s, 'o', 6) from t
=> SELECT
SELECT regexp_extract(s, '[0-9]+') AS regexp_substr, (CASE WHEN s IS NOT NULL THEN coalesce(list_extract(regexp_extract_all(s, 'o'), 2), '') END) AS regexp_substr, regexp_extract(s, 'O', 0, 'i') AS regexp_substr, regexp_extract(substr(s, 6), 'o') AS regexp_substr FROM t

select regexp_replace(s, 'l'), regexp_replace(s, '(o)', '[$1]'), regexp_replace(s, 'O', 'x', 1, 'i'), regexp_replace(s, 'l', 'L', 4) from t
=> SELECT
SELECT regexp_replace(s, 'l', '', 'g') AS regexp_replace, regexp_replace(s, '(o)', '[\1]', 'g') AS regexp_replace, regexp_replace(s, 'O', 'x', 'gi') AS regexp_replace, (substr(s, 1, 4 - 1) || regexp_replace(substr(s, 4), 'l', 'L', 'g')) AS regexp_replace FROM t

select regexp_count(s, 'l'), regexp_count(s, 'O', 1, 'i'), regexp_instr(s, 'o'), regexp_instr(s, 'zzz') from t
=> SELECT
SELECT len(regexp_extract_all(s, 'l')) AS regexp_count, len(regexp_extract_all(s, 'O', 0, 'i')) AS regexp_count, (CASE WHEN regexp_matches(s, 'o') THEN length(regexp_extract(s, '(?s)^(.*?)(?:' || 'o' || ')', 1)) + 1 WHEN s IS NOT NULL THEN 0 END) AS regexp_instr, (CASE WHEN regexp_matches(s, 'zzz') THEN length(regexp_extract(s, '(?s)^(.*?)(?:' || 'zzz' || ')', 1)) + 1 WHEN s IS NOT NULL THEN 0 END) AS regexp_instr FROM t

select json_extract_path_text(j, 'a', 'b'), json_extract_path_text(j, 'zz', true), json_array_length('[1,2]'), json_extract_array_element_text('["x","y"]', 1), is_valid_json(j) from t
=> SELECT
SELECT json_extract_string(j, '$."a"."b"') AS json_extract_path_text, (CASE WHEN json_valid(j) THEN json_extract_string(j, '$."zz"') END) AS json_extract_path_text, CAST(json_array_length('[1,2]') AS INTEGER) AS json_array_length, (CASE WHEN 1 >= 0 THEN json_extract_string('["x","y"]', '$[' || 1 || ']') END) AS json_extract_array_element_text, json_valid(j) AS is_valid_json FROM t

select json_parse(j), json_serialize(json_parse(j)), can_json_parse(j), json_typeof(json_parse(j)), array(1, 'a'), object('k', 1), get_array_length(json_parse('[1]')) from t
=> SELECT
SELECT CAST(j AS JSON) AS json_parse, CAST(CAST(j AS JSON) AS VARCHAR) AS json_serialize, json_valid(j) AS can_json_parse, (CASE json_type(CAST(j AS JSON)) WHEN 'VARCHAR' THEN 'string' WHEN 'OBJECT' THEN 'object' WHEN 'ARRAY' THEN 'array' WHEN 'BOOLEAN' THEN 'boolean' WHEN 'NULL' THEN 'null' WHEN 'UBIGINT' THEN 'number' WHEN 'BIGINT' THEN 'number' WHEN 'DOUBLE' THEN 'number' WHEN 'HUGEINT' THEN 'number' WHEN 'UHUGEINT' THEN 'number' END) AS json_typeof, json_array(1, 'a') AS "array", json_object('k', 1) AS object, CAST(json_array_length(CAST('[1]' AS JSON)) AS BIGINT) AS get_array_length FROM t

select to_number('1,234.50', '9,999.99'), dexp(1), dlog1(2), dlog10(100), mod(a, 2), power(a, 2), ceil(n), round(n, 1), sign(n) from t
=> SELECT
SELECT CAST(regexp_replace(regexp_replace('1,234.50', '[^0-9.+-]', '', 'g'), '^(.*)([+-])$', '\2\1') AS DECIMAL(38,2)) AS to_number, exp(1) AS dexp, ln(2) AS dlog1, log10(100) AS dlog10, mod(a, 2) AS mod, power(a, 2) AS power, ceil(n) AS ceil, round(n, 1) AS round, sign(n) AS sign FROM t

select current_database(), current_schema(), version(), pg_backend_pid(), current_setting('search_path'), current_user
=> SELECT
SELECT 'dev' AS current_database, 'public' AS "current_schema", 'PostgreSQL 8.0.2, Redshift 1.0' AS version, 4711 AS pg_backend_pid, '$user, public' AS current_setting, 'admin' AS "current_user"

select quote_ident('Odd name'), quote_literal('it''s')
=> SELECT
SELECT (CASE WHEN regexp_full_match('Odd name', '[a-z_][a-z0-9_$]*') THEN 'Odd name' ELSE '"' || replace('Odd name', '"', '""') || '"' END) AS quote_ident, ('''' || replace('it''s', '''', '''''') || '''') AS quote_literal

create table averaged (a int, d decimal(8,2))
=> CREATE TABLE
CREATE TABLE averaged (a INTEGER, d DECIMAL(8,2))

select avg(a), avg(distinct d), avg(a) over (partition by d order by a rows unbounded preceding) from averaged group by a, d
=> SELECT
SELECT cast_to_type(sum(a) / nullif(count(a), 0), sum(a)) AS avg, cast_to_type(sum(DISTINCT d) / nullif(count(DISTINCT d), 0), sum(DISTINCT d)) AS avg, cast_to_type(sum(a) OVER (PARTITION BY d ORDER BY a ROWS UNBOUNDED PRECEDING) / nullif(count(a) OVER (PARTITION BY d ORDER BY a ROWS UNBOUNDED PRECEDING), 0), sum(a) OVER (PARTITION BY d ORDER BY a ROWS UNBOUNDED PRECEDING)) AS avg FROM averaged GROUP BY a, d

select generate_series(1, 3), generate_series(0, 10, 5)
=> SELECT
SELECT unnest(generate_series(1, 3)) AS generate_series, unnest(generate_series(0, 10, 5)) AS generate_series

select to_varbyte('ab', 'hex'), from_varbyte(to_varbyte('ab', 'utf8'), 'base64'), dpow(2, 3), timeofday(), interval_cmp('3 days', '1 year')
=> SELECT
SELECT unhex('ab') AS to_varbyte, to_base64(encode('ab')) AS from_varbyte, pow(2, 3) AS dpow, strftime(now(), '%a %b %d %H:%M:%S.%f %Y %Z') AS timeofday, (CASE WHEN CAST('3 days' AS INTERVAL) < CAST('1 year' AS INTERVAL) THEN -1 WHEN CAST('3 days' AS INTERVAL) > CAST('1 year' AS INTERVAL) THEN 1 WHEN CAST('3 days' AS INTERVAL) = CAST('1 year' AS INTERVAL) THEN 0 END) AS interval_cmp

select to_varbyte('ab', 'utf16')
=> error 0A000 at 8: TO_VARBYTE is supported with the constant formats hex, base64 and utf8 only

select try_cast('x' as int), array(select a from averaged where a > 1), array_concat(array(1), array(2)), subarray(array(1, 2, 3), 1), array_to_string(array(1, 2), ',')
=> SELECT
SELECT TRY_CAST('x' AS INTEGER) AS int4, ARRAY(SELECT a FROM averaged WHERE a > 1) AS "array", to_json(list_concat(CAST(json_array(1) AS JSON[]), CAST(json_array(2) AS JSON[]))) AS array_concat, to_json(list_slice(CAST(json_array(1, 2, 3) AS JSON[]), 1 + 1, NULL)) AS subarray, array_to_string(CAST(json_array(1, 2) AS VARCHAR[]), ',') AS array_to_string
