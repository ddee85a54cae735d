package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"slipher/internal/engine"
)

func TestTypesRoundTrip(t *testing.T) {
	t.Parallel()
	conn := opened(t).connect()
	execute(t, conn, `CREATE TABLE kinds (b boolean, s smallint, i int, l bigint, r real, d double precision, n numeric(12,3), c char(5), v varchar(20),
		day date, at timestamp, tz timestamptz, tod time, bytes varbyte)`)
	at := time.Date(2024, 2, 29, 13, 14, 15, 123456000, time.UTC)
	want := []any{true, int16(-7), int32(123456), int64(1) << 60, float32(1.5), 0.1, pgtype.Numeric{Int: big.NewInt(-12345678), Exp: -3, Valid: true}, "abc  ", "é and ☃",
		time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC), at, at, pgtype.Time{Microseconds: 86399999999, Valid: true}, []byte{0, 1, 255}}
	nulls := make([]any, len(want))
	const insert = "INSERT INTO kinds VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
	for _, row := range [][]any{want, nulls} {
		if _, err := conn.Exec(t.Context(), insert, row...); err != nil {
			t.Fatal(err)
		}
	}
	for name, mode := range map[string]pgx.QueryExecMode{"binary": pgx.QueryExecModeDescribeExec, "text": pgx.QueryExecModeExec} {
		t.Run(name, func(t *testing.T) {
			rows, err := conn.Query(t.Context(), "SELECT * FROM kinds ORDER BY i", mode)
			if err != nil {
				t.Fatal(err)
			}
			got, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) ([]any, error) { return row.Values() })
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range got {
				if moment, ok := row[11].(time.Time); ok {
					row[11] = moment.UTC()
				}
			}
			if want := [][]any{want, nulls}; !reflect.DeepEqual(got, want) {
				t.Errorf("got\n%v, want\n%v", got, want)
			}
		})
	}
}

func TestExtendedFlow(t *testing.T) {
	t.Parallel()
	conn := opened(t).connect()
	execute(t, conn, "CREATE TABLE t (id int, name varchar(10))")
	t.Run("pipelined_batch_is_one_transaction", func(t *testing.T) {
		batch := &pgx.Batch{}
		batch.Queue("INSERT INTO t VALUES ($1, $2)", 1, "one")
		batch.Queue("INSERT INTO t VALUES ($1, $2)", 2, "longer than ten bytes")
		err := conn.SendBatch(t.Context(), batch).Close()
		wantCode(t, err, "22001")
		if got := value[int64](t, conn, "SELECT count(*) FROM t"); got != 0 {
			t.Errorf("%d rows stayed of a batch that failed", got)
		}
	})
	t.Run("describe", func(t *testing.T) {
		description, err := conn.Prepare(t.Context(), "look", "SELECT id, name, count(*) OVER () AS n FROM t WHERE id > $1 AND name = $2")
		if err != nil {
			t.Fatal(err)
		}
		if got, want := description.ParamOIDs, []uint32{pgtype.Int4OID, pgtype.VarcharOID}; !reflect.DeepEqual(got, want) {
			t.Errorf("parameters: got %v, want %v", got, want)
		}
		var names []string
		for _, field := range description.Fields {
			names = append(names, field.Name)
		}
		if want := []string{"id", "name", "n"}; !reflect.DeepEqual(names, want) {
			t.Errorf("columns: got %v, want %v", names, want)
		}
	})
	t.Run("parameter_whose_type_nothing_tells", func(t *testing.T) {
		if got := value[string](t, conn, "SELECT $1", "text"); got != "text" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("large_result_in_portions", func(t *testing.T) {
		tx, err := conn.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback(t.Context())
		execute(t, conn, "CREATE TABLE digits (d int)", "INSERT INTO digits VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)")
		if got := value[int64](t, conn, "SELECT sum(a.d + 10 * b.d + 100 * c.d) FROM digits a, digits b, digits c"); got != 499500 {
			t.Errorf("sum: got %d, want 499500", got)
		}
	})
}

func TestTransactionBlocks(t *testing.T) {
	t.Parallel()
	r := opened(t)
	conn := r.connect()
	execute(t, conn, "CREATE TABLE t (n int)")
	status := func() byte { return conn.PgConn().TxStatus() }
	t.Run("failed_until_rollback", func(t *testing.T) {
		execute(t, conn, "BEGIN", "INSERT INTO t VALUES (1)")
		_, err := conn.Exec(t.Context(), "SELECT 1/0 FROM missing")
		wantCode(t, err, "42P01")
		if status() != 'E' {
			t.Errorf("status: got %c, want E", status())
		}
		_, err = conn.Exec(t.Context(), "SELECT 1")
		wantCode(t, err, "25P02")
		tag, err := conn.Exec(t.Context(), "COMMIT")
		if err != nil || tag.String() != "ROLLBACK" {
			t.Errorf("COMMIT of a failed transaction: got %q, %v", tag, err)
		}
		if got := value[int64](t, conn, "SELECT count(*) FROM t"); got != 0 || status() != 'I' {
			t.Errorf("afterwards: %d rows, status %c", got, status())
		}
	})
	t.Run("syntax_error_fails_the_block", func(t *testing.T) {
		execute(t, conn, "BEGIN")
		_, err := conn.Exec(t.Context(), "SELEC 1")
		wantCode(t, err, "42601")
		if status() != 'E' {
			t.Errorf("status: got %c, want E", status())
		}
		execute(t, conn, "ROLLBACK")
	})
	t.Run("simple_query_string_is_one_transaction", func(t *testing.T) {
		err := conn.PgConn().Exec(t.Context(), "INSERT INTO t VALUES (1); INSERT INTO t VALUES (2); SELECT * FROM missing").Close()
		wantCode(t, err, "42P01")
		if got := value[int64](t, conn, "SELECT count(*) FROM t"); got != 0 {
			t.Errorf("%d rows stayed", got)
		}
		results, err := conn.PgConn().Exec(t.Context(), "CREATE TABLE u (n int); INSERT INTO u VALUES (1), (2); UPDATE u SET n = 3; SELECT * FROM u; DELETE FROM u").ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var tags []string
		for _, result := range results {
			tags = append(tags, result.CommandTag.String())
		}
		if want := []string{"CREATE TABLE", "INSERT 0 2", "UPDATE 2", "SELECT 2", "DELETE 2"}; !reflect.DeepEqual(tags, want) {
			t.Errorf("tags: got %q, want %q", tags, want)
		}
	})
	t.Run("commit_and_begin_out_of_place_warn", func(t *testing.T) {
		var notices []string
		config, err := pgx.ParseConfig(r.dsn())
		if err != nil {
			t.Fatal(err)
		}
		config.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) { notices = append(notices, n.Code) }
		conn, err := pgx.ConnectConfig(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(t.Context())
		execute(t, conn, "COMMIT", "BEGIN", "BEGIN", "ROLLBACK", "ROLLBACK", "CREATE TABLE IF NOT EXISTS t (n int)")
		if want := []string{"25P01", "25001", "25P01", "42P07"}; !reflect.DeepEqual(notices, want) {
			t.Errorf("got %v, want %v", notices, want)
		}
	})
	t.Run("conflicting_writers", func(t *testing.T) {
		other := r.connect()
		execute(t, conn, "INSERT INTO t VALUES (1)", "BEGIN", "UPDATE t SET n = 2")
		execute(t, other, "BEGIN")
		_, err := other.Exec(t.Context(), "UPDATE t SET n = 3")
		wantCode(t, err, "40001")
		execute(t, other, "ROLLBACK")
		execute(t, conn, "COMMIT")
	})
}

func TestStatementErrors(t *testing.T) {
	t.Parallel()
	conn := opened(t).connect()
	execute(t, conn, "CREATE TABLE t (id int NOT NULL, name varchar(5), code char(2), price decimal(5,2))")
	cases := []struct {
		sql, code string
		position  int32
	}{
		{"SELECT 1 1", "42601", 10},
		{"SELECT 'é', missing FROM t", "42703", 13},
		{"SELECT * FROM missing", "42P01", 15},
		{"SELECT nothing_like_it(1)", "42883", 8},
		{"INSERT INTO t VALUES (NULL)", "23502", 0},
		{"INSERT INTO t VALUES (1, 'sixsix')", "22001", 0},
		{"INSERT INTO t VALUES (1, 'a', 'xyz')", "22001", 0},
		{"INSERT INTO t VALUES (1, 'a', 'x', 1000)", "22003", 36},
		{"INSERT INTO t VALUES ('one')", "22P02", 0},
		{"CREATE TABLE t (a int)", "42P07", 0},
		{"DROP TABLE missing", "42P01", 0},
		{"EXECUTE missing", "26000", 0},
		{"SELECT 1/0", "22012", 0},
		{"SELECT 1.5 / (id - id) FROM (SELECT 1 AS id) one", "22012", 0},
		{"SELECT 5 % 0", "22012", 0},
		{"SELECT mod(5, 0)", "22012", 0},
		{"SHOW missing", "42704", 0},
		{"SET timezone TO 'Nowhere/Land'", "22023", 0},
		{"SET statement_timeout TO 'soon'", "22023", 0},
	}
	for _, c := range cases {
		_, err := conn.Exec(t.Context(), c.sql)
		failure, ok := errors.AsType[*pgconn.PgError](err)
		if !ok || failure.Code != c.code || failure.Position != c.position {
			t.Errorf("%s: got %+v, want %s at %d", c.sql, err, c.code, c.position)
		}
	}
	_, err := conn.Exec(t.Context(), "INSERT INTO t VALUES (1, 'sixsix')")
	if err == nil || !strings.Contains(err.Error(), "value too long for type character varying(5)") {
		t.Errorf("got %v", err)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	r := opened(t)
	conn := r.connect()
	execute(t, conn, "SET anything.at_all TO 'remembered'", "SET timezone TO 'America/New_York'", "SET search_path TO sales, public", "CREATE SCHEMA sales")
	for name, want := range map[string]string{"anything.at_all": "remembered", "timezone": "America/New_York", "server_version": "8.0.2", "search_path": "sales, public"} {
		if got := value[string](t, conn, "SHOW "+name); got != want {
			t.Errorf("SHOW %s: got %q, want %q", name, got, want)
		}
	}
	if got := value[string](t, conn, "SELECT timestamptz '2024-07-01 12:00:00+00' || ''"); !strings.Contains(got, "08:00:00") {
		t.Errorf("a timestamp in New York: got %q", got)
	}
	if got := conn.PgConn().ParameterStatus("TimeZone"); got != "America/New_York" {
		t.Errorf("reported time zone: got %q", got)
	}
	t.Run("search_path_decides_where_tables_go", func(t *testing.T) {
		execute(t, conn, "SET search_path TO sales", "CREATE TABLE placed (n int)")
		if got := value[string](t, conn, "SELECT current_schema()"); got != "sales" {
			t.Errorf("current_schema: got %q", got)
		}
		if got := value[string](t, conn, "SELECT nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE relname = 'placed'"); got != "sales" {
			t.Errorf("the table went to %q", got)
		}
	})
	t.Run("rollback_takes_settings_back", func(t *testing.T) {
		execute(t, conn, "SET application_name TO 'before'", "BEGIN", "SET application_name TO 'within'", "ROLLBACK")
		if got := value[string](t, conn, "SHOW application_name"); got != "before" {
			t.Errorf("got %q", got)
		}
		execute(t, conn, "BEGIN", "SET LOCAL application_name TO 'local'", "COMMIT")
		if got := value[string](t, conn, "SHOW application_name"); got != "before" {
			t.Errorf("after SET LOCAL: got %q", got)
		}
	})
	t.Run("statement_timeout", func(t *testing.T) {
		execute(t, conn, "SET search_path TO public", "SET statement_timeout TO 50")
		_, err := conn.Exec(t.Context(), endless)
		wantCode(t, err, "57014")
		if err != nil && !strings.Contains(err.Error(), "statement timeout") {
			t.Errorf("got %v", err)
		}
		execute(t, conn, "RESET statement_timeout")
	})
}

// endless is a join that runs for hours.
const endless = `WITH d(n) AS (SELECT 0 UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9),
	k AS (SELECT a.n + 10 * b.n + 100 * c.n + 1000 * e.n AS n FROM d a, d b, d c, d e)
	SELECT count(*) FROM k x, k y, k z WHERE (x.n + y.n + z.n) % 7 = 3`

func TestCancelRequest(t *testing.T) {
	t.Parallel()
	conn := opened(t).connect()
	canceled, ended := make(chan error, 1), make(chan struct{})
	began := time.Now()
	go func() { // one that comes before the statement ends nothing
		var err error
		for !isClosed(ended) && err == nil {
			err = conn.PgConn().CancelRequest(context.Background())
		}
		canceled <- err
	}()
	_, err := conn.Exec(t.Context(), endless)
	close(ended)
	wantCode(t, err, "57014")
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("the cancel took %v", took)
	}
	if err := <-canceled; err != nil {
		t.Error(err)
	}
	if got := value[int32](t, conn, "SELECT 1"); got != 1 {
		t.Errorf("afterwards: got %d", got)
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func TestCopy(t *testing.T) {
	t.Parallel()
	conn := opened(t).connect()
	execute(t, conn, "CREATE TABLE t (id int NOT NULL, name varchar(20), price numeric(10,2), bytes varbyte, filled varchar(10) DEFAULT 'default')")
	const rows = 100000
	var in bytes.Buffer
	for i := range rows {
		fmt.Fprintf(&in, "%d,\"name, %d\",%d.50,\n", i, i, i)
	}
	t.Run("csv_in", func(t *testing.T) {
		tag, err := conn.PgConn().CopyFrom(t.Context(), bytes.NewReader(in.Bytes()), "COPY t (id, name, price, bytes) FROM STDIN CSV")
		if err != nil || tag.String() != "COPY 100000" {
			t.Fatalf("got %q, %v", tag, err)
		}
		if got := value[string](t, conn, "SELECT count(*) || ' ' || sum(id) || ' ' || max(price) || ' ' || min(filled) FROM t"); got != "100000 4999950000 99999.50 default" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("csv_out", func(t *testing.T) {
		var out bytes.Buffer
		tag, err := conn.PgConn().CopyTo(t.Context(), &out, "COPY (SELECT id, name, price, bytes FROM t ORDER BY id) TO STDOUT CSV")
		if err != nil || tag.String() != "COPY 100000" {
			t.Fatalf("got %q, %v", tag, err)
		}
		if !bytes.Equal(out.Bytes(), in.Bytes()) {
			t.Errorf("%d bytes came back of %d, or others", out.Len(), in.Len())
		}
	})
	t.Run("text_both_ways", func(t *testing.T) {
		execute(t, conn, "CREATE TABLE x (id int, v varchar(40), flag boolean, at timestamp, bytes varbyte)")
		const text = "1\ttab\\tand\\\\slash\tt\t2024-01-02 03:04:05\t\\\\x00ff\n2\t\\N\tf\t\\N\t\\N\n"
		if _, err := conn.PgConn().CopyFrom(t.Context(), strings.NewReader(text), "COPY x FROM STDIN"); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if _, err := conn.PgConn().CopyTo(t.Context(), &out, "COPY x TO STDOUT"); err != nil {
			t.Fatal(err)
		}
		if out.String() != text {
			t.Errorf("got %q, want %q", out.String(), text)
		}
	})
	t.Run("binary_in", func(t *testing.T) {
		execute(t, conn, "CREATE TABLE b (id bigint, v varchar(40), n numeric(10,2), at timestamp, bytes varbyte)")
		at := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
		price := pgtype.Numeric{Int: big.NewInt(1250), Exp: -2, Valid: true}
		count, err := conn.CopyFrom(t.Context(), pgx.Identifier{"b"}, []string{"id", "v", "n", "at", "bytes"},
			pgx.CopyFromRows([][]any{{int64(1), "one", price, at, []byte{0, 255}}, {int64(2), nil, nil, nil, nil}}))
		if err != nil || count != 2 {
			t.Fatalf("got %d, %v", count, err)
		}
		if got := value[string](t, conn, "SELECT id || v || n || at FROM b WHERE id = 1"); got != "1one12.502024-01-02 03:04:05" {
			t.Errorf("got %q", got)
		}
		if got := value[[]byte](t, conn, "SELECT bytes FROM b WHERE id = 1"); !bytes.Equal(got, []byte{0, 255}) {
			t.Errorf("bytes: got %x", got)
		}
	})
	t.Run("short_insert_in_a_transaction", func(t *testing.T) {
		execute(t, conn, "CREATE TABLE s (a int, b int DEFAULT 7)", "BEGIN", "INSERT INTO s VALUES (1)", "INSERT INTO s SELECT 2", "COMMIT")
		if got := value[int64](t, conn, "SELECT sum(b) FROM s"); got != 14 {
			t.Errorf("got %d", got)
		}
	})
	t.Run("bad_row_leaves_nothing", func(t *testing.T) {
		_, err := conn.PgConn().CopyFrom(t.Context(), strings.NewReader("1,a\nx,b\n"), "COPY t (id, name) FROM STDIN CSV")
		wantCode(t, err, "22P02")
		_, err = conn.PgConn().CopyFrom(t.Context(), strings.NewReader("1,a name of more than twenty bytes\n"), "COPY t (id, name) FROM STDIN CSV")
		wantCode(t, err, "22001")
		if got := value[int64](t, conn, "SELECT count(*) FROM t"); got != rows {
			t.Errorf("%d rows, want %d", got, rows)
		}
	})
}

func TestRedshiftTables(t *testing.T) {
	t.Parallel()
	r := opened(t)
	conn := r.connect()
	execute(t, conn,
		`CREATE TABLE sales (id bigint IDENTITY(10, 5), day date ENCODE az64 SORTKEY, region varchar(12) DISTKEY, amount decimal(12,2), PRIMARY KEY (id))`,
		"INSERT INTO sales (day, region, amount) VALUES ('2024-01-01', 'north', 1.5), ('2024-01-02', 'south', 2.5)",
		"CREATE TABLE plain AS SELECT id, amount FROM sales",
		"CREATE TABLE evenly DISTSTYLE EVEN COMPOUND SORTKEY (amount, id) AS SELECT * FROM sales")
	if got := value[string](t, conn, "SELECT listagg(id, ',') WITHIN GROUP (ORDER BY id) FROM sales"); got != "10,15" {
		t.Errorf("identities: got %q", got)
	}
	text := func(sql string) string {
		t.Helper()
		rows, err := conn.Query(t.Context(), sql)
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		lines, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (string, error) {
			values, err := row.Values()
			return strings.Trim(fmt.Sprint(values), "[]"), err
		})
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		return strings.Join(lines, "\n")
	}
	definition := `SELECT "column", type, encoding, distkey, sortkey, "notnull" FROM pg_table_def WHERE tablename = 'sales'`
	want := "id bigint az64 false 0 true\nday date az64 false 1 false\nregion character varying(12) lzo true 0 false\namount numeric(12,2) az64 false 0 false"
	if got := text(definition); got != want {
		t.Errorf("pg_table_def: got\n%s\nwant\n%s", got, want)
	}
	info := `SELECT "table", diststyle, sortkey1, sortkey_num, tbl_rows::int FROM svv_table_info ORDER BY "table"`
	if got, want := text(info), "evenly EVEN amount 2 2\nplain AUTO(ALL) <nil> 0 2\nsales KEY(region) day 1 2"; got != want {
		t.Errorf("svv_table_info: got\n%s\nwant\n%s", got, want)
	}
	t.Run("follows_alter_and_drop", func(t *testing.T) {
		execute(t, conn, "ALTER TABLE sales RENAME TO sold", "ALTER TABLE sold RENAME COLUMN region TO area", "ALTER TABLE sold ADD COLUMN note varchar(7)")
		got := text(`SELECT "column", type, distkey FROM pg_table_def WHERE tablename = 'sold' AND ("column" = 'area' OR "column" = 'note') ORDER BY 1`)
		if want := "area character varying(12) true\nnote character varying(7) false"; got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
	t.Run("forgets_what_was_dropped_or_rolled_back", func(t *testing.T) {
		execute(t, conn, "DROP TABLE sold", "BEGIN", "CREATE TABLE gone (n int DISTKEY)", "ROLLBACK")
		r.shutDown()
		for _, name := range []string{"sold", "gone"} {
			for _, table := range []string{"tables", "columns"} {
				if kept := r.catalogued(table, name); len(kept) > 0 {
					t.Errorf("the catalogue's %s have %v", table, kept)
				}
			}
		}
		if kept := r.catalogued("tables", "evenly"); len(kept) != 1 {
			t.Errorf("the catalogue's tables have %v, want one", kept)
		}
	})
}

// catalogued are the entries that one of the catalogue's tables has of a table in the schema public, once the node is shut down.
func (r *running) catalogued(catalogueTable, name string) []string {
	r.t.Helper()
	guest, err := engine.OpenGuest(r.t.Context(), engine.GuestConfig{
		Path: filepath.Join(r.config.DataDir, engine.FileName("dev")), TempDir: r.t.TempDir(), MemoryLimit: "256MB", Threads: 1, Log: slog.Default(), Now: time.Now})
	if err != nil {
		r.t.Fatal(err)
	}
	defer guest.Close()
	kept, err := guest.Texts(r.t.Context(), "SELECT table_name FROM guest.slipher_catalog."+catalogueTable+" WHERE schema_name = $1 AND table_name = $2",
		engine.TableName{Schema: "public", Table: name})
	if err != nil {
		r.t.Fatal(err)
	}
	return kept
}

func TestGuards(t *testing.T) {
	t.Parallel()
	r := opened(t)
	conn := r.connect()
	for statement, code := range map[string]string{
		"DROP SCHEMA slipher_catalog CASCADE":            "42501",
		"DELETE FROM slipher_catalog.columns":            "42501",
		"CREATE TABLE slipher_catalog.mine (n int)":      "42501",
		"DROP VIEW slipher.main.pg_class":                "0A000",
		"SELECT current_setting('temp_directory')":       "42704",
		"SELECT * FROM read_csv('/etc/passwd')":          "42883",
		"SELECT * FROM checkpoint('dev')":                "42883",
		"SELECT * FROM duckdb_settings()":                "42883",
		"COPY t FROM 's3://bucket/key' IAM_ROLE default": "0A000",
	} {
		_, err := conn.Exec(t.Context(), statement)
		wantCode(t, err, code)
	}
	for _, path := range []string{filepath.Join(r.config.DataDir, "dev.duckdb"), filepath.Join(r.config.TempDir, "x.csv")} {
		if err := os.WriteFile(filepath.Join(r.config.TempDir, "x.csv"), []byte("a,b\n1,2\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, from := range []string{"read_blob('" + path + "')", "read_text('" + path + "')", "query('FROM read_blob(''" + path + "'')')",
			"glob('" + path + "')", "read_csv('" + path + "')", `"` + path + `"`, "query_table('" + path + "')"} {
			_, err := conn.Exec(t.Context(), "SELECT * FROM "+from)
			wantNotFound(t, from, err)
		}
	}
	for _, query := range []string{"SELECT * FROM pg_catalog.pg_settings", "SELECT * FROM pragma_database_list"} {
		rows, err := conn.Query(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		shown, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) ([]any, error) { return row.Values() })
		if err != nil || strings.Contains(fmt.Sprint(shown), filepath.Dir(r.config.DataDir)) {
			t.Errorf("%s: got %v, %v", query, shown, err)
		}
	}
}

func wantNotFound(t *testing.T, what string, err error) {
	t.Helper()
	if failure, ok := errors.AsType[*pgconn.PgError](err); !ok || failure.Code != "42883" && failure.Code != "42P01" {
		t.Errorf("%s: got %v, want that it does not exist", what, err)
	}
}

func TestNamedStatements(t *testing.T) {
	t.Parallel()
	conn := opened(t).connect()
	execute(t, conn, "CREATE TABLE t (id int, v varchar(9))", "PREPARE put (int, varchar) AS INSERT INTO t VALUES ($1, $2)", "PREPARE look AS SELECT v FROM t WHERE id = $1",
		"EXECUTE put (1, 'o' || 'ne')", "EXECUTE put (2, 'two')")
	if got := value[string](t, conn, "EXECUTE look (2)"); got != "two" {
		t.Errorf("got %q", got)
	}
	_, err := conn.Exec(t.Context(), "PREPARE look AS SELECT 1")
	wantCode(t, err, "42P05")
	execute(t, conn, "DEALLOCATE look")
	_, err = conn.Exec(t.Context(), "EXECUTE look (1)")
	wantCode(t, err, "26000")
}

func TestExplain(t *testing.T) {
	t.Parallel()
	conn := opened(t).connect()
	execute(t, conn, "CREATE TABLE t (n int)")
	rows, err := conn.Query(t.Context(), "EXPLAIN SELECT * FROM t WHERE n = 1")
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(lines) < 3 || rows.FieldDescriptions()[0].Name != "QUERY PLAN" {
		t.Errorf("got %q, %v", lines, err)
	}
}

func TestPsql(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("psql"); err != nil {
		t.Skip("psql is not installed")
	}
	r := opened(t)
	run := func(commands ...string) string {
		t.Helper()
		args := []string{r.dsn(), "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1"}
		for _, command := range commands {
			args = append(args, "-c", command)
		}
		out, err := exec.CommandContext(t.Context(), "psql", args...).CombinedOutput()
		if err != nil {
			t.Errorf("psql %q: %v\n%s", commands, err, out)
		}
		return string(out)
	}
	run("CREATE TABLE flights (id int NOT NULL, carrier varchar(2) DEFAULT 'XX') DISTKEY(id)", "CREATE SCHEMA other", "CREATE VIEW late AS SELECT * FROM flights")
	for command, want := range map[string]string{
		`\dt`:                       "public|flights|table|awsuser",
		`\dv`:                       "public|late|view|awsuser",
		`\d flights`:                "carrier|character varying(2)|||'XX'",
		`\dn`:                       "other|awsuser",
		`\l`:                        "dev|awsuser|UTF8",
		`\d`:                        "public|flights|table|awsuser",
		`select count(*) from late`: "0",
	} {
		if got := run(command); !strings.Contains(got, want) {
			t.Errorf("%s printed\n%s\nwant it to contain %q", command, got, want)
		}
	}
}

func wantCode(t testing.TB, err error, code string) {
	t.Helper()
	failure, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || failure.Code != code {
		t.Errorf("got %v, want SQLSTATE %s", err, code)
	}
}
