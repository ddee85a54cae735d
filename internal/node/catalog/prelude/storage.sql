-- What Redshift says of tables and the engine has no notion of. It is part of the database file, so that a snapshot holds it.

BEGIN TRANSACTION;
CREATE SCHEMA IF NOT EXISTS slipher_catalog;
CREATE TABLE IF NOT EXISTS slipher_catalog.tables (
  schema_name VARCHAR NOT NULL, table_name VARCHAR NOT NULL, diststyle VARCHAR, sortstyle VARCHAR);
CREATE TABLE IF NOT EXISTS slipher_catalog.columns (
  schema_name VARCHAR NOT NULL, table_name VARCHAR NOT NULL, column_name VARCHAR NOT NULL,
  declared VARCHAR, length INTEGER, encoding VARCHAR, distkey BOOLEAN, sortkey INTEGER, identity VARCHAR, sequence VARCHAR);
-- Whether what is in a CHAR column is kept without its blanks; what an earlier version wrote may have some.
ALTER TABLE slipher_catalog.columns ADD COLUMN IF NOT EXISTS trimmed BOOLEAN;
-- Views as they were written. One WITH NO SCHEMA BINDING is late: it stands on nothing, and its statement for the engine waits here
-- while what it reads is not there.
CREATE TABLE IF NOT EXISTS slipher_catalog.views (
  schema_name VARCHAR NOT NULL, view_name VARCHAR NOT NULL, query VARCHAR NOT NULL, late BOOLEAN NOT NULL, waiting VARCHAR);
-- Keys as they were declared: nobody enforces them, and tools read them.
CREATE TABLE IF NOT EXISTS slipher_catalog.keys (
  schema_name VARCHAR NOT NULL, table_name VARCHAR NOT NULL, name VARCHAR NOT NULL, kind VARCHAR NOT NULL, columns VARCHAR[] NOT NULL,
  far_schema VARCHAR, far_table VARCHAR, far_columns VARCHAR[]);
-- The last tables that were copied out of snapshots, under the names of the requests: each is copied once, however often it is asked for.
CREATE TABLE IF NOT EXISTS slipher_catalog.table_restores (
  number BIGINT NOT NULL, request VARCHAR NOT NULL, row_count BIGINT NOT NULL, fetched BIGINT NOT NULL);
COMMIT;
