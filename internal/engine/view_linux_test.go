package engine

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// mounted is a configuration whose view is a bind mount of the data directory: the same files under another path, in a mount that can be
// taken away only when nobody has anything open in it.
func mounted(t *testing.T, base string) Config {
	t.Helper()
	config := testConfig(base)
	config.View = filepath.Join(base, "view")
	for _, dir := range []string{config.Dir, config.View} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mount(config.Dir, config.View, "", syscall.MS_BIND, ""); errors.Is(err, syscall.EPERM) {
		t.Skip("mounting takes root")
	} else if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(config.View, syscall.MNT_DETACH) }) // the test may have done so
	return config
}

func unmount(config Config) func() error {
	return func() error { return syscall.Unmount(config.View, 0) }
}

func TestLeaveView(t *testing.T) {
	t.Parallel()
	t.Run("keeps_what_sessions_have", func(t *testing.T) {
		t.Parallel()
		config := mounted(t, t.TempDir())
		d := openWith(t, config)
		s, inTransaction, reader := session(t, d), session(t, d), session(t, d)
		run(t, s, "CREATE SCHEMA other", "CREATE TABLE other.t (n BIGINT, s VARCHAR)", "CREATE SEQUENCE other.numbers START 7",
			"CREATE TABLE other.numbered (id BIGINT DEFAULT nextval('other.numbers'))", "CREATE VIEW other.doubled AS SELECT 2 * n AS n FROM other.t",
			"INSERT INTO other.t SELECT i, 'row ' || i FROM range(200000) r(i)", "CREATE TEMP TABLE mine AS SELECT 42 AS n")
		if err := s.SetSearchPath(t.Context(), []string{"other"}); err != nil {
			t.Fatal(err)
		}
		run(t, s, "INSERT INTO numbered VALUES (DEFAULT)")
		prepared, err := s.Prepare(t.Context(), "SELECT s FROM t WHERE n = $1")
		if err != nil {
			t.Fatal(err)
		}
		begin(t, inTransaction)
		run(t, inTransaction, "INSERT INTO other.t VALUES (-1, 'written before')")
		rest := streaming(t, reader, "SELECT n FROM other.t")

		leave(t, d, config)

		if got := rest(); got != 200000 {
			t.Errorf("a result that was streaming had %d rows, want 200000", got)
		}
		run(t, inTransaction, "INSERT INTO other.t VALUES (-2, 'written after')")
		commit(t, inTransaction)
		rows, err := prepared.Run(t.Context(), []any{int64(777)})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := rows.All(t.Context()); err != nil || fmt.Sprint(got) != "[[row 777]]" {
			t.Errorf("prepared statement: got %v, %v", got, err)
		}
		run(t, s, "INSERT INTO numbered VALUES (DEFAULT)")
		for sql, want := range map[string]string{
			"SELECT n FROM mine":                         "[[42]]",
			"SELECT id FROM numbered ORDER BY id":        "[[7] [8]]",
			"SELECT count(*), min(n), max(n) FROM t":     "[[200002 -2 199999]]",
			"SELECT n FROM doubled WHERE n = 2 * 199999": "[[399998]]",
		} {
			if got := fmt.Sprint(all(t, s, sql)); got != want {
				t.Errorf("%s: got %s, want %s", sql, got, want)
			}
		}
		if err := d.Checkpoint(t.Context()); err != nil {
			t.Errorf("checkpoint: %v", err)
		}
		run(t, s, "INSERT INTO t VALUES (-3, 'after a checkpoint')")
		if stat, err := os.Stat(filepath.Join(config.Dir, FileName(config.Database)+".wal")); err != nil || stat.Size() == 0 {
			t.Errorf("the log of the next commit is not in the data directory: %v", err)
		}
		if opened, err := descriptorsIn(config.View); err != nil || len(opened) > 0 {
			t.Errorf("still open in the view: %v, %v", opened, err)
		}
		leave(t, d, config) // again: nothing to do
		s.Close()
		reader.Close()
		inTransaction.Close()
		closeDatabase(t, d)
		if _, err := os.Lstat(config.View); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the view's link stayed behind: %v", err)
		}
		config.View = ""
		if got := one(t, session(t, openWith(t, config)), "SELECT count(*) FROM other.t"); got != int64(200003) {
			t.Errorf("rows after opening without the view: got %v, want 200003", got)
		}
	})
	t.Run("right_after_a_checkpoint", func(t *testing.T) {
		t.Parallel()
		config := mounted(t, t.TempDir())
		d := openWith(t, config)
		s := session(t, d)
		run(t, s, "CREATE TABLE t AS SELECT 1 AS n")
		if err := d.Checkpoint(t.Context()); err != nil || d.walBytes() > 0 {
			t.Fatalf("checkpoint: %v, %d bytes of log left", err, d.walBytes())
		}
		leave(t, d, config)
		run(t, s, "INSERT INTO t VALUES (2)")
		dir := copyOfFiles(t, config)
		if got := one(t, session(t, openWith(t, testConfig(dir))), "SELECT sum(n)::INTEGER FROM t"); got != int32(3) {
			t.Errorf("a copy of the data directory's files: got %v, want 3", got)
		}
	})
	t.Run("under_writers_and_readers", func(t *testing.T) {
		t.Parallel()
		for range int(stressed(3)) {
			leaveUnderLoad(t)
		}
	})
	t.Run("goes_on_through_the_mount_when_it_stays", func(t *testing.T) {
		t.Parallel()
		config := mounted(t, t.TempDir())
		d := openWith(t, config)
		s := session(t, d)
		run(t, s, "CREATE TABLE t AS SELECT 1 AS n")
		stays := errors.New("somebody looks into it")
		if err := d.LeaveView(t.Context(), func() error { return stays }); !errors.Is(err, stays) {
			t.Fatalf("got %v, want what unmount says", err)
		}
		for range 2 { // what was replaced is open again after a checkpoint
			run(t, s, "INSERT INTO t VALUES (1)")
			if err := d.Checkpoint(t.Context()); err != nil {
				t.Error(err)
			}
		}
		leave(t, d, config)
		if got := one(t, s, "SELECT count(*) FROM t"); got != int64(3) {
			t.Errorf("rows: got %v", got)
		}
	})
	t.Run("waits_for_a_snapshot_until_its_context_ends", func(t *testing.T) {
		t.Parallel()
		config := mounted(t, t.TempDir())
		d := openWith(t, config)
		frozen, err := d.Freeze(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := d.LeaveView(ctx, unmount(config)); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want the context's end", err)
		}
		frozen.Release()
		leave(t, d, config)
	})
	t.Run("keeps_other_processes_out", func(t *testing.T) {
		t.Parallel()
		config := mounted(t, t.TempDir())
		d := openWith(t, config)
		leave(t, d, config)
		locks, err := os.ReadFile("/proc/locks") // this process's own locks do not stand in its way
		if err != nil {
			t.Skip("no list of locks")
		}
		stat, err := d.file.Stat()
		if err != nil {
			t.Fatal(err)
		}
		inode := fmt.Sprintf(":%d ", stat.Sys().(*syscall.Stat_t).Ino)
		for line := range strings.Lines(string(locks)) {
			if strings.Contains(line, "POSIX") && strings.Contains(line, "WRITE "+strconv.Itoa(os.Getpid())) && strings.Contains(line, inode) {
				return
			}
		}
		t.Errorf("the database file is not locked:\n%s", locks)
	})
}

func leave(t *testing.T, d *Database, config Config) {
	t.Helper()
	if err := d.LeaveView(t.Context(), unmount(config)); err != nil {
		t.Fatal(err)
	}
}

// streaming begins a query and returns what counts all of its rows.
func streaming(t *testing.T, s *Session, sql string) (rest func() int) {
	t.Helper()
	statement, err := s.Prepare(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := statement.Run(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rows.Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	return func() int {
		remaining, err := rows.All(t.Context())
		if err != nil {
			t.Error(err)
		}
		return 1 + len(remaining)
	}
}

// leaveUnderLoad leaves the view while sessions write, read and let checkpoints happen. No statement may fail and no row be lost.
func leaveUnderLoad(t *testing.T) {
	t.Helper()
	const writers = 8
	config := mounted(t, t.TempDir())
	d := openWith(t, config)
	run(t, session(t, d), "CREATE TABLE t (writer INTEGER, k INTEGER, filler VARCHAR)", "INSERT INTO t SELECT -1, i, 'row ' || hash(i) FROM range(50000) r(i)")
	ctx, stop := context.WithCancel(t.Context())
	var group sync.WaitGroup
	var committed [writers]atomic.Int64
	repeat := func(act func(s *Session, k int) error) {
		s := session(t, d)
		group.Go(func() {
			for k := 1; ctx.Err() == nil; k++ {
				if err := act(s, k); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for w := range writers {
		repeat(func(s *Session, k int) error {
			err := s.Exec(context.Background(), fmt.Sprintf("INSERT INTO t VALUES (%d, %d, 'filler')", w, k))
			committed[w].Add(1)
			return err
		})
	}
	for range 2 {
		repeat(func(s *Session, _ int) error {
			return s.Exec(context.Background(), "SELECT count(DISTINCT filler) FROM t")
		})
	}
	repeat(func(*Session, int) error { return d.TryCheckpoint() })
	progress := func() {
		t.Helper()
		for w := range writers {
			for before := committed[w].Load(); committed[w].Load() < before+3; {
				if !pause(t.Context(), time.Millisecond) || t.Failed() {
					t.Fatal("a writer has stopped")
				}
			}
		}
	}
	t.Cleanup(group.Wait) // before the sessions are closed
	t.Cleanup(stop)
	progress()
	leave(t, d, config)
	progress()
	stop()
	group.Wait()
	s := session(t, d)
	for w := range writers {
		want := committed[w].Load()
		if got := fmt.Sprint(all(t, s, fmt.Sprintf("SELECT count(*), max(k) FROM t WHERE writer = %d", w))); got != fmt.Sprintf("[[%d %d]]", want, want) {
			t.Errorf("writer %d: got %s, want %d rows", w, got, want)
		}
	}
}

// copyOfFiles copies the database's files as they stand, as a crash would leave them.
func copyOfFiles(t *testing.T, config Config) string {
	t.Helper()
	base := t.TempDir()
	if err := os.MkdirAll(filepath.Join(base, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{FileName(config.Database), FileName(config.Database) + ".wal"} {
		content, err := os.ReadFile(filepath.Join(config.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(base, "data", name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return base
}

// The points at which a process that leaves its view may be killed.
const (
	crashPoint      = "SLIPHER_ENGINE_CRASH_POINT"
	beforeUnmount   = "before unmount"
	afterUnmount    = "after unmount"
	afterLeaving    = "after leaving"
	crashViewedRows = 30
)

// leaveUntilKilled commits rows, numbering them aloud, and leaves the view on the way; at the crash point it kills itself.
func leaveUntilKilled(dir string) error {
	ctx := context.Background()
	config := testConfig(dir)
	config.View = filepath.Join(dir, "view")
	d, err := Open(ctx, config)
	if err != nil {
		return err
	}
	s, err := d.Session(ctx)
	if err != nil {
		return err
	}
	reach := func(point string) {
		if os.Getenv(crashPoint) == point {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
	for k := 1; k <= crashViewedRows; k++ {
		if err := s.Exec(ctx, fmt.Sprintf("INSERT INTO t VALUES (%d)", k)); err != nil {
			return err
		}
		fmt.Println(k)
		if k != crashViewedRows/2 {
			continue
		}
		err := d.LeaveView(ctx, func() error {
			reach(beforeUnmount)
			if err := syscall.Unmount(config.View, 0); err != nil {
				return err
			}
			reach(afterUnmount)
			return nil
		})
		if err != nil {
			return err
		}
	}
	reach(afterLeaving)
	return errors.New("the crash point was not reached")
}

func TestKilledWhileLeavingTheView(t *testing.T) {
	t.Parallel()
	for point, want := range map[string]int64{beforeUnmount: crashViewedRows / 2, afterUnmount: crashViewedRows / 2, afterLeaving: crashViewedRows} {
		t.Run(strings.ReplaceAll(point, " ", "_"), func(t *testing.T) {
			t.Parallel()
			base := t.TempDir()
			config := mounted(t, base)
			plain := config
			plain.View = ""
			d := openWith(t, plain)
			s := session(t, d)
			run(t, s, "CREATE TABLE t (k BIGINT)")
			s.Close()
			closeDatabase(t, d)
			command := exec.Command(os.Args[0])
			command.Env = append(os.Environ(), crashDir+"="+base, crashPoint+"="+point)
			command.Stderr = os.Stderr
			out, err := command.Output()
			if err == nil || command.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
				t.Fatalf("the process was not killed: %v", err)
			}
			acknowledged := int64(0)
			for lines := bufio.NewScanner(strings.NewReader(string(out))); lines.Scan(); {
				acknowledged++
			}
			if acknowledged != want {
				t.Fatalf("%d rows were acknowledged, want %d", acknowledged, want)
			}
			if got := one(t, session(t, openWith(t, plain)), "SELECT count(*) FROM t"); got != want {
				t.Errorf("rows after the crash: got %v, want %d", got, want)
			}
		})
	}
}
