package meta

import (
	"database/sql"
	"errors"
	"fmt"
)

// row is a record as the table holds it. The statements below keep to what SQLite and PostgreSQL both take.
type row struct {
	Key
	kind    string
	version int64
	body    []byte
	code    []byte
	place   string // the value of the entry by which a list has found it
	damaged bool
	record  any // what it was decoded to, unless it is damaged
}

func (tx *Tx) find(kind string, key Key) (row, error) {
	found := row{Key: key, kind: kind}
	err := tx.queryRow(
		`SELECT version, body, code FROM record WHERE kind = $1 AND account = $2 AND region = $3 AND id = $4`,
		kind, key.Account, key.Region, key.ID).Scan(&found.version, &found.body, &found.code)
	if errors.Is(err, sql.ErrNoRows) {
		return row{}, ErrNotFound
	}
	if err == nil {
		err = tx.codes.checkRecord(found)
		tx.codes.damage.report(err)
	}
	return found, err
}

func (tx *Tx) insert(row row, entries []Entry) error {
	tx.mustWrite()
	if row.ID == "" {
		return errors.New("a key needs an id")
	}
	if err := tx.codes.mayWrite(); err != nil {
		return err
	}
	done, err := tx.exec(
		`INSERT INTO record (kind, account, region, id, version, body, code) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
		row.kind, row.Account, row.Region, row.ID, row.version, string(row.body), tx.codes.recordCode(row))
	if err != nil {
		return err
	}
	if err := expectOne(done, ErrExists); err != nil {
		return err
	}
	return tx.addEntries(row, entries)
}

func (tx *Tx) put(row row, entries []Entry) error {
	tx.mustWrite()
	if err := tx.codes.mayWrite(); err != nil {
		return err
	}
	next := row
	next.version++
	done, err := tx.exec(
		`UPDATE record SET version = version + 1, body = $1, code = $7 WHERE kind = $2 AND account = $3 AND region = $4 AND id = $5 AND version = $6`,
		string(row.body), row.kind, row.Account, row.Region, row.ID, row.version, tx.codes.recordCode(next))
	if err != nil {
		return err
	}
	if err := expectOne(done, ErrConflict); err != nil {
		if _, gone := tx.find(row.kind, row.Key); gone != nil {
			return gone
		}
		return err
	}
	return tx.replaceEntries(row, entries)
}

func (tx *Tx) delete(kind string, key Key) error {
	tx.mustWrite()
	done, err := tx.exec(
		`DELETE FROM record WHERE kind = $1 AND account = $2 AND region = $3 AND id = $4`,
		kind, key.Account, key.Region, key.ID)
	if err != nil {
		return err
	}
	return expectOne(done, ErrNotFound) // the entries go with the record
}

// expectOne answers otherwise when a statement has changed no row.
func expectOne(done sql.Result, otherwise error) error {
	changed, err := done.RowsAffected()
	if err == nil && changed == 0 {
		return otherwise
	}
	return err
}

// replaceEntries writes only what differs: most changes of a record leave its entries as they are.
func (tx *Tx) replaceEntries(row row, entries []Entry) error {
	obsolete, err := tx.entriesOf(row)
	if err != nil {
		return err
	}
	var missing []Entry
	for _, entry := range entries {
		if _, kept := obsolete[entry]; !kept {
			missing = append(missing, entry)
		}
	}
	for _, entry := range entries {
		delete(obsolete, entry)
	}
	for entry := range obsolete {
		_, err := tx.exec(
			`DELETE FROM entry WHERE kind = $1 AND name = $2 AND value = $3 AND account = $4 AND region = $5 AND id = $6`,
			row.kind, entry.Name, entry.Value, row.Account, row.Region, row.ID)
		if err != nil {
			return fmt.Errorf("remove index entry: %w", err)
		}
	}
	return tx.addEntries(row, missing)
}

const selectEntries = `SELECT name, value FROM entry WHERE kind = $1 AND account = $2 AND region = $3 AND id = $4`

func (tx *Tx) entriesOf(row row) (map[Entry]struct{}, error) {
	found, err := tx.query(selectEntries, row.kind, row.Account, row.Region, row.ID)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	entries := map[Entry]struct{}{}
	for found.Next() {
		var entry Entry
		if err := found.Scan(&entry.Name, &entry.Value); err != nil {
			return nil, err
		}
		entries[entry] = struct{}{}
	}
	return entries, found.Err()
}

func (tx *Tx) addEntries(row row, entries []Entry) error {
	for _, entry := range entries {
		_, err := tx.exec(
			`INSERT INTO entry (kind, name, value, account, region, id, code) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
			row.kind, entry.Name, entry.Value, row.Account, row.Region, row.ID, tx.codes.entryCode(row.kind, row.Key, entry))
		if err != nil {
			return fmt.Errorf("add index entry: %w", err)
		}
	}
	return nil
}
