package pgwire

import (
	"context"
	"io"
)

// inbound reads from the connection a little ahead of the session, so that a client that goes away is noticed while a
// statement runs. It holds two pieces at most: a client that sends faster than we work is slowed down by TCP.
type inbound struct {
	pieces  chan piece
	spare   chan []byte
	quit    chan struct{}
	stopped chan struct{}

	current piece
	rest    []byte // of current, not read yet
	// interrupted ends a Read that waits. The session sets it while the executor reads COPY data.
	interrupted <-chan struct{}
}

type piece struct {
	buffer []byte
	size   int
	err    error
}

const pieceSize = 16 << 10

// readAhead starts reading; gone is called when the connection ends, before its end reaches Read.
func readAhead(conn io.Reader, gone func()) *inbound {
	in := &inbound{
		pieces:  make(chan piece),
		spare:   make(chan []byte, 2),
		quit:    make(chan struct{}),
		stopped: make(chan struct{}),
	}
	in.spare <- make([]byte, pieceSize)
	in.spare <- make([]byte, pieceSize)
	go in.pump(conn, gone)
	return in
}

func (in *inbound) pump(conn io.Reader, gone func()) {
	defer close(in.stopped)
	for {
		var next piece
		select {
		case next.buffer = <-in.spare:
		case <-in.quit:
			return
		}
		next.size, next.err = conn.Read(next.buffer)
		if next.err != nil {
			gone()
		}
		select {
		case in.pieces <- next:
		case <-in.quit:
			return
		}
		if next.err != nil {
			return
		}
	}
}

func (in *inbound) Read(p []byte) (int, error) {
	for len(in.rest) == 0 {
		if err := in.advance(); err != nil {
			return 0, err
		}
	}
	n := copy(p, in.rest)
	in.rest = in.rest[n:]
	return n, nil
}

func (in *inbound) advance() error {
	if in.current.err != nil {
		return in.current.err
	}
	if in.current.buffer != nil {
		in.spare <- in.current.buffer
		in.current = piece{}
	}
	select {
	case in.current = <-in.pieces:
		in.rest = in.current.buffer[:in.current.size]
		return nil
	case <-in.interrupted:
		return context.Canceled
	}
}

// stop waits for the reading to end. The connection must be closed before.
func (in *inbound) stop() {
	close(in.quit)
	<-in.stopped
}
