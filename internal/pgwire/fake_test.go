package pgwire_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5/pgtype"

	"slipher/internal/pgwire"
)

// fake is an Executor with a small language of its own, one statement up to each semicolon:
//
//	rows N              N rows of two int4 columns, i and 10i
//	endless             rows without end
//	echo TYPE…          one row of the parameters, which are of these types
//	insert WORD         puts a word on the session's list when its transaction commits
//	list                the words committed so far
//	begin, commit, rollback
//	set NAME VALUE      changes a parameter that is reported
//	notice TEXT         sends a notice
//	wait                waits to be cancelled, or released by the test
//	fail CODE TEXT      fails with that SQLSTATE; 57P02 is fatal
//	boom, panic         fail as no executor should
//	syntax              fails to parse at its fifth character
//	late                succeeds, but its transaction does not commit
//	copy binary         a COPY to the client of two columns in the binary format, of nothing
//	copy in (to a line \. at most), copy out N, copy in refuse (fails at once), copy in wait
type fake struct {
	events  *events
	waiting chan struct{} // told when a wait, or a copy in wait, has begun
	release chan struct{} // ends a wait well

	status    byte
	words     []string
	uncertain []string
	late      bool
	changed   map[string]string
}

// events is what happened to the executors of one test, in order.
type events struct {
	mu   sync.Mutex
	list []string
}

func (e *events) add(format string, args ...any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = append(e.list, fmt.Sprintf(format, args...))
}

func (e *events) all() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]string(nil), e.list...)
}

func (f *fake) Prepare(_ context.Context, sql string, params []uint32) (pgwire.Statement, string, error) {
	text, rest, _ := strings.Cut(sql, ";")
	fields := strings.Fields(text)
	for len(fields) == 0 {
		if rest == "" {
			return nil, "", nil
		}
		text, rest, _ = strings.Cut(rest, ";")
		fields = strings.Fields(text)
	}
	if fields[0] == "syntax" {
		return nil, "", &pgwire.Error{Code: "42601", Message: "syntax error", Hint: "try again", Position: len(sql) - len(strings.TrimLeft(sql, " ")) + 5}
	}
	s := &fakeStatement{fake: f, word: fields[0], fields: fields[1:]}
	if s.word == "echo" {
		for i, name := range s.fields {
			s.types = append(s.types, oidOf(name))
			if i < len(params) && params[i] != 0 {
				s.types[i] = params[i]
			}
		}
	}
	return s, strings.TrimSpace(rest), nil
}

func oidOf(name string) uint32 {
	known, ok := pgtype.NewMap().TypeForName(name)
	if !ok {
		return 0
	}
	return known.OID
}

func (f *fake) Status() byte { return f.status }

func (f *fake) EndImplicit(_ context.Context, err error) error {
	if f.status != 'I' {
		if err != nil {
			f.status = 'E'
		}
		return nil
	}
	if f.late && err == nil {
		f.late = false
		return &pgwire.Error{Code: "40001", Message: "could not serialize access"}
	}
	f.end(err == nil)
	return nil
}

func (f *fake) end(commit bool) {
	if commit {
		f.words = append(f.words, f.uncertain...)
	}
	f.uncertain, f.late, f.status = nil, false, 'I'
}

func (f *fake) Close() { f.events.add("closed") }

func (f *fake) ChangedParameters() map[string]string {
	defer func() { f.changed = nil }()
	return f.changed
}

type fakeStatement struct {
	*fake
	word   string
	fields []string
	types  []uint32
}

func (s *fakeStatement) field(i int) string {
	if i < len(s.fields) {
		return s.fields[i]
	}
	return ""
}

func (s *fakeStatement) Params() []uint32 { return s.types }

func (s *fakeStatement) Columns() []pgwire.Column {
	switch s.word {
	case "rows", "endless":
		return []pgwire.Column{{Name: "i", OID: pgtype.Int4OID, Size: 4, Mod: -1}, {Name: "ten", OID: pgtype.Int4OID, Size: 4, Mod: -1}}
	case "copy":
		if s.CopyBinary() {
			return make([]pgwire.Column, 2)
		}
	case "list":
		return []pgwire.Column{{Name: "word", OID: pgtype.VarcharOID, Size: -1, Mod: 24}}
	case "echo":
		columns := make([]pgwire.Column, len(s.types))
		for i, oid := range s.types {
			columns[i] = pgwire.Column{Name: fmt.Sprintf("c%d", i+1), OID: oid, Size: -1, Mod: -1}
		}
		return columns
	}
	return nil
}

func (s *fakeStatement) Copy() pgwire.CopyKind {
	if s.word != "copy" {
		return pgwire.CopyNone
	}
	if s.field(0) == "in" {
		return pgwire.CopyIn
	}
	return pgwire.CopyOut
}

func (s *fakeStatement) CopyBinary() bool { return s.field(0) == "binary" }

func (s *fakeStatement) Close() {}

func (s *fakeStatement) Run(ctx context.Context, args []any) (pgwire.Result, error) {
	if s.status == 'E' && s.word != "rollback" && s.word != "commit" {
		return nil, &pgwire.Error{Code: "25P02", Message: "current transaction is aborted"}
	}
	switch s.word {
	case "rows":
		n, err := strconv.Atoi(s.field(0))
		return counted(n), err
	case "endless":
		return counted(1 << 40), nil
	case "echo":
		return &rows{list: [][]any{args}, tag: "SELECT 1"}, nil
	case "list":
		list := &rows{tag: fmt.Sprintf("SELECT %d", len(s.words))}
		for _, word := range s.words {
			list.list = append(list.list, []any{word})
		}
		return list, nil
	case "wait":
		s.tell(ctx)
		select {
		case <-ctx.Done():
		case <-s.release:
		}
		if ctx.Err() == nil {
			return &rows{tag: "WAIT"}, nil
		}
		s.events.add("wait ended: %v", context.Cause(ctx))
		return nil, fmt.Errorf("interrupted: %w", ctx.Err())
	case "boom":
		return nil, errors.New("secret reason")
	case "panic":
		panic("a bug")
	case "fail":
		return nil, &pgwire.Error{Code: s.field(0), Message: strings.Join(s.fields[min(1, len(s.fields)):], " "), Detail: "it was asked to", Fatal: s.field(0) == "57P02"}
	}
	return &rows{tag: s.change(ctx)}, nil
}

// tell tells the test that something waits.
func (f *fake) tell(ctx context.Context) {
	select {
	case f.waiting <- struct{}{}:
	case <-ctx.Done():
	}
}

// change runs what returns no rows.
func (s *fakeStatement) change(ctx context.Context) (tag string) {
	switch s.word {
	case "begin":
		s.status = 'T'
	case "commit":
		failed := s.status == 'E'
		s.end(!failed)
		if failed {
			return "ROLLBACK"
		}
	case "rollback":
		s.end(false)
	case "insert":
		s.uncertain = append(s.uncertain, s.field(0))
		return "INSERT 0 1"
	case "late":
		s.late = true
	case "set":
		s.changed = map[string]string{s.field(0): s.field(1)}
	case "notice":
		pgwire.Notice(ctx, "NOTICE", &pgwire.Error{Code: "00000", Message: strings.Join(s.fields, " ")})
	}
	return strings.ToUpper(s.word)
}

func (s *fakeStatement) CopyIn(ctx context.Context, src io.Reader) (string, error) {
	if s.field(1) == "refuse" {
		return "", &pgwire.Error{Code: "42501", Message: "permission denied"}
	}
	if s.field(1) == "wait" {
		s.tell(ctx)
	}
	lines := bufio.NewScanner(src)
	n := 0
	for lines.Scan() {
		if lines.Text() == `\.` {
			break
		}
		if lines.Text() == "bad" {
			return "", &pgwire.Error{Code: "22P04", Message: "bad line"}
		}
		s.uncertain = append(s.uncertain, lines.Text())
		n++
	}
	if err := lines.Err(); err != nil {
		s.events.add("copy ended: %v", err)
		return "", fmt.Errorf("read: %w", err)
	}
	return fmt.Sprintf("COPY %d", n), nil
}

func (s *fakeStatement) CopyOut(_ context.Context, dst io.Writer) (string, error) {
	if s.CopyBinary() {
		return "COPY 0", nil
	}
	n, err := strconv.Atoi(s.field(1))
	if err != nil {
		return "", &pgwire.Error{Code: "42601", Message: "how many?"}
	}
	for i := range n {
		if _, err := fmt.Fprintf(dst, "line %d\n", i+1); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("COPY %d", n), nil
}

type rows struct {
	list [][]any
	tag  string
}

func (r *rows) Next(ctx context.Context) ([]any, error) {
	if len(r.list) == 0 {
		return nil, io.EOF
	}
	row := r.list[0]
	r.list = r.list[1:]
	return row, ctx.Err()
}

func (r *rows) Tag() string  { return r.tag }
func (r *rows) Close() error { return nil }

// counter makes rows of two numbers without allocating.
type counter struct{ at, end int }

func counted(n int) *counter { return &counter{end: n} }

func (c *counter) Next(ctx context.Context) ([]any, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if c.at == c.end {
		return nil, io.EOF
	}
	c.at++
	return []any{int32(c.at), int32(10 * c.at)}, nil
}

func (c *counter) Tag() string  { return fmt.Sprintf("SELECT %d", c.end) }
func (c *counter) Close() error { return nil }
