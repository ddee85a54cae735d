package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	_ "modernc.org/sqlite" // the "sqlite" driver of database/sql
)

func copyName(number int) string { return fmt.Sprintf("%s-%06d", first, number) }

// copySnapshots adds copies of a region's one snapshot to the metadata of a slipher that does not run: the same record and index
// entries under other names, without its tag and its shares. Taking each one would last an hour.
func copySnapshots(ctx context.Context, path, region string, count int) (err error) {
	db, err := sql.Open("sqlite", path+"?_pragma=foreign_keys(1)&_txlock=immediate")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	const numbers = `WITH RECURSIVE copy(number, name) AS (
		SELECT 1, printf('%s-%06d', $1, 1) UNION ALL SELECT number + 1, printf('%s-%06d', $1, number + 1) FROM copy WHERE number < $2) `
	for _, statement := range []string{
		`INSERT INTO record (kind, account, region, id, version, body) ` + numbers + `
		SELECT kind, account, region, printf('%s-%06d', id, number), 1,
			json_set(body, '$.Identifier', name, '$.Tags', json('null'), '$.Access', json('null'))
		FROM record, copy WHERE kind = 'snapshot' AND region = $3 AND json_extract(body, '$.Identifier') = $1`,
		`INSERT INTO entry (kind, name, value, account, region, id) ` + numbers + `
		SELECT e.kind, e.name, CASE e.name WHEN 'identifier' THEN copy.name ELSE e.value END, e.account, e.region, printf('%s-%06d', e.id, number)
		FROM entry e JOIN record r ON r.kind = e.kind AND r.account = e.account AND r.region = e.region AND r.id = e.id, copy
		WHERE e.kind = 'snapshot' AND e.region = $3 AND json_extract(r.body, '$.Identifier') = $1
			AND e.name NOT IN ('shared with', 'shared under', 'tag key', 'tag value')`,
	} {
		if _, err := tx.ExecContext(ctx, statement, first, count, region); err != nil {
			return err
		}
	}
	if err := dropCodes(ctx, tx); err != nil {
		return err
	}
	return tx.Commit()
}

// dropCodes makes of the metadata one of before rows had codes: the next start writes them, those of the copies too.
func dropCodes(ctx context.Context, tx *sql.Tx) error {
	var coded bool
	if err := tx.QueryRowContext(ctx, `SELECT count(*) > 0 FROM pragma_table_info('record') WHERE name = 'code'`).Scan(&coded); err != nil || !coded {
		return err
	}
	for _, table := range []string{"record", "entry"} {
		if _, err := tx.ExecContext(ctx, `UPDATE `+table+` SET code = NULL`); err != nil {
			return err
		}
	}
	return nil
}
