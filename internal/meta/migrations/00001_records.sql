-- +goose Up
CREATE TABLE record (
    kind    text   NOT NULL,
    account text   NOT NULL,
    region  text   NOT NULL,
    id      text   NOT NULL,
    version bigint NOT NULL,
    body    text   NOT NULL,
    PRIMARY KEY (kind, account, region, id)
);

-- Every record has the entry with empty name and value, so that a plain list walks the same indexes.
CREATE TABLE entry (
    kind    text NOT NULL,
    name    text NOT NULL,
    value   text NOT NULL,
    account text NOT NULL,
    region  text NOT NULL,
    id      text NOT NULL,
    PRIMARY KEY (kind, name, value, account, region, id),
    FOREIGN KEY (kind, account, region, id) REFERENCES record (kind, account, region, id) ON DELETE CASCADE
);

-- Lists are ordered by id whether they stay in one region, in one account, or span all accounts.
CREATE INDEX entry_of_account ON entry (kind, name, value, account, id, region);
CREATE INDEX entry_of_all ON entry (kind, name, value, id, account, region);
CREATE INDEX entry_of_record ON entry (kind, account, region, id);
