package fleet_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"slipher/internal/fleet"
	"slipher/internal/nodeapi"
)

// The test program doubles as the node command: a real process with real sockets, but without an engine behind it.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "node" {
		standIn()
		return
	}
	os.Exit(m.Run())
}

// given is the one variable that the nodes of these tests are given.
const given = "AWS_ACCESS_KEY_ID=test"

// standIn serves the control protocol and answers each line on the SQL socket with "<database> <verifier> <pid>".
func standIn() {
	var config nodeapi.Config
	if err := json.NewDecoder(os.Stdin).Decode(&config); err != nil {
		os.Exit(2)
	}
	if got := os.Environ(); !slices.Equal(got, []string{"TZ=UTC", given}) {
		fmt.Fprintln(os.Stderr, "the node's environment is", got)
		os.Exit(2)
	}
	go func() {
		io.Copy(io.Discard, os.NewFile(nodeapi.FDParent, "parent"))
		os.Exit(3)
	}()
	control, err := net.FileListener(os.NewFile(nodeapi.FDControl, "control"))
	if err != nil {
		os.Exit(2)
	}
	var mu sync.Mutex
	var current nodeapi.OpenRequest
	opened := make(chan struct{}, 1)
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+nodeapi.PathStatus, func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(nodeapi.Status{State: nodeapi.StateEmpty})
	})
	mux.HandleFunc("POST "+nodeapi.PathOpen, func(w http.ResponseWriter, r *http.Request) {
		var request nodeapi.OpenRequest
		json.NewDecoder(r.Body).Decode(&request)
		if request.Database == "broken" {
			http.Error(w, "the database cannot be read", http.StatusInternalServerError)
			return
		}
		mu.Lock()
		current = request
		mu.Unlock()
		opened <- struct{}{}
	})
	mux.HandleFunc("POST "+nodeapi.PathCredentials, func(w http.ResponseWriter, r *http.Request) {
		var credentials nodeapi.Credentials
		json.NewDecoder(r.Body).Decode(&credentials)
		mu.Lock()
		defer mu.Unlock()
		current.Verifier = credentials.Verifier
	})
	mux.HandleFunc("POST "+nodeapi.PathSave, func(w http.ResponseWriter, r *http.Request) {
		var request nodeapi.SaveRequest
		json.NewDecoder(r.Body).Decode(&request)
		events := json.NewEncoder(w)
		events.Encode(nodeapi.Event{Progress: &nodeapi.Progress{DoneBytes: 1, TotalBytes: 2}})
		switch request.Manifest {
		case "refused":
			events.Encode(nodeapi.Event{Error: "the store is full"})
		case "lost":
			w.(http.Flusher).Flush()
			os.Exit(4)
		default:
			events.Encode(nodeapi.Event{Done: true, Saved: &nodeapi.Saved{Manifest: request.Manifest, TotalBytes: 2}})
		}
	})
	mux.HandleFunc("POST "+nodeapi.PathShutdown, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		os.Exit(0)
	})
	go http.Serve(control, mux)

	<-opened
	sql, err := net.FileListener(os.NewFile(nodeapi.FDSQL, "sql"))
	if err != nil {
		os.Exit(2)
	}
	for {
		conn, err := sql.Accept()
		if err != nil {
			os.Exit(2)
		}
		bufio.NewReader(conn).ReadString('\n')
		mu.Lock()
		fmt.Fprintf(conn, "%s %s %d\n", current.Database, current.Verifier, os.Getpid())
		mu.Unlock()
		conn.Close()
	}
}

type fixture struct {
	*fleet.Fleet
	t    *testing.T
	spec fleet.Spec
}

func open(t *testing.T) fixture {
	t.Helper()
	run, err := fleet.RunDir()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(run) })
	nodes, err := fleet.Open(fleet.Config{
		Binary: os.Args[0], Dir: t.TempDir(), RunDir: run, NodeLog: os.Stderr,
		Environment: []string{given}, Log: slog.New(slog.DiscardHandler), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := nodes.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return fixture{nodes, t, fleet.Spec{Cluster: "c1", Address: "127.0.0.1", Port: freePort(t)}}
}

func (f fixture) running() fixture {
	f.t.Helper()
	if err := f.Start(f.t.Context(), f.spec); err != nil {
		f.t.Fatal(err)
	}
	if err := f.Open(f.t.Context(), "c1", nodeapi.OpenRequest{Database: "dev", Verifier: "v1"}); err != nil {
		f.t.Fatal(err)
	}
	return f
}

// ask connects to the SQL socket and returns the answer to one line.
func (f fixture) ask() (database, verifier string, pid int, err error) {
	conn, err := net.DialTimeout("tcp", fmt.Sprintf("%s:%d", f.spec.Address, f.spec.Port), 5*time.Second)
	if err != nil {
		return "", "", 0, err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	fmt.Fprintln(conn, "hello")
	_, err = fmt.Fscan(conn, &database, &verifier, &pid)
	return database, verifier, pid, err
}

func (f fixture) wantAnswer(verifier string) (pid int) {
	f.t.Helper()
	database, gotVerifier, pid, err := f.ask()
	if err != nil || database != "dev" || gotVerifier != verifier {
		f.t.Fatalf("got %s %s, %v, want dev %s", database, gotVerifier, err, verifier)
	}
	return pid
}

func TestFleet(t *testing.T) {
	t.Parallel()
	t.Run("starts_once", func(t *testing.T) {
		f := open(t).running()
		first := f.wantAnswer("v1")
		f.running()
		if again := f.wantAnswer("v1"); again != first {
			t.Errorf("a second Start made process %d beside %d", again, first)
		}
	})
	t.Run("stop_closes_the_socket", func(t *testing.T) {
		f := open(t).running()
		for range 2 {
			if err := f.Stop(t.Context(), "c1"); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, _, err := f.ask(); err == nil {
			t.Error("a stopped node still answers")
		}
		if err := f.Open(t.Context(), "c1", nodeapi.OpenRequest{}); !errors.Is(err, fleet.ErrNotRunning) {
			t.Errorf("Open of a stopped node: got %v, want ErrNotRunning", err)
		}
		f.running().wantAnswer("v1")
	})
	t.Run("connections_wait_during_a_reboot", func(t *testing.T) {
		f := open(t).running()
		before := f.wantAnswer("v1")
		answers := make(chan error, 1)
		go func() {
			for range 20 {
				if _, _, _, err := f.ask(); err != nil && strings.Contains(err.Error(), "refused") {
					answers <- err
					return
				}
			}
			answers <- nil
		}()
		if err := f.Reboot(t.Context(), "c1", nodeapi.OpenRequest{Database: "dev", Verifier: "v2"}); err != nil {
			t.Fatal(err)
		}
		if err := <-answers; err != nil {
			t.Errorf("a connection was refused during the reboot: %v", err)
		}
		if after := f.wantAnswer("v2"); after == before {
			t.Error("the reboot kept the process")
		}
	})
	t.Run("a_lost_node_comes_back", func(t *testing.T) {
		f := open(t).running()
		if err := f.SetCredentials(t.Context(), "c1", nodeapi.Credentials{Verifier: "v9"}); err != nil {
			t.Fatal(err)
		}
		before := f.wantAnswer("v9")
		process, err := os.FindProcess(before)
		if err != nil {
			t.Fatal(err)
		}
		process.Kill()
		process.Wait()
		// The socket never closed: the question waits until the next process takes it. One that the dying process had taken is lost.
		for range 3 {
			_, verifier, pid, err := f.ask()
			if err == nil && pid != before && verifier == "v9" {
				return
			}
		}
		t.Error("the lost node did not come back with the same credentials")
	})
	t.Run("remove_deletes_the_files", func(t *testing.T) {
		f := open(t).running()
		for range 2 {
			if err := f.Remove(t.Context(), "c1"); err != nil {
				t.Fatal(err)
			}
		}
	})
	t.Run("port_in_use", func(t *testing.T) {
		f := open(t)
		other, err := net.Listen("tcp", fmt.Sprintf("%s:%d", f.spec.Address, f.spec.Port))
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if err := f.Start(ctx, f.spec); err == nil || !strings.Contains(err.Error(), "another program") {
			t.Errorf("got %v, want a hint at another program", err)
		}
	})
}

func TestTransfer(t *testing.T) {
	t.Parallel()
	f := open(t).running()
	var seen []nodeapi.Progress
	saved, err := f.Save(t.Context(), "c1", nodeapi.SaveRequest{Manifest: "m1"}, func(p nodeapi.Progress) { seen = append(seen, p) })
	if err != nil || saved.Manifest != "m1" || saved.TotalBytes != 2 {
		t.Errorf("got %+v, %v", saved, err)
	}
	if len(seen) != 1 || seen[0].DoneBytes != 1 {
		t.Errorf("got progress %+v, want one of 1 byte", seen)
	}
	var refused *fleet.NodeError
	if _, err := f.Save(t.Context(), "c1", nodeapi.SaveRequest{Manifest: "refused"}, nil); !errors.As(err, &refused) || refused.Message != "the store is full" {
		t.Errorf("got %v, want the node's own words", err)
	}
	if _, err := f.Save(t.Context(), "c1", nodeapi.SaveRequest{Manifest: "lost"}, nil); !errors.Is(err, fleet.ErrNotRunning) {
		t.Errorf("got %v when the node died, want ErrNotRunning", err)
	}
	if err := f.Open(t.Context(), "nobody", nodeapi.OpenRequest{}); !errors.Is(err, fleet.ErrNotRunning) {
		t.Errorf("got %v for an unknown cluster, want ErrNotRunning", err)
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}
