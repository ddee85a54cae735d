package process

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"slipher/internal/nodeapi"
	"slipher/internal/scram"
)

const (
	adminUser = "awsuser"
	password  = "Secret123"
)

// running is a node under test, with the parent's ends of its sockets.
type running struct {
	t       testing.TB
	config  nodeapi.Config
	socket  string
	address string
	parent  *io.PipeWriter
	client  *http.Client
	stop    context.CancelFunc
	clock   *clock
	ended   chan error
}

// start runs a node on fresh sockets. It is shut down with the test.
func start(t testing.TB, dir string) *running {
	t.Helper()
	return startWith(t, configIn(dir))
}

func configIn(dir string) nodeapi.Config {
	return nodeapi.Config{
		Cluster: "test", DataDir: filepath.Join(dir, "data"), TempDir: filepath.Join(dir, "tmp"), NoteFile: filepath.Join(dir, "committed"), ViewDir: viewIn(dir), MemoryLimit: "1GB", Threads: 2, LogLevel: "ERROR",
	}
}

func startWith(t testing.TB, config nodeapi.Config) *running {
	t.Helper()
	// A unix socket's path has no room for the names of test folders.
	sockets, err := os.MkdirTemp("", "node")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(sockets) })
	r := &running{t: t, config: config, socket: filepath.Join(sockets, "s"), clock: &clock{}, ended: make(chan error, 1)}
	control := listen(t, "unix", r.socket)
	sql := listen(t, "tcp", "127.0.0.1:0")
	r.address = sql.Addr().String()
	parentEnd, parent := io.Pipe()
	r.parent = parent
	r.client = &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", r.socket)
	}}}
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	go func() {
		r.ended <- serve(ctx, r.config, handedDown{control: control, sql: sql, parent: parentEnd, now: r.clock.now}, confinement{})
	}()
	t.Cleanup(r.shutDown)
	return r
}

// clock is the node's, which tests may set forward.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

func (c *clock) forward(by time.Duration) { c.ahead.Add(int64(by)) }

func listen(t testing.TB, network, address string) net.Listener {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (r *running) shutDown() {
	r.t.Helper()
	r.stop()
	if err := <-r.ended; err != nil {
		r.t.Errorf("node ended with %v", err)
	}
	r.ended <- nil
	r.client.CloseIdleConnections()
}

// opened starts a node and opens the database dev.
func opened(t testing.TB) *running {
	t.Helper()
	r := start(t, t.TempDir())
	r.open()
	return r
}

func (r *running) open() {
	r.t.Helper()
	r.must(nodeapi.PathOpen, openRequest(r.t), nil)
}

func openRequest(t testing.TB) nodeapi.OpenRequest {
	t.Helper()
	verifier, err := scram.NewVerifier(password)
	if err != nil {
		t.Fatal(err)
	}
	return nodeapi.OpenRequest{Database: "dev", Create: true, AdminUser: adminUser, Verifier: verifier}
}

// call sends a control request and returns the status and the body.
func (r *running) call(path string, in any) (int, string) {
	r.t.Helper()
	method, body := http.MethodGet, io.Reader(nil)
	switch in := in.(type) {
	case nil:
	case string:
		method, body = http.MethodPost, strings.NewReader(in)
	default:
		encoded, err := json.Marshal(in)
		if err != nil {
			r.t.Fatal(err)
		}
		method, body = http.MethodPost, bytes.NewReader(encoded)
	}
	request, err := http.NewRequest(method, "http://node"+path, body)
	if err != nil {
		r.t.Fatal(err)
	}
	response, err := r.client.Do(request)
	if err != nil {
		r.t.Fatalf("%s: %v", path, err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		r.t.Fatalf("%s: %v", path, err)
	}
	return response.StatusCode, strings.TrimSpace(string(answer))
}

func (r *running) must(path string, in, out any) {
	r.t.Helper()
	status, answer := r.call(path, in)
	if status != http.StatusOK {
		r.t.Fatalf("%s: %d %s", path, status, answer)
	}
	if out != nil {
		if err := json.Unmarshal([]byte(answer), out); err != nil {
			r.t.Fatalf("%s: %v in %q", path, err, answer)
		}
	}
}

// transfer runs a save or a restore to its end and returns all events.
func (r *running) transfer(path string, in any) []nodeapi.Event {
	r.t.Helper()
	status, answer := r.call(path, in)
	if status != http.StatusOK {
		r.t.Fatalf("%s: %d %s", path, status, answer)
	}
	var events []nodeapi.Event
	for decoder := json.NewDecoder(strings.NewReader(answer)); ; {
		var event nodeapi.Event
		err := decoder.Decode(&event)
		if err == io.EOF {
			return events
		}
		if err != nil {
			r.t.Fatalf("%s: %v in %q", path, err, answer)
		}
		events = append(events, event)
	}
}

func (r *running) status() (status nodeapi.Status) {
	r.t.Helper()
	r.must(nodeapi.PathStatus, nil, &status)
	return status
}

func (r *running) dsn() string {
	return fmt.Sprintf("postgres://%s:%s@%s/dev?sslmode=disable", adminUser, password, r.address)
}

func (r *running) connect() *pgx.Conn {
	r.t.Helper()
	conn, err := pgx.Connect(context.Background(), r.dsn())
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		conn.Close(ctx)
	})
	return conn
}

func execute(t testing.TB, conn *pgx.Conn, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := conn.Exec(context.Background(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// value is the one value that a query returns.
func value[T any](t testing.TB, conn *pgx.Conn, sql string, args ...any) (found T) {
	t.Helper()
	if err := conn.QueryRow(context.Background(), sql, args...).Scan(&found); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return found
}
