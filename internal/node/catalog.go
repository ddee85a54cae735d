package node

import (
	"context"
	"strings"

	"slipher/internal/engine"
)

// catalog is what one session of the engine sees of the catalogue, inside its transaction. What a name means depends on the search path, and who may
// be dropped on who has logged in.
type catalog struct {
	engine      *engine.Session
	database    string
	store       string // the full name of the catalogue's schema
	admin       func() user
	login       user                         // who has proved to be that
	path        []string                     // the schemas of the search path that exist
	temporaries bool                         // there are temporary tables
	questions   map[string]*engine.Statement // asked again and again
}

func newCatalog(inner *engine.Session, database string, admin func() user) *catalog {
	return &catalog{engine: inner, database: database, store: engine.Quote(database) + "." + catalogueSchema, admin: admin, questions: map[string]*engine.Statement{}}
}

// own names the catalogue in full, whatever the session's search path is.
func (cat *catalog) own(sql string) string { return strings.ReplaceAll(sql, "catalog.", cat.store+".") }

// rows runs a query of our own and returns all of its rows.
func (cat *catalog) rows(ctx context.Context, sql string, args ...any) ([][]any, error) {
	statement, err := cat.engine.Prepare(ctx, sql)
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

func (cat *catalog) schemas(ctx context.Context) ([]string, error) {
	rows, err := cat.rows(ctx, "SELECT schema_name FROM duckdb_schemas() WHERE database_name = current_database()")
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(rows))
	for _, row := range rows {
		names = append(names, row[0].(string))
	}
	return names, nil
}

// change runs one of the engine's statements and returns the number of rows that it wrote.
func (cat *catalog) change(ctx context.Context, sql string, args ...any) (int64, error) {
	statement, err := cat.engine.Prepare(ctx, sql)
	if err != nil {
		return 0, err
	}
	defer statement.Close()
	rows, err := statement.Run(ctx, args)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	return rows.Changed(), nil
}

// ask is a question about the catalogue that is asked again and again: it stays prepared as long as the session.
func (cat *catalog) ask(ctx context.Context, sql string, args ...any) ([][]any, error) {
	statement, prepared := cat.questions[sql]
	if !prepared {
		var err error
		if statement, err = cat.engine.Prepare(ctx, cat.own(sql)); err != nil {
			return nil, err
		}
		cat.questions[sql] = statement
	}
	rows, err := statement.Run(ctx, args)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return rows.All(ctx)
}
