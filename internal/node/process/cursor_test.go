package process

import (
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

func TestCursors(t *testing.T) {
	t.Parallel()
	conn := opened(t).connect()
	execute(t, conn, "CREATE TABLE numbers AS SELECT g AS n, 'row ' || g AS word FROM generate_series(1, 10000) t(g)")
	fetched := func(sql string) int {
		t.Helper()
		rows, err := conn.Query(t.Context(), sql, pgx.QueryExecModeExec)
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		defer rows.Close()
		count := 0
		for rows.Next() {
			count++
		}
		if rows.Err() != nil {
			t.Fatalf("%s: %v", sql, rows.Err())
		}
		return count
	}
	refused := func(t *testing.T, sql, code string) {
		t.Helper()
		_, err := conn.Exec(t.Context(), sql)
		if failure := (*pgconn.PgError)(nil); !errors.As(err, &failure) || failure.Code != code {
			t.Errorf("%s: got %v, want %s", sql, err, code)
		}
	}
	t.Run("fetches_piece_by_piece", func(t *testing.T) {
		execute(t, conn, "BEGIN", "DECLARE c CURSOR FOR SELECT n FROM numbers ORDER BY n")
		if got := value[int](t, conn, "FETCH NEXT FROM c", pgx.QueryExecModeExec); got != 1 {
			t.Errorf("the first row: got %d", got)
		}
		pieces := []int{fetched("FETCH 2 FROM c"), fetched("FETCH FORWARD 3000 FROM c")}
		execute(t, conn, "INSERT INTO numbers VALUES (0, 'while the cursor is open')")
		pieces = append(pieces, fetched("FETCH ALL FROM c"), fetched("FETCH ALL FROM c"))
		if want := []int{2, 3000, 6997, 0}; !equal(pieces, want) {
			t.Errorf("got pieces of %d rows, want %d", pieces, want)
		}
		execute(t, conn, "CLOSE c", "ROLLBACK")
	})
	t.Run("takes_parameters_and_two_at_once", func(t *testing.T) {
		execute(t, conn, "BEGIN", "DECLARE a CURSOR FOR SELECT n FROM numbers ORDER BY n")
		if _, err := conn.Exec(t.Context(), "DECLARE b CURSOR FOR SELECT n FROM numbers WHERE n > $1 ORDER BY n", 9990); err != nil {
			t.Fatal(err)
		}
		if got, want := []int{fetched("FETCH 5 FROM a"), fetched("FETCH 5 FROM b"), fetched("FETCH ALL FROM a"), fetched("FETCH ALL FROM b")}, []int{5, 5, 9995, 5}; !equal(got, want) {
			t.Errorf("got %d, want %d", got, want)
		}
		execute(t, conn, "COMMIT")
	})
	t.Run("ends_with_the_transaction", func(t *testing.T) {
		execute(t, conn, "BEGIN", "DECLARE c CURSOR FOR SELECT n FROM numbers", "COMMIT", "BEGIN")
		refused(t, "FETCH 1 FROM c", "34000")
		execute(t, conn, "ROLLBACK")
	})
	t.Run("refuses", func(t *testing.T) {
		refused(t, "DECLARE c CURSOR FOR SELECT 1", "25P01")
		refused(t, "CLOSE c", "34000")
		execute(t, conn, "BEGIN", "DECLARE c CURSOR FOR SELECT 1")
		refused(t, "DECLARE c CURSOR FOR SELECT 1", "42P03")
		execute(t, conn, "ROLLBACK")
	})
}

func equal(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// TestValues are functions whose values the engine's own of the same names would get wrong.
func TestValues(t *testing.T) {
	t.Parallel()
	conn := opened(t).connect()
	execute(t, conn, "CREATE TABLE n (i int, d decimal(8,2), f float8)", "INSERT INTO n VALUES (1, 1.10, 1), (2, 2.20, 2), (2, 2.25, 2)")
	for sql, want := range map[string]string{
		"SELECT avg(i) || '' FROM n":                                              "1",
		"SELECT avg(DISTINCT i + 2) || '' FROM n":                                 "3",
		"SELECT avg(d) || '' FROM n":                                              "1.85",
		"SELECT round(avg(f), 3) || '' FROM n":                                    "1.667",
		"SELECT max(a) || '' FROM (SELECT avg(i) OVER (PARTITION BY f) a FROM n)": "2",
		"SELECT coalesce(avg(i) || '', 'nothing') FROM n WHERE false":             "nothing",
		"SELECT count(*) || '' FROM (SELECT generate_series(1, 3))":               "3",
		"SELECT sum(generate_series) || '' FROM generate_series(1, 3)":            "6",
		"SELECT to_number('12,454.8-', '99G999D9S') || ''":                        "-12454.8",
		"SELECT coalesce(try_cast('x' AS int) || '', 'nothing')":                  "nothing",
		"SELECT from_varbyte(to_varbyte('6162', 'hex'), 'utf8')":                  "ab",
		"SELECT from_varbyte(to_varbyte('ab', 'utf8'), 'hex')":                    "6162",
		"SELECT json_serialize(array_concat(array(1, 'a'), array(2)))":            `[1,"a",2]`,
		"SELECT json_serialize(subarray(array(1, 2, 3), 1, 2))":                   "[2,3]",
		"SELECT array_to_string(array('a', 'b'), '-')":                            "a-b",
		"SELECT interval_cmp('3 days', '1 year') || ''":                           "-1",
	} {
		if got := value[string](t, conn, sql); got != want {
			t.Errorf("%s: got %s, want %s", sql, got, want)
		}
	}
}

// TestInformation reads what BI tools and dbt read first.
func TestInformation(t *testing.T) {
	t.Parallel()
	conn := opened(t).connect()
	execute(t, conn, "CREATE TABLE sales (id bigint IDENTITY(1, 1), region varchar(12) DEFAULT 'x' NOT NULL, amount decimal(12,2), at timestamptz)", "CREATE VIEW all_sales AS SELECT * FROM sales")
	for sql, want := range map[string]string{
		`SELECT listagg(column_name || ':' || data_type || ':' || coalesce(character_maximum_length, numeric_precision, 0) || ':' || is_nullable, ' ') WITHIN GROUP (ORDER BY ordinal_position)
			FROM information_schema.columns WHERE table_name = 'sales'`: "id:bigint:64:NO region:character varying:12:NO amount:numeric:12:YES at:timestamp with time zone:0:YES",
		`SELECT listagg(table_name || ' ' || table_type, ', ') WITHIN GROUP (ORDER BY table_name) FROM "information_schema"."tables" WHERE table_schema = 'public'`: "all_sales VIEW, sales BASE TABLE",
		"SELECT listagg(schema_name, ',') FROM information_schema.schemata":                                                                                         "public",
		"SELECT listagg(table_name, ',') FROM information_schema.views":                                                                                             "all_sales",
		"SELECT listagg(data_type, ',') WITHIN GROUP (ORDER BY ordinal_position) FROM svv_columns WHERE table_name = 'sales'":                                       "bigint,character varying,numeric,timestamp with time zone",
		"SELECT data_type || ' ' || encoding FROM svv_redshift_columns WHERE table_name = 'sales' AND column_name = 'amount'":                                       "numeric(12,2) az64",
		"SELECT listagg(table_type, ',') WITHIN GROUP (ORDER BY table_name) FROM svv_all_tables WHERE schema_name = 'public'":                                       "VIEW,TABLE",
		"SELECT listagg(schema_name, ',') FROM svv_all_schemas":                                                                                                     "public",
		"SELECT coalesce(max(column_default), 'nothing') FROM information_schema.columns WHERE column_name = 'id'":                                                  "nothing",
		"SELECT count(*) || '' FROM information_schema.table_constraints WHERE table_name <> 'sales'":                                                               "0",
		"SELECT 'information_schema.columns' || count(*) FROM svv_tables WHERE table_name LIKE 'information%'":                                                      "information_schema.columns0",
	} {
		if got := value[string](t, conn, sql); got != want {
			t.Errorf("%s\n got: %s\nwant: %s", strings.Join(strings.Fields(sql), " "), got, want)
		}
	}
}
