package copyformat

import (
	"bytes"
	"io"
	"strconv"
)

// textReader reads PostgreSQL's text format: fields between delimiters, backslash escapes, \N for null, \. at the end.
type textReader struct {
	Format
	*lineReader
	fields  [][]byte
	skipped bool // the header line
}

func (r *textReader) Row() ([][]byte, error) {
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

// logicalLine joins lines whose newline is escaped by a backslash before it.
func (r *textReader) logicalLine() ([]byte, error) {
	line, err := r.next()
	for err == nil && oddBackslashes(line) {
		err = r.extend()
		line = trimEnd(r.line)
	}
	return line, err
}

func oddBackslashes(line []byte) bool {
	return (len(line)-len(bytes.TrimRight(line, `\`)))%2 == 1
}

func (r *textReader) split(line []byte) [][]byte {
	r.fields = r.fields[:0]
	for {
		end := r.fieldEnd(line)
		r.fields = append(r.fields, r.field(line[:end]))
		if end == len(line) {
			return r.fields
		}
		line = line[end+1:]
	}
}

// fieldEnd is where the first delimiter stands that no backslash escapes.
func (r *textReader) fieldEnd(line []byte) int {
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case r.Delimiter:
			return i
		case '\\':
			i++
		}
	}
	return len(line)
}

func (r *textReader) field(raw []byte) []byte {
	if string(raw) == r.Null {
		return nil
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw
	}
	return unescape(raw)
}

var escapes = map[byte]byte{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v'}

// unescape undoes backslash escapes in place: it never grows.
func unescape(raw []byte) []byte {
	out := raw[:0]
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if c != '\\' || i+1 == len(raw) {
			out = append(out, c)
			continue
		}
		i++
		if plain, known := escapes[raw[i]]; known {
			out = append(out, plain)
			continue
		}
		value, digits := numericEscape(raw[i:])
		out = append(out, value)
		i += digits - 1
	}
	return out
}

// numericEscape reads what follows a backslash: up to three octal digits, x and up to two hexadecimal ones, or a character that means itself.
func numericEscape(rest []byte) (value byte, length int) {
	prefix, base, most := 0, 8, 3
	if rest[0] == 'x' {
		prefix, base, most = 1, 16, 2
	}
	for n := min(most, len(rest)-prefix); n > 0; n-- {
		if code, err := strconv.ParseUint(string(rest[prefix:prefix+n]), base, 16); err == nil {
			return byte(code), prefix + n
		}
	}
	return rest[0], 1
}

type textWriter struct{ Format }

func (w textWriter) Row(dst []byte, fields [][]byte) []byte {
	for i, field := range fields {
		if i > 0 {
			dst = append(dst, w.Delimiter)
		}
		if field == nil {
			dst = append(dst, w.Null...)
			continue
		}
		dst = w.escaped(dst, field)
	}
	return append(dst, '\n')
}

func (w textWriter) escaped(dst, field []byte) []byte {
	for _, c := range field {
		switch c {
		case '\b':
			dst = append(dst, `\b`...)
		case '\f':
			dst = append(dst, `\f`...)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\t':
			dst = append(dst, `\t`...)
		case '\v':
			dst = append(dst, `\v`...)
		case '\\', w.Delimiter:
			dst = append(dst, '\\', c)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
