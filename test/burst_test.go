package test

import (
	"context"
	"errors"
	"net"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/redshift/types"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Redshift's limit for the sessions of one cluster; a pool that starts may want them all at once.
const (
	burst  = 500
	silent = 700
)

// TestLoginsInABurst has as many clients as a cluster takes log in at the same moment, through TLS, and keep their sessions. Each gets in,
// or is told in words why not: one that is merely cut off would look like a broken network.
func TestLoginsInABurst(t *testing.T) {
	p := serve(t)
	cluster := createCluster(t, p.client("default"), "crowded")
	sessions, refused, longest := logInAtOnce(t, cluster, burst)
	t.Logf("%d clients at once: %d sessions, %d refused in words, the last after %v", burst, len(sessions), refused, longest.Round(time.Millisecond))
	for _, session := range sessions[:min(len(sessions), 10)] {
		if got := query1[int32](t, session, "SELECT 1"); got != 1 {
			t.Errorf("a session answers %d", got)
		}
	}
}

// logInAtOnce answers the sessions that came about; they are closed when the test ends.
func logInAtOnce(t *testing.T, cluster types.Cluster, clients int) (sessions []*pgx.Conn, refused int, longest time.Duration) {
	t.Helper()
	config, err := pgx.ParseConfig(dsn(cluster, password) + "&connect_timeout=60")
	if err != nil {
		t.Fatal(err)
	}
	config.Fallbacks = slices.DeleteFunc(config.Fallbacks, func(f *pgconn.FallbackConfig) bool { return f.TLSConfig == nil })
	var mu sync.Mutex
	var logins sync.WaitGroup
	began := time.Now()
	for range clients {
		logins.Go(func() {
			session, err := pgx.ConnectConfig(t.Context(), config)
			mu.Lock()
			defer mu.Unlock()
			longest = time.Since(began)
			var told *pgconn.PgError
			switch {
			case err == nil:
				sessions = append(sessions, session)
			case errors.As(err, &told):
				refused++
			default:
				t.Errorf("a login ended without words after %v: %v", longest, err)
			}
		})
	}
	logins.Wait()
	t.Cleanup(func() {
		for _, session := range sessions {
			session.Close(context.Background())
		}
	})
	return sessions, refused, longest
}

// TestSilentConnections has far more connections than places for logins say nothing at all. They keep nobody out.
func TestSilentConnections(t *testing.T) {
	p := serve(t)
	cluster := createCluster(t, p.client("default"), "besieged")
	address := net.JoinHostPort(*cluster.Endpoint.Address, strconv.Itoa(int(*cluster.Endpoint.Port)))
	for range silent {
		dialTCP(t, address)
	}
	began := time.Now()
	if got := query1[int32](t, connect(t, cluster), "SELECT 1"); got != 1 {
		t.Errorf("a session answers %d", got)
	}
	t.Logf("a login behind %d silent connections took %v", silent, time.Since(began).Round(time.Millisecond))
}
