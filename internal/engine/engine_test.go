package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

func TestOpen(t *testing.T) {
	t.Parallel()
	t.Run("keeps_the_data", func(t *testing.T) {
		t.Parallel()
		config := testConfig(t.TempDir())
		d := openWith(t, config)
		writer := session(t, d)
		run(t, writer, "CREATE TABLE t (n INTEGER)", "INSERT INTO t VALUES (1), (2)")
		writer.Close()
		closeDatabase(t, d)
		again := openWith(t, config)
		if got := one(t, session(t, again), "SELECT sum(n)::INTEGER FROM t"); got != int32(3) {
			t.Errorf("sum after reopening: got %v, want 3", got)
		}
	})
	t.Run("refuses_a_second_process", func(t *testing.T) {
		t.Parallel()
		config := testConfig(t.TempDir())
		openWith(t, config)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if _, err := Open(ctx, config); err == nil || !strings.Contains(err.Error(), "another process") {
			t.Errorf("got %v, want a refusal that names the other process", err)
		}
	})
	t.Run("waits_for_a_process_that_ends", func(t *testing.T) {
		t.Parallel()
		config := testConfig(t.TempDir())
		first, err := Open(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		opened := make(chan error, 1)
		go func() {
			second, err := Open(context.Background(), config)
			if err == nil {
				err = second.Close()
			}
			opened <- err
		}()
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-opened; err != nil {
			t.Errorf("second open: %v", err)
		}
	})
	t.Run("refuses_reserved_names", func(t *testing.T) {
		t.Parallel()
		config := testConfig(t.TempDir())
		for _, name := range []string{"system", "temp", Helpers, "", "../elsewhere"} {
			config.Database = name
			if _, err := Open(t.Context(), config); err == nil || !strings.Contains(err.Error(), "reserved") {
				t.Errorf("%q: got %v, want a refusal", name, err)
			}
		}
	})
	t.Run("quotes_names_and_paths", func(t *testing.T) {
		t.Parallel()
		config := testConfig(filepath.Join(t.TempDir(), "it's a folder"))
		config.Database = `we"ird`
		s := session(t, openWith(t, config))
		run(t, s, "CREATE TABLE t AS SELECT 1 AS n", "CHECKPOINT")
		if got := one(t, s, "SELECT current_database()"); got != `we"ird` {
			t.Errorf("current_database: got %v", got)
		}
	})
}

func TestConfinement(t *testing.T) {
	t.Parallel()
	s := session(t, open(t))
	for _, statement := range []string{
		"SELECT * FROM read_csv('/etc/passwd')", "COPY (SELECT 1) TO '/tmp/out.csv'", "ATTACH '/tmp/other.duckdb'", "INSTALL httpfs", "LOAD httpfs",
		"SET threads = 8", "SET enable_external_access = true", "SET lock_configuration = false", "EXPORT DATABASE '/tmp/x'",
		"SET allowed_configs = ['threads']",
	} {
		err := s.Exec(t.Context(), statement)
		if err == nil {
			t.Errorf("%s: was allowed", statement)
		} else if strings.Contains(err.Error(), "/etc") || strings.Contains(err.Error(), ".duckdb/") {
			t.Errorf("%s: the error names a path: %v", statement, err)
		}
	}
	if err := s.SetTimeZone(t.Context(), "America/New_York"); err != nil {
		t.Errorf("time zone: %v", err)
	}
	if err := s.SetSearchPath(t.Context(), []string{"public"}); err != nil {
		t.Errorf("search path: %v", err)
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	s := session(t, open(t))
	cases := []struct {
		sql  string
		want any
		oid  uint32
		mod  int32
	}{
		{"NULL", nil, pgtype.Int4OID, -1},
		{"true", true, pgtype.BoolOID, -1},
		{"(-3)::TINYINT", int16(-3), pgtype.Int2OID, -1},
		{"200::UTINYINT", int16(200), pgtype.Int2OID, -1},
		{"32767::SMALLINT", int16(32767), pgtype.Int2OID, -1},
		{"60000::USMALLINT", int32(60000), pgtype.Int4OID, -1},
		{"(-2147483648)::INTEGER", int32(-2147483648), pgtype.Int4OID, -1},
		{"4294967295::UINTEGER", int64(4294967295), pgtype.Int8OID, -1},
		{"9223372036854775807::BIGINT", int64(9223372036854775807), pgtype.Int8OID, -1},
		{"18446744073709551615::UBIGINT", "18446744073709551615", pgtype.NumericOID, 38<<16 + 4},
		{"sum(9223372036854775807::BIGINT)", "9223372036854775807", pgtype.NumericOID, 38<<16 + 4},
		{"(-170141183460469231731687303715884105728)::HUGEINT", "-170141183460469231731687303715884105728", pgtype.NumericOID, 38<<16 + 4},
		{"1.5::FLOAT", float32(1.5), pgtype.Float4OID, -1},
		{"0.1::DOUBLE", 0.1, pgtype.Float8OID, -1},
		{"12.34::DECIMAL(4,2)", "12.34", pgtype.NumericOID, (4<<16 | 2) + 4},
		{"(-12.345)::DECIMAL(9,3)", "-12.345", pgtype.NumericOID, (9<<16 | 3) + 4},
		{"0.5::DECIMAL(18,4)", "0.5000", pgtype.NumericOID, (18<<16 | 4) + 4},
		{"(-99999999999999999999999999999999999.999)::DECIMAL(38,3)", "-99999999999999999999999999999999999.999", pgtype.NumericOID, (38<<16 | 3) + 4},
		{"'short'", "short", pgtype.VarcharOID, -1},
		{"'a text that does not fit in place, é'", "a text that does not fit in place, é", pgtype.VarcharOID, -1},
		{"''", "", pgtype.VarcharOID, -1},
		{`'\x00\xFF'::BLOB`, []byte{0, 255}, pgtype.ByteaOID, -1},
		{"DATE '1969-12-31'", time.Date(1969, 12, 31, 0, 0, 0, 0, time.UTC), pgtype.DateOID, -1},
		{"DATE 'infinity'", pgtype.Infinity, pgtype.DateOID, -1},
		{"TIME '23:59:59.123456'", pgtype.Time{Microseconds: 86399123456, Valid: true}, pgtype.TimeOID, -1},
		{"TIMETZ '12:34:56+02'", "12:34:56+02", pgtype.TimetzOID, -1},
		{"TIMESTAMP '1900-01-01 00:00:00.000001'", time.Date(1900, 1, 1, 0, 0, 0, 1000, time.UTC), pgtype.TimestampOID, -1},
		{"TIMESTAMPTZ '2024-02-29 12:00:00+01'", time.Date(2024, 2, 29, 11, 0, 0, 0, time.UTC), pgtype.TimestamptzOID, -1},
		{"'2024-02-29'::TIMESTAMP_S", time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC), pgtype.TimestampOID, -1},
		{"INTERVAL '1 year 2 days 3 seconds'", pgtype.Interval{Months: 12, Days: 2, Microseconds: 3e6, Valid: true}, pgtype.IntervalOID, -1},
		{"'5f2b7a3e-0000-4000-8000-00000000000f'::UUID", "5f2b7a3e-0000-4000-8000-00000000000f", pgtype.TextOID, -1},
		{"'b'::ENUM('a', 'b')", "b", pgtype.TextOID, -1},
		{`'{"b": 1.50, "a": [null]}'::JSON`, `{"b": 1.50, "a": [null]}`, pgtype.TextOID, -1},
		{"[1, NULL, 3]", "[1,null,3]", pgtype.TextOID, -1},
		{"[[1.5], []]", "[[1.5],[]]", pgtype.TextOID, -1},
		{`{'name': 'q"uote', 'day': DATE '2024-01-02'}`, `{"name":"q\"uote","day":"2024-01-02"}`, pgtype.TextOID, -1},
		{"MAP {1: 'x', 2: NULL}", `{"1":"x","2":null}`, pgtype.TextOID, -1},
		{"array_value(1, 2)", "[1,2]", pgtype.TextOID, -1},
		{"union_value(k := 'tagged')", `"tagged"`, pgtype.TextOID, -1},
	}
	for _, c := range cases {
		statement, err := s.Prepare(t.Context(), "SELECT "+c.sql)
		if err != nil {
			t.Errorf("%s: %v", c.sql, err)
			continue
		}
		column := statement.Columns()[0].Type
		if column.OID != c.oid || column.Mod != c.mod {
			t.Errorf("%s: type %+v, want OID %d, modifier %d", c.sql, column, c.oid, c.mod)
		}
		rows, err := statement.Run(t.Context(), nil)
		if err != nil {
			t.Errorf("%s: %v", c.sql, err)
			continue
		}
		row, err := rows.Next(t.Context())
		if err != nil {
			t.Errorf("%s: %v", c.sql, err)
			continue
		}
		got := row[0]
		if n, ok := got.(pgtype.Numeric); ok {
			text, _ := n.MarshalJSON()
			got = string(text)
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %#v, want %#v", c.sql, got, c.want)
		}
		rows.Close()
		statement.Close()
	}
}

func TestParameters(t *testing.T) {
	t.Parallel()
	s := session(t, open(t))
	run(t, s, "CREATE TABLE p (i INTEGER, n DECIMAL(10,2), d DATE, ts TIMESTAMP, tz TIMESTAMPTZ, tm TIME, v VARCHAR, b BLOB, iv INTERVAL, f DOUBLE)")
	statement, err := s.Prepare(t.Context(), "INSERT INTO p VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
	if err != nil {
		t.Fatal(err)
	}
	defer statement.Close()
	var oids []uint32
	for _, param := range statement.Params() {
		oids = append(oids, param.OID)
	}
	want := []uint32{pgtype.Int4OID, pgtype.NumericOID, pgtype.DateOID, pgtype.TimestampOID, pgtype.TimestamptzOID, pgtype.TimeOID, pgtype.VarcharOID,
		pgtype.ByteaOID, pgtype.IntervalOID, pgtype.Float8OID}
	if !reflect.DeepEqual(oids, want) {
		t.Errorf("parameter types: got %v, want %v", oids, want)
	}
	var price pgtype.Numeric
	if err := price.Scan("-12.34"); err != nil {
		t.Fatal(err)
	}
	day := time.Date(1960, 5, 4, 0, 0, 0, 0, time.UTC)
	moment := time.Date(2024, 5, 4, 3, 2, 1, 123456000, time.UTC)
	args := []any{int32(7), price, day, moment, moment, pgtype.Time{Microseconds: 1, Valid: true}, "text", []byte{1, 0}, pgtype.Interval{Months: 1, Valid: true}, 0.25}
	rows, err := statement.Run(t.Context(), args)
	if err != nil {
		t.Fatal(err)
	}
	if rows.Changed() != 1 {
		t.Errorf("changed: got %d, want 1", rows.Changed())
	}
	rows.Close()
	got := all(t, s, "SELECT * FROM p")[0]
	if text, _ := got[1].(pgtype.Numeric).MarshalJSON(); string(text) != "-12.34" {
		t.Errorf("numeric: got %s", text)
	}
	got[1], args[1] = nil, nil
	if !reflect.DeepEqual(got, args) {
		t.Errorf("read back:\n got %#v\nwant %#v", got, args)
	}
	if _, err := statement.Run(t.Context(), args[:2]); code(err) != "08P01" {
		t.Errorf("too few values: got %v", err)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	s := session(t, open(t))
	run(t, s, "CREATE TABLE t (id INTEGER NOT NULL, u INTEGER UNIQUE, c INTEGER CHECK (c > 3))", "CREATE VIEW w AS SELECT 1 AS id", "INSERT INTO t VALUES (1, 1, 4)")
	cases := []struct{ sql, code, near string }{
		{"SELEC 1", "42601", "SELEC"},
		{"SELECT * FROM missing", "42P01", "missing"},
		{"DROP TABLE missing", "42P01", ""},
		{"SELECT missing FROM t", "42703", "missing"},
		{"SELECT x.missing FROM t x", "42703", "x"},
		{"SELECT x.id FROM t", "42P01", "x"},
		{"SELECT a.id FROM t a, t b WHERE id = 1", "42702", "id"},
		{"SELECT missing(1)", "42883", "missing"},
		{"SELECT substr(1, 2, 3, 4)", "42883", "substr"},
		{"SELECT id, count(*) FROM t", "42803", "id"},
		{"CREATE TABLE t (a INTEGER)", "42P07", ""},
		{"CREATE SCHEMA public", "42P06", ""},
		{"SELECT * FROM missing.t", "42P01", "missing"},
		{"CREATE TABLE missing.t (a INTEGER)", "3F000", ""},
		{"SELECT 1::missing", "42704", "missing"},
		{"INSERT INTO t VALUES (NULL, 2, 4)", "23502", ""},
		{"INSERT INTO t VALUES (2, 1, 4)", "23505", ""},
		{"INSERT INTO t VALUES (2, 2, 1)", "23514", ""},
		{"SELECT 'abc'::INTEGER", "22P02", ""},
		{"SELECT 99999999999::INTEGER", "22003", ""},
		{"SELECT 9223372036854775807 + 1", "22003", ""},
		{"SELECT DATE '2024-13-01'", "22008", ""},
		{"SELECT DATE 'soon'", "22007", ""},
		{"DROP SCHEMA public", "2BP01", ""},
		{"DROP VIEW t", "42809", ""},
		{"SELECT * FROM t WHERE id = DATE '2024-01-01'", "42846", ""},
	}
	for _, c := range cases {
		statement, err := s.Prepare(t.Context(), c.sql)
		if err == nil {
			_, err = statement.Run(t.Context(), make([]any, len(statement.Params())))
		}
		if code(err) != c.code {
			t.Errorf("%s: got %s (%v), want %s", c.sql, code(err), err, c.code)
			continue
		}
		var failure *Error
		errors.As(err, &failure)
		if c.near != "" && failure.Near != c.near {
			t.Errorf("%s: near %q, want %q", c.sql, failure.Near, c.near)
		}
		if strings.Contains(failure.Message, "Error:") || strings.Contains(failure.Message, "LINE 1") {
			t.Errorf("%s: message is raw: %q", c.sql, failure.Message)
		}
	}
}

func TestTransactions(t *testing.T) {
	t.Parallel()
	t.Run("failure_holds_until_rollback", func(t *testing.T) {
		t.Parallel()
		s := session(t, open(t))
		run(t, s, "CREATE TABLE t (n INTEGER)")
		begin(t, s)
		run(t, s, "INSERT INTO t VALUES (1)")
		if err := s.Exec(t.Context(), "SELECT * FROM missing"); code(err) != "42P01" {
			t.Fatalf("got %v", err)
		}
		if s.State() != Failed {
			t.Fatalf("state: got %v, want Failed", s.State())
		}
		if _, err := s.Prepare(t.Context(), "SELECT 1"); code(err) != "25P02" {
			t.Errorf("prepare in a failed transaction: got %v", err)
		}
		if err := s.Commit(t.Context()); err != nil {
			t.Errorf("commit of a failed transaction: %v", err)
		}
		if got := one(t, s, "SELECT count(*) FROM t"); got != int64(0) {
			t.Errorf("rows after the failed transaction: got %v, want 0", got)
		}
	})
	t.Run("write_conflict_is_a_serialization_failure", func(t *testing.T) {
		t.Parallel()
		d := open(t)
		a, b := session(t, d), session(t, d)
		run(t, a, "CREATE TABLE t (n INTEGER)", "INSERT INTO t VALUES (1)")
		begin(t, a)
		begin(t, b)
		run(t, a, "UPDATE t SET n = 2")
		if err := b.Exec(t.Context(), "UPDATE t SET n = 3"); code(err) != "40001" {
			t.Errorf("second writer: got %v, want 40001", err)
		}
		commit(t, a)
		if err := b.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := one(t, b, "SELECT n FROM t"); got != int32(2) {
			t.Errorf("got %v, want the first writer's 2", got)
		}
	})
	t.Run("rows_survive_another_statement", func(t *testing.T) {
		t.Parallel()
		s := session(t, open(t))
		begin(t, s)
		statement, err := s.Prepare(t.Context(), "SELECT i FROM range(100000) r(i) ORDER BY i")
		if err != nil {
			t.Fatal(err)
		}
		rows, err := statement.Run(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for want := range int64(100000) {
			if want == 10 {
				run(t, s, "CREATE TABLE between_rows (n INTEGER)")
			}
			row, err := rows.Next(t.Context())
			if err != nil || row[0] != want {
				t.Fatalf("row %d: got %v, %v", want, row, err)
			}
		}
		if _, err := rows.Next(t.Context()); !errors.Is(err, io.EOF) {
			t.Errorf("after the last row: got %v, want io.EOF", err)
		}
	})
}

func TestErrorWhileStreaming(t *testing.T) {
	t.Parallel()
	s := session(t, open(t))
	begin(t, s)
	statement, err := s.Prepare(t.Context(), "SELECT CASE WHEN i = 700000 THEN error('stop here') ELSE i::VARCHAR END FROM range(1000000) r(i)")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := statement.Run(t.Context(), nil)
	for err == nil {
		_, err = rows.Next(t.Context())
	}
	// The engine sometimes loses the reason, but nobody canceled anything.
	if code(err) != "22023" && code(err) != "XX000" {
		t.Errorf("got %s (%v)", code(err), err)
	}
	if s.State() != Failed {
		t.Errorf("state: got %v, want Failed", s.State())
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	s := session(t, open(t))
	ctx, cancel := context.WithCancel(t.Context())
	statement, err := s.Prepare(ctx, "SELECT count(*) FROM range(10000000) a(i), range(10000000) b(j) WHERE i * j % 7 = 3")
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(100*time.Millisecond, cancel)
	start := time.Now()
	rows, err := statement.Run(ctx, nil)
	if err == nil {
		_, err = rows.Next(ctx)
	}
	if code(err) != "57014" {
		t.Errorf("got %v, want 57014", err)
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("the cancel took %v", took)
	}
	if got := one(t, s, "SELECT 42"); got != int32(42) {
		t.Errorf("the next statement: got %v", got)
	}
}

func TestAppend(t *testing.T) {
	t.Parallel()
	s := session(t, open(t))
	run(t, s, "CREATE TABLE t (id INTEGER NOT NULL, name VARCHAR CHECK (strlen(name) <= 20), price DECIMAL(8,2), extra VARCHAR DEFAULT 'none')")
	const insert = "INSERT INTO t (id, price, name) SELECT col1, col2, col3 FROM " + Appended
	t.Run("many_rows_with_defaults_and_nulls", func(t *testing.T) {
		begin(t, s)
		a, err := s.Append(t.Context(), insert, 3)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 100000 {
			name := fmt.Appendf(nil, "name %d", i)
			if i%10 == 3 {
				name = nil
			}
			if err := a.Row(t.Context(), [][]byte{fmt.Append(nil, i), fmt.Appendf(nil, "%d.25", i), name}); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := a.Finish(t.Context()); n != 100000 || err != nil {
			t.Fatalf("finish: %d, %v", n, err)
		}
		a.Close()
		commit(t, s)
		got := all(t, s, "SELECT count(*), count(name), sum(id)::BIGINT, min(extra), max(price)::VARCHAR, min(name) FROM t")[0]
		want := []any{int64(100000), int64(90000), int64(4999950000), "none", "99999.25", "name 0"}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
	for name, c := range map[string]struct {
		fields [][]byte
		code   string
	}{
		"bad_number":    {[][]byte{[]byte("x"), nil, nil}, "22P02"},
		"missing_value": {[][]byte{nil, nil, nil}, "23502"},
		"failed_check":  {[][]byte{[]byte("1"), nil, []byte("a name of more than twenty bytes")}, "23514"},
		"bad_encoding":  {[][]byte{[]byte("1"), nil, {0xff}}, "22021"},
		"short_row":     {[][]byte{[]byte("1")}, "22P04"},
	} {
		t.Run(name, func(t *testing.T) {
			begin(t, s)
			defer s.Rollback(t.Context())
			a, err := s.Append(t.Context(), insert, 3)
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			if err = a.Row(t.Context(), c.fields); err == nil {
				_, err = a.Finish(t.Context())
			}
			if code(err) != c.code {
				t.Errorf("got %s (%v), want %s", code(err), err, c.code)
			}
		})
	}
	if got := one(t, s, "SELECT count(*) FROM t"); got != int64(100000) {
		t.Errorf("rows after the failures: got %v, want 100000", got)
	}
}

func TestWording(t *testing.T) {
	t.Parallel()
	s := session(t, open(t))
	run(t, s, "CREATE TABLE t (id INTEGER NOT NULL, small SMALLINT, price DECIMAL(5,2))")
	for sql, want := range map[string]string{
		"SELECT * FROM missing":                      `42P01 relation "missing" does not exist`,
		"CREATE TABLE t (a INTEGER)":                 `42P07 relation "t" already exists`,
		"CREATE TABLE missing.t (a INTEGER)":         `3F000 schema "missing" does not exist`,
		"CREATE SCHEMA public":                       `42P06 schema "public" already exists`,
		"SELECT missing FROM t":                      `42703 column "missing" does not exist`,
		"SELECT x.missing FROM t x":                  `42703 column x.missing does not exist`,
		"INSERT INTO t (missing) VALUES (1)":         `42703 column "missing" of relation "t" does not exist`,
		"UPDATE t SET missing = 1":                   `42703 column "missing" does not exist`,
		"ALTER TABLE t ADD COLUMN small INTEGER":     `42701 column "small" already exists`,
		"SELECT x.id FROM t":                         `42P01 missing FROM-clause entry for table "x"`,
		"SELECT id FROM t a, t b":                    `42702 column reference "id" is ambiguous`,
		"SELECT id, count(*) FROM t":                 `42803 column "id" must appear in the GROUP BY clause or be used in an aggregate function`,
		"SELECT missing(1)":                          `42883 function missing does not exist`,
		"SELECT sum('a'::VARCHAR, 2::INTEGER)":       `42883 function sum(character varying, integer) does not exist`,
		"SELECT true + 1":                            `42883 operator does not exist: boolean + integer`,
		"SELECT 'q'::INTEGER":                        `22P02 invalid input syntax for integer: "q"`,
		"SELECT 'q'::DECIMAL(10,2)":                  `22P02 invalid input syntax for type numeric: "q"`,
		"SELECT 'q'::DOUBLE":                         `22P02 invalid input syntax for type double precision: "q"`,
		"SELECT 'q'::BOOLEAN":                        `22P02 invalid input syntax for type boolean: "q"`,
		"SELECT 'q'::DATE":                           `22007 invalid input syntax for type date: "q"`,
		"SELECT 'q'::TIME":                           `22007 invalid input syntax for type time: "q"`,
		"SELECT '2020-13-45'::DATE":                  `22008 date/time field value out of range: "2020-13-45"`,
		"SELECT '99999999999'::INTEGER":              `22003 integer out of range`,
		"SELECT 99999::SMALLINT":                     `22003 smallint out of range`,
		"SELECT 9223372036854775807 + 1":             `22003 bigint out of range`,
		"SELECT 1e39::REAL":                          `22003 real out of range`,
		"SELECT '12345.67'::DECIMAL(5,2)":            `22003 numeric field overflow`,
		"INSERT INTO t (id, price) VALUES (1, 9999)": `22003 numeric field overflow`,
		"INSERT INTO t (id) VALUES (NULL)":           `23502 null value in column "id" violates not-null constraint`,
		"SELECT (SELECT unnest([1, 2]))":             `21000 more than one row returned by a subquery used as an expression`,
	} {
		statement, err := s.Prepare(t.Context(), sql)
		if err == nil {
			var rows *Rows
			if rows, err = statement.Run(t.Context(), nil); err == nil {
				_, err = rows.All(t.Context())
			}
		}
		if err == nil || code(err)+" "+err.Error() != want {
			t.Errorf("%s: got %s %v, want %s", sql, code(err), err, want)
		}
	}
}

func TestPoison(t *testing.T) {
	t.Parallel()
	d := open(t)
	if err := d.failure("Conversion Error: 'INTERNAL Error: FATAL Error: ' is no number"); code(err) != "22P02" {
		t.Errorf("got %v", err)
	}
	select {
	case <-d.Poisoned():
		t.Fatal("a message that merely quotes the words poisoned the database")
	default:
	}
	err := d.failure("INTERNAL Error: /home/secret: assertion")
	if code(err) != "XX000" || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
	<-d.Poisoned()
}
