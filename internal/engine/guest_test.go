package engine

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// guestFile makes a database with the statements and returns its file. The last commits stay in the WAL when asked to.
func guestFile(t *testing.T, inWAL bool, statements ...string) string {
	t.Helper()
	config := testConfig(t.TempDir())
	d := openWith(t, config)
	s := session(t, d)
	run(t, s, statements...)
	if inWAL {
		return filepath.Join(copyOfFiles(t, config), "data", FileName(config.Database))
	}
	s.Close()
	closeDatabase(t, d)
	return d.path()
}

func openGuest(t *testing.T, path string) *Guest {
	t.Helper()
	g, err := OpenGuest(t.Context(), GuestConfig{Path: path, TempDir: t.TempDir(), MemoryLimit: "256MB", Threads: 1, Log: slog.New(slog.DiscardHandler), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g
}

func TestCopyTable(t *testing.T) {
	t.Parallel()
	t.Run("makes_a_table_like_it_with_its_rows", func(t *testing.T) {
		t.Parallel()
		guest := openGuest(t, guestFile(t, false, `CREATE SCHEMA "old one"`, "CREATE SEQUENCE ids", `CREATE TABLE "old one"."it's" (id BIGINT DEFAULT nextval('ids') NOT NULL,
			"a ""name""" VARCHAR DEFAULT 'none' CHECK (strlen("a ""name""") <= 9), price DECIMAL(18,2), j JSON, seen TIMESTAMPTZ)`,
			`INSERT INTO "old one"."it's" SELECT i, CASE WHEN i % 3 > 0 THEN 'n' || i END, i / 7, '{"i": 1}', TIMESTAMPTZ '2024-01-01 00:00:00+00' FROM range(250000) r(i)`))
		d := open(t)
		s := session(t, d)
		begin(t, s)
		rows, err := s.CopyTable(t.Context(), guest, TableName{"old one", "it's"}, TableName{"public", "new"})
		if err != nil || rows != 250000 {
			t.Fatalf("got %d rows, %v", rows, err)
		}
		commit(t, s)
		const want = `[[250000 166666 124999 nothing]]`
		if got := fmt.Sprint(all(t, s, `SELECT count(DISTINCT id), count("a ""name"""), max(id) // 2, 'nothing' FROM new WHERE (j ->> 'i') = '1'`)); got != want {
			t.Errorf("rows: got %s, want %s", got, want)
		}
		run(t, s, "INSERT INTO new (id) VALUES (-1)")
		if got := one(t, s, `SELECT "a ""name""" FROM new WHERE id = -1`); got != "none" {
			t.Errorf("default: got %v", got)
		}
		for statement, want := range map[string]string{
			"INSERT INTO new (price) VALUES (1)":                             "23502",
			`INSERT INTO new (id, "a ""name""") VALUES (1, 'too much text')`: "23514",
		} {
			if got := code(s.Exec(t.Context(), statement)); got != want {
				t.Errorf("%s: got %s, want %s", statement, got, want)
			}
		}
	})
	t.Run("replays_a_WAL_and_leaves_the_files_alone", func(t *testing.T) {
		t.Parallel()
		path := guestFile(t, true, "CREATE TABLE t (n INTEGER)", "INSERT INTO t VALUES (1), (2)")
		before := filesBeside(t, path)
		guest := openGuest(t, path)
		s := session(t, open(t))
		begin(t, s)
		if rows, err := s.CopyTable(t.Context(), guest, TableName{"public", "t"}, TableName{"public", "t"}); err != nil || rows != 2 {
			t.Errorf("got %d rows, %v", rows, err)
		}
		commit(t, s)
		guest.Close()
		if after := filesBeside(t, path); !slices.Equal(after, before) {
			t.Errorf("files: got %v, want %v", after, before)
		}
	})
	t.Run("reads_no_block_of_another_table", func(t *testing.T) {
		t.Parallel()
		path := guestFile(t, false, "CREATE TABLE other AS SELECT hash(i) AS h, hash(i + 1) AS g FROM range(400000) r(i)", "CHECKPOINT",
			"CREATE TABLE wanted AS SELECT i AS n, hash(i) AS h FROM range(200000) r(i)")
		if spoilt := spoil(t, path, "other", "wanted"); spoilt < 10 {
			t.Fatalf("only %d blocks belong to the other table", spoilt)
		}
		guest := openGuest(t, path)
		s := session(t, open(t))
		begin(t, s)
		if rows, err := s.CopyTable(t.Context(), guest, TableName{"public", "wanted"}, TableName{"public", "wanted"}); err != nil || rows != 200000 {
			t.Errorf("got %d rows, %v", rows, err)
		}
		commit(t, s)
		begin(t, s)
		if _, err := s.CopyTable(t.Context(), guest, TableName{"public", "other"}, TableName{"public", "other"}); err == nil {
			t.Error("the other table's blocks were not spoilt: the test proves nothing")
		}
	})
	t.Run("refuses_in_clear_words", func(t *testing.T) {
		t.Parallel()
		guest := openGuest(t, guestFile(t, false, "CREATE TABLE t (n INTEGER)", "CREATE VIEW v AS SELECT 1 AS n"))
		s := session(t, open(t))
		run(t, s, "CREATE TABLE taken (n INTEGER)")
		for _, c := range []struct {
			from, to TableName
			code     string
		}{
			{TableName{"public", "missing"}, TableName{"public", "new"}, "42P01"},
			{TableName{"missing", "t"}, TableName{"public", "new"}, "42P01"},
			{TableName{"public", "v"}, TableName{"public", "new"}, "42P01"},
			{TableName{"public", "t"}, TableName{"public", "taken"}, "42P07"},
			{TableName{"public", "t"}, TableName{"missing", "t"}, "3F000"},
		} {
			begin(t, s)
			if _, err := s.CopyTable(t.Context(), guest, c.from, c.to); code(err) != c.code {
				t.Errorf("%v to %v: got %v, want %s", c.from, c.to, err, c.code)
			}
			if err := s.Rollback(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
	t.Run("leaves_nothing_when_it_is_cancelled", func(t *testing.T) {
		t.Parallel()
		guest := openGuest(t, guestFile(t, false, "CREATE TABLE t AS SELECT i AS n FROM range(100000) r(i)"))
		s := session(t, open(t))
		begin(t, s)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.CopyTable(ctx, guest, TableName{"public", "t"}, TableName{"public", "t"}); code(err) != queryCanceled {
			t.Errorf("got %v", err)
		}
		commit(t, s)
		if got := one(t, s, "SELECT count(*) FROM duckdb_tables() WHERE table_name = 't'"); got != int64(0) {
			t.Errorf("%v tables stayed", got)
		}
	})
}

func filesBeside(t *testing.T, path string) (files []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, fmt.Sprint(entry.Name(), " ", info.Size(), " ", info.ModTime()))
	}
	return files
}

// spoil overwrites the blocks that belong to one table and not to the other.
func spoil(t *testing.T, path, table, spared string) (spoilt int) {
	t.Helper()
	d := openWith(t, Config{Now: time.Now, Dir: filepath.Dir(path), TempDir: t.TempDir(), Database: "dev", MemoryLimit: "256MB", Threads: 1, SearchPath: []string{"public"},
		Log: slog.New(slog.DiscardHandler)})
	s := session(t, d)
	blocks := all(t, s, fmt.Sprintf(`SELECT DISTINCT block_id FROM pragma_storage_info('%s') WHERE block_id >= 0
		EXCEPT SELECT block_id FROM pragma_storage_info('%s')`, table, spared))
	s.Close()
	closeDatabase(t, d)
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, block := range blocks {
		if _, err := file.WriteAt(make([]byte, blockSize), gridHeaders+block[0].(int64)*blockSize); err != nil {
			t.Fatal(err)
		}
	}
	return len(blocks)
}
