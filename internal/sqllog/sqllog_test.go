package sqllog

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"slipher/internal/audit"
)

var noon = time.Date(2026, 1, 5, 12, 0, 0, 987e6, time.UTC)

func TestText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		record Record
		want   string
	}{
		{
			Record{Log: Connections, Event: AuthenticationFailure, RemoteHost: "10.1.2.3", RemotePort: "4711", PID: 98031, DBName: "dev", UserName: "ann", AuthMethod: "password"},
			"authentication failure |Mon, 5 Jan 2026 12:00:00:987|10.1.2.3 |4711 |98031|dev |ann |password |0| | |0| | | | | | | | | \n",
		},
		{
			Record{Log: Connections, Event: DisconnectingSession, RemoteHost: "::1", RemotePort: "4711", PID: 1, DBName: "dev", UserName: "ann", AuthMethod: "password", Duration: 1500,
				SSLVersion: "TLSv1.3", SSLCipher: "TLS_AES_128_GCM_SHA256", ApplicationName: "psql", OSVersion: "Linux", DriverVersion: "2.1", PluginName: "none", ProtocolVersion: "2", SessionID: "s"},
			"disconnecting session |Mon, 5 Jan 2026 12:00:00:987|::1 |4711 |1|dev |ann |password |1500|TLSv1.3 |TLS_AES_128_GCM_SHA256 |0| | | |psql |Linux |2.1 |none |2 |s \n",
		},
		{
			Record{Log: Connections, Event: Authenticated, UserName: "a|b\nauthenticated |", ApplicationName: "x\ty"},
			"authenticated |Mon, 5 Jan 2026 12:00:00:987| | |0| |a?b?authenticated ? | |0| | |0| | | |x?y | | | | | \n",
		},
		{
			Record{Log: Users, UserID: 101, UserName: "ben", OldUserName: "bob", Action: Rename, Super: true, ValidUntil: "infinity", PID: 7, XID: 12},
			"101|ben |bob |rename |0|1|0|infinity |7|12|Mon, 5 Jan 2026 12:00:00:987\n",
		},
		{
			Record{Log: Activity, DBName: "dev", UserName: "a b]", PID: 7, UserID: 100, XID: 12, Query: "SELECT 1\nFROM t"},
			"'2026-01-05T12:00:00Z UTC [ db=dev user=a?b? pid=7 userid=100 xid=12 ]' LOG: SELECT 1\nFROM t\n",
		},
	} {
		test.record.RecordTime = noon
		if got := test.record.Text(); got != test.want {
			t.Errorf("got  %q\nwant %q", got, test.want)
		}
	}
}

// house is a folder with one cluster, whose node writes and whose records are gathered.
type house struct {
	t        *testing.T
	dir      string
	now      time.Time
	days     int
	kept     map[string][]byte
	forgot   []string
	gatherer *Gatherer
	mu       sync.Mutex
}

func newHouse(t *testing.T) *house {
	h := &house{t: t, dir: t.TempDir(), now: noon, days: 2, kept: map[string][]byte{}}
	h.restart()
	return h
}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) pass(duration time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(duration)
}

// restart begins anew with what is on disk, as after a kill.
func (h *house) restart() {
	h.gatherer = NewGatherer(Config{
		Clusters: filepath.Join(h.dir, "clusters"), Records: filepath.Join(h.dir, "records"), Now: h.clock, Log: slog.New(slog.DiscardHandler),
		Open: func(cluster, dir string) (*audit.Log, error) {
			return audit.Open(audit.Config{Dir: dir, Days: h.days, Now: h.clock, Chain: h.chain(cluster)})
		},
		Forget: func(cluster string) error { h.forgot = append(h.forgot, cluster); return nil },
	})
}

func (h *house) chain(cluster string) audit.Chain {
	return audit.Chain{
		Name: cluster, Key: bytes.Repeat([]byte{1}, 32),
		Kept: func() ([]byte, error) { return h.kept[cluster], nil },
		Keep: func(text []byte) error { h.kept[cluster] = text; return nil },
	}
}

// node writes records with these events, and ends.
func (h *house) node(change func(*SpoolConfig), events ...string) {
	h.t.Helper()
	config := SpoolConfig{Dir: filepath.Join(h.dir, "clusters", "c", SpoolFolder), Cluster: "c", Now: h.clock}
	if change != nil {
		change(&config)
	}
	spool, err := OpenSpool(config)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, event := range events {
		spool.Add(Record{Log: Connections, Event: event})
		spool.write()
	}
	ctx, end := context.WithCancel(context.Background())
	end()
	spool.Run(ctx)
}

func (h *house) want(after int64, want string) {
	h.t.Helper()
	end, err := h.gatherer.End("c")
	if err != nil {
		h.t.Fatal(err)
	}
	var got []string
	err = h.gatherer.Read("c", after, end, func(_ int64, record Record) error {
		got = append(got, record.Event)
		return nil
	})
	if err != nil || strings.Join(got, " ") != want {
		h.t.Errorf("got %q, %v, want %q", strings.Join(got, " "), err, want)
	}
	if found, err := audit.Verify(filepath.Join(h.dir, "records", "c"), h.chain("c")); err != nil || len(found.Problems) > 0 {
		h.t.Errorf("the record does not hold: %+v, %v", found, err)
	}
}

func (h *house) files() int { return len(spooled(filepath.Join(h.dir, "clusters", "c", SpoolFolder))) }

func TestGatheredOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.node(nil, "a", "b")
	h.want(0, "a b")
	h.restart()
	h.want(0, "a b")
	h.node(nil, "c", "d")
	h.restart()
	h.node(nil, "e")
	h.want(0, "a b c d e")
	h.want(3, "d e")
	if h.files() != 1 {
		t.Errorf("%d files are left, want the last one", h.files())
	}
	h.pass(-time.Hour)
	h.node(nil, "f")
	h.restart()
	h.want(0, "a b c d e f")
}

// TestKilledWhileGathering has the same file lie there again that was gathered before the kill, and one that grew meanwhile.
func TestKilledWhileGathering(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.node(nil, "a", "b", "c")
	file := spooled(filepath.Join(h.dir, "clusters", "c", SpoolFolder))[0].path
	whole, _ := os.ReadFile(file)
	os.WriteFile(file, whole[:len(whole)/2], 0o600)
	h.want(0, "a")
	h.restart()
	os.WriteFile(file, whole, 0o600)
	h.want(0, "a b c")
	h.node(nil, "d")
	h.want(0, "a b c d")
	h.restart()
	h.want(0, "a b c d")
}

func TestTornLineOfAKilledNode(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.node(nil, "a")
	file := spooled(filepath.Join(h.dir, "clusters", "c", SpoolFolder))[0].path
	whole, _ := os.ReadFile(file)
	os.WriteFile(file, append(whole, whole[:10]...), 0o600)
	h.want(0, "a")
	h.node(nil, "b")
	h.want(0, "a a line that is no record b")
}

func TestSpoolIsBounded(t *testing.T) {
	t.Parallel()
	t.Run("on_disk", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t)
		small := func(c *SpoolConfig) { c.MaxFile, c.MaxFiles = 300, 1000 }
		h.node(small, strings.Split(strings.Repeat("x ", 50), " ")...)
		if h.files() > 5 {
			t.Errorf("%d files of 300 bytes are there, want 1000 bytes at most", h.files())
		}
		before, _ := h.gatherer.End("c")
		h.node(small, "y")
		h.want(before, "y")
	})
	t.Run("in_memory_and_says_so", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t)
		spool, err := OpenSpool(SpoolConfig{Dir: filepath.Join(h.dir, "clusters", "c", SpoolFolder), Cluster: "c", Now: h.clock, MaxWaiting: 300})
		if err != nil {
			t.Fatal(err)
		}
		for range 10 {
			spool.Add(Record{Log: Connections, Event: "x"})
		}
		ctx, end := context.WithCancel(context.Background())
		end()
		spool.Run(ctx)
		h.want(0, "x x x 7 records left out, as there was no room for them")
	})
	t.Run("in_what_a_client_can_say", func(t *testing.T) {
		t.Parallel()
		long := strings.Repeat("x", 1<<20)
		record := Record{UserName: long, DBName: long, ApplicationName: long, Query: long}.bounded()
		if size := len(record.UserName) + len(record.DBName) + len(record.ApplicationName) + len(record.Query); size != 3*maxText+maxQuery {
			t.Errorf("%d bytes are left", size)
		}
	})
}

func TestANilSpoolTakesNothing(t *testing.T) {
	var spool *Spool
	spool.Add(Record{})
	spool.Run(context.Background())
}

func TestSpoolNeverWaits(t *testing.T) {
	t.Parallel()
	spool, err := OpenSpool(SpoolConfig{Dir: t.TempDir(), Now: time.Now}) // nobody runs it
	if err != nil {
		t.Fatal(err)
	}
	for range 100_000 {
		spool.Add(Record{Log: Activity, Query: "SELECT 1"})
	}
	if spool.size > defaultMaxWaiting || spool.lost == 0 {
		t.Errorf("%d bytes wait, %d records are lost", spool.size, spool.lost)
	}
}

func TestRecordsOfClustersThatAreGone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.node(nil, "a")
	h.want(0, "a")
	os.RemoveAll(filepath.Join(h.dir, "clusters", "c"))
	h.pass(24 * time.Hour)
	h.gatherer.Gather()
	h.want(0, "a")
	h.pass(72 * time.Hour)
	h.gatherer.Gather()
	if _, err := os.Stat(filepath.Join(h.dir, "records", "c")); !os.IsNotExist(err) || fmt.Sprint(h.forgot) != "[c]" {
		t.Errorf("the folder: %v; forgotten: %v", err, h.forgot)
	}
}

func TestADiskThatTakesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.node(nil, "a")
	blocked := filepath.Join(h.dir, "records", "c", "2026-01-05.000.jsonl")
	if err := os.MkdirAll(blocked, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := h.gatherer.End("c"); err == nil {
		t.Fatal("nothing was said")
	}
	h.node(nil, "b")
	if _, err := h.gatherer.End("c"); err == nil || h.files() != 2 {
		t.Errorf("%v, %d files", err, h.files())
	}
	os.Remove(blocked)
	h.want(0, "a b")
}

// TestGatheredByManyAtOnce has several ask at the same time, while the node goes on.
func TestGatheredByManyAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for round := range 30 {
		h.node(nil, "a", "b")
		var asking sync.WaitGroup
		for range 4 {
			asking.Go(func() {
				if end, err := h.gatherer.End("c"); err != nil || end != int64(2*round+2) {
					t.Errorf("round %d: got %d, %v", round, end, err)
				}
			})
		}
		asking.Wait()
	}
	h.want(0, strings.TrimSpace(strings.Repeat("a b ", 30)))
}
