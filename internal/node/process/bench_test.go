package process

import (
	"testing"

	"github.com/jackc/pgx/v5"
)

// Rows through the wire to pgx, which reads them as bytes.
func BenchmarkRowsOut(b *testing.B) {
	conn := opened(b).connect()
	execute(b, conn, "CREATE TABLE t (id bigint, n int, name varchar(40), price decimal(18,2))")
	const rows = 500000
	if _, err := conn.CopyFrom(b.Context(), pgx.Identifier{"t"}, []string{"id", "n", "name", "price"}, pgx.CopyFromSlice(rows, func(i int) ([]any, error) {
		return []any{int64(i), int32(i), "some name or other", float64(i) / 4}, nil
	})); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if got := conn.PgConn().ExecParams(b.Context(), "SELECT * FROM t", nil, nil, nil, nil).Read(); got.Err != nil || len(got.Rows) != rows {
			b.Fatal(len(got.Rows), got.Err)
		}
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkCopyIn(b *testing.B) {
	conn := opened(b).connect()
	execute(b, conn, "CREATE TABLE t (id bigint, name varchar(40))")
	const rows = 200000
	for b.Loop() {
		if _, err := conn.CopyFrom(b.Context(), pgx.Identifier{"t"}, []string{"id", "name"}, pgx.CopyFromSlice(rows, func(i int) ([]any, error) {
			return []any{int64(i), "some name or other"}, nil
		})); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkPointQuery(b *testing.B) {
	conn := opened(b).connect()
	execute(b, conn, "CREATE TABLE t (id bigint, name varchar(40))")
	if _, err := conn.CopyFrom(b.Context(), pgx.Identifier{"t"}, []string{"id", "name"}, pgx.CopyFromSlice(100000, func(i int) ([]any, error) {
		return []any{int64(i), "some name or other"}, nil
	})); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if got := value[string](b, conn, "SELECT name FROM t WHERE id = $1", 54321); got != "some name or other" {
			b.Fatal(got)
		}
	}
}

func BenchmarkConnect(b *testing.B) {
	r := opened(b)
	for b.Loop() {
		conn, err := pgx.Connect(b.Context(), r.dsn())
		if err != nil {
			b.Fatal(err)
		}
		conn.Close(b.Context())
	}
}

func BenchmarkOpenNewDatabase(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		r := start(b, b.TempDir())
		b.StartTimer()
		r.open()
	}
}
