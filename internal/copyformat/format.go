// Package copyformat reads and writes the rows of COPY in PostgreSQL's text, CSV and binary formats: bytes to fields and back. It
// knows neither tables nor the types of text: what a field means is for whoever asks.
package copyformat

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"slipher/internal/sql/sqlstate"
)

// Format is how the rows of a COPY are written.
type Format struct {
	Name      string // "text", "csv" or "binary"
	Header    bool
	Delimiter byte
	Null      string
	Quote     byte
	Escape    byte
}

// Reader reads the rows of COPY … FROM STDIN. A nil field is null; the fields are valid until the next call. The end is io.EOF.
type Reader interface {
	Row() ([][]byte, error)
}

// Writer formats one row of COPY … TO STDOUT behind dst. A nil field is null.
type Writer interface {
	Row(dst []byte, fields [][]byte) []byte
}

// Reader reads rows of the columns whose types the OIDs are; only the binary format needs those.
func (f Format) Reader(from io.Reader, oids []uint32) Reader {
	if f.Name == "binary" {
		return newBinaryReader(from, oids)
	}
	lines := &lineReader{from: bufio.NewReaderSize(from, 64<<10)}
	if f.Name == "csv" {
		return &csvReader{Format: f, lineReader: lines}
	}
	return &textReader{Format: f, lineReader: lines}
}

// Writer makes lines of rows in this format.
func (f Format) Writer() Writer {
	if f.Name == "csv" {
		return csvWriter{f}
	}
	return textWriter{f}
}

// maxLine bounds one row, so that a client that never ends its line cannot fill the memory.
const maxLine = 256 << 20

// lineReader reads lines without their ends; number is that of the last one.
type lineReader struct {
	from   *bufio.Reader
	line   []byte
	number int
}

// next reads a line that the reader keeps until the next call. A last line may lack its newline.
func (l *lineReader) next() ([]byte, error) {
	l.line = l.line[:0]
	if err := l.extend(); err != nil {
		return nil, err
	}
	return trimEnd(l.line), nil
}

// extend appends the next line, with its newline, to the one at hand.
func (l *lineReader) extend() error {
	for {
		part, err := l.from.ReadSlice('\n')
		l.line = append(l.line, part...)
		switch {
		case err == nil:
			l.number++
			return nil
		case len(l.line) > maxLine:
			return &sqlstate.Error{Code: "54000", Message: fmt.Sprintf("COPY: the row in line %d is too long", l.number+1)}
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(part) > 0:
			l.number++
			return nil
		default:
			return err
		}
	}
}

func trimEnd(line []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
}
