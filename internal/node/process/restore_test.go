package process

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"slipher/internal/nodeapi"
)

const ownMounts = "SLIPHER_OWN_MOUNTS"

// runWithOwnMounts runs the tests in a process whose mounts nobody else sees, as the parent of a node does.
func runWithOwnMounts(m *testing.M) int {
	if os.Getenv(ownMounts) != "" || os.Geteuid() != 0 {
		return m.Run()
	}
	again := exec.Command(os.Args[0], os.Args[1:]...)
	again.Env = append(os.Environ(), ownMounts+"=1")
	again.Stdout, again.Stderr = os.Stdout, os.Stderr
	again.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	err := again.Run()
	if ended, ok := errors.AsType[*exec.ExitError](err); ok {
		return ended.ExitCode()
	}
	if err != nil {
		return m.Run()
	}
	return 0
}

func viewIn(dir string) string {
	if os.Getenv(ownMounts) == "" {
		return ""
	}
	return filepath.Join(dir, "view")
}

const savedRows = 200_000

// savedTable is a store with the snapshot "whole" of a table t of some megabytes.
func savedTable(t *testing.T) nodeapi.Store {
	t.Helper()
	from := opened(t)
	store := storeIn(t.TempDir())
	conn := from.connect()
	execute(t, conn, "CREATE TABLE t (n int, s varchar(64))")
	if _, err := conn.CopyFrom(t.Context(), pgx.Identifier{"t"}, []string{"n", "s"}, pgx.CopyFromSlice(savedRows, func(i int) ([]any, error) {
		return []any{int32(i), fmt.Sprintf("%x", uint64(i)*0x9e3779b97f4a7c15)}, nil
	})); err != nil {
		t.Fatal(err)
	}
	from.save(store, "whole", "")
	return store
}

const slowly = 256 << 10 // bytes a second: a restore of savedTable takes longer than any test

func (r *running) openRestoring(request nodeapi.RestoreRequest) {
	r.t.Helper()
	open := openRequest(r.t)
	open.Restore = &request
	r.must(nodeapi.PathOpen, open, nil)
}

func (r *running) needsView() {
	r.t.Helper()
	if r.config.ViewDir == "" {
		r.t.Skip("this process has no mounts of its own")
	}
}

// The database answers while most of its blocks are still in the store. When they have arrived the plain file takes over, and neither connections
// nor transactions notice.
func TestRestoreLazily(t *testing.T) {
	t.Parallel()
	store := savedTable(t)
	r := start(t, t.TempDir())
	r.needsView()
	r.openRestoring(nodeapi.RestoreRequest{Store: store, Manifest: "whole", BytesPerSecond: slowly})
	conn := r.connect()
	execute(t, conn, "CREATE TEMP TABLE mine AS SELECT 1 AS n", "INSERT INTO t VALUES (-1, 'written while it is restored')")
	if got := value[int](t, conn, "SELECT count(*) FROM t WHERE n < 0"); got != 1 {
		t.Errorf("got %d rows of those just written", got)
	}
	if entries, err := filepath.Glob(filepath.Join(r.config.DataDir, "*.partial")); err != nil || len(entries) == 0 {
		t.Fatalf("the restore was over before the first query: %v, error %v", entries, err)
	}
	held, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := held.Exec(t.Context(), "INSERT INTO t VALUES (-2, 'in a transaction that outlasts the restore')"); err != nil {
		t.Fatal(err)
	}
	events := r.transfer(nodeapi.PathRestore, nodeapi.RestoreRequest{Store: store, Manifest: "whole"})
	if last := events[len(events)-1]; !last.Done || last.Progress == nil || last.Progress.DoneBytes != last.Progress.TotalBytes {
		t.Fatalf("restore: got %+v", last)
	}
	if _, err := held.Exec(t.Context(), "INSERT INTO t SELECT -3, s FROM t WHERE n = 77"); err != nil {
		t.Fatal(err)
	}
	if err := held.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	const want = savedRows + 3
	if got := value[int](t, conn, "SELECT count(*) FROM t, mine"); got != want {
		t.Errorf("got %d rows, want %d", got, want)
	}
	r.shutDown()
	if err := os.RemoveAll(strings.TrimPrefix(store.URL, "file://")); err != nil {
		t.Fatal(err)
	}
	again := startWith(t, r.config)
	again.openRestoring(nodeapi.RestoreRequest{Store: store, Manifest: "whole"}) // needs no store any more
	if got := value[int](t, again.connect(), "SELECT count(*) FROM t WHERE s IS NOT NULL"); got != want {
		t.Errorf("after a restart: got %d rows, want %d", got, want)
	}
}

// A node that ends in the middle of a restore goes on when it is opened again, with what was written meanwhile.
func TestRestoreInterrupted(t *testing.T) {
	t.Parallel()
	store := savedTable(t)
	for name, view := range map[string]bool{"through_a_view": true, "without_a_view": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, t.TempDir())
			r.needsView()
			want := savedRows
			r.openRestoring(nodeapi.RestoreRequest{Store: store, Manifest: "whole", BytesPerSecond: slowly})
			execute(t, r.connect(), "INSERT INTO t VALUES (-1, 'kept')")
			want++
			r.shutDown()
			config := r.config
			if !view {
				config.ViewDir = ""
			}
			again := startWith(t, config)
			if status, answer := again.call(nodeapi.PathOpen, openRequest(t)); status != http.StatusConflict || !strings.Contains(answer, "not finished") {
				t.Errorf("open of half a database: got %d %s", status, answer)
			}
			again.openRestoring(nodeapi.RestoreRequest{Store: store, Manifest: "whole"})
			again.transfer(nodeapi.PathRestore, nodeapi.RestoreRequest{Store: store, Manifest: "whole"})
			if got := value[int](t, again.connect(), "SELECT count(*) FROM t WHERE s IS NOT NULL"); got != want {
				t.Errorf("got %d rows, want %d", got, want)
			}
		})
	}
}

// A damaged snapshot is refused by name, and its parent is told that another try will not help.
func TestRestoreDamaged(t *testing.T) {
	t.Parallel()
	store := savedTable(t)
	err := filepath.WalkDir(strings.TrimPrefix(store.URL, "file://"), func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.Contains(path, "/packs/") {
			return err
		}
		content, err := os.ReadFile(path)
		if err == nil {
			content[len(content)/2] ^= 1
			err = os.WriteFile(path, content, 0o600)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	r := start(t, t.TempDir())
	events := r.transfer(nodeapi.PathRestore, nodeapi.RestoreRequest{Store: store, Manifest: "whole"})
	if last := events[len(events)-1]; !last.Damaged || !strings.Contains(last.Error, "dev.duckdb") {
		t.Errorf("got %+v, want damage in dev.duckdb", last)
	}
	if status, answer := r.call(nodeapi.PathRestore, nodeapi.RestoreRequest{Store: store, Manifest: "another"}); status != http.StatusConflict {
		t.Errorf("a restore of another snapshot: got %d %s", status, answer)
	}
}
