-- What a user who owns nothing of it and was granted nothing must not get at. Each statement runs by itself and has to be refused.

-- A table of somebody else's, read in every way there is.
SELECT * FROM private.secrets
SELECT * FROM dev.private.secrets
SELECT * FROM "PRIVATE"."SECRETS"
SELECT 1 FROM private.secrets
SELECT count(*) FROM public.notes
SELECT * FROM notes
SELECT * FROM (SELECT * FROM notes) x
SELECT * FROM mine, notes
SELECT * FROM mine JOIN notes ON true
SELECT * FROM mine WHERE n IN (SELECT n FROM notes)
SELECT * FROM mine WHERE EXISTS (SELECT 1 FROM notes)
SELECT * FROM mine WHERE n = ANY (SELECT n FROM notes)
SELECT (SELECT max(n) FROM notes)
SELECT CASE WHEN (SELECT count(*) FROM notes) > 0 THEN 1 END
SELECT coalesce((SELECT max(n) FROM notes), 0)
SELECT sum((SELECT max(n) FROM notes)) OVER (ORDER BY n) FROM mine
SELECT n FROM mine GROUP BY n HAVING count(*) > (SELECT count(*) FROM notes)
SELECT n FROM mine ORDER BY (SELECT max(n) FROM notes)
SELECT n FROM mine LIMIT (SELECT max(n) FROM notes)
SELECT ARRAY(SELECT n FROM notes)
SELECT decode((SELECT max(n) FROM notes), 1, 2, 3)
SELECT nvl2((SELECT max(n) FROM notes), 2, 3)
SELECT n FROM mine UNION ALL SELECT n FROM notes
SELECT n FROM mine EXCEPT SELECT n FROM notes
WITH x AS (SELECT * FROM notes) SELECT * FROM x
WITH notes AS (SELECT * FROM notes) SELECT * FROM notes
WITH RECURSIVE notes AS (SELECT * FROM notes) SELECT * FROM notes
WITH RECURSIVE notes AS (SELECT n FROM notes UNION ALL SELECT n FROM notes WHERE false) SELECT * FROM notes
WITH x AS (WITH notes AS (SELECT 1 AS n) SELECT * FROM notes) SELECT * FROM notes
WITH notes AS (SELECT 1 AS n) SELECT * FROM public.notes
SELECT * FROM (WITH notes AS (SELECT 1 AS n) SELECT * FROM notes) a, notes
VALUES ((SELECT max(n) FROM notes))
SELECT * FROM generate_series(1, (SELECT max(n) FROM notes))
SELECT * FROM mine, LATERAL (SELECT * FROM notes) x
SELECT notes FROM notes
SELECT notes.* FROM notes
EXPLAIN SELECT * FROM notes
EXPLAIN VERBOSE DELETE FROM notes
COPY notes TO STDOUT
COPY (SELECT * FROM notes) TO STDOUT
DECLARE c CURSOR FOR SELECT * FROM notes
PREPARE p AS SELECT * FROM notes
EXECUTE harmless((SELECT max(n) FROM notes))
CREATE TABLE stolen AS SELECT * FROM notes
CREATE TEMP TABLE stolen AS SELECT * FROM notes
CREATE TABLE stolen (LIKE notes)
SELECT * INTO stolen FROM notes
CREATE VIEW stolen AS SELECT * FROM notes
CREATE VIEW stolen AS SELECT * FROM notes WITH NO SCHEMA BINDING
INSERT INTO mine SELECT n FROM notes
INSERT INTO mine VALUES ((SELECT max(n) FROM notes))
UPDATE mine SET n = (SELECT max(n) FROM notes)
UPDATE mine SET n = notes.n FROM notes
DELETE FROM mine USING notes WHERE mine.n = notes.n
DELETE FROM mine WHERE n IN (SELECT n FROM notes)
WITH x AS (SELECT * FROM notes) DELETE FROM mine WHERE n IN (SELECT n FROM x)
CREATE TABLE stolen (n int DEFAULT (SELECT max(n) FROM notes))

-- The same, changed.
INSERT INTO notes VALUES (1)
INSERT INTO private.secrets VALUES (1)
UPDATE notes SET n = 1
UPDATE notes AS mine SET n = 1
DELETE FROM notes
TRUNCATE notes
DROP TABLE notes
DROP TABLE IF EXISTS notes
DROP TABLE mine, notes
DROP VIEW seen
DROP SCHEMA private CASCADE
DROP SCHEMA public CASCADE
ALTER TABLE notes ADD COLUMN x int
ALTER TABLE notes DROP COLUMN n
ALTER TABLE notes RENAME TO hers
ALTER TABLE notes RENAME COLUMN n TO m
ALTER TABLE notes OWNER TO mallory
ALTER TABLE mine OWNER TO awsuser
ALTER TABLE notes ALTER SORTKEY (n)
ALTER TABLE mine ADD FOREIGN KEY (n) REFERENCES notes (n)
CREATE TABLE pointing (n int REFERENCES notes (n))
ALTER SCHEMA private OWNER TO mallory
COMMENT ON TABLE notes IS 'hers'
COMMENT ON COLUMN notes.n IS 'hers'
LOCK notes
ANALYZE notes
VACUUM notes
CREATE OR REPLACE VIEW seen AS SELECT 1 AS n
CREATE TABLE private.mine (n int)
CREATE VIEW private.mine AS SELECT 1 AS n
CREATE SCHEMA hers
CREATE SCHEMA hers AUTHORIZATION mallory
ALTER TABLE mine RENAME TO notes

-- Views: what their owner may read, and no more.
SELECT * FROM seen
SELECT * FROM withdrawn

-- Users and privileges.
CREATE USER other PASSWORD 'Secret123'
ALTER USER mallory CREATEUSER
ALTER USER mallory CREATEDB
ALTER USER mallory RENAME TO awsuser
ALTER USER mallory VALID UNTIL 'infinity'
ALTER USER awsuser PASSWORD 'Secret123'
ALTER USER bob PASSWORD 'Secret123'
ALTER USER bob SET search_path TO public
DROP USER bob
CREATE GROUP gang WITH USER mallory
ALTER GROUP readers ADD USER mallory
DROP GROUP readers
GRANT SELECT ON notes TO mallory
GRANT SELECT ON private.secrets TO mallory
GRANT ALL ON ALL TABLES IN SCHEMA public TO mallory
GRANT USAGE ON SCHEMA private TO mallory
GRANT CREATE ON DATABASE dev TO mallory
REVOKE SELECT ON readable FROM bob
ALTER DEFAULT PRIVILEGES FOR USER awsuser GRANT SELECT ON TABLES TO mallory
SET SESSION AUTHORIZATION awsuser
SET SESSION AUTHORIZATION bob
SET session_authorization TO 'awsuser'
SET LOCAL session_authorization TO 'awsuser'

-- What is slipher's own, the engine's, or the machine's.
SELECT * FROM slipher_catalog.users
SELECT * FROM "Slipher_Catalog".users
SELECT * FROM dev.slipher_catalog.users
SELECT * FROM slipher.main.admin
SELECT * FROM admin
SELECT * FROM main.admin
SELECT * FROM memory.main.x
SELECT * FROM duckdb_tables
SELECT * FROM duckdb_views
SELECT * FROM duckdb_logs
SELECT * FROM sqlite_master
SELECT * FROM temp.information_schema.tables
SELECT * FROM system.main.duckdb_tables
SELECT * FROM pg_catalog.pg_prepared_statements
SELECT * FROM duckdb_settings()
SELECT * FROM duckdb_secrets()
SELECT * FROM duckdb_databases()
SELECT * FROM query('SELECT * FROM notes')
SELECT * FROM query_table('notes')
SELECT * FROM read_csv('/etc/passwd')
SELECT * FROM read_text('/etc/passwd')
SELECT * FROM glob('*')
SELECT * FROM "/etc/passwd"
SELECT * FROM '/etc/passwd'
SELECT * FROM "/tmp/x.csv"
SELECT nextval('notes_n_identity')
SELECT system.main.nextval('x')
SELECT getvariable('slipher_user')
SELECT "getvariable"('slipher_user')
SELECT json_serialize_plan('SELECT * FROM notes')
SELECT current_setting('temp_directory')
SELECT write_log('x')
INSERT INTO slipher_catalog.grants VALUES ('public', 'notes', 'user', 101, 'select', false, 100)
UPDATE slipher_catalog.users SET superuser = true
DELETE FROM slipher_catalog.users
INSERT INTO admin VALUES ('mallory', now())
UPDATE pg_user SET usesuper = true
DROP VIEW pg_class
DROP TABLE types
CREATE TABLE slipher_catalog.x (n int)
CREATE TABLE main.x (n int)
CREATE TABLE slipher.main.x (n int)
CREATE TABLE temp.main.x (n int)
CREATE VIEW slipher.main.pg_user AS SELECT 1 AS n
CREATE OR REPLACE VIEW slipher.main.pg_user AS SELECT 1 AS n
CREATE SCHEMA slipher_catalog
CREATE SCHEMA slipher.hers
ATTACH '/tmp/x.db' AS x
DETACH dev
PRAGMA database_list
INSTALL httpfs
LOAD httpfs
CHECKPOINT
EXPORT DATABASE '/tmp/x'
IMPORT DATABASE '/tmp/x'
CALL duckdb_tables()
SET VARIABLE slipher_user_id = 100
SET GLOBAL memory_limit = '1GB'
CREATE SECRET s (TYPE s3)
CREATE MACRO f(a) AS a
CREATE FUNCTION f(a int) RETURNS int IMMUTABLE AS $$ SELECT 1 $$ LANGUAGE sql
CREATE SEQUENCE s
CREATE TYPE t AS ENUM ('a')
COPY mine FROM '/etc/passwd'
COPY mine TO '/tmp/x'
UNLOAD ('SELECT * FROM mine') TO '/tmp/x'
