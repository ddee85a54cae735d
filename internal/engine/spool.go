package engine

import (
	"bufio"
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

const (
	// spoolInMemory is how much of one result's waiting rows stays in memory: what clients leave unread between two statements is mostly less.
	spoolInMemory = 256 << 10
	// maxSpooled is what all waiting rows of a database may take on disk: what Redshift grants the cursors of its smallest cluster.
	maxSpooled = 8000 << 20
)

// registerValues tells gob the types that vectors make, apart from those it knows.
var registerValues = sync.OnceFunc(func() {
	for _, value := range []any{time.Time{}, pgtype.Numeric{}, pgtype.Time{}, pgtype.Interval{}, pgtype.Infinity} {
		gob.Register(value)
	}
})

// spool keeps rows that nobody has asked for yet: the first in memory, and as soon as they are many, all in a file without a name. It is
// written to its end, and then read.
type spool struct {
	dir    string
	taken  *atomic.Int64 // by all spools of the database
	memory bytes.Buffer
	file   *os.File
	out    *bufio.Writer
	size   int64 // of the file
	encode *gob.Encoder
	decode *gob.Decoder // once it is read
}

func newSpool(dir string, taken *atomic.Int64) *spool {
	registerValues()
	s := &spool{dir: dir, taken: taken}
	s.encode = gob.NewEncoder(s)
	return s
}

func (s *spool) add(row []any) error { return s.encode.Encode(row) }

// next returns a row, or io.EOF. The first call ends the writing.
func (s *spool) next() (row []any, err error) {
	if s.decode == nil {
		if err := s.rewind(); err != nil {
			return nil, err
		}
	}
	if err := s.decode.Decode(&row); err != nil {
		return nil, err
	}
	return row, nil
}

func (s *spool) rewind() error {
	if s.file == nil {
		s.decode = gob.NewDecoder(&s.memory)
		return nil
	}
	if err := s.out.Flush(); err != nil {
		return err
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	s.decode = gob.NewDecoder(bufio.NewReaderSize(s.file, 64<<10))
	return nil
}

func (s *spool) close() {
	s.taken.Add(-s.size)
	if s.file != nil {
		s.file.Close()
	}
	*s = spool{}
}

// Write takes what the encoder makes of a row.
func (s *spool) Write(encoded []byte) (int, error) {
	if s.file == nil {
		if s.memory.Len()+len(encoded) <= spoolInMemory {
			return s.memory.Write(encoded)
		}
		if err := s.spill(); err != nil {
			return 0, err
		}
	}
	return s.write(encoded)
}

// spill moves the rows so far into a file.
func (s *spool) spill() (err error) {
	if s.file, err = os.CreateTemp(s.dir, "rows-*"); err != nil {
		return err
	}
	if err := os.Remove(s.file.Name()); err != nil {
		return err
	}
	s.out = bufio.NewWriterSize(s.file, 64<<10)
	_, err = s.write(s.memory.Bytes())
	s.memory = bytes.Buffer{}
	return err
}

func (s *spool) write(encoded []byte) (int, error) {
	s.size += int64(len(encoded))
	if s.taken.Add(int64(len(encoded))) > maxSpooled {
		return 0, &Error{Code: "53400", Message: fmt.Sprintf("exceeded the maximum size allowed for the total set of cursor data: %dMB.", maxSpooled>>20)}
	}
	return s.out.Write(encoded)
}

// spoolFailure is a spool's error as clients are told.
func (d *Database) spoolFailure(err error) *Error {
	if known, ok := errors.AsType[*Error](err); ok {
		return known
	}
	d.config.Log.Warn("waiting rows not kept", "err", err)
	if errors.Is(err, syscall.ENOSPC) {
		return &Error{Code: diskFull, Message: opaque[diskFull]}
	}
	return &Error{Code: ioFailure, Message: opaque[ioFailure]}
}
