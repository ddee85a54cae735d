// Package catalog is what a database keeps of itself beside the engine: users, groups and grants, whose each relation is, how tables
// were declared, and the views that show it as Redshift does. Every answer is that of the transaction in which it is asked. It
// refuses to know statements and clients.
package catalog

import (
	"context"
	"strings"

	"slipher/internal/engine"
)

// Catalog is what one session of the engine sees of the catalogue, inside its transaction. What a name means depends on the search path, and who may
// be dropped on who has logged in.
type Catalog struct {
	engine      *engine.Session
	database    string
	store       string // the full name of the catalogue's schema
	admin       func() User
	Login       User                         // who has proved to be that
	Path        []string                     // the schemas of the search path that exist
	Temporaries bool                         // there are temporary tables
	questions   map[string]*engine.Statement // asked again and again
	versions    *Versions
	relations   relations
}

// New is the catalogue of one session. It asks admin whenever a name may be his, since his password changes while sessions last.
func New(inner *engine.Session, database string, admin func() User, versions *Versions) *Catalog {
	return &Catalog{engine: inner, database: database, store: engine.Quote(database) + "." + Schema, admin: admin, questions: map[string]*engine.Statement{}, versions: versions}
}

// Own names the catalogue in full, whatever the session's search path is.
func (cat *Catalog) Own(sql string) string { return strings.ReplaceAll(sql, "catalog.", cat.store+".") }

// Rows runs a query of our own and returns all of its rows.
func (cat *Catalog) Rows(ctx context.Context, sql string, args ...any) ([][]any, error) {
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

// SchemaNames are all schemas of the database, whoever owns them, in no order.
func (cat *Catalog) SchemaNames(ctx context.Context) ([]string, error) {
	rows, err := cat.Rows(ctx, "SELECT schema_name FROM duckdb_schemas() WHERE database_name = current_database()")
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(rows))
	for _, row := range rows {
		names = append(names, row[0].(string))
	}
	return names, nil
}

// Change runs one of the engine's statements and returns the number of rows that it wrote.
func (cat *Catalog) Change(ctx context.Context, sql string, args ...any) (int64, error) {
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
func (cat *Catalog) ask(ctx context.Context, sql string, args ...any) ([][]any, error) {
	statement, prepared := cat.questions[sql]
	if !prepared {
		var err error
		if statement, err = cat.engine.Prepare(ctx, cat.Own(sql)); err != nil {
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
