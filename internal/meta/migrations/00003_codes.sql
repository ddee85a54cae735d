-- +goose Up
-- What a row says is told from damage by a code under a key that the database does not have. Rows of before get theirs when the key is first known.
ALTER TABLE record ADD COLUMN code blob;
ALTER TABLE entry ADD COLUMN code blob;
