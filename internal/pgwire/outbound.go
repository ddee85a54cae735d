package pgwire

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5/pgproto3"
)

// outbound gathers messages and writes them in large pieces. After a failed write it swallows everything.
type outbound struct {
	conn io.Writer
	buf  []byte
	err  error
}

// flushAt is how much is gathered at most; a buffer that a long row made larger than keepAt is not kept.
const (
	flushAt = 32 << 10
	keepAt  = 4 * flushAt

	maxRow = 1<<30 - 1 // as PostgreSQL has it; the protocol counts to twice that
)

var null = []byte{0xff, 0xff, 0xff, 0xff} // length -1

func (o *outbound) send(message pgproto3.BackendMessage) {
	if o.err != nil {
		return
	}
	buf, err := message.Encode(o.buf)
	if err != nil {
		o.err = fmt.Errorf("encode %T: %w", message, err)
		return
	}
	o.buf = buf
	o.flushIfFull()
}

// row sends one DataRow. When a value cannot be encoded nothing of the row is sent.
func (o *outbound) row(values []any, encoders []encoder) error {
	if o.err != nil {
		return o.err
	}
	if len(values) != len(encoders) {
		return fmt.Errorf("row has %d values for %d columns", len(values), len(encoders))
	}
	buf := append(o.buf, 'D', 0, 0, 0, 0) //nolint:gocritic // o.buf does not have the row until all of it is right
	buf = binary.BigEndian.AppendUint16(buf, uint16(len(values)))
	for i, value := range values {
		if value == nil {
			buf = append(buf, null...)
			continue
		}
		size := len(buf)
		filled, err := encoders[i](append(buf, null...), value)
		if err != nil {
			return fmt.Errorf("encode column %d: %w", i+1, err)
		}
		if filled == nil { // the value stands for null
			filled = append(buf, null...) //nolint:gocritic // it takes the place of what the encoder made
		} else {
			binary.BigEndian.PutUint32(filled[size:], uint32(len(filled)-size-4))
		}
		if buf = filled; len(buf)-len(o.buf) > maxRow {
			return &Error{Code: "54000", Message: fmt.Sprintf("a row of more than %d bytes cannot be sent", maxRow)}
		}
	}
	binary.BigEndian.PutUint32(buf[len(o.buf)+1:], uint32(len(buf)-len(o.buf)-1))
	o.buf = buf
	return o.flushIfFull()
}

// copyData sends one CopyData.
func (o *outbound) copyData(data []byte) error {
	if o.err != nil {
		return o.err
	}
	o.buf = append(o.buf, 'd')
	o.buf = binary.BigEndian.AppendUint32(o.buf, uint32(4+len(data)))
	o.buf = append(o.buf, data...)
	return o.flushIfFull()
}

func (o *outbound) flushIfFull() error {
	if len(o.buf) < flushAt {
		return nil
	}
	return o.flush()
}

func (o *outbound) flush() error {
	if o.err != nil || len(o.buf) == 0 {
		return o.err
	}
	if _, err := o.conn.Write(o.buf); err != nil {
		o.err = fmt.Errorf("write to the client: %w", err)
	}
	o.buf = o.buf[:0]
	if cap(o.buf) > keepAt {
		o.buf = nil
	}
	return o.err
}
