package engine

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	bindings "github.com/duckdb/duckdb-go-bindings"
)

// Appender feeds many rows of text to one INSERT … SELECT, in batches. The engine casts the text to the columns' types.
type Appender struct {
	session  *Session
	appender bindings.Appender
	chunk    bindings.DataChunk
	vectors  []bindings.Vector
	validity []bool // whether the vector's validity mask is writable in this chunk
	row      int
	capacity int
	rows     int64
}

// Appended is the table that an appender's INSERT selects from; its columns are col1, col2, ….
const Appended = "appended_data"

// Append begins a bulk append. insert is an INSERT … SELECT … FROM Appended, columns the number of text columns of a row. It runs inside
// the session's open transaction, so that a failure leaves nothing behind.
func (s *Session) Append(ctx context.Context, insert string, columns int) (*Appender, error) {
	if s.state == Failed {
		return nil, ErrFailed
	}
	if err := s.ready(ctx); err != nil {
		return nil, err
	}
	text := make([]bindings.LogicalType, columns)
	for i := range text {
		text[i] = bindings.CreateLogicalType(bindings.TypeVarchar)
		defer bindings.DestroyLogicalType(&text[i])
	}
	a := &Appender{session: s, capacity: int(bindings.VectorSize()), validity: make([]bool, columns)}
	if bindings.AppenderCreateQuery(s.connection, insert, text, Appended, nil, &a.appender) == bindings.StateError {
		defer a.Close()
		return nil, a.failure()
	}
	a.chunk = bindings.CreateDataChunk(text)
	for i := range columns {
		a.vectors = append(a.vectors, bindings.DataChunkGetVector(a.chunk, bindings.IdxT(i)))
	}
	return a, nil
}

// Row adds one row; a nil field is null. The fields are copied.
func (a *Appender) Row(ctx context.Context, fields [][]byte) error {
	if len(fields) != len(a.vectors) {
		return &Error{Code: "22P04", Message: fmt.Sprintf("row %d has %d columns, but %d are expected", a.rows+1, len(fields), len(a.vectors))}
	}
	for i, field := range fields {
		if err := a.set(i, field); err != nil {
			return err
		}
	}
	a.row++
	a.rows++
	if a.row == a.capacity {
		return a.push(ctx)
	}
	return nil
}

func (a *Appender) set(column int, field []byte) error {
	row := bindings.IdxT(a.row)
	if field == nil {
		if !a.validity[column] {
			bindings.VectorEnsureValidityWritable(a.vectors[column])
			a.validity[column] = true
		}
		bindings.ValiditySetRowInvalid(bindings.VectorGetValidity(a.vectors[column]), row)
		return nil
	}
	if !utf8.Valid(field) || bytes.IndexByte(field, 0) >= 0 {
		return &Error{Code: "22021", Message: fmt.Sprintf("row %d, column %d: invalid byte sequence for encoding \"UTF8\"", a.rows+1, column+1)}
	}
	bindings.VectorAssignStringElementLen(a.vectors[column], row, field)
	return nil
}

// push hands the full chunk to the engine.
func (a *Appender) push(ctx context.Context) error {
	bindings.DataChunkSetSize(a.chunk, bindings.IdxT(a.row))
	var state bindings.State
	a.session.interruptible(ctx, func() { state = bindings.AppendDataChunk(a.appender, a.chunk) })
	if state == bindings.StateError {
		return a.failure()
	}
	bindings.DataChunkReset(a.chunk)
	clear(a.validity)
	a.row = 0
	return canceled(ctx)
}

// Finish writes what is left and returns the number of rows.
func (a *Appender) Finish(ctx context.Context) (int64, error) {
	if a.row > 0 {
		if err := a.push(ctx); err != nil {
			return 0, err
		}
	}
	var state bindings.State
	a.session.interruptible(ctx, func() { state = bindings.AppenderFlush(a.appender) })
	if state == bindings.StateError {
		return 0, a.failure()
	}
	return a.rows, nil
}

// Close drops what was not written and frees the appender.
func (a *Appender) Close() {
	bindings.AppenderClear(a.appender)
	bindings.AppenderDestroy(&a.appender)
	bindings.DestroyDataChunk(&a.chunk)
}

func (a *Appender) failure() error { return a.session.appenderFailure(a.appender) }

func (s *Session) appenderFailure(appender bindings.Appender) error {
	s.Fail()
	data := bindings.AppenderErrorData(appender)
	defer bindings.DestroyErrorData(&data)
	message := bindings.ErrorDataMessage(data)
	if kind, known := kinds[bindings.ErrorDataErrorType(data)]; known {
		message = kind + ": " + strings.TrimPrefix(strings.TrimPrefix(message, kind+": "), "Failed to append: ")
	}
	return s.reason(orUnknown(message))
}
