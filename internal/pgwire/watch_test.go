package pgwire_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"slipher/internal/pgwire"
)

// watcher keeps what a server's watcher is told.
type watcher struct {
	mu   sync.Mutex
	seen []pgwire.Sighted
}

func (w *watcher) adjust(c *pgwire.Config) {
	c.Now = time.Now
	c.Watch = func(sighted pgwire.Sighted) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.seen = append(w.seen, sighted)
	}
}

// await waits for so many sightings and shows them.
func (w *watcher) await(t *testing.T, count int) (shown []string) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		w.mu.Lock()
		seen := append([]pgwire.Sighted{}, w.seen...)
		w.mu.Unlock()
		if len(seen) >= count || time.Now().After(deadline) {
			for _, s := range seen {
				shown = append(shown, fmt.Sprintf("%d %s %s", s.Sighting, s.Startup.User, shownReason(s.Reason)))
			}
			return shown
		}
	}
}

func shownReason(reason error) string {
	known, ok := errors.AsType[*pgwire.Error](reason)
	switch {
	case ok:
		return known.Code
	case reason != nil:
		return "other"
	}
	return "none"
}

func TestWatch(t *testing.T) {
	t.Parallel()
	const failed, authenticated, began, ended = pgwire.Failed, pgwire.Authenticated, pgwire.Began, pgwire.Ended
	session := []string{fmt.Sprintf("%d dev none", authenticated), fmt.Sprintf("%d dev none", began), fmt.Sprintf("%d dev other", ended)}
	for name, test := range map[string]struct {
		adjust func(*pgwire.Config)
		act    func(t *testing.T, s *server)
		want   []string
	}{
		"a_session": {nil, func(t *testing.T, s *server) { connectAs(t, s, "dev", password).Close(t.Context()) }, session},
		"a_wrong_password": {nil, func(t *testing.T, s *server) { refusedAs(t, s, "dev", "wrong") },
			[]string{fmt.Sprintf("%d dev 28P01", failed)}},
		"an_unknown_user": {nil, func(t *testing.T, s *server) { refusedAs(t, s, "nobody", password) },
			[]string{fmt.Sprintf("%d nobody 28P01", failed)}},
		"a_database_that_does_not_exist": {func(c *pgwire.Config) {
			c.Connect = func(context.Context, pgwire.Startup) (pgwire.Executor, error) {
				return nil, &pgwire.Error{Code: "3D000", Fatal: true}
			}
		}, func(t *testing.T, s *server) { refusedAs(t, s, "dev", password) },
			[]string{fmt.Sprintf("%d dev none", authenticated), fmt.Sprintf("%d dev 3D000", ended)}},
		"what_is_no_client": {nil, func(t *testing.T, s *server) {
			conn, err := net.Dial("tcp", s.address)
			if err != nil {
				t.Fatal(err)
			}
			conn.Write([]byte("GET / HTTP/1.1\r\n\r\n"))
			conn.Close()
		}, []string{fmt.Sprintf("%d  other", failed)}},
		"a_cancel_request_not": {nil, func(t *testing.T, s *server) {
			conn := connectAs(t, s, "dev", password)
			if err := conn.CancelRequest(t.Context()); err != nil {
				t.Fatal(err)
			}
			conn.Close(t.Context())
		}, session},
	} {
		t.Run("tells_of_"+name, func(t *testing.T) {
			t.Parallel()
			w := &watcher{}
			s := startServer(t, w.adjust, func(c *pgwire.Config) {
				if test.adjust != nil {
					test.adjust(c)
				}
			})
			test.act(t, s)
			if got := w.await(t, len(test.want)); strings.Join(got, ", ") != strings.Join(test.want, ", ") {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func dsnAs(s *server, user, password string) string {
	return fmt.Sprintf("host=%s port=%s user=%s password='%s' dbname=dev sslmode=disable", host(s.address), port(s.address), user, password)
}

func connectAs(t *testing.T, s *server, user, password string) *pgconn.PgConn {
	t.Helper()
	conn, err := pgconn.Connect(t.Context(), dsnAs(s, user, password))
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

func refusedAs(t *testing.T, s *server, user, password string) {
	t.Helper()
	if conn, err := pgconn.Connect(t.Context(), dsnAs(s, user, password)); err == nil {
		conn.Close(t.Context())
		t.Fatal("the client was let in")
	}
}

func host(address string) string { host, _, _ := net.SplitHostPort(address); return host }
func port(address string) string { _, port, _ := net.SplitHostPort(address); return port }
