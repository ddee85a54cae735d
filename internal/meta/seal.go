package meta

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Authenticate has rows written with codes under the key, and checked when they are read. The rows of a database in which none has a code yet get
// theirs now; in any other a row without a code is damaged. The key is the same for ever.
func (s *Store) Authenticate(ctx context.Context, key []byte) error {
	if known := s.codes.key.Load(); known != nil {
		if !bytes.Equal(known.text, key) {
			return errors.New("authenticate the metadata: another key is in use")
		}
		return nil
	}
	made := newCodeKey(key)
	if s.writer != nil && !s.codes.sealed.Load() {
		if err := s.sealRows(ctx, made); err != nil {
			return fmt.Errorf("write codes: %w", err)
		}
		s.codes.sealed.Store(true)
	}
	s.codes.key.Store(made)
	return nil
}

// readSealed finds out whether the database's rows have codes.
func (d *database) readSealed(ctx context.Context) error {
	var sealed bool
	err := d.readers.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM record WHERE code IS NOT NULL)`).Scan(&sealed)
	d.codes.sealed.Store(sealed)
	return err
}

// sealRows gives all rows their codes, or none.
func (d *database) sealRows(ctx context.Context, key *codeKey) error {
	if err := d.turn.take(ctx); err != nil {
		return err
	}
	defer d.turn.give()
	tx, err := d.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	err = walk(ctx, tx, func(found sealedRow) error {
		_, err := tx.ExecContext(ctx, `UPDATE `+found.table+` SET code = $1 WHERE rowid = $2`, found.codeUnder(key), found.rowid) // #nosec G202 -- one of our two tables
		return err
	})
	if err != nil {
		return err
	}
	return tx.Commit()
}

// sealedRow is a row of either table.
type sealedRow struct {
	row
	table string
	rowid int64
	entry Entry
}

func (s sealedRow) codeUnder(key *codeKey) []byte {
	if s.table == "entry" {
		return key.ofEntry(s.kind, s.Key, s.entry)
	}
	return key.ofRecord(s.row)
}

// walk visits every row of both tables.
func walk(ctx context.Context, tx *sql.Tx, visit func(sealedRow) error) error {
	for table, columns := range map[string]string{"record": "version, body, '', ''", "entry": "0, '', name, value"} {
		for after := int64(-1); ; {
			page, err := pageOf(ctx, tx, table, columns, after)
			if err != nil {
				return err
			}
			if len(page) == 0 {
				break
			}
			for _, found := range page {
				if err := visit(found); err != nil {
					return err
				}
			}
			after = page[len(page)-1].rowid
		}
	}
	return nil
}

func pageOf(ctx context.Context, tx *sql.Tx, table, columns string, after int64) ([]sealedRow, error) {
	// #nosec G202 -- the table is one of our two, with its columns
	rows, err := tx.QueryContext(ctx, `SELECT rowid, kind, account, region, id, code, `+columns+` FROM `+table+`
		WHERE rowid > $1 ORDER BY rowid LIMIT 500`, after)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var page []sealedRow
	for rows.Next() {
		next := sealedRow{table: table}
		err := rows.Scan(&next.rowid, &next.kind, &next.Account, &next.Region, &next.ID, &next.code,
			&next.version, &next.body, &next.entry.Name, &next.entry.Value)
		if err != nil {
			return nil, err
		}
		page = append(page, next)
	}
	return page, rows.Err()
}

// Damages reads all rows and answers those that are damaged. Before Authenticate it finds none.
func (s *Store) Damages(ctx context.Context) (found []Damage, err error) {
	tx, err := s.readers.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	err = walk(ctx, tx, func(next sealedRow) error {
		wrong := s.codes.checkRecord(next.row)
		if next.table == "entry" {
			wrong = s.codes.checkEntry(next.row, next.entry, next.code)
		}
		var damage Damage
		if errors.As(wrong, &damage) {
			found = append(found, damage)
		}
		return nil
	})
	return found, err
}

// soundFor is how long a look at all rows is believed.
const soundFor = time.Minute

// Sound answers ErrDamaged when a row is damaged. Lists leave damaged rows out, so whoever destroys what no row names has to ask before. It looks at
// all rows, but not again within a minute.
func (s *Store) Sound(ctx context.Context) error {
	s.looking.Lock()
	defer s.looking.Unlock()
	if known := s.codes.damage.first(); known != nil {
		return known
	}
	if !s.soundAt.IsZero() && s.now().Sub(s.soundAt).Abs() < soundFor {
		return nil
	}
	found, err := s.Damages(ctx)
	if err != nil {
		return err
	}
	for _, damage := range found {
		s.codes.damage.report(damage)
	}
	if len(found) > 0 {
		return found[0]
	}
	s.soundAt = s.now()
	return nil
}
