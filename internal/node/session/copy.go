package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"

	"slipher/internal/copyformat"
	"slipher/internal/engine"
	"slipher/internal/node/catalog"
	"slipher/internal/pgwire"
	"slipher/internal/sql/print"
	"slipher/internal/sql/types"
)

// copyStatement is COPY … FROM STDIN or TO STDOUT.
type copyStatement struct {
	session *session
	copy    *print.Copy
	out     bool
	tag     translation
	text    string
	format  copyformat.Format
	rows    *query // what TO STDOUT sends; for FROM STDIN a query over the columns to fill, which is never run
}

func (s *session) prepareCopy(ctx context.Context, t translation, text string) (pgwire.Statement, error) {
	c := &copyStatement{session: s, copy: t.Copy, out: t.Kind == print.KindCopyOut, tag: t, text: text, format: formatOf(t.Copy)}
	if c.format.Name == "binary" && c.out {
		return nil, &pgwire.Error{Code: "0A000", Message: "COPY TO STDOUT in binary format is not supported; use text or csv"}
	}
	selection := translation{Plan: print.Plan{Rows: true, Runs: []string{t.Copy.Query}}, access: t.access, columns: t.columns}
	if !c.out {
		selection.Runs[0] = columnsOf(t.Copy)
	}
	var err error
	c.rows, err = s.prepareQuery(ctx, selection, text, nil)
	return c, err
}

// formatOf takes over the options of a COPY, which are complete and checked.
func formatOf(options *print.Copy) copyformat.Format {
	f := copyformat.Format{Name: options.Format, Header: options.Header, Null: options.Null}
	for _, one := range []struct {
		from string
		to   *byte
	}{{options.Delimiter, &f.Delimiter}, {options.Quote, &f.Quote}, {options.Escape, &f.Escape}} {
		if len(one.from) == 1 {
			*one.to = one.from[0]
		}
	}
	return f
}

// columnsOf selects the columns that a COPY fills; none named means all of them.
func columnsOf(c *print.Copy) string {
	columns := make([]string, len(c.Columns))
	for i, column := range c.Columns {
		columns[i] = engine.Quote(column)
	}
	if len(columns) == 0 {
		columns = []string{"*"}
	}
	return "SELECT " + strings.Join(columns, ", ") + " FROM " + catalog.TableName(c.Table)
}

func (c *copyStatement) Params() []uint32         { return nil }
func (c *copyStatement) Columns() []pgwire.Column { return c.rows.Columns() }
func (c *copyStatement) Close()                   { c.rows.Close() }

func (c *copyStatement) Copy() pgwire.CopyKind {
	if c.out {
		return pgwire.CopyOut
	}
	return pgwire.CopyIn
}

func (c *copyStatement) Run(context.Context, []any) (pgwire.Result, error) {
	return nil, &pgwire.Error{Code: "08P01", Message: "COPY needs the copy protocol"}
}

// CopyIn appends the client's rows inside the transaction, so that a bad row leaves none of them behind.
func (c *copyStatement) CopyIn(ctx context.Context, src io.Reader) (tag string, err error) {
	if err := c.session.enter(ctx); err != nil {
		return "", err
	}
	if err := c.session.check(ctx, c.tag.access); err != nil {
		c.session.engine.Fail()
		return "", err
	}
	ctx, stop := c.session.limit(ctx)
	defer stop()
	appender, err := c.session.engine.Append(ctx, c.insert(), len(c.Columns()))
	if err != nil {
		return "", clientError(err, c.text)
	}
	defer appender.Close()
	reader := c.format.Reader(src, oidsOf(c.Columns()))
	for {
		fields, err := reader.Row()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = appender.Row(ctx, fields)
		}
		if err != nil {
			c.session.engine.Fail()
			return "", failure(ctx, err, c.text)
		}
	}
	count, err := appender.Finish(ctx)
	if err != nil {
		return "", failure(ctx, err, c.text)
	}
	return tagOf(c.tag, count), nil
}

// insert is the statement that takes the appended text into the table. The engine casts; only bytes are written differently in a COPY.
func (c *copyStatement) insert() string {
	columns := c.Columns()
	names, values := make([]string, 0, len(columns)), make([]string, 0, len(columns))
	for i, column := range columns {
		value := fmt.Sprintf("col%d", i+1)
		if column.OID == pgtype.ByteaOID {
			value = fmt.Sprintf(`CASE WHEN starts_with(%[1]s, '\x') THEN unhex(%[1]s[3:]) ELSE encode(%[1]s) END`, value)
		}
		if bound := c.rows.bound(i); bound.Type.Kind == types.Char {
			value = "rtrim(" + value + ", ' ')"
		} else if bound.Type.Kind == types.Varchar && bound.Type.Length > 0 {
			value = fmt.Sprintf("fit_bytes(%s, %d)", value, bound.Type.Length)
		}
		names, values = append(names, engine.Quote(column.Name)), append(values, value)
	}
	return fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s", catalog.TableName(c.copy.Table), strings.Join(names, ", "), strings.Join(values, ", "), engine.Appended)
}

func (c *copyStatement) CopyOut(ctx context.Context, dst io.Writer) (tag string, err error) {
	result, err := c.rows.Run(ctx, nil)
	if err != nil {
		return "", err
	}
	defer result.Close()
	formatter := textRows{types: pgtype.NewMap(), columns: c.Columns(), writer: c.format.Writer()}
	if c.format.Header {
		if _, err := dst.Write(formatter.header()); err != nil {
			return "", err
		}
	}
	for count := int64(0); ; count++ {
		row, err := result.Next(ctx)
		if errors.Is(err, io.EOF) {
			return tagOf(c.tag, count), nil
		}
		if err != nil {
			return "", err
		}
		line, err := formatter.line(row)
		if err != nil {
			return "", err
		}
		if _, err := dst.Write(line); err != nil {
			return "", err
		}
	}
}

// textRows turns rows of values into lines of a COPY.
type textRows struct {
	types   *pgtype.Map
	columns []pgwire.Column
	writer  copyformat.Writer
	fields  [][]byte
	room    []byte
	out     []byte
}

func (t *textRows) header() []byte {
	names := make([][]byte, len(t.columns))
	for i, column := range t.columns {
		names[i] = []byte(column.Name)
	}
	return t.writer.Row(nil, names)
}

// line returns one row; it is valid until the next call.
func (t *textRows) line(row []any) ([]byte, error) {
	t.fields, t.room = t.fields[:0], t.room[:0]
	for i, value := range row {
		if value == nil {
			t.fields = append(t.fields, nil)
			continue
		}
		start := len(t.room)
		var err error
		if t.room, err = t.appendText(t.room, t.columns[i].OID, value); err != nil {
			return nil, fmt.Errorf("write column %s: %w", t.columns[i].Name, err)
		}
		t.fields = append(t.fields, t.room[start:len(t.room):len(t.room)])
	}
	t.out = t.writer.Row(t.out[:0], t.fields)
	return t.out, nil
}

func (t *textRows) appendText(dst []byte, oid uint32, value any) ([]byte, error) {
	switch value := value.(type) {
	case string:
		return append(dst, value...), nil
	case pgtype.InfinityModifier:
		return append(dst, value.String()...), nil
	}
	return t.types.Encode(oid, pgtype.TextFormatCode, value, dst)
}

func oidsOf(columns []pgwire.Column) []uint32 {
	oids := make([]uint32, len(columns))
	for i, column := range columns {
		oids[i] = column.OID
	}
	return oids
}
