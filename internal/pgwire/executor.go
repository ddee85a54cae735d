// Package pgwire is the server side of one PostgreSQL connection: start-up, TLS, SCRAM, the simple and the
// extended flow, COPY and cancel, over pgproto3. It moves messages and values; what a statement means is the
// business of the Executor that the caller supplies.
package pgwire

import (
	"context"
	"io"
	"time"
)

// Executor runs the statements of one connection. pgwire calls it from one goroutine at a time; a cancel request
// cancels the context of the call under way.
type Executor interface {
	// Prepare parses one statement or, in the simple flow, the first statement of sql; rest is what follows it
	// (empty when nothing does). A nil Statement with a nil error means sql holds no statement at all.
	// params holds the type OIDs that the client declared; 0 or a missing entry leaves the type to the executor.
	Prepare(ctx context.Context, sql string, params []uint32) (stmt Statement, rest string, err error)
	// Status is the transaction status that ReadyForQuery reports: 'I' idle, 'T' in a transaction, 'E' failed.
	Status() byte
	// EndImplicit ends the implicit transaction of a batch (a simple query string, or an extended batch at Sync):
	// committed when err is nil, rolled back otherwise. Inside BEGIN … COMMIT it ends nothing, but an err, which may be one that
	// pgwire met by itself, fails the block. It may be called when nothing is open.
	EndImplicit(ctx context.Context, err error) error
	// Close ends the session and rolls back what is open. When the client is gone or the server shuts down, it is all that is
	// called after the statement under way was cancelled.
	Close()
}

// ParameterReporter is an Executor whose statements change parameters that clients follow, such as application_name.
// ChangedParameters is asked before every ReadyForQuery for what changed since it was last asked.
type ParameterReporter interface {
	ChangedParameters() map[string]string
}

// TextStyler is an Executor whose settings say how some values are written as text.
type TextStyler interface {
	TextStyle() TextStyle
}

// TextStyle is how values are written as text. The zero value is UTC and as many digits as read back to the same number.
type TextStyle struct {
	Zone *time.Location // of timestamps with time zone; nil is UTC
	// Real and Double are the most significant digits of REAL and DOUBLE PRECISION; 0 is as many as it takes.
	Real, Double int
}

// Statement is one parsed statement.
type Statement interface {
	Params() []uint32  // type OIDs of the parameters, in order
	Columns() []Column // nil when the statement returns no rows
	Copy() CopyKind    // whether the statement is COPY … FROM STDIN or TO STDOUT
	// Run executes the statement. args has one entry for each parameter: nil, bool, int16, int32, int64 (also for oid),
	// float32, float64, string (also for uuid and json), []byte, time.Time, pgtype.InfinityModifier, pgtype.Numeric,
	// pgtype.Time or pgtype.Interval. ctx lives until the Result is closed.
	Run(ctx context.Context, args []any) (Result, error)
	// CopyIn executes COPY … FROM STDIN and returns the command tag; src ends with io.EOF, or with an error when the
	// client gave up. psql sends the line \. at the end of what it copies from its own input; CopyIn may return there and
	// leave the rest. CopyOut executes COPY … TO STDOUT, one Write for each row.
	CopyIn(ctx context.Context, src io.Reader) (tag string, err error)
	CopyOut(ctx context.Context, dst io.Writer) (tag string, err error)
	Close()
}

// BinaryCopy is a Statement that knows the binary format of COPY. The client is told which format to expect.
type BinaryCopy interface {
	CopyBinary() bool
}

// Result is the rows of one execution.
type Result interface {
	// Next returns the next row or io.EOF. The slice is valid until the next call. Its values are those of Run's args,
	// with dates and timestamps told apart by the column's OID; a string is sent as it is, anything else as its fmt text.
	Next(ctx context.Context) ([]any, error)
	// Tag is the command tag ("SELECT 3", "INSERT 0 1", "CREATE TABLE"), valid once Next returned io.EOF.
	Tag() string
	Close() error
}

// CopyKind tells the direction of a COPY statement.
type CopyKind int

// The directions, as the client sees them: CopyIn takes its lines, CopyOut sends it lines. CopyNone is any other statement.
const (
	CopyNone CopyKind = iota
	CopyIn
	CopyOut
)

// Column describes one column of a result.
type Column struct {
	Name   string
	OID    uint32 // PostgreSQL type OID
	Size   int16  // type length, -1 for variable
	Mod    int32  // type modifier, -1 for none
	Source uint32 // OID of the table, 0 when computed
	Number int16  // attribute number in that table, 0 when computed
}

// Error is an error with what PostgreSQL clients expect of one: an SQLSTATE and, for a syntax error, a position.
// An error of any other type is reported as XX000 (internal error).
type Error struct {
	Code     string // SQLSTATE, five characters
	Message  string
	Detail   string
	Hint     string
	Where    string // the context it happened in, e.g. which parameter
	Position int    // 1-based, in characters of the statement's text; 0 when it does not apply
	Fatal    bool
}

func (e *Error) Error() string { return e.Message }
