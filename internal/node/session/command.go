package session

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"

	"slipher/internal/engine"
	"slipher/internal/node/catalog"
	"slipher/internal/pgwire"
	"slipher/internal/sql/print"
)

// command is a statement that the session runs by itself, without the engine or around it.
type command struct {
	noCopy
	columns []pgwire.Column
	run     func(ctx context.Context) (tag string, rows [][]any, err error)
}

func (c *command) Params() []uint32         { return nil }
func (c *command) Columns() []pgwire.Column { return c.columns }
func (c *command) Close()                   {}

func (c *command) Run(ctx context.Context, _ []any) (pgwire.Result, error) {
	tag, rows, err := c.run(ctx)
	if err != nil {
		return nil, err
	}
	return &listed{rows: rows, tag: tag}, nil
}

// checked has the command refused to a session whose user may not run it.
func (c *command) checked(s *session, t translation) *command {
	run := c.run
	c.run = func(ctx context.Context) (string, [][]any, error) {
		if err := s.check(ctx, t.access); err != nil {
			s.engine.Fail()
			return "", nil, err
		}
		return run(ctx)
	}
	return c
}

// tagged makes a command that returns no rows.
func tagged(run func(ctx context.Context) (tag string, err error)) *command {
	return &command{run: func(ctx context.Context) (string, [][]any, error) {
		tag, err := run(ctx)
		return tag, nil, err
	}}
}

// noCopy is the part of pgwire.Statement that only COPY has.
type noCopy struct{}

func (noCopy) Copy() pgwire.CopyKind { return pgwire.CopyNone }

func (noCopy) CopyIn(context.Context, io.Reader) (string, error) {
	return "", &pgwire.Error{Code: "08P01", Message: "the statement is no COPY FROM STDIN"}
}

func (noCopy) CopyOut(context.Context, io.Writer) (string, error) {
	return "", &pgwire.Error{Code: "08P01", Message: "the statement is no COPY TO STDOUT"}
}

// listed is a Result that is at hand.
type listed struct {
	rows [][]any
	tag  string
}

func (l *listed) Next(context.Context) ([]any, error) {
	if len(l.rows) == 0 {
		return nil, io.EOF
	}
	row := l.rows[0]
	l.rows = l.rows[1:]
	return row, nil
}

func (l *listed) Tag() string  { return l.tag }
func (l *listed) Close() error { return nil }

// command returns how the session runs what is not the engine's to do.
func (s *session) command(t translation) *command {
	switch t.Kind {
	case print.KindBegin:
		return tagged(func(ctx context.Context) (string, error) { return t.Tag, s.begin(ctx, t.Begin) })
	case print.KindCommit:
		return tagged(s.commitBlock)
	case print.KindRollback:
		return tagged(s.rollbackBlock)
	case print.KindSet:
		return tagged(func(ctx context.Context) (string, error) { return t.Tag, s.set(ctx, t.Set) })
	case print.KindReset:
		return tagged(func(ctx context.Context) (string, error) { return t.Tag, s.reset(ctx, t.Set.Name) })
	case print.KindShow:
		return s.show(t.Show)
	case print.KindVacuum:
		return tagged(s.vacuum)
	default: // accepted, with nothing to do; the engine keeps its statistics by itself
		return tagged(func(context.Context) (string, error) { return t.Tag, nil })
	}
}

func (s *session) set(ctx context.Context, statement *print.Setting) error {
	if statement.Default {
		return s.reset(ctx, statement.Name)
	}
	if strings.EqualFold(statement.Name, "session_authorization") {
		return s.authorize(ctx, statement.Value)
	}
	if err := s.enter(ctx); err != nil {
		return err
	}
	name := strings.ToLower(statement.Name)
	if err := checkSetting(name, statement.Value); err != nil {
		return err
	}
	value := spelled(name, statement.Value)
	if err := s.apply(ctx, name, value); err != nil {
		if _, refused := errors.AsType[*engine.Error](err); refused {
			return invalidUnless(false, statement.Name, statement.Value)
		}
		return err
	}
	if statement.Local {
		s.settings.setLocal(name, value)
		return nil
	}
	s.settings.set(name, value)
	if name == "application_name" {
		s.logApplication(value)
	}
	return nil
}

func (s *session) reset(ctx context.Context, name string) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	if strings.EqualFold(name, "session_authorization") {
		return s.authorize(ctx, s.Login.Name)
	}
	if strings.EqualFold(name, "all") {
		s.settings.restore(s.settings.initial)
		s.showUser()
		return s.applyAll(ctx)
	}
	if _, known := s.settings.get(name); !known {
		return unknownSetting(name)
	}
	return s.apply(ctx, strings.ToLower(name), s.settings.reset(name))
}

func (s *session) show(name string) *command {
	if strings.EqualFold(name, "all") {
		return &command{columns: []pgwire.Column{textColumn("name"), textColumn("setting"), textColumn("description")}, run: s.showAll}
	}
	return &command{columns: []pgwire.Column{textColumn(name)}, run: func(context.Context) (string, [][]any, error) {
		value, known := s.settings.get(name)
		if !known {
			return "", nil, unknownSetting(name)
		}
		return "SHOW", [][]any{{value}}, nil
	}}
}

func (s *session) showAll(context.Context) (string, [][]any, error) {
	rows := make([][]any, 0, len(s.settings.now))
	for _, name := range slices.Sorted(maps.Keys(s.settings.now)) {
		rows = append(rows, []any{name, s.settings.now[name], ""})
	}
	return "SHOW", rows, nil
}

// vacuum has nothing to sort or reclaim here: the engine keeps its blocks by itself. It is a good moment for a checkpoint, though.
func (s *session) vacuum(ctx context.Context) (string, error) {
	if s.explicit {
		return "", &pgwire.Error{Code: "25001", Message: "VACUUM cannot run inside a transaction block"}
	}
	if err := s.commit(ctx); err != nil {
		return "", err
	}
	if s.user.ID != catalog.AdminID {
		return "VACUUM", nil
	}
	database, _ := s.server.serving()
	if err := database.TryCheckpoint(); err != nil {
		return "", clientError(err, "")
	}
	return "VACUUM", nil
}

func textColumn(name string) pgwire.Column {
	return pgwire.Column{Name: name, OID: pgtype.TextOID, Size: -1, Mod: -1}
}
