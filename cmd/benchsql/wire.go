package main

import (
	"bufio"
	"context"
	_ "embed"
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"
)

var (
	//go:embed schema.sql
	schema string
	//go:embed indexes.sql
	indexes string
)

// statements are those of a text, each of which ends with a semicolon.
func statements(text string) []string {
	var all []string
	for statement := range strings.SplitSeq(text, ";") {
		if strings.TrimSpace(statement) != "" {
			all = append(all, statement)
		}
	}
	return all
}

// wire is a side that is reached by PostgreSQL's protocol.
type wire struct{ *pgx.Conn }

func (w wire) run(ctx context.Context, sql string) (rows int, err error) {
	results, err := w.PgConn().Exec(ctx, sql).ReadAll()
	if err != nil {
		return 0, err
	}
	return len(results[len(results)-1].Rows), nil
}

// load makes the tables and copies their rows.
func (w wire) load(ctx context.Context, scale float64) error {
	for _, statement := range statements(schema) {
		if _, err := w.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	for _, table := range tables {
		if err := w.fill(ctx, table, scale); err != nil {
			return fmt.Errorf("fill %s: %w", table.name, err)
		}
	}
	return nil
}

func (w wire) fill(ctx context.Context, table table, scale float64) error {
	source, sink := io.Pipe()
	go func() {
		out := bufio.NewWriterSize(sink, 1<<20)
		err := table.rows(generator{scale}, func(fields ...string) error {
			_, err := out.WriteString(strings.Join(fields, "\t") + "\n")
			return err
		})
		if err == nil {
			err = out.Flush()
		}
		sink.CloseWithError(err)
	}()
	_, err := w.PgConn().CopyFrom(ctx, source, "copy "+table.name+" from stdin")
	source.CloseWithError(err)
	return err
}
