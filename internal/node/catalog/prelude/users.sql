-- Users, groups, who owns what and who may do what. It is part of the database file, so that a snapshot holds it. The admin user is number 100; what
-- is no one else's is its own. An object is a relation, a schema (whose name is empty) or the database (whose schema is empty too).

BEGIN TRANSACTION;
CREATE SEQUENCE IF NOT EXISTS slipher_catalog.ids START 101;
CREATE TABLE IF NOT EXISTS slipher_catalog.users (
  id INTEGER NOT NULL, name VARCHAR NOT NULL UNIQUE, verifier VARCHAR, superuser BOOLEAN NOT NULL, createdb BOOLEAN NOT NULL, valid_until TIMESTAMPTZ,
  connection_limit INTEGER NOT NULL, session_timeout INTEGER NOT NULL, syslog_access VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS slipher_catalog.user_settings (id INTEGER NOT NULL, name VARCHAR NOT NULL, setting VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS slipher_catalog.groups (id INTEGER NOT NULL, name VARCHAR NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS slipher_catalog.members (group_id INTEGER NOT NULL, user_id INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS slipher_catalog.objects (
  schema_name VARCHAR NOT NULL, name VARCHAR NOT NULL, kind VARCHAR NOT NULL, owner INTEGER NOT NULL, traced BOOLEAN NOT NULL);
CREATE TABLE IF NOT EXISTS slipher_catalog.view_reads (
  schema_name VARCHAR NOT NULL, name VARCHAR NOT NULL, read_schema VARCHAR NOT NULL, read_name VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS slipher_catalog.default_grants (
  owner INTEGER NOT NULL, schema_name VARCHAR NOT NULL, grantee_kind VARCHAR NOT NULL, grantee INTEGER NOT NULL, privilege VARCHAR NOT NULL, grantable BOOLEAN NOT NULL);
CREATE TABLE IF NOT EXISTS slipher_catalog.grants AS
SELECT * FROM (VALUES
  ('', '', 'public', 0, 'temporary', false, 100), ('public', '', 'public', 0, 'create', false, 100), ('public', '', 'public', 0, 'usage', false, 100)
) t(schema_name, name, grantee_kind, grantee, privilege, grantable, grantor);
COMMIT;

CREATE VIEW slipher.slipher_own.present AS
SELECT '' AS schema_name, '' AS name, 'database' AS kind
UNION ALL SELECT schema_name, '', 'schema' FROM duckdb_schemas()
WHERE database_name = current_database() AND schema_name NOT IN ('main', 'slipher_catalog', 'pg_catalog', 'information_schema')
UNION ALL SELECT schema_name, table_name, 'table' FROM duckdb_tables()
WHERE database_name = current_database() AND schema_name NOT IN ('main', 'slipher_catalog')
UNION ALL SELECT schema_name, view_name, 'view' FROM duckdb_views()
WHERE database_name = current_database() AND NOT internal AND schema_name NOT IN ('main', 'slipher_catalog');

-- What an earlier version made, or a restored table, has no entry yet.
INSERT INTO slipher_catalog.objects
SELECT schema_name, name, kind, 100, false FROM slipher.slipher_own.present p
WHERE NOT EXISTS (SELECT 1 FROM slipher_catalog.objects o WHERE o.schema_name = p.schema_name AND o.name = p.name);
