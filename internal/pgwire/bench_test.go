package pgwire_test

import (
	"context"
	"io"
	"net"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"

	"slipher/internal/pgwire"
)

// BenchmarkRows sends rows of two integers over a loopback socket to a client that only counts bytes.
func BenchmarkRows(b *testing.B) {
	for name, format := range map[string]int16{"text": 0, "binary": 1} {
		b.Run(name, func(b *testing.B) {
			s := startServer(b, func(config *pgwire.Config) {
				config.Connect = func(context.Context, pgwire.Startup) (pgwire.Executor, error) {
					return &bulk{fake: fake{events: &events{}, status: 'I'}, n: b.N}, nil
				}
			})
			client := s.login(b)
			client.send(b, &pgproto3.Parse{Query: "rows 1"}, &pgproto3.Bind{ResultFormatCodes: []int16{format}}, &pgproto3.Execute{}, &pgproto3.Terminate{})
			b.ReportAllocs()
			b.ResetTimer()
			n, err := io.Copy(io.Discard, struct{ net.Conn }{client.conn})
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(n / int64(b.N))
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// bulk answers every statement with n times the same row.
type bulk struct {
	fake
	n int
}

func (f *bulk) Prepare(ctx context.Context, sql string, params []uint32) (pgwire.Statement, string, error) {
	statement, rest, err := f.fake.Prepare(ctx, sql, params)
	return bulkStatement{statement, f.n}, rest, err
}

type bulkStatement struct {
	pgwire.Statement
	n int
}

func (s bulkStatement) Run(context.Context, []any) (pgwire.Result, error) {
	return &repeated{row: []any{int32(123456), int32(-42)}, left: s.n}, nil
}

type repeated struct {
	row  []any
	left int
}

func (r *repeated) Next(context.Context) ([]any, error) {
	if r.left == 0 {
		return nil, io.EOF
	}
	r.left--
	return r.row, nil
}

func (r *repeated) Tag() string  { return "SELECT" }
func (r *repeated) Close() error { return nil }

// BenchmarkRoundTrip is the shortest question and answer.
func BenchmarkRoundTrip(b *testing.B) {
	client := startServer(b).login(b)
	for b.Loop() {
		client.send(b, &pgproto3.Query{String: "insert a"})
		client.expect(b, "ReadyForQuery I")
	}
}
