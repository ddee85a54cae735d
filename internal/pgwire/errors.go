package pgwire

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgproto3"
)

// The reasons a call or a session is ended from outside, in the words PostgreSQL has for them.
var (
	errCanceled       = &Error{Code: "57014", Message: "canceling statement due to user request"}
	errShutdown       = &Error{Code: "57P01", Message: "terminating connection due to administrator command", Fatal: true}
	errStartupTimeout = &Error{Code: "57014", Message: "canceling authentication due to timeout", Fatal: true}
	errClientGone     = &Error{Code: "08006", Message: "connection to client lost", Fatal: true}
)

// errTerminated ends a session whose client said goodbye.
var errTerminated = errors.New("the client terminated the session")

// errCancelRequest ends a connection that was made to cancel a statement.
var errCancelRequest = errors.New("the client asked to cancel a statement")

func protocolViolation(format string, args ...any) *Error {
	return &Error{Code: "08P01", Message: fmt.Sprintf(format, args...)}
}

// nameOf is a message's name in the protocol.
func nameOf(message pgproto3.FrontendMessage) string {
	return strings.TrimPrefix(fmt.Sprintf("%T", message), "*pgproto3.")
}

// clientError is err as the client may see it: as it is when it was made for clients, else why ctx ended, else no more than
// that something went wrong inside.
func (s *session) clientError(ctx context.Context, err error) *Error {
	if known, ok := errors.AsType[*Error](err); ok {
		return known
	}
	if cause, ok := errors.AsType[*Error](context.Cause(ctx)); ok {
		return cause
	}
	s.config.Log.Error("request failed", "err", err)
	return &Error{Code: "XX000", Message: "internal error"}
}

// survive makes a panic, which is a bug of ours or of the executor's, the error of the statement under way. The session goes on.
func (s *session) survive(work func() error) (err error) {
	defer func() {
		if bug := recover(); bug != nil {
			s.config.Log.Error("statement panicked", "panic", fmt.Sprint(bug), "stack", string(debug.Stack()))
			err = &Error{Code: "XX000", Message: "internal error"}
		}
	}()
	return work()
}

// after moves the error's position behind the part of the query string that comes before its statement.
func (e *Error) after(before string) *Error {
	if e.Position == 0 || before == "" {
		return e
	}
	moved := *e
	moved.Position += utf8.RuneCountInString(before)
	return &moved
}

func (e *Error) severity() string {
	if e.Fatal {
		return "FATAL"
	}
	return "ERROR"
}

func (e *Error) response(severity string) *pgproto3.ErrorResponse {
	return &pgproto3.ErrorResponse{
		Severity:            severity,
		SeverityUnlocalized: severity,
		Code:                e.Code,
		Message:             e.Message,
		Detail:              e.Detail,
		Hint:                e.Hint,
		Where:               e.Where,
		Position:            int32(e.Position),
	}
}

// noticeKey finds the session's output in the contexts that its executor is called with.
type noticeKey struct{}

func (s *session) withNotices(ctx context.Context) context.Context {
	return context.WithValue(ctx, noticeKey{}, &s.out)
}

// Notice sends the client a message that is no error, at once: severity is one of WARNING, NOTICE, INFO, LOG and DEBUG. ctx is
// the context of the Executor's call under way, and Notice may be called only from that call's own goroutine.
func Notice(ctx context.Context, severity string, notice *Error) {
	if out, ok := ctx.Value(noticeKey{}).(*outbound); ok {
		message := pgproto3.NoticeResponse(*notice.response(severity))
		out.send(&message)
		out.flush()
	}
}
