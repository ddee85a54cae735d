package session

import (
	"context"

	"slipher/internal/node/catalog"
	"slipher/internal/pgwire"
	"slipher/internal/sql/print"
)

// definition is a statement that makes, changes or drops something: DDL, SELECT INTO and CREATE TABLE AS. What the engine has no notion of goes
// into the catalogue in the same transaction.
func (s *session) definition(t translation, text string) *command {
	return tagged(func(ctx context.Context) (string, error) {
		if t.Commits || t.Keeps.Drop != nil {
			s.engine.MakeRoom()
		}
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
		if t.Commits && s.explicit {
			err = s.commitAndGoOn(ctx)
		}
		return tagOf(t, count), err
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
	if err := s.dropDependents(ctx, t.Keeps.Drop); err != nil {
		return 0, err
	}
	kept := t.Keeps
	if kept.Table != nil && kept.Table.Like != nil {
		if err := s.CreateLike(ctx, kept.Table); err != nil {
			return 0, err
		}
	}
	for _, statement := range t.Runs {
		if count, err = s.Change(ctx, statement); err != nil && kept.View != nil && kept.View.Late && catalog.IsUnbound(err) {
			err = s.StandIn(ctx, kept.View)
		} else if kept.View != nil {
			kept.View = bound(kept.View)
		}
		if err != nil {
			return 0, err
		}
	}
	if err := s.KeepTables(ctx, kept); err != nil {
		return 0, err
	}
	s.Redefined()
	if err := s.KeepObjects(ctx, kept); err != nil || kept.Drop != nil {
		return count, err
	}
	return count, s.BindWaiting(ctx)
}

// bound is a view that waits for nothing.
func bound(view *print.View) *print.View {
	out := *view
	out.Waiting = ""
	return &out
}

// dropDependents drops what stands on what a CASCADE drops; without CASCADE it refuses where there is anything.
func (s *session) dropDependents(ctx context.Context, dropped *print.Dropped) error {
	if dropped == nil {
		return nil
	}
	views, err := s.Dependents(ctx, dropped)
	if err != nil {
		return err
	}
	for _, view := range views {
		if err := s.DropView(ctx, view); err != nil {
			return err
		}
	}
	return nil
}
