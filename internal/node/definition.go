package node

import (
	"context"

	"slipher/internal/pgwire"
	"slipher/internal/sql/ast"
)

// definition is a statement that makes, changes or drops something: DDL, SELECT INTO and CREATE TABLE AS. What the engine has no notion of goes
// into the catalogue in the same transaction.
func (s *session) definition(t translation, text string) *command {
	return tagged(func(ctx context.Context) (string, error) {
		if err := s.enter(ctx); err != nil {
			return "", err
		}
		limited, stop := s.limit(ctx)
		defer stop()
		count, err := s.define(limited, t)
		if err != nil {
			s.engine.Fail()
			return "", failure(limited, err, text)
		}
		return tagOf(t, count), nil
	})
}

func (s *session) define(ctx context.Context, t translation) (count int64, err error) {
	if table := t.Keeps.Table; table != nil && table.IfNotExists {
		there, err := s.exists(ctx, table.Name)
		if err != nil {
			return 0, err
		}
		if there {
			pgwire.Notice(ctx, "NOTICE", &pgwire.Error{Code: "42P07", Message: `relation "` + table.Name.Last() + `" already exists, skipping`})
			return 0, nil
		}
	}
	for _, statement := range t.Runs {
		if count, err = s.change(ctx, statement); err != nil {
			return 0, err
		}
	}
	if err := s.catalogue(ctx, t.Keeps); err != nil {
		return 0, err
	}
	s.epoch++
	return count, s.keepObjects(ctx, t.Keeps)
}

// change runs one of the engine's statements and returns the number of rows that it wrote.
func (s *session) change(ctx context.Context, sql string, args ...any) (int64, error) {
	statement, err := s.engine.Prepare(ctx, sql)
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

// exists says whether a name means a table or view.
func (s *session) exists(ctx context.Context, name ast.Name) (bool, error) {
	schema, table := s.located(name)
	rows, err := s.rows(ctx, `SELECT 1 FROM duckdb_tables() WHERE table_name = $2 AND (schema_name = $1 AND database_name = current_database() OR database_name = 'temp')
		UNION ALL SELECT 1 FROM duckdb_views() WHERE view_name = $2 AND schema_name = $1 AND database_name = current_database()`, schema, table)
	return len(rows) > 0, err
}

// located is the schema and the name that a table's name stands for.
func (s *session) located(name ast.Name) (schema, table string) {
	if schema = name.Schema(); schema == "" {
		schema = s.schema
	}
	return schema, name.Last()
}
