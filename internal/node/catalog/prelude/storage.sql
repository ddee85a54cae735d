-- What Redshift says of tables and the engine has no notion of. It is part of the database file, so that a snapshot holds it.

BEGIN TRANSACTION;
CREATE SCHEMA IF NOT EXISTS slipher_catalog;
CREATE TABLE IF NOT EXISTS slipher_catalog.tables (
  schema_name VARCHAR NOT NULL, table_name VARCHAR NOT NULL, diststyle VARCHAR, sortstyle VARCHAR);
CREATE TABLE IF NOT EXISTS slipher_catalog.columns (
  schema_name VARCHAR NOT NULL, table_name VARCHAR NOT NULL, column_name VARCHAR NOT NULL,
  declared VARCHAR, length INTEGER, encoding VARCHAR, distkey BOOLEAN, sortkey INTEGER, identity VARCHAR, sequence VARCHAR);
COMMIT;
