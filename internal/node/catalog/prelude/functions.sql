-- Functions in which the engine differs from Redshift whatever the statement's text: they stand before the engine's own in the search path.

-- The engine answers NULL, or infinity, where Redshift refuses.
CREATE MACRO slipher.main."//"(a, b) AS CASE WHEN b = 0 THEN error('division by zero') ELSE system.main."//"(a, b) END;
CREATE MACRO slipher.main."%"(a, b) AS CASE WHEN b = 0 THEN error('division by zero') ELSE system.main."%"(a, b) END;
CREATE MACRO slipher.main.mod(a, b) AS CASE WHEN b = 0 THEN error('division by zero') ELSE system.main.mod(a, b) END;

-- Arithmetic on decimals, whose digits come as whole numbers of 38 digits: the engine divides decimals as floating point numbers.
CREATE MACRO slipher.main.decimal_quotient(a, b, shift) AS CASE WHEN b = 0 THEN error('division by zero')
  ELSE CAST(system.main."//"(CAST(a AS HUGEINT) * CAST(shift AS HUGEINT), CAST(b AS HUGEINT)) AS DECIMAL(38,0)) END;
CREATE MACRO slipher.main.decimal_remainder(a, b) AS CASE WHEN b = 0 THEN error('division by zero')
  ELSE CAST(system.main."%"(CAST(a AS HUGEINT), CAST(b AS HUGEINT)) AS DECIMAL(38,0)) END;

-- Of a string in hexadecimal digits the first bytes: what a character has beyond them goes.
CREATE MACRO slipher.main.cut_bytes(h, n) AS CASE
  WHEN substr(h, 2 * n + 1, 2) NOT BETWEEN '80' AND 'BF' THEN decode(unhex(left(h, 2 * n)))
  WHEN substr(h, 2 * n - 1, 2) >= 'C0' THEN decode(unhex(left(h, 2 * n - 2)))
  WHEN substr(h, 2 * n - 3, 2) >= 'C0' THEN decode(unhex(left(h, 2 * n - 4)))
  ELSE decode(unhex(left(h, 2 * n - 6))) END;
-- The first bytes of a string, as many as are whole characters.
CREATE MACRO slipher.main.left_bytes(x, n) AS CASE WHEN strlen(x) <= n THEN x WHEN strlen(x) = length(x) THEN left(x, n) ELSE slipher.main.cut_bytes(hex(x), n) END;
-- A column without the trailing blanks of its strings, most of which have none.
CREATE MACRO slipher.main.without_blanks(x) AS CASE WHEN ends_with(x, ' ') THEN rtrim(x, ' ') ELSE x END;
-- The sum of decimals that fit into 18 digits, and of the others with 38.
CREATE MACRO slipher.main.sum_by_size(fits, narrow, wide) AS coalesce(
  sum(CASE WHEN fits THEN narrow END) + sum(CASE WHEN fits THEN NULL ELSE wide END),
  sum(CASE WHEN fits THEN narrow END), sum(CASE WHEN fits THEN NULL ELSE wide END));
-- A string for a column of some bytes, which it may exceed by blanks only.
CREATE MACRO slipher.main.fit_bytes(x, n) AS CASE WHEN strlen(x) > n AND strlen(rtrim(x, ' ')) <= n THEN rtrim(x, ' ') || repeat(' ', n - strlen(rtrim(x, ' '))) ELSE x END;

-- What would show the machine's paths and the engine's own settings.
CREATE MACRO slipher.main.current_setting(name) AS error('unrecognized configuration parameter "' || name || '"'), (name, missing_ok) AS NULL::VARCHAR;
CREATE MACRO slipher.main.duckdb_databases() AS TABLE SELECT current_database() AS database_name;
CREATE MACRO slipher.main.duckdb_settings() AS TABLE SELECT '' AS name, '' AS value WHERE false;
CREATE MACRO slipher.main.duckdb_temporary_files() AS TABLE SELECT '' AS path, 0 AS size WHERE false;
CREATE VIEW slipher.main.pg_settings AS SELECT ''::VARCHAR AS name, ''::VARCHAR AS setting, ''::VARCHAR AS short_desc WHERE false;
CREATE VIEW slipher.main.pragma_database_list AS SELECT 0 AS seq, current_database() AS name, NULL::VARCHAR AS file;

-- Texts that could become longer than any value may be, see bind.MaxText. All but the first name their arguments once, or calls inside one another would double them at every level.
CREATE MACRO slipher.main.bounded_text(x) AS CASE WHEN strlen(x::VARCHAR) > 16000000 THEN error('requested length too large') ELSE x END;
CREATE MACRO slipher.main.bounded_long_text(x) AS list_transform([x], lambda v: CASE WHEN strlen(v::VARCHAR) > 16000000 THEN error('requested length too large') ELSE v END)[1];
CREATE MACRO slipher.main.bounded_length(n) AS list_transform([n], lambda v: CASE WHEN v > 16000000 THEN error('requested length too large') ELSE v END)[1];
CREATE MACRO slipher.main.bounded_repeat(x, n) AS list_transform([{'x': x, 'n': n}], lambda v:
  CASE WHEN v.n > 0 AND strlen(v.x)::HUGEINT * v.n > 16000000 THEN error('requested length too large') ELSE repeat(v.x, v.n) END)[1];
CREATE MACRO slipher.main.bounded_replace(x, a, b) AS list_transform([{'x': x, 'a': a, 'b': b}], lambda v:
  CASE WHEN strlen(v.b) > strlen(v.a) AND v.a <> ''
    AND strlen(v.x)::HUGEINT + (strlen(v.x) - strlen(replace(v.x, v.a, ''))) // strlen(v.a) * (strlen(v.b) - strlen(v.a)) > 16000000
  THEN error('requested length too large') ELSE replace(v.x, v.a, v.b) END)[1];
-- The text in which a pattern is replaced: a replacement stands at most once for each match, and a reference in it for less than the text.
CREATE MACRO slipher.main.bounded_subject(x, a, b) AS list_transform([{'x': x, 'a': a, 'b': b}], lambda v:
  CASE WHEN strlen(v.x)::HUGEINT * (1 + strlen(v.b) - strlen(replace(replace(v.b, '$', ''), chr(92), '')))
    + CASE WHEN (strlen(v.x) + 1)::HUGEINT * strlen(v.b) > 16000000 THEN len(regexp_extract_all(v.x, v.a))::HUGEINT * strlen(v.b) ELSE 0 END > 16000000
  THEN error('requested length too large') ELSE v.x END)[1];
CREATE MACRO slipher.main.bounded_listagg(x) AS CASE WHEN strlen(x) > 65535 THEN error('Result size exceeds LISTAGG limit') ELSE x END;
