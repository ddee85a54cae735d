package ondisk

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The records of a write-ahead log: a version, which says whose log it is, then records of a length, a checksum and a body. Each body
// begins with the number of a field and the kind of the record.
const (
	recordHead     = 16
	kindAt         = 2 // in the body
	kindVersion    = 98
	kindCheckpoint = 99
	kindCommit     = 100
	longestStart   = 128 // of the version
	fieldIdentity  = 102
	fieldIteration = 103
	fieldEnd       = 0xffff
)

// logStart is what a log says of itself.
type logStart struct {
	identity  Identity
	iteration uint64 // of the database file that it belongs to
	length    int64
}

var errNoLog = errors.New("this is no write-ahead log")

// readStart reads the version. The engine does not protect it by a checksum.
func readStart(log io.ReaderAt) (start logStart, err error) {
	content := make([]byte, longestStart)
	n, err := log.ReadAt(content, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return start, fmt.Errorf("read the write-ahead log: %w", err)
	}
	fields := bytes.NewReader(content[:n])
	for {
		var field uint16
		if binary.Read(fields, binary.LittleEndian, &field) != nil {
			return start, errNoLog
		}
		if field == fieldEnd {
			start.length = int64(n - fields.Len())
			return start, nil
		}
		value, err := binary.ReadUvarint(fields)
		if err != nil {
			return start, errNoLog
		}
		switch field {
		case 100:
			if value != kindVersion {
				return start, errNoLog
			}
		case fieldIdentity:
			if value != uint64(len(start.identity)) {
				return start, errNoLog
			}
			for i := range start.identity {
				b, err := binary.ReadUvarint(fields)
				if err != nil {
					return start, errNoLog
				}
				start.identity[i] = byte(b)
			}
		case fieldIteration:
			start.iteration = value
		}
	}
}

// follow goes over the records from a place between two of them, and answers the end of the last whole commit. With the marker of a
// checkpoint a log ends: what is committed from there on is in the next one. With verify, a record whose checksum is wrong ends the log as a torn one does.
func follow(log io.ReaderAt, size, from int64, verify bool) (end int64, err error) {
	end = from
	near := window{log: log, size: size}
	var body []byte
	for at := from; at+recordHead <= size; {
		head, err := near.at(at, recordHead+kindAt+1)
		if err != nil {
			return end, err
		}
		if head == nil {
			return end, nil
		}
		length := binary.LittleEndian.Uint64(head)
		next := at + recordHead + int64(length)
		if length < kindAt+1 || length > uint64(size-at-recordHead) {
			return end, nil
		}
		if verify {
			if uint64(cap(body)) < length {
				body = make([]byte, length)
			}
			body = body[:length]
			if n, err := log.ReadAt(body, at+recordHead); n < len(body) {
				return end, fmt.Errorf("read the write-ahead log: %w", err)
			}
			if Checksum(body) != binary.LittleEndian.Uint64(head[8:]) {
				return end, nil
			}
		}
		switch head[recordHead+kindAt] {
		case kindCheckpoint:
			return end, nil
		case kindCommit:
			end = next
		}
		at = next
	}
	return end, nil
}

// window reads a log piece by piece: a small commit has several records, and is read at once.
type window struct {
	log  io.ReaderAt
	size int64

	from    int64
	content []byte
}

const windowBytes = 4 << 10

// at answers bytes of the log; nil where it has no more.
func (w *window) at(offset int64, length int) ([]byte, error) {
	if offset+int64(length) > w.size {
		return nil, nil
	}
	if offset < w.from || offset+int64(length) > w.from+int64(len(w.content)) {
		if w.content == nil {
			w.content = make([]byte, 0, min(windowBytes, w.size-offset))
		}
		w.from, w.content = offset, w.content[:min(int64(cap(w.content)), w.size-offset)]
		if n, err := w.log.ReadAt(w.content, offset); n < len(w.content) {
			return nil, fmt.Errorf("read the write-ahead log: %w", err)
		}
	}
	return w.content[offset-w.from:][:length], nil
}
