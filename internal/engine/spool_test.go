package engine

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/jackc/pgx/v5/pgtype"
)

// begun runs a query and reads its first row.
func begun(t *testing.T, s *Session, sql string) *Rows {
	t.Helper()
	statement, err := s.Prepare(t.Context(), sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	t.Cleanup(statement.Close)
	rows, err := statement.Run(t.Context(), nil)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	t.Cleanup(rows.Close)
	if _, err := rows.Next(t.Context()); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return rows
}

func TestSpool(t *testing.T) {
	t.Parallel()
	const values = "i, i / 2.5::DECIMAL(4,2), i::DOUBLE, i % 2 = 0, DATE '2026-01-01' + i::INTEGER, 'infinity'::DATE, TIMESTAMPTZ '2026-01-01 00:00:01.5+00', " +
		"TIME '10:00:00', TIMETZ '10:00:00+02', INTERVAL '1 year 2 days', ''::VARCHAR, 'ab'::BLOB, NULL::INTEGER, [i], (i % 200)::UTINYINT, i::FLOAT"
	t.Run("keeps_values_of_every_type", func(t *testing.T) {
		t.Parallel()
		s := session(t, open(t))
		query := "SELECT " + values + " FROM range(200) t(i) ORDER BY i"
		want := all(t, s, query)
		rows := begun(t, s, query)
		run(t, s, "SELECT 1")
		if rows.waiting == nil || rows.waiting.file != nil {
			t.Error("few rows are not kept in memory")
		}
		compareRest(t, rows, want[1:])
	})
	t.Run("writes_many_rows_to_disk_and_gives_the_room_back", func(t *testing.T) {
		t.Parallel()
		d := open(t)
		s := session(t, d)
		query := "SELECT " + values + ", repeat('x', 1000) FROM range(20000) t(i) ORDER BY i"
		want := all(t, s, query)
		rows := begun(t, s, query)
		run(t, s, "SELECT 1")
		if taken := d.spooled.Load(); rows.waiting.memory.Len() > spoolInMemory || taken < 20<<20 {
			t.Errorf("%d bytes wait in memory, %d on disk, want at most %d in memory", rows.waiting.memory.Len(), taken, spoolInMemory)
		}
		if left, err := filepath.Glob(filepath.Join(d.config.TempDir, "rows-*")); err != nil || len(left) > 0 {
			t.Errorf("the file of waiting rows has a name: %v %v", left, err)
		}
		compareRest(t, rows, want[1:])
		rows.Close()
		if taken := d.spooled.Load(); taken != 0 {
			t.Errorf("%d bytes count as on disk after the end", taken)
		}
	})
	t.Run("has_a_bound", func(t *testing.T) {
		t.Parallel()
		d := open(t)
		s := session(t, d)
		d.spooled.Add(maxSpooled)
		rows := begun(t, s, "SELECT repeat('x', 1000) FROM range(2000)")
		run(t, s, "SELECT 1")
		if err := rest(t, rows); code(err) != "53400" {
			t.Errorf("got %v, want 53400", err)
		}
	})
}

func TestSpoolOnFullDisk(t *testing.T) {
	t.Parallel()
	config := onSmallDisk(t, "32")
	s := session(t, openWith(t, config))
	ballast := fill(t, filepath.Dir(config.Dir))
	begin(t, s)
	rows := begun(t, s, "SELECT repeat('x', 1000) FROM range(2000)")
	run(t, s, "SELECT 1")
	if s.State() != Failed {
		t.Error("the transaction goes on without the rows")
	}
	if err := rest(t, rows); code(err) != diskFull {
		t.Errorf("the rows: got %v, want %s", err, diskFull)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
}

func rest(t *testing.T, rows *Rows) error {
	for {
		if _, err := rows.Next(t.Context()); err != nil {
			return err
		}
	}
}

func compareRest(t *testing.T, rows *Rows, want [][]any) {
	t.Helper()
	got, err := rows.All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) {
		t.Fatalf("got %d rows, want %d", len(got), len(want))
	}
	for i := range got {
		for column := range got[i] {
			if !reflect.DeepEqual(plain(got[i][column]), plain(want[i][column])) {
				t.Fatalf("row %d, column %d: got %#v, want %#v", i, column, got[i][column], want[i][column])
			}
		}
	}
}

// plain is a value that can be compared: a number may be written in several ways.
func plain(value any) any {
	if number, ok := value.(pgtype.Numeric); ok {
		text, _ := number.MarshalJSON()
		return string(text)
	}
	return value
}
