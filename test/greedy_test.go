package test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/aws-sdk-go-v2/service/redshift/types"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// greedy are statements that take what they can get.
var greedy = []string{
	"SELECT max(len(repeat(w, 15) || i)) FROM big, generate_series(1, 5000) t(i)",
	"SELECT len(repeat('x', 2000000000))",
	"SELECT listagg(repeat(w, 15), ',') FROM big, generate_series(1, 5000) t(i)",
	"SELECT count(*) FROM generate_series(1, 100000000) a(i), generate_series(1, 100000000) b(j) WHERE i + j = 3",
	"SELECT max(v) FROM (SELECT row_number() OVER (ORDER BY i || 'x', j) AS v FROM generate_series(1, 1000000) a(i), generate_series(1, 100) b(j)) s",
}

// ends are the SQLSTATEs that may end them: out of time, out of memory or disk, a text that is too long. Without one it is the connection that ended, with the process.
var ends = []string{"57014", "53200", "53100", "54000", "XX000", "57P01", ""}

// mostMemory is what a process may have for an engine with the usual limit, with some room for what a tick of its watch misses.
const mostMemory = 3 << 30

// TestGreedyStatements throws statements that want more memory and time than there is at one cluster. They end with errors, and the API and another cluster answer
// meanwhile. The stress form has 50 at once.
func TestGreedyStatements(t *testing.T) {
	atOnce := len(greedy)
	if os.Getenv("SLIPHER_STRESS") != "" {
		atOnce = 50
	}
	p := serve(t)
	client := p.client("default")
	victim, other := createCluster(t, client, "victim"), createCluster(t, client, "other")
	conn := connect(t, victim)
	exec1(t, conn, "CREATE VIEW big AS SELECT repeat('x', 1000000) AS w")
	before := answering(t, client, other)
	memory := watchMemory(t, p)
	ended := make(chan struct{})
	var running sync.WaitGroup
	for i := range atOnce {
		running.Go(func() { wantEnd(t, victim, greedy[i%len(greedy)]) })
	}
	go func() { running.Wait(); close(ended) }()
	var during []time.Duration
	for going := true; going; {
		during = append(during, answering(t, client, other))
		select {
		case <-ended:
			going = false
		default:
		}
	}
	slices.Sort(during)
	peak := memory()
	if peak > mostMemory {
		t.Errorf("the process had %d MB, want at most %d", peak>>20, mostMemory>>20)
	}
	t.Logf("%d statements at once; an API call and a query of another cluster took %v before and %v (median), %v (at most) meanwhile; the process had at most %d MB",
		atOnce, before, during[len(during)/2], during[len(during)-1], peak>>20)
	if got := query1[int](t, connect(t, victim), "SELECT count(*) FROM big"); got != 1 {
		t.Errorf("afterwards the cluster has %d rows, want 1", got)
	}
}

// answering is how long an API call and a query on a new connection take.
func answering(t *testing.T, client *redshift.Client, cluster types.Cluster) time.Duration {
	t.Helper()
	begun := time.Now()
	_, err := client.DescribeClusters(t.Context(), &redshift.DescribeClustersInput{})
	if errors.Is(err, net.ErrClosed) { // Go's client gave its own connection up, for the machine is busy
		_, err = client.DescribeClusters(t.Context(), &redshift.DescribeClustersInput{})
	}
	if err != nil {
		t.Error(err)
	}
	conn, err := pgx.Connect(t.Context(), dsn(cluster, password))
	if err != nil {
		t.Error(err)
		return time.Since(begun)
	}
	defer conn.Close(context.Background())
	if got := query1[int](t, conn, "SELECT count(*) FROM generate_series(1, 10)"); got != 10 {
		t.Errorf("another cluster counts %d, want 10", got)
	}
	return time.Since(begun)
}

// wantEnd runs a statement that must end with an error soon after its time is up. A session that is left goes on.
func wantEnd(t *testing.T, cluster types.Cluster, sql string) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, dsn(cluster, password))
	if err != nil {
		t.Logf("not connected: %v", err) // the process has just ended for another statement
		return
	}
	defer conn.Close(context.Background())
	begun := time.Now()
	_, err = conn.Exec(ctx, "SET statement_timeout = 5000")
	if err == nil {
		_, err = conn.Exec(ctx, sql)
	}
	var code string
	if failure, known := errors.AsType[*pgconn.PgError](err); known {
		code = failure.Code
	}
	t.Logf("%v %s %s", time.Since(begun).Round(time.Millisecond), code, sql)
	if err == nil || ctx.Err() != nil || !slices.Contains(ends, code) {
		t.Errorf("%s: ended after %v with %v", sql, time.Since(begun), err)
	}
	if conn.IsClosed() {
		return
	}
	if _, err := conn.Exec(ctx, "SELECT 1"); err != nil && !conn.IsClosed() {
		t.Errorf("the session after %s: %v", sql, err)
	}
}

// watchMemory tells the most memory that any one of slipher's processes had, once it is asked.
func watchMemory(t *testing.T, p *program) (most func() int64) {
	t.Helper()
	var peak int64
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for ticker := time.NewTicker(20 * time.Millisecond); ; {
			for _, pid := range p.processes()["node"] {
				peak = max(peak, residentOf(pid))
			}
			select {
			case <-end:
				ticker.Stop()
				return
			case <-ticker.C:
			}
		}
	}()
	return func() int64 {
		close(end)
		<-ended
		return peak
	}
}

func residentOf(pid int) int64 {
	account, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "statm"))
	var size, resident int64
	fmt.Sscan(strings.TrimSpace(string(account)), &size, &resident)
	return resident * int64(os.Getpagesize())
}
