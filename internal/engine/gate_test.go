package engine

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// kept is how many transactions' rows a writer leaves in its table.
const kept = 4

// Every writer commits transactions numbered 1, 2, 3, …, each of which adds batch rows, deletes those of an older transaction and sets the
// writer's counter. A copy taken through the gate must hold, for every writer, exactly what transaction n left, with n no less than what
// was acknowledged before Freeze.
func TestFreezeUnderWriters(t *testing.T) {
	t.Parallel()
	t.Run("holding_the_gate", func(t *testing.T) {
		t.Parallel()
		freezeUnderWriters(t, func(*Database) {})
	})
	t.Run("set_aside", func(t *testing.T) {
		t.Parallel()
		freezeUnderWriters(t, (*Database).setAside)
	})
}

// freezeUnderWriters calls between amid each copy, before checkpoints are tried.
func freezeUnderWriters(t *testing.T, between func(*Database)) {
	t.Helper()
	writers := []writer{
		{table: "small", batch: 3},
		{table: "middle", batch: 2000},
		{table: "bulk", batch: 10, bulk: 130000}, // more than a row group: written to blocks, not to the WAL
		{table: "churn", batch: 500, churn: true},
	}
	d := open(t)
	d.gate.asideAt = 0 // any WAL is large enough
	setUp := session(t, d)
	run(t, setUp, "CREATE TABLE counters (writer VARCHAR, n BIGINT)")
	for i := range writers {
		run(t, setUp, fmt.Sprintf("CREATE TABLE %s (k BIGINT, j BIGINT, filler VARCHAR)", writers[i].table),
			fmt.Sprintf("INSERT INTO counters VALUES ('%s', 0)", writers[i].table))
	}
	ctx, stop := context.WithCancel(t.Context())
	var quiet sync.RWMutex // held by writers during a transaction
	var group sync.WaitGroup
	for i := range writers {
		s := session(t, d)
		group.Go(func() { writers[i].write(ctx, t, s, &quiet) })
	}
	// The sessions must be done before the cleanup closes them.
	t.Cleanup(group.Wait)
	t.Cleanup(stop)

	copies, withWAL := 0, 0
	for deadline := time.Now().Add(stressed(2 * time.Second)); copies < 4 || time.Now().Before(deadline); copies++ {
		acknowledged := make([]int64, len(writers))
		for i := range writers {
			acknowledged[i] = writers[i].acknowledged.Load()
		}
		frozen, err := d.Freeze(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(frozen.Files) > 1 {
			withWAL++
		}
		dir := copyFrozen(t, frozen, func() {
			between(d)
			for range 2 { // the first checkpoint would free blocks of the copy, after the second they would be written over
				letThemWrite(t, writers)
				quiet.Lock()
				err := d.TryCheckpoint() // as a user's VACUUM does; nothing but the gate stands in its way
				quiet.Unlock()
				if err != nil {
					t.Error(err)
				}
			}
		})
		frozen.Release()
		verifyCopy(t, dir, writers, acknowledged)
		if t.Failed() {
			t.Fatalf("copy %d is not consistent", copies)
		}
		os.RemoveAll(dir)
	}
	t.Logf("%d copies, %d of them with a WAL", copies, withWAL)
}

type writer struct {
	table        string
	batch        int  // rows of a transaction
	bulk         int  // rows of every fifth transaction, if not 0
	churn        bool // now and then rebuilds the table, which frees blocks
	acknowledged atomic.Int64
}

// rows is how many rows transaction k adds.
func (w *writer) rows(k int) int {
	if w.bulk > 0 && k%5 == 0 {
		return w.bulk
	}
	return w.batch
}

func (w *writer) write(ctx context.Context, t *testing.T, s *Session, quiet *sync.RWMutex) {
	for k := 1; ctx.Err() == nil && w.transaction(t, s, k, quiet); k++ {
		w.acknowledged.Store(int64(k))
	}
}

func (w *writer) transaction(t *testing.T, s *Session, k int, quiet *sync.RWMutex) bool {
	quiet.RLock()
	defer quiet.RUnlock()
	statements := []string{
		"BEGIN",
		fmt.Sprintf("INSERT INTO %s SELECT %d, j, 'row ' || hash(j * %d) FROM range(%d) r(j)", w.table, k, k, w.rows(k)),
		fmt.Sprintf("DELETE FROM %s WHERE k <= %d", w.table, k-kept),
		fmt.Sprintf("UPDATE counters SET n = %d WHERE writer = '%s'", k, w.table),
	}
	if w.churn && k%5 == 0 {
		statements = append(statements, fmt.Sprintf("CREATE OR REPLACE TABLE %s AS SELECT * FROM %s", w.table, w.table))
	}
	for _, statement := range append(statements, "COMMIT") {
		if err := s.run(context.Background(), statement); err != nil {
			t.Errorf("%s: transaction %d: %s: %v", w.table, k, statement, err)
			return false
		}
	}
	return true
}

// letThemWrite waits until every writer has committed once more.
func letThemWrite(t *testing.T, writers []writer) {
	t.Helper()
	for i := range writers {
		w := &writers[i]
		for before := w.acknowledged.Load(); w.acknowledged.Load() == before; {
			if !pause(t.Context(), time.Millisecond) || t.Failed() {
				t.Fatalf("%s: the writer has stopped", w.table)
			}
		}
	}
}

// copyFrozen copies the files and lets something happen after the header, amid the blocks and before the WAL.
func copyFrozen(t *testing.T, frozen *Frozen, meanwhile func()) string {
	t.Helper()
	dir, err := os.MkdirTemp(t.TempDir(), "copy")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, file := range frozen.Files {
		to, err := os.Create(filepath.Join(dir, "data", file.Name))
		if err != nil {
			t.Fatal(err)
		}
		for at, end := int64(0), min(file.Size, 12288); at < file.Size; at, end = end, min(file.Size, end+file.Size/2) {
			if _, err := io.Copy(to, io.NewSectionReader(file.Content, at, end-at)); err != nil {
				t.Fatal(err)
			}
			if file.Grid {
				meanwhile()
			}
		}
		if err := to.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func verifyCopy(t *testing.T, dir string, writers []writer, acknowledged []int64) {
	t.Helper()
	d, err := Open(t.Context(), testConfig(dir))
	if err != nil {
		t.Errorf("open the copy: %v", err)
		return
	}
	defer d.Close()
	s, err := d.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for i := range writers {
		w := &writers[i]
		n := one(t, s, "SELECT n FROM counters WHERE writer = '"+w.table+"'").(int64)
		if n < acknowledged[i] {
			t.Errorf("%s: the copy ends with transaction %d, but %d was acknowledged before", w.table, n, acknowledged[i])
		}
		got := all(t, s, fmt.Sprintf(`SELECT count(*), count(DISTINCT k), coalesce(max(k), 0)::BIGINT,
			count(*) FILTER (filler <> 'row ' || hash(j * k)) FROM %s`, w.table))[0]
		rows := 0
		for k := max(1, n-kept+1); k <= n; k++ {
			rows += w.rows(int(k))
		}
		want := []any{rows, min(n, kept), n, 0}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: rows, transactions, last, damaged: got %v, want %v", w.table, got, want)
		}
	}
}

func TestFreeze(t *testing.T) {
	t.Parallel()
	t.Run("goes_on_with_the_WAL_under_an_open_writer", func(t *testing.T) {
		t.Parallel()
		d := open(t)
		s, busyWriter := session(t, d), session(t, d)
		run(t, s, "CREATE TABLE t (n INTEGER)", "INSERT INTO t VALUES (1)")
		begin(t, busyWriter)
		run(t, busyWriter, "UPDATE t SET n = 2")
		frozen, err := d.Freeze(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer frozen.Release()
		if len(frozen.Files) != 2 {
			t.Fatalf("got %d files, want the database and its WAL", len(frozen.Files))
		}
		commit(t, busyWriter)
		dir := copyFrozen(t, frozen, func() {})
		restored := openWith(t, testConfig(dir))
		if got := all(t, session(t, restored), "SELECT * FROM t"); fmt.Sprint(got) != "[[1]]" {
			t.Errorf("the copy holds %v, want what was committed before the freeze", got)
		}
	})
	t.Run("has_no_WAL_when_nobody_writes", func(t *testing.T) {
		t.Parallel()
		d := open(t)
		run(t, session(t, d), "CREATE TABLE t AS SELECT 1 AS n")
		d.gate.committed.Store(0) // long ago
		frozen, err := d.Freeze(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer frozen.Release()
		if len(frozen.Files) != 1 || !frozen.Files[0].Grid || (frozen.Files[0].Size-12288)%262144 != 0 {
			t.Errorf("got %+v", frozen.Files)
		}
	})
	t.Run("spares_steady_writers_a_checkpoint", func(t *testing.T) {
		t.Parallel()
		d := open(t)
		run(t, session(t, d), "CREATE TABLE t AS SELECT 1 AS n")
		d.gate.committed.Store(time.Now().Add(time.Hour).UnixNano()) // just now, however slow the test is
		frozen, err := d.Freeze(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(frozen.Files) != 2 {
			t.Fatalf("got %d files, want the database and its WAL", len(frozen.Files))
		}
		dir := copyFrozen(t, frozen, func() {})
		frozen.Release()
		if got := one(t, session(t, openWith(t, testConfig(dir))), "SELECT n FROM t"); got != int32(1) {
			t.Errorf("the copy holds %v", got)
		}
	})
	t.Run("holds_checkpoints_back_until_released", func(t *testing.T) {
		t.Parallel()
		d := open(t)
		frozen, err := d.Freeze(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if err := d.Checkpoint(ctx); err == nil {
			t.Error("a checkpoint ran while the files were frozen")
		}
		frozen.Release()
		frozen.Release()
		if err := d.Checkpoint(t.Context()); err != nil {
			t.Errorf("after the release: %v", err)
		}
	})
}

func TestSchedulerCheckpoints(t *testing.T) {
	t.Parallel()
	d := open(t)
	s := session(t, d)
	run(t, s, "CREATE TABLE t (id BIGINT, filler VARCHAR)")
	var highest int64
	for range 12 { // each batch is too small for blocks and adds about 10 MB of WAL
		run(t, s, "INSERT INTO t SELECT i, repeat('x', 100) || i FROM range(90000) r(i)")
		highest = max(highest, d.walBytes())
	}
	if highest < checkpointAt/2 {
		t.Fatalf("the WAL grew to %d bytes only: the test does not reach the scheduler", highest)
	}
	for d.walBytes() > checkpointAt {
		if !pause(t.Context(), 10*time.Millisecond) {
			t.Fatal("no checkpoint came")
		}
	}
	if got := one(t, s, "SELECT count(*) FROM t"); got != int64(12*90000) {
		t.Errorf("rows: got %v", got)
	}
}

// stressed is d, and much longer when the long form of the tests was asked for.
func stressed(d time.Duration) time.Duration {
	if os.Getenv("SLIPHER_STRESS") != "" {
		return 30 * d
	}
	return d
}
