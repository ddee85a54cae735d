package engine

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"slipher/internal/engine/ondisk"
)

// crashed is the folder of a database of 30 rows whose process was killed: 10 of the commits are in the file, 20 in the log.
func crashed(t *testing.T) Config {
	t.Helper()
	running := testConfig(t.TempDir())
	d := openWith(t, running)
	s := session(t, d)
	run(t, s, "CREATE TABLE t (n INTEGER)")
	for n := range 30 {
		if n == 10 {
			if err := d.Checkpoint(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		run(t, s, fmt.Sprintf("INSERT INTO t VALUES (%d)", n))
	}
	left := testConfig(t.TempDir())
	if err := os.CopyFS(filepath.Dir(left.Dir), os.DirFS(filepath.Dir(running.Dir))); err != nil {
		t.Fatal(err)
	}
	left.Create = false
	return left
}

func alter(t *testing.T, path string, change func(content []byte) []byte) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func flip(at func(length int) int) func([]byte) []byte {
	return func(content []byte) []byte {
		content[at(len(content))] ^= 1
		return content
	}
}

func TestDamageIsNotServed(t *testing.T) {
	t.Parallel()
	database := func(c Config) string { return filepath.Join(c.Dir, FileName(c.Database)) }
	log := func(c Config) string { return database(c) + ".wal" }
	remove := func(paths ...func(Config) string) func(*testing.T, Config) {
		return func(t *testing.T, c Config) {
			for _, path := range paths {
				if err := os.RemoveAll(path(c)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	change := func(path func(Config) string, how func([]byte) []byte) func(*testing.T, Config) {
		return func(t *testing.T, c Config) { alter(t, path(c), how) }
	}
	older := func(t *testing.T, c Config) {
		earlier, err := os.ReadFile(database(c))
		if err != nil {
			t.Fatal(err)
		}
		d := openWith(t, c)
		run(t, session(t, d), "INSERT INTO t VALUES (30)")
		closeDatabase(t, d)
		if err := os.WriteFile(database(c), earlier, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, row := range map[string]struct {
		damage func(*testing.T, Config)
		want   string
	}{
		"database_removed":       {remove(database), "missing"},
		"database_and_log":       {remove(database, log), "missing"},
		"folder_removed":         {remove(func(c Config) string { return c.Dir }), "missing"},
		"folder_and_note":        {remove(func(c Config) string { return c.Dir }, func(c Config) string { return c.Note }), "missing"},
		"log_removed":            {remove(log), "lost commits"},
		"log_emptied":            {change(log, func(b []byte) []byte { return nil }), "lost commits"},
		"log_cut_in_half":        {change(log, func(b []byte) []byte { return b[:len(b)/2] }), "lost commits"},
		"log_cut_by_one_byte":    {change(log, func(b []byte) []byte { return b[:len(b)-1] }), "lost commits"},
		"bit_in_the_last_record": {change(log, flip(func(n int) int { return n - 1 })), "lost commits"},
		"bit_in_a_length":        {change(log, flip(func(n int) int { return n - 19 })), "lost commits"},
		"bit_in_the_middle":      {change(log, flip(func(n int) int { return n / 2 })), "lost commits"},
		"bit_in_the_log's_start": {change(log, flip(func(int) int { return 12 })), "lost commits"},
		"bit_in_the_main_header": {change(database, flip(func(int) int { return 200 })), "main header"},
		"bit_in_a_header":        {change(database, flip(func(int) int { return 5000 })), "header"},
		"database_emptied":       {change(database, func([]byte) []byte { return nil }), "only 0 bytes"},
		"database_cut_in_half":   {change(database, func(b []byte) []byte { return b[:len(b)/2] }), "cut off"},
		"database_of_before":     {older, "older"},
		"note_spoiled":           {change(func(c Config) string { return c.Note }, func(b []byte) []byte { return make([]byte, len(b)) }), "note"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := crashed(t)
			row.damage(t, config)
			d, err := Open(t.Context(), config)
			what, damaged := ondisk.IsDamage(err)
			if err == nil {
				closeDatabase(t, d)
			}
			if !damaged || !strings.Contains(what, row.want) {
				t.Errorf("got %v, want damage that says %q", err, row.want)
			}
		})
	}
}

func TestSoundDatabaseOpens(t *testing.T) {
	t.Parallel()
	log := func(c Config) string { return filepath.Join(c.Dir, FileName(c.Database)+".wal") }
	for name, change := range map[string]func(*testing.T, Config){
		"after_a_crash": func(*testing.T, Config) {},
		"with_a_torn_end": func(t *testing.T, c Config) {
			alter(t, log(c), func(b []byte) []byte { return append(b, b[len(b)-21:len(b)-3]...) })
		},
		"without_a_note": func(t *testing.T, c Config) {
			if err := os.Remove(c.Note); err != nil {
				t.Fatal(err)
			}
		},
		"with_half_a_note": func(t *testing.T, c Config) {
			alter(t, c.Note, func(b []byte) []byte { clear(b[:4096]); return b })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := crashed(t)
			change(t, config)
			for range 2 {
				d := openWith(t, config)
				s := session(t, d)
				if got := one(t, s, "SELECT count(*) FROM t"); got != int64(30) {
					t.Errorf("got %v rows, want 30", got)
				}
				s.Close()
				closeDatabase(t, d)
			}
		})
	}
}

func TestAccept(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		damage func(t *testing.T, c Config)
		rows   int64 // -1: none, and no table
	}{
		"a_log_that_is_cut": {func(t *testing.T, c Config) {
			alter(t, filepath.Join(c.Dir, ondisk.LogName(c.Database)), func(b []byte) []byte { return b[:len(b)-1] })
		}, 29},
		"a_bit_of_the_log": {func(t *testing.T, c Config) {
			alter(t, filepath.Join(c.Dir, ondisk.LogName(c.Database)), flip(func(n int) int { return n - 1 }))
		}, 29},
		"a_log_that_is_gone": {func(t *testing.T, c Config) {
			if err := os.Remove(filepath.Join(c.Dir, ondisk.LogName(c.Database))); err != nil {
				t.Fatal(err)
			}
		}, 10},
		"an_emptied_database": {func(t *testing.T, c Config) {
			alter(t, filepath.Join(c.Dir, FileName(c.Database)), func([]byte) []byte { return nil })
		}, -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := crashed(t)
			row.damage(t, config)
			place := ondisk.Place{Dir: config.Dir, Database: config.Database, Note: config.Note}
			accepted, err := ondisk.Accept(place, ".damaged")
			if err != nil {
				t.Fatal(err)
			}
			if accepted.Empty != (row.rows < 0) {
				t.Errorf("accepted %+v", accepted)
			}
			for _, path := range accepted.SetAside {
				if _, err := os.Stat(path); err != nil {
					t.Errorf("what was set aside: %v", err)
				}
			}
			s := session(t, openWith(t, config))
			want := row.rows
			if want < 0 {
				want = 0
				run(t, s, "CREATE TABLE t (n INTEGER)")
			}
			if got := one(t, s, "SELECT count(*) FROM t"); got != want {
				t.Errorf("got %v rows, want %d", got, want)
			}
		})
	}
}

const sideBySide = "commits and checkpoints side by side"

// writeSideBySide commits from several sessions while checkpoints run, and prints what was acknowledged.
func writeSideBySide(dir string) error {
	ctx, config := context.Background(), testConfig(dir)
	d, err := Open(ctx, config)
	if err != nil {
		return err
	}
	var printing sync.Mutex
	failed := make(chan error)
	for writer := range 4 {
		s, err := d.Session(ctx)
		if err != nil {
			return err
		}
		table := fmt.Sprintf("t%d", writer)
		go func() {
			if err := s.Exec(ctx, "CREATE TABLE IF NOT EXISTS "+table+" (k BIGINT, filling VARCHAR)"); err != nil {
				failed <- err
				return
			}
			for k := 1; ; k++ {
				if err := s.Exec(ctx, fmt.Sprintf("INSERT INTO %s SELECT (SELECT coalesce(max(k), 0) + 1 FROM %s), repeat('x', %d)", table, table, k%7*1000)); err != nil {
					failed <- err
					return
				}
				printing.Lock()
				fmt.Println(table)
				printing.Unlock()
			}
		}()
	}
	go func() {
		for {
			if err := d.Checkpoint(ctx); err != nil {
				failed <- err
				return
			}
		}
	}()
	return <-failed
}

// TestKilledIsNoDamage kills writers at any moment of commits and checkpoints: what was acknowledged is there, and nothing is called damaged.
func TestKilledIsNoDamage(t *testing.T) {
	t.Parallel()
	rounds := 6
	if os.Getenv("SLIPHER_STRESS") != "" {
		rounds = 60
	}
	dir := t.TempDir()
	var acknowledged [4]int64
	for round := range rounds {
		for table, count := range killWriters(t, dir, 60+37*round%200) {
			acknowledged[table] += count
		}
		d, err := Open(t.Context(), testConfig(dir))
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		s, err := d.Session(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for table := range acknowledged {
			there := one(t, s, fmt.Sprintf("SELECT count(*) FROM t%d", table)).(int64)
			if there < acknowledged[table] {
				t.Errorf("round %d: table %d has %d rows, and %d were acknowledged", round, table, there, acknowledged[table])
			}
			acknowledged[table] = there
		}
		s.Close()
		closeDatabase(t, d)
	}
}

func killWriters(t *testing.T, dir string, after int) (acknowledged [4]int64) {
	t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), crashDir+"="+dir, crashPoint+"="+sideBySide)
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	heard := 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		acknowledged[lines.Text()[1]-'0']++
		if heard++; heard == after {
			command.Process.Kill()
		}
	}
	if err := command.Wait(); err == nil || heard < after {
		t.Fatalf("the writers ended by themselves after %d commits: %v", heard, err)
	}
	return acknowledged
}

// BenchmarkCommits commits in turns with and without the note, and reports what is left of the commits a second. Run it by make bench-commit.
func BenchmarkCommits(b *testing.B) {
	const turns, each = 250, 20
	sessions := map[bool]*Session{}
	for _, noted := range []bool{false, true} {
		config := testConfig(b.TempDir())
		if !noted {
			config.Note = ""
		}
		s := session(b, openWith(b, config))
		run(b, s, "CREATE TABLE t (k BIGINT)")
		sessions[noted] = s
	}
	took := map[bool][]time.Duration{}
	for b.Loop() {
		for turn := range turns {
			for _, noted := range []bool{turn%2 == 0, turn%2 != 0} {
				began := time.Now()
				for range each {
					run(b, sessions[noted], "INSERT INTO t VALUES (1)")
				}
				took[noted] = append(took[noted], time.Since(began))
			}
		}
	}
	median := func(noted bool) float64 {
		slices.Sort(took[noted])
		return each / took[noted][len(took[noted])/2].Seconds()
	}
	b.ReportMetric(median(true), "commits/s")
	b.ReportMetric(median(false), "without/s")
	b.ReportMetric(100*median(true)/median(false), "%")
}
