package process

import (
	"errors"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// A column of a result says which column of which table it is, by the numbers of PG_CLASS and PG_ATTRIBUTE.
func TestColumnsSayWhereTheyAreFrom(t *testing.T) {
	t.Parallel()
	conn := opened(t).connect()
	execute(t, conn, "CREATE TABLE told (a int, v varchar(7))", "CREATE VIEW teller AS SELECT v FROM told")
	table := value[uint32](t, conn, "SELECT oid FROM pg_class WHERE relname = 'told'")
	view := value[uint32](t, conn, "SELECT oid FROM pg_class WHERE relname = 'teller'")
	described, err := conn.PgConn().Prepare(t.Context(), "", "SELECT x.v AS renamed, a + 1 AS computed, x.a, teller.v FROM told x, teller", nil)
	if err != nil {
		t.Fatal(err)
	}
	type origin struct {
		table  uint32
		number uint16
	}
	var got []origin
	for _, field := range described.Fields {
		got = append(got, origin{field.TableOID, field.TableAttributeNumber})
	}
	want := []origin{{table, 2}, {}, {table, 1}, {view, 1}}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("column %d: got %v, want %v", i+1, got[i], want[i])
		}
	}
}

// A prepared statement goes on when its table has changed, unless its rows would be others than were described.
func TestPreparedStatementsFollowTheirTables(t *testing.T) {
	t.Parallel()
	r := opened(t)
	conn, other := r.connect(), r.connect()
	execute(t, conn, "CREATE TABLE followed (a int, v varchar(7))", "INSERT INTO followed VALUES (1, 'x')")
	prepare := func(name, sql string) {
		if _, err := conn.PgConn().Prepare(t.Context(), name, sql, nil); err != nil {
			t.Fatal(err)
		}
	}
	run := func(name string) (rows int, err error) {
		result := conn.PgConn().ExecPrepared(t.Context(), name, nil, nil, nil).Read()
		return len(result.Rows), result.Err
	}
	prepare("star", "SELECT * FROM followed")
	prepare("named", "SELECT v FROM followed WHERE v = 'x '")
	execute(t, other, "ALTER TABLE followed ADD COLUMN b int")
	if rows, err := run("named"); err != nil || rows != 1 {
		t.Errorf("the named column: got %d rows, %v", rows, err)
	}
	_, err := run("star")
	if refused, ok := errors.AsType[*pgconn.PgError](err); !ok || refused.Code != "0A000" || refused.Message != "cached plan must not change result type" {
		t.Errorf("the star: got %v", err)
	}
	execute(t, other, "DROP TABLE followed", "CREATE TABLE followed (v char(7))", "INSERT INTO followed VALUES ('x')")
	if _, err := run("named"); err == nil {
		t.Error("the column has another type, and the statement ran")
	}
	execute(t, other, "DROP TABLE followed", "CREATE TABLE followed (z int, v varchar(7))", "INSERT INTO followed VALUES (1, 'x'), (2, 'x  ')")
	if rows, err := run("named"); err != nil || rows != 2 {
		t.Errorf("the table made anew: got %d rows, %v", rows, err)
	}
}
