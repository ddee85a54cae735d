package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	bindings "github.com/duckdb/duckdb-go-bindings"
)

// GuestConfig is what it takes to look into another database's file.
type GuestConfig struct {
	Path        string // the file, and a WAL beside it that is replayed in memory
	TempDir     string
	MemoryLimit string
	Threads     int
	Log         *slog.Logger
	Now         func() time.Time
}

// Guest is a database file that is read and never written, such as one that is restored while it is read. It has an instance of the engine of
// its own: attached beside the cluster's database, it would be open to whatever statement a client sends.
type Guest struct{ database *Database }

// GuestCatalog is the catalog in which a guest has its schemas.
const GuestCatalog = "guest"

// OpenGuest opens the file. Of its content it reads the catalogue only.
func OpenGuest(ctx context.Context, config GuestConfig) (*Guest, error) {
	d := &Database{poisoned: make(chan struct{}), config: Config{Database: GuestCatalog, TempDir: config.TempDir,
		MemoryLimit: config.MemoryLimit, Threads: config.Threads, Log: config.Log, Now: config.Now}}
	g := &Guest{d}
	if err := g.open(ctx, config.Path); err != nil {
		g.Close()
		return nil, err
	}
	return g, nil
}

func (g *Guest) open(ctx context.Context, path string) error {
	if err := g.database.start(); err != nil {
		return err
	}
	session, err := g.database.connect()
	if err != nil {
		return err
	}
	defer session.Close()
	for _, statement := range []string{
		fmt.Sprintf("ATTACH %s AS %s (READ_ONLY)", QuoteText(path), GuestCatalog),
		"SET enable_external_access = false",
		"SET lock_configuration = true",
	} {
		if err := session.Exec(ctx, statement); err != nil {
			return fmt.Errorf("open the file to copy from: %w", err)
		}
	}
	return nil
}

// Close closes the file. No copy may be under way.
func (g *Guest) Close() { bindings.Close(&g.database.instance) }

// Texts runs a query about a table, which has its schema and name for parameters, and returns its one column.
func (g *Guest) Texts(ctx context.Context, sql string, table TableName) ([]string, error) {
	session, err := g.database.connect()
	if err != nil {
		return nil, err
	}
	defer session.Close()
	return session.texts(ctx, sql, table)
}

// TableName names a table of a database.
type TableName struct{ Schema, Table string }

func (n TableName) quoted() string { return Quote(n.Schema) + "." + Quote(n.Table) }

// CopyTable makes a table like one of the guest's, with its columns, defaults, NOT NULL and checks, and copies the rows. It runs inside the
// session's open transaction, so that a failure leaves nothing behind. A default that counts a sequence is left out, since the sequence is
// not copied. Of the guest's file only the blocks of the table are read.
func (s *Session) CopyTable(ctx context.Context, guest *Guest, from, to TableName) (rows int64, err error) {
	source, err := guest.database.connect()
	if err != nil {
		return 0, err
	}
	defer source.Close()
	definition, err := source.definition(ctx, from)
	if err != nil {
		return 0, err
	}
	if err := s.Exec(ctx, "CREATE TABLE "+to.quoted()+" ("+definition+")"); err != nil {
		return 0, err
	}
	if rows, err = s.copyRows(ctx, source, from, to); err != nil {
		s.Fail()
	}
	return rows, err
}

// definition is what stands between the brackets of a CREATE TABLE that makes the table's like.
func (s *Session) definition(ctx context.Context, table TableName) (string, error) {
	columns, err := s.texts(ctx, `SELECT '"' || replace(column_name, '"', '""') || '" ' || data_type || CASE WHEN is_nullable THEN '' ELSE ' NOT NULL' END ||
		CASE WHEN column_default IS NULL OR contains(lower(column_default), 'nextval') THEN '' ELSE ' DEFAULT ' || column_default END
		FROM duckdb_columns() WHERE database_name = 'guest' AND schema_name = $1 AND table_name = $2 ORDER BY column_index`, table)
	if err != nil {
		return "", err
	}
	tables, err := s.texts(ctx, "SELECT table_name FROM duckdb_tables() WHERE database_name = 'guest' AND schema_name = $1 AND table_name = $2", table)
	if err != nil {
		return "", err
	}
	if len(tables) == 0 {
		return "", &Error{Code: "42P01", Message: fmt.Sprintf("the snapshot has no table %q in the schema %q", table.Table, table.Schema)}
	}
	checks, err := s.texts(ctx, `SELECT constraint_text FROM duckdb_constraints()
		WHERE database_name = 'guest' AND schema_name = $1 AND table_name = $2 AND constraint_type = 'CHECK' ORDER BY constraint_index`, table)
	return strings.Join(append(columns, checks...), ", "), err
}

// texts runs a query about a table and returns its one column.
func (s *Session) texts(ctx context.Context, sql string, table TableName) ([]string, error) {
	statement, err := s.Prepare(ctx, sql)
	if err != nil {
		return nil, err
	}
	defer statement.Close()
	result, err := statement.Run(ctx, []any{table.Schema, table.Table})
	if err != nil {
		return nil, err
	}
	defer result.Close()
	rows, err := result.All(ctx)
	texts := make([]string, len(rows))
	for i, row := range rows {
		texts[i], _ = row[0].(string)
	}
	return texts, err
}

// copyRows hands the chunks of one instance to the other as they are.
func (s *Session) copyRows(ctx context.Context, source *Session, from, to TableName) (rows int64, err error) {
	statement, err := source.Prepare(ctx, "SELECT * FROM "+GuestCatalog+"."+from.quoted())
	if err != nil {
		return 0, err
	}
	defer statement.Close()
	result, err := statement.Run(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer result.Close()
	var appender bindings.Appender
	if err := s.ready(ctx); err != nil {
		return 0, err
	}
	defer func() { bindings.AppenderDestroy(&appender) }()
	if bindings.AppenderCreateExt(s.connection, s.database.config.Database, to.Schema, to.Table, &appender) == bindings.StateError {
		return 0, s.appenderFailure(appender)
	}
	for {
		chunk, err := result.nextChunk(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return 0, err
		}
		rows += int64(bindings.DataChunkGetSize(chunk))
		var state bindings.State
		s.interruptible(ctx, func() { state = bindings.AppendDataChunk(appender, chunk) })
		bindings.DestroyDataChunk(&chunk)
		if state == bindings.StateError {
			return 0, s.appenderFailure(appender)
		}
	}
	var state bindings.State
	s.interruptible(ctx, func() { state = bindings.AppenderFlush(appender) })
	if state == bindings.StateError {
		return 0, s.appenderFailure(appender)
	}
	return rows, nil
}
