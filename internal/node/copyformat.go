package node

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"slipher/internal/pgwire"
	"slipher/internal/sql/print"
)

// copyFormat is how the rows of a COPY are written.
type copyFormat struct {
	name      string // "text", "csv" or "binary"
	header    bool
	delimiter byte
	null      string
	quote     byte
	escape    byte
}

// rowReader reads the rows of COPY … FROM STDIN. A nil field is null; the fields are valid until the next call. The end is io.EOF.
type rowReader interface {
	row() ([][]byte, error)
}

// rowWriter formats one row of COPY … TO STDOUT behind dst. A nil field is null.
type rowWriter interface {
	row(dst []byte, fields [][]byte) []byte
}

// formatOf takes over the options of a COPY, which are complete and checked.
func formatOf(options *print.Copy) copyFormat {
	f := copyFormat{name: options.Format, header: options.Header, null: options.Null}
	for _, one := range []struct {
		from string
		to   *byte
	}{{options.Delimiter, &f.delimiter}, {options.Quote, &f.quote}, {options.Escape, &f.escape}} {
		if len(one.from) == 1 {
			*one.to = one.from[0]
		}
	}
	return f
}

func (f copyFormat) reader(from io.Reader) rowReader {
	lines := &lineReader{from: bufio.NewReaderSize(from, 64<<10)}
	if f.name == "csv" {
		return &csvReader{copyFormat: f, lineReader: lines}
	}
	return &textReader{copyFormat: f, lineReader: lines}
}

func (f copyFormat) writer() rowWriter {
	if f.name == "csv" {
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
			return &pgwire.Error{Code: "54000", Message: fmt.Sprintf("COPY: the row in line %d is too long", l.number+1)}
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
