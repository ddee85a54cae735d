package copyformat

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"slipher/internal/sql/sqlstate"
)

// csvReader reads CSV as PostgreSQL does, which tells an empty field, a null, from a quoted one, an empty string.
type csvReader struct {
	Format
	*lineReader
	fields  [][]byte
	skipped bool // the header line
}

func (r *csvReader) Row() ([][]byte, error) {
	line, err := r.logicalLine()
	if err == nil && r.Header && !r.skipped {
		r.skipped = true
		line, err = r.logicalLine()
	}
	if err != nil {
		return nil, err
	}
	if string(line) == `\.` {
		return nil, io.EOF
	}
	return r.split(line), nil
}

// logicalLine reads on while a quoted field holds the newline.
func (r *csvReader) logicalLine() ([]byte, error) {
	line, err := r.next()
	if err != nil || bytes.IndexByte(line, r.Quote) < 0 {
		return line, err
	}
	first := r.number
	for seen, inside := 0, false; ; {
		inside = r.quotedAfter(r.line[seen:], inside)
		seen = len(r.line)
		if !inside {
			return trimEnd(r.line), nil
		}
		if err := r.extend(); errors.Is(err, io.EOF) {
			return nil, &sqlstate.Error{Code: "22P04", Message: fmt.Sprintf("COPY, line %d: unterminated CSV quoted field", first)}
		} else if err != nil {
			return nil, err
		}
	}
}

// quotedAfter says whether text ends inside quotes. A doubled quote leaves and enters again, so only another escape needs a look.
func (r *csvReader) quotedAfter(text []byte, inside bool) bool {
	for i := 0; i < len(text); i++ {
		switch {
		case inside && r.Escape != r.Quote && text[i] == r.Escape && i+1 < len(text) && (text[i+1] == r.Quote || text[i+1] == r.Escape):
			i++
		case text[i] == r.Quote:
			inside = !inside
		}
	}
	return inside
}

// split cuts a logical line into fields. Quotes are taken off in place: a field never grows.
func (r *csvReader) split(line []byte) [][]byte {
	r.fields = r.fields[:0]
	for at := 0; ; at++ {
		start, out, inside, quoted := at, at, false, false
		for ; at < len(line) && (inside || line[at] != r.Delimiter); at++ {
			c := line[at]
			switch {
			case inside && c == r.Escape && at+1 < len(line) && (line[at+1] == r.Quote || line[at+1] == r.Escape):
				at++
				line[out] = line[at]
				out++
			case c == r.Quote:
				inside, quoted = !inside, true
			default:
				line[out] = c
				out++
			}
		}
		field := line[start:out:out]
		if !quoted && string(field) == r.Null {
			field = nil
		}
		r.fields = append(r.fields, field)
		if at >= len(line) {
			return r.fields
		}
	}
}

type csvWriter struct{ Format }

func (w csvWriter) Row(dst []byte, fields [][]byte) []byte {
	for i, field := range fields {
		if i > 0 {
			dst = append(dst, w.Delimiter)
		}
		switch {
		case field == nil:
			dst = append(dst, w.Null...)
		case w.needsQuotes(field, len(fields) == 1):
			dst = w.quoted(dst, field)
		default:
			dst = append(dst, field...)
		}
	}
	return append(dst, '\n')
}

// needsQuotes says whether a field would be read back as something else without them: null, several fields, or the end of the data.
func (w csvWriter) needsQuotes(field []byte, alone bool) bool {
	return string(field) == w.Null || alone && string(field) == `\.` ||
		bytes.ContainsAny(field, "\r\n") || bytes.IndexByte(field, w.Delimiter) >= 0 || bytes.IndexByte(field, w.Quote) >= 0
}

func (w csvWriter) quoted(dst, field []byte) []byte {
	dst = append(dst, w.Quote)
	for _, c := range field {
		if c == w.Quote || c == w.Escape {
			dst = append(dst, w.Escape)
		}
		dst = append(dst, c)
	}
	return append(dst, w.Quote)
}
