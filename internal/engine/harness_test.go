package engine

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"testing"
	"time"
)

func testConfig(dir string) Config {
	return Config{
		Dir: filepath.Join(dir, "data"), TempDir: filepath.Join(dir, "tmp"), Database: "dev", Note: filepath.Join(dir, "committed"), Create: true, MemoryLimit: "1GB", Threads: 2,
		SearchPath: []string{"public"}, Log: slog.New(slog.DiscardHandler), Now: time.Now,
	}
}

func open(t testing.TB) *Database {
	t.Helper()
	return openWith(t, testConfig(t.TempDir()))
}

func openWith(t testing.TB, config Config) *Database {
	t.Helper()
	d, err := Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeDatabase(t, d) })
	return d
}

func closeDatabase(t testing.TB, d *Database) {
	t.Helper()
	if d.instance.Ptr == nil {
		return
	}
	if err := d.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

func session(t testing.TB, d *Database) *Session {
	t.Helper()
	s, err := d.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func run(t testing.TB, s *Session, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if err := s.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func begin(t testing.TB, s *Session) {
	t.Helper()
	if err := s.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func commit(t testing.TB, s *Session) {
	t.Helper()
	if err := s.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func all(t testing.TB, s *Session, sql string) [][]any {
	t.Helper()
	statement, err := s.Prepare(t.Context(), sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	defer statement.Close()
	rows, err := statement.Run(t.Context(), nil)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	defer rows.Close()
	var found [][]any
	for {
		row, err := rows.Next(t.Context())
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		found = append(found, append([]any(nil), row...))
	}
}

func one(t testing.TB, s *Session, sql string) any {
	t.Helper()
	return all(t, s, sql)[0][0]
}

func code(err error) string {
	var failure *Error
	if errors.As(err, &failure) {
		return failure.Code
	}
	return fmt.Sprint(err)
}
