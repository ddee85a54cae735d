package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"slipher/internal/engine/ondisk"
)

// A block that looks damaged may just be written; it is read again so often before it counts as damaged.
const (
	rereads     = 25
	rereadAfter = 2 * time.Millisecond
)

// checkOf makes the check of a frozen database file. A block with a wrong checksum is read again, as the engine may be writing it: then no
// snapshot needs it, but it has to be whole, or the next one would take what is half of it for the block. One that stays so is damaged if
// anything is in it.
func (d *Database) checkOf(content *frozenContent) func(context.Context, int64, []byte) error {
	return func(ctx context.Context, offset int64, piece []byte) error {
		if offset == 0 {
			_, err := ondisk.ParseHeaders(piece)
			return err
		}
		for range rereads {
			if len(piece) < blockSize || ondisk.Sound(piece) {
				return nil
			}
			if !pause(ctx, rereadAfter) {
				return ctx.Err()
			}
			if _, err := content.ReadAt(piece, offset); err != nil {
				return err
			}
		}
		number := (offset - gridHeaders) / blockSize
		user, err := d.userOf(ctx, number)
		if err != nil {
			return errors.Join(&ondisk.Damage{What: fmt.Sprintf("block %d of the database is damaged", number)}, err)
		}
		if user == "" {
			return nil
		}
		return &ondisk.Damage{What: fmt.Sprintf("block %d of the database, of %s, is damaged", number, user)}
	}
}

// userOf says what is in a block; empty when nothing is.
func (d *Database) userOf(ctx context.Context, block int64) (user string, err error) {
	session, err := d.Session(ctx)
	if err != nil {
		return "", err
	}
	defer session.Close()
	catalogue, err := session.query(ctx, "SELECT count(*) FROM pragma_metadata_info("+QuoteText(d.config.Database)+") WHERE block_id = $1", block)
	if err != nil {
		return "", err
	}
	if catalogue[0][0] != int64(0) {
		return "the catalogue", nil
	}
	tables, err := session.tables(ctx, d.config.Database)
	if err != nil {
		return "", err
	}
	for _, name := range tables {
		used, err := session.query(ctx, "SELECT count(*) FROM pragma_storage_info("+QuoteText(Quote(d.config.Database)+"."+name.quoted())+
			") WHERE block_id = $1 OR list_contains(additional_block_ids, $1)", block)
		if ctx.Err() != nil {
			return "", err
		}
		if err != nil || used[0][0] != int64(0) { // what describes the table's blocks may itself be in the damaged one
			return "table " + name.Schema + "." + name.Table, nil
		}
	}
	return "", nil
}

// tables are those of a database that are on disk.
func (s *Session) tables(ctx context.Context, database string) (names []TableName, err error) {
	rows, err := s.query(ctx, "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = $1 AND NOT temporary", database)
	for _, row := range rows {
		names = append(names, TableName{fmt.Sprint(row[0]), fmt.Sprint(row[1])})
	}
	return names, err
}

func (s *Session) query(ctx context.Context, sql string, args ...any) ([][]any, error) {
	statement, err := s.Prepare(ctx, sql)
	if err != nil {
		return nil, err
	}
	defer statement.Close()
	rows, err := statement.Run(ctx, args)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return rows.All(ctx)
}
