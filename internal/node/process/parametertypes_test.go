package process

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgtype"
)

// What a statement is said to take and to return before it has values, and what it returns for them.
func TestParameterTypes(t *testing.T) {
	t.Parallel()
	conn := opened(t).connect()
	execute(t, conn, "CREATE TABLE g (x INT, v VARCHAR(10), n NUMERIC(10,2))", "INSERT INTO g VALUES (1, 'ab', 1.5)")
	text, varchar, int2, int4, bigint := uint32(pgtype.TextOID), uint32(pgtype.VarcharOID), uint32(pgtype.Int2OID), uint32(pgtype.Int4OID), uint32(pgtype.Int8OID)
	for _, test := range []struct {
		sql      string
		declared []uint32
		params   []uint32
		columns  string
		args     []string
		want     string
	}{
		{"select $1 as a, $2 as b", nil, []uint32{text, text}, "a:25 b:25", []string{"x", "y"}, "x|y"},
		{"select $1 as a, $2 as b", []uint32{int4, 0}, []uint32{int4, text}, "a:23 b:25", []string{"7", "y"}, "7|y"},
		{"select $1", nil, []uint32{text}, "?column?:25", []string{"x"}, "x"},
		{"select x, $1 as tag from g", nil, []uint32{text}, "x:23 tag:25", []string{"t"}, "1|t"},
		{"select len($1) as a", nil, []uint32{text}, "a:23", []string{"abc"}, "3"},
		{"select $1 is null as a", nil, []uint32{text}, "a:16", []string{"x"}, "f"},
		{"select $1 + 1 as a", []uint32{int4}, []uint32{int4}, "a:23", []string{"1"}, "2"},
		{"select $1::int + $2 as a, 2 * $3 as b, $1 as c", nil, []uint32{int4, int4, int4}, "a:23 b:23 c:23", []string{"1", "2", "3"}, "3|6|1"},
		{"select $1::int as a, $1 as b", nil, []uint32{int4}, "a:23 b:23", []string{"1"}, "1|1"},
		{"select $1 as a", []uint32{int2}, []uint32{int2}, "a:21", []string{"1"}, "1"},
		{"select $1 + 1 as a, $2 || 'x' as b, $3 * 1.5 as c", []uint32{int4, varchar, int4}, []uint32{int4, varchar, int4}, "a:23 b:1043 c:1700", []string{"1", "y", "2"}, "2|yx|3.0"},
		{"select x from g where x > $1 and 'a' || $2 = 'ab'", nil, []uint32{int4, text}, "x:23", []string{"0", "b"}, "1"},
		{"select x from g where v = $1 and length($2) = 1 limit $3", nil, []uint32{varchar, text, bigint}, "x:23", []string{"ab", "c", "5"}, "1"},
		{"select a, b from (select $1 as a, $2 as b) s", nil, []uint32{text, text}, "a:1043 b:1043", []string{"p", "q"}, "p|q"},
		{"select $1 as a union all select 'z' order by 1", nil, []uint32{text}, "a:1043", []string{"y"}, "y\nz"},
		{"select max($1) as m from g", []uint32{bigint}, []uint32{bigint}, "m:20", []string{"9"}, "9"},
		{"select case when x = 1 then $1 else $2 end as c from g", nil, []uint32{text, text}, "c:1043", []string{"one", "other"}, "one"},
		{"select $1 as a, $1 || $2 as b", nil, []uint32{text, text}, "a:25 b:1043", []string{"p", "q"}, "p|pq"},
		{"select x from g where $1 = $2", nil, []uint32{text, text}, "x:23", []string{"q", "q"}, "1"},
		{"select round($1, 1) as r", []uint32{pgtype.NumericOID}, []uint32{pgtype.NumericOID}, "r:1700", []string{"2.25"}, "2.3"},
		{"select x from g where x = $1::int", nil, []uint32{int4}, "x:23", []string{"1"}, "1"},
	} {
		t.Run(test.sql, func(t *testing.T) {
			described, err := conn.PgConn().Prepare(context.Background(), "", test.sql, test.declared)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := fmt.Sprint(described.ParamOIDs), fmt.Sprint(test.params); got != want {
				t.Errorf("parameters %s, want %s", got, want)
			}
			if got := fields(described.Fields); got != test.columns {
				t.Errorf("columns %s, want %s", got, test.columns)
			}
			values := make([][]byte, len(test.args))
			for i, arg := range test.args {
				values[i] = []byte(arg)
			}
			result := conn.PgConn().ExecPrepared(context.Background(), "", values, nil, nil).Read()
			if result.Err != nil || lines(result.Rows) != test.want {
				t.Errorf("got %q, %v, want %q", lines(result.Rows), result.Err, test.want)
			}
		})
	}
}

func fields(list []pgconn.FieldDescription) string {
	var out []string
	for _, field := range list {
		out = append(out, fmt.Sprintf("%s:%d", field.Name, field.DataTypeOID))
	}
	return strings.Join(out, " ")
}

func lines(rows [][][]byte) string {
	var out []string
	for _, row := range rows {
		var values []string
		for _, value := range row {
			values = append(values, string(value))
		}
		out = append(out, strings.Join(values, "|"))
	}
	return strings.Join(out, "\n")
}

// Values reach the columns and the names that they are for.
func TestParameterValues(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	conn := opened(t).connect()
	execute(t, conn, "CREATE TABLE g (x INT, v VARCHAR(10))")
	for _, statement := range []struct {
		sql  string
		args []any
	}{
		{"insert into g select $1, $2", []any{"1", "a"}},
		{"insert into g values ($1)", []any{3}},
		{"update g set x = $1 where v = $2", []any{"2", "a"}},
	} {
		if _, err := conn.Exec(ctx, statement.sql, statement.args...); err != nil {
			t.Errorf("%s: %v", statement.sql, err)
		}
	}
	execute(t, conn, "PREPARE p (int, varchar) AS SELECT $1 AS a, $2 AS b, x FROM g WHERE v IS NULL")
	var a, x int
	var b string
	if err := conn.QueryRow(ctx, "EXECUTE p (4, 'y')", pgx.QueryExecModeExec).Scan(&a, &b, &x); err != nil || a != 4 || b != "y" || x != 3 {
		t.Errorf("EXECUTE: got %d, %s, %d, %v", a, b, x, err)
	}
	if err := conn.QueryRow(ctx, "select $1 as a, $2 as b", "one", "two").Scan(&b, new(string)); err != nil || b != "one" {
		t.Errorf("got %s, %v", b, err)
	}
}

// The messages themselves: a statement that returns its parameters, in a batch, and the session goes on.
func TestParametersOnTheWire(t *testing.T) {
	t.Parallel()
	conn := opened(t).connect()
	wire := conn.PgConn().Frontend()
	wire.SendParse(&pgproto3.Parse{Query: "select $1 as a, $2 as b"})
	wire.SendDescribe(&pgproto3.Describe{ObjectType: 'S'})
	wire.SendBind(&pgproto3.Bind{Parameters: [][]byte{[]byte("x"), nil}})
	wire.SendExecute(&pgproto3.Execute{})
	wire.SendSync(&pgproto3.Sync{})
	if err := wire.Flush(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for len(got) == 0 || got[len(got)-1] != "ReadyForQuery" {
		message, err := wire.Receive()
		if err != nil {
			t.Fatalf("after %s: %v", got, err)
		}
		got = append(got, strings.TrimPrefix(fmt.Sprintf("%T", message), "*pgproto3."))
	}
	if want := "[ParseComplete ParameterDescription RowDescription BindComplete DataRow CommandComplete ReadyForQuery]"; fmt.Sprint(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
	execute(t, conn, "SELECT 1")
}
