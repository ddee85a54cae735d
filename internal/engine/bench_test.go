package engine

import (
	"errors"
	"io"
	"testing"
)

// Rows out of the engine as Go values, and a point query with its transaction.
func BenchmarkRows(b *testing.B) {
	d := openWith(b, testConfig(b.TempDir()))
	s := session(b, d)
	run(b, s, "CREATE TABLE t AS SELECT i AS id, i::INTEGER AS n, 'row number ' || i AS name, (i / 7)::DECIMAL(18,2) AS price, TIMESTAMP '2024-01-01' + INTERVAL (i) SECOND AS at FROM range(1000000) r(i)")
	statement, err := s.Prepare(b.Context(), "SELECT * FROM t")
	if err != nil {
		b.Fatal(err)
	}
	count := 0
	for b.Loop() {
		rows, err := statement.Run(b.Context(), nil)
		if err != nil {
			b.Fatal(err)
		}
		for {
			if _, err := rows.Next(b.Context()); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				b.Fatal(err)
			}
			count++
		}
		rows.Close()
	}
	b.ReportMetric(float64(count)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkPointQuery(b *testing.B) {
	d := openWith(b, testConfig(b.TempDir()))
	s := session(b, d)
	run(b, s, "CREATE TABLE t AS SELECT i AS id, 'row number ' || i AS name FROM range(1000000) r(i)")
	for b.Loop() {
		begin(b, s)
		if got := all(b, s, "SELECT name FROM t WHERE id = 765432"); len(got) != 1 {
			b.Fatal(got)
		}
		commit(b, s)
	}
}

func BenchmarkOpen(b *testing.B) {
	config := testConfig(b.TempDir())
	for b.Loop() {
		d, err := Open(b.Context(), config)
		if err != nil {
			b.Fatal(err)
		}
		if err := d.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
