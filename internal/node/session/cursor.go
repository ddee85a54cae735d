package session

import (
	"context"
	"fmt"
	"io"

	"slipher/internal/pgwire"
	"slipher/internal/sql/sqlstate"
)

// maxFetch is the most rows that one FETCH returns on a cluster of one node.
const maxFetch = 1000

func tooMuchToFetch(count int) error {
	if count < 0 {
		return &pgwire.Error{Code: sqlstate.FeatureNotSupported, Message: "FETCH ALL is not supported on a single node cluster"}
	}
	return &pgwire.Error{Code: sqlstate.FeatureNotSupported, Message: fmt.Sprintf("Fetch size %d exceeds the limit of %d for a single node configuration", count, maxFetch),
		Hint: "Fetch fewer rows at a time."}
}

// cursor is a query whose rows are fetched piece by piece. It ends with its transaction.
type cursor struct {
	query  *query
	result *result
}

func (c *cursor) close() {
	c.result.rows.Close()
	c.query.Close()
}

// prepareDeclaration serves DECLARE, whose cursor lives in the session.
func (s *session) prepareDeclaration(ctx context.Context, t translation, text string, params []uint32) (pgwire.Statement, error) {
	q, err := s.prepareQuery(ctx, t, text, params)
	if err != nil {
		return nil, err
	}
	return &declaration{query: q, name: t.Cursor.Name}, nil
}

func (s *session) prepareFetch(t translation) (pgwire.Statement, error) {
	open, known := s.cursors[t.Cursor.Name]
	if !known {
		return nil, unknownCursor(t.Cursor.Name)
	}
	if s.server.isSingleNode() && (t.Cursor.Count < 0 || t.Cursor.Count > maxFetch) {
		return nil, tooMuchToFetch(t.Cursor.Count)
	}
	return &fetch{query: open.query, name: t.Cursor.Name, count: t.Cursor.Count}, nil
}

func (s *session) closeCursor(name string) error {
	if name == "" {
		s.closeCursors()
		return nil
	}
	open, known := s.cursors[name]
	if !known {
		s.engine.Fail()
		return unknownCursor(name)
	}
	delete(s.cursors, name)
	open.close()
	return nil
}

// closeCursors goes before the end of a transaction, so that the rows which nobody fetched are not computed for nothing.
func (s *session) closeCursors() {
	for name, open := range s.cursors {
		delete(s.cursors, name)
		open.close()
	}
}

func unknownCursor(name string) error {
	return &pgwire.Error{Code: "34000", Message: fmt.Sprintf("cursor %q does not exist", name)}
}

// declaration is DECLARE. The prepared query becomes the cursor's; a declaration that is run again prepares another.
type declaration struct {
	*query
	name string
	used bool
}

func (d *declaration) Columns() []pgwire.Column { return nil }

func (d *declaration) Close() {
	if !d.used {
		d.query.Close()
	}
}

func (d *declaration) Run(ctx context.Context, args []any) (pgwire.Result, error) {
	if err := d.declare(ctx, args); err != nil {
		d.session.engine.Fail()
		return nil, err
	}
	return &listed{tag: "DECLARE CURSOR"}, nil
}

func (d *declaration) declare(ctx context.Context, args []any) error {
	s := d.session
	if !s.explicit {
		return &pgwire.Error{Code: "25P01", Message: "DECLARE CURSOR may only be used in transaction blocks"}
	}
	if s.cursors[d.name] != nil {
		return &pgwire.Error{Code: "42P03", Message: fmt.Sprintf("cursor %q already exists", d.name)}
	}
	if d.used {
		again, err := s.prepareQuery(ctx, d.translation, d.text, d.params)
		if err != nil {
			return err
		}
		d.query, d.used = again, false
	}
	if err := s.check(ctx, d.translation.access); err != nil {
		return err
	}
	limited, stop := s.limit(ctx)
	defer stop()
	rows, err := d.prepared.Run(limited, args)
	if err != nil {
		return failure(limited, err, d.text)
	}
	s.cursors[d.name] = &cursor{query: d.query, result: &result{query: d.query, rows: rows, actual: rows.Types()}}
	d.used = true
	return nil
}

// fetch is FETCH: it has the columns of the cursor's query.
type fetch struct {
	*query
	name  string
	count int // negative: all
}

func (f *fetch) Params() []uint32 { return nil }
func (f *fetch) Close()           {}

func (f *fetch) Run(ctx context.Context, _ []any) (pgwire.Result, error) {
	open := f.session.cursors[f.name]
	if open == nil || open.query != f.query {
		f.session.engine.Fail()
		return nil, unknownCursor(f.name)
	}
	limited, stop := f.session.limit(ctx)
	open.result.limited = limited
	return &fetched{cursor: open, left: f.count, stop: stop}, nil
}

// fetched is the piece of a cursor's rows that one FETCH returns.
type fetched struct {
	cursor *cursor
	left   int
	count  int
	stop   context.CancelFunc
}

func (f *fetched) Next(ctx context.Context) ([]any, error) {
	if f.left == 0 {
		return nil, io.EOF
	}
	row, err := f.cursor.result.Next(ctx)
	if err != nil {
		return nil, err
	}
	f.left--
	f.count++
	return row, nil
}

func (f *fetched) Tag() string { return fmt.Sprintf("FETCH %d", f.count) }

func (f *fetched) Close() error {
	f.stop()
	return nil
}
