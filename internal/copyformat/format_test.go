package copyformat

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgtype"

	"slipher/internal/sql/sqlstate"
)

func given(text string) *string { return &text }

// copyOptions are options of a COPY as a user gives them.
type copyOptions struct {
	Format                         string
	Header                         bool
	Delimiter, Null, Quote, Escape *string
}

func (o copyOptions) format() Format {
	or := func(given *string, otherwise string) string {
		if given != nil {
			return *given
		}
		return otherwise
	}
	if o.Format != "csv" {
		return Format{Name: "text", Header: o.Header, Delimiter: or(o.Delimiter, "\t")[0], Null: or(o.Null, `\N`)}
	}
	quote := or(o.Quote, `"`)
	return Format{Name: "csv", Header: o.Header, Delimiter: or(o.Delimiter, ",")[0], Null: or(o.Null, ""), Quote: quote[0], Escape: or(o.Escape, quote)[0]}
}

func TestCopyReaders(t *testing.T) {
	t.Parallel()
	null := (*string)(nil)
	cases := []struct {
		name    string
		options copyOptions
		in      string
		want    [][]*string
	}{
		{"text", copyOptions{}, "1\tone\n2\t\\N\n3\t\n", [][]*string{{given("1"), given("one")}, {given("2"), null}, {given("3"), given("")}}},
		{"text_ends_without_newline", copyOptions{}, "1\n2", [][]*string{{given("1")}, {given("2")}}},
		{"text_windows_lines", copyOptions{}, "1\ta\r\n2\tb\r\n", [][]*string{{given("1"), given("a")}, {given("2"), given("b")}}},
		{"text_escapes", copyOptions{}, `a\tb\nc\\d\x41\101\q` + "\n", [][]*string{{given("a\tb\nc\\dAAq")}}},
		{"text_escaped_newline_and_delimiter", copyOptions{}, "a\\\nb\\\tc\td\n", [][]*string{{given("a\nb\tc"), given("d")}}},
		{"text_end_mark", copyOptions{}, "1\n\\.\n2\n", [][]*string{{given("1")}}},
		{"text_options", copyOptions{Delimiter: given("|"), Null: given("NULL"), Header: true}, "a|b\n1|NULL\n", [][]*string{{given("1"), null}}},
		{"csv", copyOptions{Format: "csv"}, "1,one\n2,\n3,\"\"\n", [][]*string{{given("1"), given("one")}, {given("2"), null}, {given("3"), given("")}}},
		{"csv_quotes", copyOptions{Format: "csv"}, "\"a,b\",\"say \"\"hi\"\"\",x\"y\"z\n", [][]*string{{given("a,b"), given(`say "hi"`), given("xyz")}}},
		{"csv_newline_in_quotes", copyOptions{Format: "csv"}, "\"two\nlines\r\nthree\",2\n3,4\n", [][]*string{{given("two\nlines\r\nthree"), given("2")}, {given("3"), given("4")}}},
		{"csv_header_with_newline", copyOptions{Format: "csv", Header: true}, "\"a\nb\",c\n1,2\n", [][]*string{{given("1"), given("2")}}},
		{"csv_escape", copyOptions{Format: "csv", Escape: given(`\`)}, `"a\"b","c\\d",e` + "\n", [][]*string{{given(`a"b`), given(`c\d`), given("e")}}},
		{"csv_null_word", copyOptions{Format: "csv", Null: given("NULL")}, "NULL,\"NULL\",\n", [][]*string{{null, given("NULL"), given("")}}},
		{"csv_empty_lines_are_rows", copyOptions{Format: "csv"}, "\n\n", [][]*string{{null}, {null}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			format := c.options.format()
			for _, size := range []int{1, 3, 1 << 16} { // whatever pieces the client sends
				got, err := readRows(format.Reader(pieces{strings.NewReader(c.in), size}, nil))
				if err != nil {
					t.Fatal(err)
				}
				if !reflect.DeepEqual(got, c.want) {
					t.Errorf("in pieces of %d: got %s, want %s", size, show(got), show(c.want))
				}
			}
		})
	}
}

func TestCopyUnterminatedQuote(t *testing.T) {
	t.Parallel()
	_, err := readRows(copyOptions{Format: "csv"}.format().Reader(strings.NewReader("1\n\"never closed\n"), nil))
	if refused, ok := errors.AsType[*sqlstate.Error](err); !ok || refused.Code != "22P04" || !strings.Contains(refused.Message, "line 2") {
		t.Errorf("got %v", err)
	}
}

// What a writer writes, the reader of the same format reads back.
func FuzzCopyRoundTrip(f *testing.F) {
	f.Add("one", "two", false, "csv")
	f.Add(`\N`, `\.`, true, "text")
	f.Add("a\tb\\", "\"\r\n,", false, "csv")
	f.Add("", "\x00\v\b\f", true, "text")
	f.Fuzz(func(t *testing.T, first, second string, isNull bool, name string) {
		if name != "csv" {
			name = "text"
		}
		format := copyOptions{Format: name}.format()
		fields := [][]byte{[]byte(first), []byte(second)}
		if isNull {
			fields[0] = nil
		}
		line := format.Writer().Row(nil, fields)
		want := copied(fields)
		got, err := readRows(format.Reader(bytes.NewReader(append(line, line...)), nil))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, [][]*string{want, want}) {
			t.Errorf("%q: got %s, want twice %s", line, show(got), show([][]*string{want}))
		}
	})
}

func FuzzCopyReaders(f *testing.F) {
	f.Add([]byte("1\t2\n"), uint8(0))
	f.Add([]byte("\"a\"\"b\n\",c\n"), uint8(1))
	f.Add([]byte(binarySignature+"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x04\x00\x00\x00\x07\xff\xff\xff\xff\xff\xff"), uint8(2))
	f.Fuzz(func(t *testing.T, in []byte, kind uint8) {
		format := Format{Name: "binary"}
		if kind%3 != 2 {
			format = copyOptions{Format: []string{"text", "csv"}[kind%3]}.format()
		}
		reader := format.Reader(bytes.NewReader(in), []uint32{pgtype.Int4OID, pgtype.NumericOID})
		rows, err := readRows(reader)
		if refused, ok := errors.AsType[*sqlstate.Error](err); err != nil && (!ok || refused.Code == "") {
			t.Errorf("got %v, which no client would understand", err)
		}
		if len(rows) > len(in)+1 {
			t.Errorf("%d rows of %d bytes", len(rows), len(in))
		}
	})
}

// pieces reads at most size bytes at a time.
type pieces struct {
	from io.Reader
	size int
}

func (p pieces) Read(b []byte) (int, error) { return p.from.Read(b[:min(len(b), p.size)]) }

func readRows(reader Reader) ([][]*string, error) {
	var rows [][]*string
	for {
		fields, err := reader.Row()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		rows = append(rows, copied(fields))
	}
}

func copied(fields [][]byte) []*string {
	row := make([]*string, len(fields))
	for i, field := range fields {
		if field != nil {
			row[i] = given(string(field))
		}
	}
	return row
}

func show(rows [][]*string) string {
	var out strings.Builder
	for _, row := range rows {
		for _, field := range row {
			if field == nil {
				out.WriteString("<null> ")
			} else {
				out.WriteString("[" + *field + "] ")
			}
		}
		out.WriteString("/ ")
	}
	return out.String()
}
