package process

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"slipher/internal/pgwire"
	"slipher/internal/throttle"
)

// What a node takes on at once, and how long it waits for whoever logs in.
const (
	defaultSessions = 500                 // Redshift's limit for one cluster
	mostLogins      = 2 * defaultSessions // all sessions may begin at once, beside as many connections that say nothing
	loginTimeout    = 30 * time.Second
	loginPatience   = 5 * time.Second // with a login that takes its time while others wait for its place
	silentPatience  = time.Second     // with a connection that has said nothing yet
)

// admission decides who may log in: so many at the same time, so many sessions, and nobody who keeps giving wrong passwords.
type admission struct {
	sessions int // the most
	guesses  guesses

	mu   sync.Mutex
	open int

	logins logins
}

func newAdmission(sessions int, now func() time.Time) *admission {
	return &admission{
		sessions: cmp.Or(sessions, defaultSessions),
		guesses:  newGuesses(now),
		logins:   logins{now: now, most: max(mostLogins, 2*sessions), patience: loginPatience, silence: silentPatience, left: make(chan struct{}, 1)},
	}
}

// serve speaks with one client, whose login has its place already.
func (a *admission) serve(ctx context.Context, conn net.Conn, config pgwire.Config) {
	loggedIn := sync.OnceFunc(func() { a.logins.leave(conn) })
	defer loggedIn()
	opened := false
	connect := config.Connect
	config.Connect = func(ctx context.Context, startup pgwire.Startup) (pgwire.Executor, error) {
		loggedIn()
		if opened = a.begin(); !opened {
			return nil, &pgwire.Error{Code: "53300", Message: fmt.Sprintf("connection limit \"%d\" exceeded for non-bootstrap users", a.sessions),
				Hint: "Close sessions that are not needed, and connect again.", Fatal: true}
		}
		return connect(ctx, startup)
	}
	config.Attempt = a.guesses.attempt
	config.StartupTimeout = loginTimeout
	pgwire.Serve(ctx, conn, config)
	if opened {
		a.end()
	}
}

func (a *admission) begin() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.open >= a.sessions {
		return false
	}
	a.open++
	return true
}

func (a *admission) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.open--
}

// logins are the connections that have not proved anything yet.
type logins struct {
	now      func() time.Time
	most     int
	patience time.Duration
	silence  time.Duration // the patience with those that are silent
	left     chan struct{} // told when one has left

	mu      sync.Mutex
	present []login // the longest first
}

type login struct {
	conn  net.Conn
	since time.Time
	lose  func() // ends it, with words if it can understand any
}

// errPlaceLost is what a client hears whose login took so long that others needed its place.
var errPlaceLost = &pgwire.Error{Code: "57014", Message: "canceling authentication due to timeout",
	Detail: "The login took too long while others waited for its place.", Hint: "Try again later.", Fatal: true}

// speaking is a connection that knows whether its client has said anything.
type speaking struct {
	net.Conn
	spoke atomic.Bool
}

func (s *speaking) Read(into []byte) (int, error) {
	n, err := s.Conn.Read(into)
	if n > 0 {
		s.spoke.Store(true)
	}
	return n, err
}

// enter waits for a place. Where all are taken, the login with which the patience ends first loses its place as soon as it has: there is little with one that has said
// nothing yet. It says no when ctx ends.
func (l *logins) enter(ctx context.Context, conn net.Conn, lose func()) bool {
	for {
		oldest, wait := l.place(login{conn: conn, lose: lose})
		if oldest.conn == nil {
			return true
		}
		timer := time.NewTimer(wait)
		select {
		case <-l.left:
		case <-timer.C:
			if l.leave(oldest.conn) { // else it has just logged in
				oldest.lose()
			}
		case <-ctx.Done():
		}
		timer.Stop()
		if ctx.Err() != nil {
			return false
		}
	}
}

// place takes a place for next, or says who is to lose the next one, and when.
func (l *logins) place(next login) (oldest login, wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.present) < l.most {
		next.since = l.now()
		l.present = append(l.present, next)
		return login{}, 0
	}
	for _, present := range l.present {
		if left := l.patienceWith(present.conn) - l.now().Sub(present.since); oldest.conn == nil || left < wait {
			oldest, wait = present, left
		}
	}
	return oldest, wait
}

func (l *logins) patienceWith(conn net.Conn) time.Duration {
	if client, known := conn.(*speaking); known && !client.spoke.Load() {
		return l.silence
	}
	return l.patience
}

// leave says whether it still had a place.
func (l *logins) leave(conn net.Conn) (left bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, present := range l.present {
		if left = present.conn == conn; left {
			l.present = append(l.present[:i], l.present[i+1:]...)
			break
		}
	}
	select {
	case l.left <- struct{}{}:
	default:
	}
	return left
}

// The first wrong passwords for a user from an address are free; then they are spread, and beyond a wait that is too long for a client, refused.
var guessRate = throttle.Rate{PerSecond: 0.5, Burst: 10}

const (
	longestWait  = 10 * time.Second
	mostGuessers = 10_000
)

// guesses counts wrong passwords for each user from each address, so that nobody is slowed by what others do elsewhere.
type guesses struct {
	wrong *throttle.Buckets
	now   func() time.Time
	wait  func(context.Context, time.Duration) bool
}

func newGuesses(now func() time.Time) guesses {
	return guesses{wrong: throttle.New(guessRate, mostGuessers), now: now, wait: waited}
}

func (g guesses) attempt(ctx context.Context, attempt pgwire.Attempt) (told func(right bool), err error) {
	address, _, _ := net.SplitHostPort(attempt.Remote.String())
	who := throttle.Source(address) + " " + attempt.User
	wait := g.wrong.Wait(who, g.now())
	if wait > longestWait {
		return nil, &pgwire.Error{Code: "28000", Message: fmt.Sprintf("too many failed logins for user %q from this address", attempt.User),
			Hint: fmt.Sprintf("Try again in %.0f seconds.", math.Ceil(wait.Seconds())), Fatal: true}
	}
	if wait > 0 && !g.wait(ctx, wait) {
		return nil, context.Cause(ctx)
	}
	return func(right bool) {
		if right {
			g.wrong.Forgive(who)
		} else {
			g.wrong.Charge(who, g.now())
		}
	}, nil
}
