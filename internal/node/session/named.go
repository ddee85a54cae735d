package session

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"slipher/internal/pgwire"
	"slipher/internal/sql/print"
)

// prepareExecution serves EXECUTE of what PREPARE named. The statements live in the session and not in the engine: an EXECUTE then goes the same way
// as every other query.
func (s *session) prepareExecution(t translation, text string) (pgwire.Statement, error) {
	q, known := s.named[t.Prepared.Name]
	if !known {
		return nil, unknownStatement(t.Prepared.Name)
	}
	return &execution{query: q, args: t.Prepared.Args, text: text, access: t.access}, nil
}

func (s *session) name(ctx context.Context, named *print.Prepared, text string) error {
	if s.named[named.Name] != nil {
		return &pgwire.Error{Code: "42P05", Message: fmt.Sprintf("prepared statement %q already exists", named.Name)}
	}
	inner, err := s.translate(ctx, named.Statement, hints{})
	if err != nil {
		return clientError(err, text)
	}
	if err := s.guard(inner); err != nil {
		return err
	}
	prepared, inner, err := s.typed(ctx, inner, named.Types)
	if err != nil {
		return clientError(err, text)
	}
	q := s.newQuery(ctx, prepared, inner, text, nil)
	q.types = named.Types
	s.named[named.Name] = q
	return nil
}

func (s *session) deallocate(name string) error {
	if name != "" && s.named[name] == nil {
		return unknownStatement(name)
	}
	for each, q := range s.named {
		if name == "" || each == name {
			q.Close()
			delete(s.named, each)
		}
	}
	return nil
}

func unknownStatement(name string) error {
	return &pgwire.Error{Code: "26000", Message: fmt.Sprintf("prepared statement %q does not exist", name)}
}

// execution is EXECUTE: it has the named statement's columns, and arguments that are expressions.
type execution struct {
	*query
	args   []string
	text   string
	access *access // of what the arguments read
}

func (e *execution) Params() []uint32 { return nil }
func (e *execution) Close()           {}

func (e *execution) Run(ctx context.Context, _ []any) (pgwire.Result, error) {
	if len(e.args) != len(e.params) {
		return nil, &pgwire.Error{Code: "42601", Message: fmt.Sprintf("the prepared statement has %d parameters, but %d values were given", len(e.params), len(e.args))}
	}
	if err := e.session.enter(ctx); err != nil {
		return nil, err
	}
	if err := e.session.check(ctx, e.access); err != nil {
		e.session.engine.Fail()
		return nil, err
	}
	var args []any
	if len(e.args) > 0 {
		rows, err := e.session.Rows(ctx, "SELECT "+strings.Join(e.args, ", "))
		if err != nil {
			return nil, failure(ctx, err, e.text)
		}
		args = rows[0]
	}
	return e.query.Run(ctx, args)
}

var _ pgwire.Statement = (*execution)(nil)

// failure is the error of a call into the engine as the client is told.
func failure(ctx context.Context, err error, text string) error {
	if cause := context.Cause(ctx); errors.Is(cause, errStatementTimeout) {
		return cause
	}
	return clientError(err, text)
}
