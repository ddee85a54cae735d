package pgwire

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgtype"
)

// session is one connection after its start-up message.
type session struct {
	*greeting
	config   Config
	in       *inbound
	backend  *pgproto3.Backend // reads messages; they are written through out
	target   *target
	watched  *watched
	executor Executor
	types    *pgtype.Map

	statements map[string]*prepared
	portals    map[string]*portal
	skipping   bool // after an error of the extended flow, until Sync
}

func newSession(g *greeting, config Config, end context.CancelCauseFunc) *session {
	in := readAhead(g.conn, func() { end(errClientGone) })
	s := &session{
		greeting:   g,
		config:     config,
		in:         in,
		backend:    pgproto3.NewBackend(in, nil),
		target:     config.Cancels.enter(g.cancelSecretSize()),
		types:      pgtype.NewMap(),
		statements: map[string]*prepared{},
		portals:    map[string]*portal{},
	}
	s.startup.ProcessID = s.target.process
	return s
}

func (s *session) close() {
	s.config.Cancels.leave(s.target)
	s.closePortals()
	if s.executor != nil {
		s.executor.Close()
	}
	s.conn.Close()
	s.in.stop()
}

// open authenticates the client and brings its session to the first ReadyForQuery.
func (s *session) open(ctx context.Context) error {
	s.backend.SetMaxBodyLen(maxAuthMessage)
	s.negotiate()
	if s.config.Admit != nil {
		if err := s.config.Admit(ctx, s.startup); err != nil {
			return err
		}
	}
	err := s.authenticate(ctx)
	if err != nil {
		return err
	}
	s.watched.see(Authenticated, s.greeting, nil)
	s.executor, err = s.config.Connect(ctx, s.startup)
	if err != nil {
		return err
	}
	s.backend.SetMaxBodyLen(s.config.MaxMessage)
	s.reportParameters(s.parameters())
	s.out.send(&pgproto3.BackendKeyData{ProcessID: s.target.process, SecretKey: s.target.secret})
	s.watched.see(Began, s.greeting, nil)
	return s.ready()
}

// parameters are those that clients read at start-up to know whom they speak with.
func (s *session) parameters() map[string]string {
	parameters := map[string]string{
		"application_name":            s.startup.Parameters["application_name"],
		"client_encoding":             "UTF8",
		"DateStyle":                   "ISO, MDY",
		"integer_datetimes":           "on",
		"is_superuser":                "off",
		"max_numeric_precision":       "38",
		"max_varchar_size":            "65535",
		"padb_revision":               "slipher", // by which asyncpg knows Redshift
		"padb_version":                "1.0.100000",
		"server_encoding":             "UTF8",
		"server_version":              "8.0.2",
		"session_authorization":       s.startup.User,
		"standard_conforming_strings": "off",
		"TimeZone":                    "UTC",
	}
	maps.Copy(parameters, s.config.Parameters)
	return parameters
}

func (s *session) reportParameters(parameters map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		s.out.send(&pgproto3.ParameterStatus{Name: name, Value: parameters[name]})
	}
}

// run serves messages until the session ends, and returns why it did.
func (s *session) run(ctx context.Context) error {
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		message, err := s.receive(ctx)
		if err != nil {
			return err
		}
		if err := s.handle(ctx, message); err != nil {
			return err
		}
	}
}

// receive waits for the client's next message. It is valid until the next call.
func (s *session) receive(ctx context.Context) (pgproto3.FrontendMessage, error) {
	message, err := s.backend.Receive()
	switch {
	case err == nil:
		return message, nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	}
	// What remains is a message that cannot be read, and with it the place where the next one begins.
	violation := protocolViolation("invalid message: %s", strings.TrimSpace(err.Error()))
	violation.Fatal = true
	return nil, violation
}

// handle serves one message. Its error ends the session.
func (s *session) handle(ctx context.Context, message pgproto3.FrontendMessage) error {
	switch message.(type) {
	case *pgproto3.Terminate:
		return errTerminated
	case *pgproto3.Sync:
		return s.sync(ctx)
	}
	if s.skipping {
		return nil
	}
	switch message := message.(type) {
	case *pgproto3.Query:
		return s.query(ctx, message.String)
	case *pgproto3.Parse, *pgproto3.Bind, *pgproto3.Describe, *pgproto3.Execute, *pgproto3.Close:
		return s.extended(ctx, message)
	case *pgproto3.Flush:
		return s.out.flush()
	case *pgproto3.CopyData, *pgproto3.CopyDone, *pgproto3.CopyFail:
		return nil // sent before the client saw that its COPY had failed
	case *pgproto3.FunctionCall:
		if err := s.fail(ctx, &Error{Code: "0A000", Message: "the function call message is not supported; call functions by SQL"}); err != nil {
			return err
		}
		return s.ready()
	}
	return protocolViolation("unexpected message %s", nameOf(message))
}

// fail reports an error of one message and rolls back the implicit transaction it was part of. Its own error ends the session.
func (s *session) fail(ctx context.Context, err error) error {
	if s.out.err != nil {
		return s.out.err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	known := s.clientError(ctx, err)
	if known.Fatal {
		return known
	}
	s.out.send(known.response(known.severity()))
	s.closePortals()
	if err := s.executor.EndImplicit(ctx, known); err != nil {
		s.config.Log.Error("rollback failed", "err", err)
	}
	return s.out.flush()
}

// commit ends the implicit transaction of a batch that went well.
func (s *session) commit(ctx context.Context) error {
	if s.executor.Status() != 'T' {
		s.closePortals() // none outlives its transaction
	}
	return s.executor.EndImplicit(ctx, nil)
}

func (s *session) ready() error {
	if reporter, ok := s.executor.(ParameterReporter); ok {
		s.reportParameters(reporter.ChangedParameters())
	}
	s.out.send(&pgproto3.ReadyForQuery{TxStatus: s.executor.Status()})
	return s.out.flush()
}

// begin makes a context for one call of the executor that a cancel request can end.
func (s *session) begin(ctx context.Context) (call context.Context, end func()) {
	call, cancel := context.WithCancelCause(ctx)
	s.target.aim(cancel)
	return call, func() {
		s.target.aim(nil)
		cancel(nil)
	}
}

// bid sends the client the reason for the end, if it is there to hear it.
func (s *session) bid(ctx context.Context, reason error) {
	if cause := context.Cause(ctx); cause != nil {
		reason = cause
	}
	if s.out.err != nil || errors.Is(reason, errTerminated) || errors.Is(reason, errClientGone) {
		return
	}
	last := *s.clientError(ctx, reason)
	last.Fatal = true
	s.out.send(last.response(last.severity()))
	s.out.flush()
}
