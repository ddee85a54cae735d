package process

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"slipher/internal/nodeapi"
	"slipher/internal/scram"
)

const childMark = "SLIPHER_NODE_TEST_CHILD"

// TestMain lets the test binary stand in for the node command, and runs the tests with mounts of their own.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "fill" {
		if err := Fill(context.Background(), os.Stdin, os.Stdout, time.Now); err != nil {
			os.Stderr.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		os.Exit(0)
	}
	if os.Getenv(childMark) == "" {
		os.Exit(runWithOwnMounts(m))
	}
	if err := Run(context.Background(), os.Stdin, time.Now); err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
	os.Exit(0)
}

func TestControlRequests(t *testing.T) {
	t.Parallel()
	r := start(t, t.TempDir())
	good := openRequest(t)
	other := good
	other.Database = "other"
	cases := []struct {
		name, path string
		request    any
		status     int
		says       string
	}{
		{"save_before_open", nodeapi.PathSave, nodeapi.SaveRequest{Store: storeIn(t.TempDir()), Manifest: "m"}, nodeapi.StatusNotOpen, "no open database"},
		{"no_json", nodeapi.PathOpen, "{", http.StatusBadRequest, "read the request"},
		{"unknown_field", nodeapi.PathOpen, `{"Databse": "dev"}`, http.StatusBadRequest, "unknown field"},
		{"no_database", nodeapi.PathOpen, nodeapi.OpenRequest{AdminUser: adminUser, Verifier: good.Verifier}, http.StatusBadRequest, "no name"},
		{"no_admin", nodeapi.PathOpen, nodeapi.OpenRequest{Database: "dev", Verifier: good.Verifier}, http.StatusBadRequest, "admin user"},
		{"password_for_verifier", nodeapi.PathOpen, nodeapi.OpenRequest{Database: "dev", AdminUser: adminUser, Verifier: "Secret123"}, http.StatusBadRequest, "verifier"},
		{"unknown_path", "/nothing", "{}", http.StatusNotFound, "not found"},
		{"get_for_post", nodeapi.PathShutdown, nil, http.StatusMethodNotAllowed, "Method Not Allowed"},
		{"unknown_store", nodeapi.PathRestore, nodeapi.RestoreRequest{Store: nodeapi.Store{URL: "ftp://x", Scope: "s", Key: make([]byte, 32)}}, http.StatusOK, "ftp"},
		{"reserved_name", nodeapi.PathOpen, nodeapi.OpenRequest{Database: "memory", AdminUser: adminUser, Verifier: good.Verifier}, http.StatusInternalServerError, "reserved"},
		{"open", nodeapi.PathOpen, good, http.StatusOK, ""},
		{"open_again", nodeapi.PathOpen, good, http.StatusOK, ""},
		{"open_another", nodeapi.PathOpen, other, http.StatusConflict, `"dev" open, not "other"`},
		{"restore_of_what_is_there", nodeapi.PathRestore, nodeapi.RestoreRequest{Store: storeIn(t.TempDir()), Manifest: "m"}, http.StatusOK, `"Done":true`},
		{"bad_credentials", nodeapi.PathCredentials, nodeapi.Credentials{AdminUser: adminUser, Verifier: "x"}, http.StatusBadRequest, "verifier"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			status, answer := r.call(c.path, c.request)
			if status != c.status || !strings.Contains(answer, c.says) {
				t.Errorf("got %d %q, want %d and %q", status, answer, c.status, c.says)
			}
		})
	}
	if got := r.status(); got.State != nodeapi.StateOpen || got.DatabaseBytes == 0 {
		t.Errorf("status: got %+v", got)
	}
	t.Run("failed_transfer_ends_with_an_error_event", func(t *testing.T) {
		fresh := start(t, t.TempDir())
		events := fresh.transfer(nodeapi.PathRestore, nodeapi.RestoreRequest{Store: storeIn(t.TempDir()), Manifest: "missing"})
		if last := events[len(events)-1]; last.Done || !strings.Contains(last.Error, "not found") {
			t.Errorf("got %+v", last)
		}
		if state := fresh.status().State; state != nodeapi.StateEmpty {
			t.Errorf("state afterwards: %q", state)
		}
	})
}

func TestOpenRefusesAnotherDatabasesFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "data", "sales.duckdb"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r := start(t, dir)
	if status, answer := r.call(nodeapi.PathOpen, openRequest(t)); status != http.StatusConflict || !strings.Contains(answer, `"sales"`) {
		t.Errorf("got %d %s", status, answer)
	}
}

func TestStatusCountsChanges(t *testing.T) {
	t.Parallel()
	r := opened(t)
	before := r.status().WrittenBytes
	execute(t, r.connect(), "CREATE TABLE t AS SELECT i, md5(i::varchar) AS token FROM generate_series(1, 100000) AS g(i)")
	if by := r.status().WrittenBytes - before; by < 1<<20 {
		t.Errorf("a table of some megabytes has changed %d bytes", by)
	}
}

func TestNewPassword(t *testing.T) {
	t.Parallel()
	r := opened(t)
	conn := r.connect()
	verifier, err := scram.NewVerifier("Another456")
	if err != nil {
		t.Fatal(err)
	}
	r.must(nodeapi.PathCredentials, nodeapi.Credentials{AdminUser: adminUser, Verifier: verifier}, nil)
	_, err = pgx.Connect(t.Context(), r.dsn())
	wantCode(t, err, "28P01")
	if got := value[int32](t, conn, "SELECT 1"); got != 1 {
		t.Errorf("the session that was open: got %d", got)
	}
	again, err := pgx.Connect(t.Context(), strings.Replace(r.dsn(), password, "Another456", 1))
	if err != nil {
		t.Fatal(err)
	}
	again.Close(t.Context())
}

func TestShutdownTellsSessions(t *testing.T) {
	t.Parallel()
	r := start(t, t.TempDir())
	r.open()
	conn := r.connect()
	execute(t, conn, "CREATE TABLE t AS SELECT 7 AS n", "BEGIN", "INSERT INTO t VALUES (8)")
	if got := r.status().Sessions; got != 1 {
		t.Errorf("sessions: got %d, want 1", got)
	}
	r.must(nodeapi.PathShutdown, struct{}{}, nil)
	if err := <-r.ended; err != nil {
		t.Errorf("the node ended with %v", err)
	}
	r.ended <- nil
	_, err := conn.Exec(t.Context(), "SELECT 1")
	wantCode(t, err, "57P01")
	if files, _ := filepath.Glob(filepath.Join(r.config.DataDir, "*.wal")); len(files) > 0 {
		t.Errorf("a clean shutdown left %v", files)
	}
}

func TestWaitTellsWhyTheNodeEnds(t *testing.T) {
	t.Parallel()
	n, err := newNode(nodeapi.Config{}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := n.wait(t.Context(), closedChannel()); !errors.Is(err, errParentGone) {
		t.Errorf("a parent that is gone: got %v", err)
	}
	n.stop()
	if err := n.wait(t.Context(), nil); err != nil {
		t.Errorf("a shutdown: got %v", err)
	}
}

func closedChannel() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}

// A real process: killed, its rows are there for the next one; without its parent, it ends by itself.
func TestProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := spawn(t, dir)
	conn := first.connect(t)
	execute(t, conn, "CREATE TABLE t (n int)", "INSERT INTO t VALUES (1), (2), (3)")
	first.command.Process.Kill()
	first.command.Wait()

	second := spawn(t, dir)
	if got := value[int64](t, second.connect(t), "SELECT count(*) FROM t"); got != 3 {
		t.Errorf("rows after the kill: got %d, want 3", got)
	}
	second.alive.Close()
	ended := make(chan error, 1)
	go func() { ended <- second.command.Wait() }()
	select {
	case err := <-ended:
		if err == nil || !strings.Contains(second.errors.String(), "parent process is gone") {
			t.Errorf("without its parent the node ended with %v, saying %q", err, second.errors.String())
		}
	case <-time.After(10 * time.Second):
		second.command.Process.Kill()
		t.Error("the node outlived its parent")
	}
}

type child struct {
	command *exec.Cmd
	alive   *os.File
	address string
	errors  *bytes.Buffer
}

// spawn runs the test binary as a node process with inherited sockets, as package compute does, and opens its database.
func spawn(t *testing.T, dir string) *child {
	t.Helper()
	sockets, err := os.MkdirTemp("", "node")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(sockets) })
	socket := filepath.Join(sockets, "s")
	control, sql := listen(t, "unix", socket).(*net.UnixListener), listen(t, "tcp", "127.0.0.1:0").(*net.TCPListener)
	defer control.Close()
	defer sql.Close()
	control.SetUnlinkOnClose(false)
	controlFile, err := control.File()
	if err != nil {
		t.Fatal(err)
	}
	defer controlFile.Close()
	sqlFile, err := sql.File()
	if err != nil {
		t.Fatal(err)
	}
	defer sqlFile.Close()
	parent, alive, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer parent.Close()
	config, err := json.Marshal(nodeapi.Config{
		Cluster: "test", DataDir: filepath.Join(dir, "data"), TempDir: filepath.Join(dir, "tmp"), MemoryLimit: "500MB", Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	c := &child{command: exec.Command(os.Args[0]), alive: alive, address: sql.Addr().String(), errors: &bytes.Buffer{}}
	c.command.Env = []string{childMark + "=1", "TZ=UTC"}
	c.command.Stdin = bytes.NewReader(config)
	c.command.Stderr = c.errors
	c.command.ExtraFiles = []*os.File{controlFile, sqlFile, parent}
	if err := c.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.command.Process.Kill(); alive.Close() })
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}}
	defer client.CloseIdleConnections()
	r := &running{t: t, client: client}
	r.open()
	return c
}

func (c *child) connect(t *testing.T) *pgx.Conn {
	t.Helper()
	return (&running{t: t, address: c.address}).connect()
}
