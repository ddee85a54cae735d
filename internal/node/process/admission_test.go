package process

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5"

	"slipher/internal/nodeapi"
	"slipher/internal/pgwire"
)

func TestSessionsAreBounded(t *testing.T) {
	t.Parallel()
	config := configIn(t.TempDir())
	config.MaxSessions = 2
	r := startWith(t, config)
	r.open()
	first, second := r.connect(), r.connect()
	_, err := pgx.Connect(t.Context(), r.dsn())
	wantCode(t, err, "53300")
	if !strings.Contains(err.Error(), `connection limit "2" exceeded`) {
		t.Errorf("got %v", err)
	}
	if got := value[int32](t, first, "SELECT 1"); got != 1 {
		t.Errorf("got %d", got)
	}
	second.Close(t.Context())
	for deadline := time.Now().Add(10 * time.Second); ; {
		third, err := pgx.Connect(t.Context(), r.dsn())
		if err == nil {
			third.Close(t.Context())
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("a session that has ended keeps its place: %v", err)
		}
	}
}

// Whoever connects and says nothing does not keep others out.
func TestSilentClientsLoseTheirPlace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := logins{now: time.Now, most: 2, patience: 2 * time.Second, left: make(chan struct{}, 1)}
		began := time.Now()
		var silent []net.Conn
		for range 2 {
			near, far := net.Pipe()
			silent = append(silent, far)
			if !l.enter(t.Context(), near, closing(near)) {
				t.Fatal("it was not let in")
			}
		}
		near, _ := net.Pipe()
		if !l.enter(t.Context(), near, closing(near)) {
			t.Fatal("the third was not let in")
		}
		if waited := time.Since(began); waited != 2*time.Second {
			t.Errorf("the third waited %v", waited)
		}
		if _, err := silent[0].Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("the first keeps its place: %v", err)
		}
		l.leave(near)
		if next, _ := net.Pipe(); !l.enter(t.Context(), next, closing(next)) || time.Since(began) != 2*time.Second {
			t.Error("a place that was left was not free at once")
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if late, _ := net.Pipe(); l.enter(ended, late, closing(late)) {
			t.Error("it was let in after the end")
		}
	})
}

func closing(conn net.Conn) func() { return func() { conn.Close() } }

// guessing is the wrong passwords of one node, on a clock of its own.
type guessing struct {
	guesses
	at     time.Time
	waited time.Duration
}

func newGuessing() *guessing {
	g := &guessing{guesses: newGuesses(nil), at: time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)}
	g.now = func() time.Time { return g.at }
	g.wait = func(_ context.Context, wait time.Duration) bool {
		g.waited += wait
		g.at = g.at.Add(wait)
		return true
	}
	return g
}

func (g *guessing) try(address, user string, right bool) error {
	told, err := g.attempt(context.Background(), pgwire.Attempt{User: user, Remote: &net.TCPAddr{IP: net.ParseIP(address), Port: 4711}})
	if err == nil {
		told(right)
	}
	return err
}

// TestSilentClientsLoseTheirPlaceFirst has one that speaks and is older than one that does not.
func TestSilentClientsLoseTheirPlaceFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := logins{now: time.Now, most: 2, patience: 5 * time.Second, silence: time.Second, left: make(chan struct{}, 1)}
		near, far := net.Pipe()
		client := &speaking{Conn: near}
		go far.Write([]byte{1})
		if _, err := client.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		silent, other := net.Pipe()
		next, _ := net.Pipe()
		began := time.Now()
		for _, conn := range []net.Conn{client, &speaking{Conn: silent}, &speaking{Conn: next}} {
			if !l.enter(t.Context(), conn, closing(conn)) {
				t.Fatal("it was not let in")
			}
		}
		if waited := time.Since(began); waited != time.Second {
			t.Errorf("the third waited %v, want 1s", waited)
		}
		if _, err := other.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("the silent one keeps its place: %v", err)
		}
	})
}

func TestWrongPasswordsAreSlowed(t *testing.T) {
	t.Parallel()
	g := newGuessing()
	for range guessRate.Burst {
		g.try("10.0.0.1", "awsuser", false)
	}
	if g.waited != 0 {
		t.Errorf("the first %d waited %v", guessRate.Burst, g.waited)
	}
	for range 5 {
		g.try("10.0.0.1", "awsuser", false)
	}
	if g.waited != 10*time.Second {
		t.Errorf("five more waited %v, want 10s", g.waited)
	}
	for _, other := range [][2]string{{"10.0.0.2", "awsuser"}, {"10.0.0.1", "reporting"}} {
		before := g.waited
		if err := g.try(other[0], other[1], true); err != nil || g.waited != before {
			t.Errorf("%v is slowed too: %v", other, err)
		}
	}
	if err := g.try("10.0.0.1", "awsuser", true); err != nil {
		t.Error(err)
	}
	before := g.waited
	if g.try("10.0.0.1", "awsuser", false); g.waited != before {
		t.Error("the right password did not make good for the wrong ones")
	}
}

// Guesses that all begin before the first is refused have to be paid for as well.
func TestGuessesAtOnceAreRefusedAfterwards(t *testing.T) {
	t.Parallel()
	g := newGuessing()
	for range guessRate.Burst {
		g.try("10.0.0.1", "awsuser", false)
	}
	g.at = g.at.Add(2 * time.Second)
	var together []func(bool)
	for range 10 {
		told, err := g.attempt(t.Context(), pgwire.Attempt{User: "awsuser", Remote: &net.TCPAddr{IP: net.ParseIP("10.0.0.1")}})
		if err != nil {
			t.Fatal(err)
		}
		together = append(together, told)
	}
	for _, told := range together {
		told(false)
	}
	refused, ok := errors.AsType[*pgwire.Error](g.try("10.0.0.1", "awsuser", true))
	if !ok || refused.Code != "28000" || refused.Hint != "Try again in 20 seconds." {
		t.Errorf("got %+v", refused)
	}
	g.at = g.at.Add(20 * time.Second)
	if err := g.try("10.0.0.1", "awsuser", true); err != nil || g.waited != 0 {
		t.Errorf("after the wait: %v, %v", err, g.waited)
	}
}

func TestCertificateIsReplaced(t *testing.T) {
	t.Parallel()
	config := configIn(t.TempDir())
	first, key := selfSigned(t)
	config.Certificate = nodeapi.Certificate{Chain: first, Key: key}
	r := startWith(t, config)
	r.open()
	if got := shownBy(t, r); got != first {
		t.Fatal("it shows another certificate")
	}
	session, err := pgx.Connect(t.Context(), strings.Replace(r.dsn(), "sslmode=disable", "sslmode=require", 1))
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close(t.Context())
	second, key := selfSigned(t)
	if status, answer := r.call(nodeapi.PathCertificate, nodeapi.Certificate{Chain: second, Key: "no key"}); status != 400 {
		t.Errorf("a broken one: %d %s", status, answer)
	}
	r.must(nodeapi.PathCertificate, nodeapi.Certificate{Chain: second, Key: key}, nil)
	if got := shownBy(t, r); got != second {
		t.Error("it shows the old certificate")
	}
	if got := value[int32](t, session, "SELECT 1"); got != 1 {
		t.Error("the session of before is broken")
	}
}
