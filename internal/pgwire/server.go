package pgwire

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"runtime/debug"
	"time"
)

// Config is what Serve needs of its surroundings. Verifiers and Connect are required.
type Config struct {
	// TLS is offered to clients that ask for it; nil answers that there is none.
	TLS *tls.Config
	// Admit refuses a client before it proves who it is; nil admits everybody. An *Error refuses the connection as it says.
	Admit func(ctx context.Context, startup Startup) error
	// Verifiers returns the verifiers of the user's passwords (see scram.NewVerifier), or none when there is no such user; the client cannot
	// tell that from a wrong password. Several have one salt and one number of iterations. An *Error refuses the connection as it says.
	Verifiers func(ctx context.Context, startup Startup) ([]string, error)
	// Attempt is asked before a password is looked at, and may wait. What it returns is told what came of a password that was given. An *Error refuses
	// the connection as it says. Nil lets everybody try.
	Attempt func(ctx context.Context, attempt Attempt) (told func(right bool), err error)
	// Connect opens the session of an authenticated user. An *Error refuses the connection as it says.
	Connect func(ctx context.Context, startup Startup) (Executor, error)
	// Watch is told of every connection, but for cancel requests. It must not wait. Nil tells nobody.
	Watch func(Sighted)
	// Now is what Watch is told of times by, and needed for it.
	Now func() time.Time
	// Parameters adds to the parameters that are reported to the client at start-up, or replaces them.
	Parameters map[string]string
	// Cancels is shared by the connections of one server, so that a cancel request finds the session it is for.
	Cancels *Cancels

	StartupTimeout time.Duration // until a connection must be authenticated; 0 means 60 s
	MaxMessage     int           // bytes of one message's body; 0 means 64 MiB
	Log            *slog.Logger
}

// Startup is what the client said of itself, once it has proved to be User.
type Startup struct {
	User       string
	Database   string
	Parameters map[string]string // everything in the start-up message, user and database included
	ProcessID  uint32            // what pg_backend_pid() answers
	Remote     net.Addr
	TLS        bool
	Verifier   string // the one of the user's verifiers that the password fitted
}

const (
	defaultStartupTimeout = 60 * time.Second
	defaultMaxMessage     = 64 << 20
	// maxAuthMessage bounds what a client can make us allocate before it is authenticated.
	maxAuthMessage = 16 << 10
	// lastWords is how long a client may take to read the last message before the connection is cut.
	lastWords = 5 * time.Second
)

func (c Config) withDefaults() Config {
	if c.StartupTimeout == 0 {
		c.StartupTimeout = defaultStartupTimeout
	}
	if c.MaxMessage == 0 {
		c.MaxMessage = defaultMaxMessage
	}
	if c.Cancels == nil {
		c.Cancels = &Cancels{}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

// Serve speaks with one client until it leaves, is refused, or ctx ends; where ctx ends with an *Error as its cause, that is the client's last message. When Serve returns the connection is closed and
// nothing that it started runs any more.
func Serve(ctx context.Context, conn net.Conn, config Config) {
	config = config.withDefaults()
	defer conn.Close()
	// The session's own context ends with a reason that the client can be told, so it does not inherit the caller's end.
	session, end := context.WithCancelCause(context.WithoutCancel(ctx))
	defer end(nil)
	defer context.AfterFunc(ctx, func() { end(farewell(ctx)) })()
	defer cutOff(session, conn)()
	defer func() {
		// A panic outside of a statement (see survive) is a bug that costs this connection and spares the others.
		if bug := recover(); bug != nil {
			config.Log.Error("session panicked", "panic", fmt.Sprint(bug), "stack", string(debug.Stack()))
		}
	}()
	reason := converse(session, end, conn, config)
	config.Log.Debug("session ended", "remote", conn.RemoteAddr(), "reason", reason)
}

func farewell(ctx context.Context) *Error {
	if told, ok := errors.AsType[*Error](context.Cause(ctx)); ok {
		return told
	}
	return errShutdown
}

// converse sees one connection through and returns why it ended.
func converse(ctx context.Context, end context.CancelCauseFunc, conn net.Conn, config Config) (err error) {
	late := time.AfterFunc(config.StartupTimeout, func() { end(errStartupTimeout) })
	defer late.Stop()
	watched := watched{watch: config.Watch}
	if config.Watch != nil {
		watched.now, watched.began = config.Now, config.Now()
	}
	greeting, err := greet(ctx, conn, config)
	defer func() { watched.gone(greeting, err) }()
	if err != nil {
		return cmp.Or(context.Cause(ctx), err)
	}
	s := newSession(greeting, config, end)
	s.watched = &watched
	defer s.close()
	err = s.open(ctx)
	if err == nil {
		late.Stop()
		err = s.run(s.withNotices(ctx))
	}
	s.bid(ctx, err)
	return err
}

// cutOff makes reading from conn fail as soon as ctx ends, and closes conn once the client has had time for the last
// message. The function it returns takes that back.
func cutOff(ctx context.Context, conn net.Conn) (release func()) {
	armed := make(chan *time.Timer, 1)
	disarm := context.AfterFunc(ctx, func() {
		conn.SetReadDeadline(time.Unix(1, 0))
		armed <- time.AfterFunc(lastWords, func() { conn.Close() })
	})
	return func() {
		if !disarm() {
			(<-armed).Stop()
		}
	}
}
