create table t (a int, b varchar(10))
=> CREATE TABLE
CREATE TABLE t (a INTEGER, b VARCHAR CHECK (strlen(b) <= 10))

select version()
=> SELECT
SELECT 'PostgreSQL 8.0.2, Redshift 1.0' AS version

select current_schema(), current_database()
=> SELECT
SELECT 'public' AS "current_schema", 'dev' AS current_database

SELECT oid, typname FROM pg_type
=> SELECT
SELECT oid, typname FROM pg_type

select oid, typbasetype from pg_type where typname = 'lo'
=> SELECT
SELECT oid, typbasetype FROM pg_type WHERE typname = 'lo'

SELECT typname, oid, typarray FROM pg_type WHERE typname = 'hstore' OR typname = 'citext'
=> SELECT
SELECT typname, oid, typarray FROM pg_type WHERE typname = 'hstore' OR typname = 'citext'

SELECT n.nspname as "Schema",
  c.relname as "Name",
  CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'i' THEN 'index' WHEN 'S' THEN 'sequence' WHEN 't' THEN 'TOAST table' WHEN 'f' THEN 'foreign table' WHEN 'p' THEN 'partitioned table' WHEN 'I' THEN 'partitioned index' END as "Type",
  pg_catalog.pg_get_userbyid(c.relowner) as "Owner"
FROM pg_catalog.pg_class c
     LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
WHERE c.relkind IN ('r','p','')
      AND n.nspname <> 'pg_catalog'
      AND n.nspname !~ '^pg_toast'
      AND n.nspname <> 'information_schema'
  AND pg_catalog.pg_table_is_visible(c.oid)
ORDER BY 1,2
=> SELECT
SELECT n.nspname AS "Schema", c.relname AS "Name", CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'i' THEN 'index' WHEN 'S' THEN 'sequence' WHEN 't' THEN 'TOAST table' WHEN 'f' THEN 'foreign table' WHEN 'p' THEN 'partitioned table' WHEN 'I' THEN 'partitioned index' END AS "Type", pg_get_userbyid(c.relowner) AS "Owner" FROM pg_class AS c LEFT JOIN pg_namespace AS n ON n.oid = c.relnamespace LEFT JOIN pg_am AS am ON am.oid = c.relam WHERE c.relkind IN ('r', 'p', '') AND n.nspname <> 'pg_catalog' AND NOT regexp_matches(n.nspname, '^pg_toast') AND n.nspname <> 'information_schema' AND pg_table_is_visible(c.oid) ORDER BY 1, 2

SELECT c.oid,
  n.nspname,
  c.relname
FROM pg_catalog.pg_class c
     LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relname OPERATOR(pg_catalog.~) '^(t)$' COLLATE pg_catalog.default
  AND pg_catalog.pg_table_is_visible(c.oid)
ORDER BY 2, 3
=> SELECT
SELECT c.oid, n.nspname, c.relname FROM pg_class AS c LEFT JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE regexp_matches(c.relname, '^(t)$') AND pg_table_is_visible(c.oid) ORDER BY 2, 3

SELECT a.attname,
  pg_catalog.format_type(a.atttypid, a.atttypmod),
  (SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid)
   FROM pg_catalog.pg_attrdef d
   WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.atthasdef),
  a.attnotnull,
  (SELECT c.collname FROM pg_catalog.pg_collation c, pg_catalog.pg_type t
   WHERE c.oid = a.attcollation AND t.oid = a.atttypid AND a.attcollation <> t.typcollation) AS attcollation,
  ''::pg_catalog.char AS attidentity,
  ''::pg_catalog.char AS attgenerated
FROM pg_catalog.pg_attribute a
WHERE a.attrelid = '16384' AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
=> SELECT
SELECT a.attname, format_type(a.atttypid, a.atttypmod) AS format_type, (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef AS d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.atthasdef) AS "?column?", a.attnotnull, (SELECT c.collname FROM pg_collation AS c, pg_type AS t WHERE c.oid = a.attcollation AND t.oid = a.atttypid AND a.attcollation <> t.typcollation) AS attcollation, CAST('' AS VARCHAR) AS attidentity, CAST('' AS VARCHAR) AS attgenerated FROM pg_attribute AS a WHERE a.attrelid = '16384' AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum

SELECT d.datname as "Name", pg_catalog.pg_encoding_to_char(1) as "Encoding" FROM pg_catalog.pg_database d ORDER BY 1
=> SELECT
SELECT d.datname AS "Name", 'UTF8' AS "Encoding" FROM pg_database AS d ORDER BY 1

select 't'::regclass, 'public.t'::regclass::oid, 't'::pg_catalog.regclass
=> SELECT
SELECT (SELECT oid FROM pg_class WHERE relname = 't' LIMIT 1) AS regclass, CAST((SELECT c.oid FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relname = 't' AND n.nspname = 'public') AS BIGINT) AS oid, (SELECT oid FROM pg_class WHERE relname = 't' LIMIT 1) AS regclass

select c.oid::regclass::text, c.oid::pg_catalog.regclass from pg_class c where c.relname = 't'
=> SELECT
SELECT (SELECT known_name FROM (SELECT oid AS known_oid, relname AS known_name FROM pg_class) WHERE known_oid = c.oid LIMIT 1) AS oid, c.oid AS oid FROM pg_class AS c WHERE c.relname = 't'

select 23::regtype, 'int4'::regtype is null as none, typname from pg_type t where t.typinput = 'array_in'::regproc limit 1
=> SELECT
SELECT format_type(23, NULL) AS regtype, (SELECT oid FROM pg_type WHERE typname = 'int4' LIMIT 1) IS NULL AS "none", typname FROM pg_type AS t WHERE t.typinput = CAST('array_in' AS VARCHAR) LIMIT 1

select nspname from pg_namespace where nspname not like E'pg\\_%' and nspname <> 'information_schema'
=> SELECT
SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\_%' ESCAPE '\' AND nspname <> 'information_schema'

select * from information_schema.columns where table_name = 't'
=> SELECT
SELECT * FROM information_schema."columns" WHERE table_name = 't'

select has_schema_privilege('public', 'usage'), has_table_privilege(c.oid, 'select'), obj_description(c.oid, 'pg_class') from pg_class c
=> SELECT
SELECT has_schema_privilege('public', 'usage') AS has_schema_privilege, has_table_privilege(c.oid, 'select') AS has_table_privilege, obj_description(c.oid, 'pg_class') AS obj_description FROM pg_class AS c

show standard_conforming_strings
=> SHOW [standard_conforming_strings]
