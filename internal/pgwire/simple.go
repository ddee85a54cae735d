package pgwire

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5/pgproto3"
)

// query serves a simple query string. Its statements share one implicit transaction and the first error ends it.
func (s *session) query(ctx context.Context, text string) error {
	s.closePortal("")
	s.dropStatement("")
	if err := s.survive(func() error { return s.runBatch(ctx, text) }); err != nil {
		if err := s.fail(ctx, err); err != nil {
			return err
		}
	}
	return s.ready()
}

func (s *session) runBatch(ctx context.Context, text string) error {
	b := batch{session: s, text: text, rest: text}
	for b.rest != "" {
		found, err := b.runNext(ctx)
		if err != nil {
			return err
		}
		if !found {
			break
		}
	}
	if err := s.commit(ctx); err != nil {
		return err
	}
	if !b.ran {
		s.out.send(&pgproto3.EmptyQueryResponse{})
	}
	b.complete()
	return nil
}

// batch is a simple query string under way.
type batch struct {
	*session
	text string // all of it
	rest string // what has not run yet
	ran  bool
	// tag is that of the last statement. It waits until the next one begins, or until the transaction has ended, for a failed
	// commit takes its place.
	tag string
}

// runNext runs the next statement; found is false when there is none.
func (b *batch) runNext(ctx context.Context) (found bool, err error) {
	before := strings.TrimSuffix(b.text, b.rest)
	statement, rest, err := b.prepare(ctx, b.rest, nil)
	if err == nil && statement == nil {
		return false, nil
	}
	b.complete()
	if err == nil {
		defer statement.Close()
		b.tag, err = b.runSimple(ctx, statement)
	}
	if err != nil {
		return false, b.clientError(ctx, err).after(before)
	}
	b.ran = true
	b.rest = rest
	return true, nil
}

func (b *batch) complete() {
	if b.tag != "" {
		b.out.send(&pgproto3.CommandComplete{CommandTag: []byte(b.tag)})
		b.tag = ""
	}
}

func (s *session) runSimple(ctx context.Context, statement Statement) (tag string, err error) {
	if len(statement.Params()) > 0 {
		return "", &Error{Code: "42P02", Message: "there is no parameter $1"}
	}
	p := newPortal(ctx, statement)
	defer p.close()
	if err := s.format(p, nil); err != nil {
		return "", err
	}
	p.announced = false
	tag, _, err = s.execute(p, 0)
	return tag, err
}

// prepare has the executor parse the first statement of sql.
func (s *session) prepare(ctx context.Context, sql string, params []uint32) (statement Statement, rest string, err error) {
	call, end := s.begin(ctx)
	defer end()
	statement, rest, err = s.executor.Prepare(call, sql, params)
	if err != nil {
		return nil, "", s.clientError(call, err)
	}
	return statement, rest, nil
}
