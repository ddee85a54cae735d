-- +goose Up
-- With names and values in it, the index alone answers which entries a record has. Without them SQLite took the primary key for
-- that and read every entry of the kind.
DROP INDEX entry_of_record;
CREATE INDEX entry_of_record ON entry (kind, account, region, id, name, value);
