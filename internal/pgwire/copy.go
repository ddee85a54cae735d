package pgwire

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5/pgproto3"
)

func (s *session) copyIn(p *portal) (tag string, err error) {
	source := &copySource{session: s, ctx: p.ctx, statement: p.statement}
	s.in.interrupted = p.ctx.Done()
	defer func() { s.in.interrupted = nil }()
	tag, err = p.statement.CopyIn(p.ctx, source)
	if err == nil {
		// The executor may stop at an end-of-data mark; what the client still sends belongs to the COPY.
		_, err = io.Copy(io.Discard, source)
	}
	if source.err != nil && !errors.Is(source.err, io.EOF) {
		err = source.err // the first cause, whatever the executor made of it
	}
	return tag, err
}

func (s *session) copyOut(p *portal) (tag string, err error) {
	sink := &copySink{out: &s.out, statement: p.statement}
	tag, err = p.statement.CopyOut(p.ctx, sink)
	if err != nil {
		return "", err
	}
	sink.open()
	s.out.send(&pgproto3.CopyDone{})
	return tag, nil
}

// copySource is what the client sends in COPY … FROM STDIN. It asks for it at the first Read, so that a COPY that cannot begin
// fails before the client sends anything.
type copySource struct {
	*session
	ctx       context.Context // of the COPY, for the length of one call
	statement Statement
	asked     bool
	data      []byte
	err       error // how it ended
}

func (c *copySource) Read(p []byte) (int, error) {
	if !c.asked {
		c.asked = true
		format, columns := copyFormats(c.statement)
		c.out.send(&pgproto3.CopyInResponse{OverallFormat: format, ColumnFormatCodes: columns})
		c.err = c.out.flush()
	}
	for len(c.data) == 0 && c.err == nil {
		c.data, c.err = c.next()
	}
	if len(c.data) == 0 {
		return 0, c.err
	}
	n := copy(p, c.data)
	c.data = c.data[n:]
	return n, nil
}

func (c *copySource) next() ([]byte, error) {
	message, err := c.receive(c.ctx)
	if err != nil {
		return nil, err
	}
	switch message := message.(type) {
	case *pgproto3.CopyData:
		return message.Data, nil
	case *pgproto3.CopyDone:
		return nil, io.EOF
	case *pgproto3.CopyFail:
		return nil, &Error{Code: "57014", Message: "COPY from stdin failed: " + message.Message}
	case *pgproto3.Flush, *pgproto3.Sync:
		return nil, nil // a client may send them along with Execute, before it knows that this is a COPY
	case *pgproto3.Terminate:
		return nil, errClientGone
	}
	return nil, protocolViolation("unexpected message %s during COPY from stdin", nameOf(message))
}

// copySink sends what COPY … TO STDOUT writes, one message for each Write.
type copySink struct {
	out       *outbound
	statement Statement
	opened    bool
}

func (c *copySink) open() {
	if !c.opened {
		c.opened = true
		format, columns := copyFormats(c.statement)
		c.out.send(&pgproto3.CopyOutResponse{OverallFormat: format, ColumnFormatCodes: columns})
	}
}

func (c *copySink) Write(p []byte) (int, error) {
	c.open()
	if err := c.out.copyData(p); err != nil {
		return 0, fmt.Errorf("send COPY data: %w", err)
	}
	return len(p), nil
}

// copyFormats are the format of the whole, text unless the statement says otherwise, and that of each column, which is the same.
func copyFormats(statement Statement) (whole byte, columns []uint16) {
	columns = make([]uint16, len(statement.Columns()))
	if copier, ok := statement.(BinaryCopy); !ok || !copier.CopyBinary() {
		return textFormat, columns
	}
	for i := range columns {
		columns[i] = binaryFormat
	}
	return binaryFormat, columns
}
