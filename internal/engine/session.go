package engine

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	bindings "github.com/duckdb/duckdb-go-bindings"
)

// State is where a session stands with its transaction.
type State int

// The states. Idle is outside of any transaction, so the next statement is one of its own.
const (
	Idle   State = iota
	Active       // inside a transaction
	Failed       // inside a transaction in which a statement failed: only Rollback (or Commit, which rolls back) gets out
)

// Session is one connection to the database. It is used by one goroutine at a time.
type Session struct {
	database   *Database
	connection bindings.Connection
	state      State
	statements map[*Statement]struct{} // those not closed yet; each keeps the connection alive
	streaming  *Rows                   // the result whose remaining rows are still inside the engine
	closed     atomic.Bool

	charge    int64 // of memory, to the statement under way; guarded, as what follows, by the database's memory
	overdrawn bool  // the call was ended since it took too much memory
	stubborn  bool  // the call does not look at interrupts
}

// ErrFailed refuses every statement between the first failure of a transaction and its end.
var ErrFailed = &Error{Code: "25P02", Message: "current transaction is aborted, commands ignored until end of transaction block"}

// Session opens a session that looks up names in the database's default search path.
func (d *Database) Session(ctx context.Context) (*Session, error) {
	session, err := d.connect()
	if err != nil {
		return nil, err
	}
	if err := session.SetSearchPath(ctx, d.config.SearchPath); err != nil {
		session.Close()
		return nil, err
	}
	return session, nil
}

func (d *Database) connect() (*Session, error) {
	s := &Session{database: d, statements: map[*Statement]struct{}{}}
	if bindings.Connect(d.instance, &s.connection) == bindings.StateError {
		return nil, errors.New("connect to the engine: it takes no more connections")
	}
	return s, nil
}

// Close ends the session and rolls back what is open. No call may be under way.
func (s *Session) Close() {
	if s.closed.Swap(true) {
		return
	}
	if s.streaming != nil {
		s.streaming.Close()
	}
	for statement := range s.statements {
		statement.Close()
	}
	if s.state != Idle {
		s.abandon()
	}
	bindings.Disconnect(&s.connection)
}

// State is where the session stands with its transaction.
func (s *Session) State() State { return s.state }

// Fail marks the open transaction as failed, for an error that the engine has not seen.
func (s *Session) Fail() {
	if s.state == Active {
		s.state = Failed
	}
}

// Begin opens a transaction.
func (s *Session) Begin(ctx context.Context) error {
	if err := s.run(ctx, "BEGIN TRANSACTION"); err != nil {
		return err
	}
	s.state = Active
	return nil
}

// Commit makes what the transaction did durable. A failed transaction is rolled back. Either way the session is idle afterwards.
func (s *Session) Commit(ctx context.Context) error {
	if s.state == Failed {
		return s.Rollback(ctx)
	}
	// A commit that was asked for is not interrupted: its outcome would be unknown.
	err := s.run(context.WithoutCancel(ctx), "COMMIT")
	if err != nil {
		s.abandon()
	}
	s.state = Idle
	s.database.committed()
	return err
}

// Rollback drops what the transaction did.
func (s *Session) Rollback(ctx context.Context) error {
	err := s.run(context.WithoutCancel(ctx), "ROLLBACK")
	s.state = Idle
	return err
}

// abandon ends a transaction that nobody can commit any more. The engine refuses where it has ended already.
func (s *Session) abandon() { _ = s.run(context.Background(), "ROLLBACK") }

// Exec runs statements that take no parameters and whose rows nobody wants.
func (s *Session) Exec(ctx context.Context, sql string) error {
	if s.state == Failed {
		return ErrFailed
	}
	err := s.run(ctx, sql)
	if err != nil {
		s.Fail()
	}
	if s.state == Idle {
		s.database.committed()
	}
	return err
}

// SetSearchPath lets unqualified names mean objects of the given schemas, the first of which is where new tables go.
func (s *Session) SetSearchPath(ctx context.Context, schemas []string) error {
	return s.run(ctx, s.database.searchPath(schemas))
}

// SetTimeZone sets the time zone of timestamps with time zone.
func (s *Session) SetTimeZone(ctx context.Context, zone string) error {
	return s.run(ctx, "SET TimeZone = "+QuoteText(zone))
}

func (s *Session) run(ctx context.Context, sql string) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	var result bindings.Result
	var state bindings.State
	s.interruptible(ctx, func() { state = bindings.Query(s.connection, sql, &result) })
	defer bindings.DestroyResult(&result)
	if state == bindings.StateError {
		return s.failure(ctx, bindings.ResultError(&result))
	}
	return nil
}

// failure turns one of the engine's messages into an Error. When a worker fails while rows are streaming, the engine now and then reports
// the interrupt by which it stopped the other workers in place of the reason.
func (s *Session) failure(ctx context.Context, message string) error {
	err := s.reason(message)
	if err.Code == queryCanceled && ctx.Err() == nil {
		return &Error{Code: internalFailure, Message: "the statement failed while it was returning rows and the engine lost the reason: run it again to see it"}
	}
	return err
}

// reason is the Error of one of the engine's messages, or why the call was interrupted.
func (s *Session) reason(message string) *Error {
	err := s.database.failure(message)
	if err.Code == queryCanceled && s.database.memory.overdrawn(s) {
		return errOutOfMemory
	}
	return err
}

// ready prepares the connection for another statement: the engine drops the rows of a result that is still streaming, so they are moved
// out first.
func (s *Session) ready(ctx context.Context) error {
	if s.streaming != nil {
		s.streaming.buffer(ctx)
	}
	s.database.memory.forget(s)
	return canceled(ctx)
}

const interruptAgain = 100 * time.Millisecond

var errStubborn = errors.New("a statement did not end for its interrupts")

// interruptible runs a call into the engine and interrupts it when ctx ends, or when it takes too much memory. The interrupt is repeated, since the engine forgets one
// that arrives before the statement has begun. A call that does not end for it poisons the database: only with its process it can be ended.
func (s *Session) interruptible(ctx context.Context, call func()) {
	ctx, leave := s.database.memory.enter(ctx, s)
	defer leave()
	returned, interrupted := make(chan struct{}), make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(interrupted)
		s.interruptUntil(returned)
	})
	call()
	close(returned)
	if !stop() {
		<-interrupted
	}
}

func (s *Session) interruptUntil(returned <-chan struct{}) {
	ticker := time.NewTicker(interruptAgain)
	defer ticker.Stop()
	for times := 1; ; times++ {
		select {
		case <-returned:
			return
		default:
			bindings.Interrupt(s.connection)
		}
		switch times {
		case s.database.interrupts / 10:
			s.database.memory.press(s)
		case s.database.interrupts:
			s.database.poison(errStubborn)
		}
		select {
		case <-returned:
			return
		case <-ticker.C:
		}
	}
}
