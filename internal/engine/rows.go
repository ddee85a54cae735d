package engine

import (
	"context"
	"errors"
	"io"
	"slices"

	bindings "github.com/duckdb/duckdb-go-bindings"
)

// Rows is what one execution returns. Rows are computed as they are asked for.
type Rows struct {
	session *Session
	result  bindings.Result
	types   []logical
	columns []vector
	values  []any
	changed int64

	chunk   bindings.DataChunk
	row     int
	size    int
	waiting *spool // rows moved out of the engine when another statement needed the connection
	ended   bool   // the engine has no more chunks
	failure error  // what ended them, when it was no proper end
}

func (r *Rows) begin() {
	if bindings.ResultReturnType(r.result) != bindings.ResultTypeQueryResult {
		r.changed, r.ended = int64(bindings.RowsChanged(&r.result)), true
		bindings.DestroyResult(&r.result)
		return
	}
	for i := range bindings.ColumnCount(&r.result) {
		r.types = append(r.types, takeLogical(bindings.ColumnLogicalType(&r.result, i)))
	}
	r.columns = make([]vector, len(r.types))
	for i := range r.columns {
		r.columns[i] = newVector(&r.types[i])
	}
	r.values = make([]any, len(r.columns))
	r.session.streaming = r
}

// Types are the types of the columns.
func (r *Rows) Types() []Type {
	types := make([]Type, len(r.types))
	for i := range r.types {
		types[i] = r.types[i].wire()
	}
	return types
}

// Changed is how many rows a statement that returns none has written.
func (r *Rows) Changed() int64 { return r.changed }

// Next returns the next row, or io.EOF. The slice is valid until the next call; the values in it stay valid.
func (r *Rows) Next(ctx context.Context) ([]any, error) {
	for r.row == r.size {
		if r.waiting != nil {
			return r.nextWaiting()
		}
		if err := r.advance(ctx); err != nil {
			return nil, err
		}
	}
	return r.take(), nil
}

// take reads the next row of the chunk.
func (r *Rows) take() []any {
	for i := range r.columns {
		r.values[i] = r.columns[i].value(r.row)
	}
	r.row++
	return r.values
}

func (r *Rows) nextWaiting() ([]any, error) {
	row, err := r.waiting.next()
	switch {
	case err == nil:
		return row, nil
	case r.failure != nil:
		return nil, r.failure
	case errors.Is(err, io.EOF):
		return nil, io.EOF
	}
	return nil, r.session.database.spoolFailure(err)
}

// Close frees the rows that were not read.
func (r *Rows) Close() {
	r.finish(nil)
	bindings.DestroyDataChunk(&r.chunk)
	if r.waiting != nil {
		r.waiting.close()
	}
	r.waiting, r.row, r.size = nil, 0, 0
}

func (r *Rows) advance(ctx context.Context) error {
	bindings.DestroyDataChunk(&r.chunk)
	r.row, r.size = 0, 0
	chunk, err := r.nextChunk(ctx)
	if err != nil {
		return err
	}
	r.chunk, r.size = chunk, int(bindings.DataChunkGetSize(chunk))
	for i := range r.columns {
		r.columns[i].load(bindings.DataChunkGetVector(chunk, bindings.IdxT(i)))
	}
	return nil
}

func (r *Rows) nextChunk(ctx context.Context) (bindings.DataChunk, error) {
	if !r.ended {
		return r.fetch(ctx)
	}
	if r.failure != nil {
		return bindings.DataChunk{}, r.failure
	}
	return bindings.DataChunk{}, io.EOF
}

// fetch lets the engine compute the next chunk.
func (r *Rows) fetch(ctx context.Context) (bindings.DataChunk, error) {
	if err := canceled(ctx); err != nil {
		r.finish(err)
		return bindings.DataChunk{}, err
	}
	var chunk bindings.DataChunk
	r.session.interruptible(ctx, func() { chunk = bindings.FetchChunk(r.result) })
	if chunk.Ptr != nil {
		return chunk, nil
	}
	if message := bindings.ResultError(&r.result); message != "" {
		err := r.session.failure(ctx, message)
		r.finish(err)
		return bindings.DataChunk{}, err
	}
	r.finish(nil)
	return bindings.DataChunk{}, io.EOF
}

// buffer moves the remaining rows out of the engine, so that the connection can run another statement.
func (r *Rows) buffer(ctx context.Context) {
	waiting := newSpool(r.session.database.config.TempDir, &r.session.database.spooled)
	for !r.ended {
		if err := r.bufferRows(ctx, waiting); err != nil {
			r.finish(err)
		}
	}
	r.waiting = waiting
}

// bufferRows moves the rest of the chunk, and fetches the next one.
func (r *Rows) bufferRows(ctx context.Context, waiting *spool) error {
	for r.row < r.size {
		if err := waiting.add(r.take()); err != nil {
			return r.session.database.spoolFailure(err)
		}
	}
	err := r.advance(ctx)
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// finish notes that the engine has no more rows for this result.
func (r *Rows) finish(failure error) {
	if r.ended {
		return
	}
	r.ended, r.failure = true, failure
	if failure != nil {
		r.session.Fail()
	}
	if r.session.streaming == r {
		r.session.streaming = nil
	}
	bindings.DestroyResult(&r.result)
}

// All returns the remaining rows.
func (r *Rows) All(ctx context.Context) ([][]any, error) {
	var rows [][]any
	for {
		row, err := r.Next(ctx)
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		rows = append(rows, slices.Clone(row))
	}
}
