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

-- What would show the machine's paths and the engine's own settings.
CREATE MACRO slipher.main.current_setting(name) AS error('unrecognized configuration parameter "' || name || '"'), (name, missing_ok) AS NULL::VARCHAR;
CREATE MACRO slipher.main.duckdb_databases() AS TABLE SELECT current_database() AS database_name;
CREATE MACRO slipher.main.duckdb_settings() AS TABLE SELECT '' AS name, '' AS value WHERE false;
CREATE MACRO slipher.main.duckdb_temporary_files() AS TABLE SELECT '' AS path, 0 AS size WHERE false;
CREATE VIEW slipher.main.pg_settings AS SELECT ''::VARCHAR AS name, ''::VARCHAR AS setting, ''::VARCHAR AS short_desc WHERE false;
CREATE VIEW slipher.main.pragma_database_list AS SELECT 0 AS seq, current_database() AS name, NULL::VARCHAR AS file;
