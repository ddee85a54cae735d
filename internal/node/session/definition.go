package session

import (
	"context"

	"slipher/internal/pgwire"
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
		there, err := s.Exists(ctx, table.Name)
		if err != nil {
			return 0, err
		}
		if there {
			pgwire.Notice(ctx, "NOTICE", &pgwire.Error{Code: "42P07", Message: `relation "` + table.Name.Last() + `" already exists, skipping`})
			return 0, nil
		}
	}
	for _, statement := range t.Runs {
		if count, err = s.Change(ctx, statement); err != nil {
			return 0, err
		}
	}
	if err := s.KeepTables(ctx, t.Keeps); err != nil {
		return 0, err
	}
	s.epoch++
	s.Redefined()
	return count, s.KeepObjects(ctx, t.Keeps)
}
