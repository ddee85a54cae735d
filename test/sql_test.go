package test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshift/types"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

func tryConnect(t *testing.T, cluster types.Cluster) (*pgx.Conn, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	return pgx.Connect(ctx, dsn(cluster, password))
}

func TestSQL(t *testing.T) {
	t.Parallel()
	p := serve(t)
	cluster := createCluster(t, p.client("default"), "sql")

	t.Run("wrong_password", func(t *testing.T) {
		_, err := pgx.Connect(t.Context(), dsn(cluster, "Wrong1234"))
		wantState(t, err, "28P01")
	})
	t.Run("unknown_database", func(t *testing.T) {
		other := cluster
		other.DBName = aws.String("nowhere")
		_, err := pgx.Connect(t.Context(), dsn(other, password))
		wantState(t, err, "3D000")
	})
	t.Run("unparsable", func(t *testing.T) {
		conn := connect(t, cluster)
		_, err := conn.Exec(t.Context(), "select 1 frm")
		if err == nil {
			_, err = conn.Exec(t.Context(), "selec 1")
		}
		wantState(t, err, "42601")
		var refused *pgconn.PgError
		if errors.As(err, &refused) && refused.Position == 0 {
			t.Error("a syntax error has no position")
		}
		if got := query1[int32](t, conn, "select 1"); got != 1 {
			t.Errorf("after the error the session answers %d, want 1", got)
		}
	})
	t.Run("transactions", func(t *testing.T) {
		conn := connect(t, cluster)
		exec1(t, conn, "create table t (n int)")
		tx, err := conn.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(t.Context(), "insert into t values ($1)", 7); err != nil {
			t.Fatal(err)
		}
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := query1[int64](t, conn, "select count(*) from t"); got != 0 {
			t.Errorf("%d rows after ROLLBACK, want 0", got)
		}
	})
	t.Run("copy_out", func(t *testing.T) {
		conn := connect(t, cluster)
		exec1(t, conn, "create table lines (n int, s varchar(20))")
		if _, err := conn.PgConn().CopyFrom(t.Context(), strings.NewReader("1,one\n2,\"two, quoted\"\n3,\n"), "copy lines from stdin csv"); err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		if _, err := conn.PgConn().CopyTo(t.Context(), &out, "copy lines to stdout csv"); err != nil {
			t.Fatal(err)
		}
		if want := "1,one\n2,\"two, quoted\"\n3,\n"; out.String() != want {
			t.Errorf("got %q, want %q", out.String(), want)
		}
	})
	t.Run("psql", func(t *testing.T) {
		if _, err := exec.LookPath("psql"); err != nil {
			t.Skip("psql is not installed")
		}
		command := exec.CommandContext(t.Context(), "psql", dsn(cluster, password), "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1",
			"-c", "create table p (a int, b varchar(5)) diststyle all", "-c", `\dt`, "-c", "select count(*) from p", "-c", "select dateadd(day, 1, '2026-01-31'::date)::date")
		out, err := command.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		for _, want := range []string{"CREATE TABLE", "public|p|table", "2026-02-01"} {
			if !strings.Contains(string(out), want) {
				t.Errorf("psql printed\n%s\nwant it to contain %q", out, want)
			}
		}
	})
	t.Run("hostile_startup", func(t *testing.T) {
		tls := []byte{0, 0, 0, 8, 4, 210, 22, 47}
		for name, bytes := range map[string][]byte{
			"empty": {}, "http": []byte("GET / HTTP/1.1\r\n\r\n"), "huge": {0x7f, 0xff, 0xff, 0xff, 0, 3, 0, 0},
			"short": {0, 0}, "truncated_tls": append(tls, 22, 3, 1), "truncated": {0, 0, 0, 40, 0, 3, 0, 0, 'u'},
		} {
			conn, err := net.Dial("tcp", net.JoinHostPort(*cluster.Endpoint.Address, "5439"))
			if err != nil {
				t.Fatal(err)
			}
			conn.Write(bytes)
			conn.(*net.TCPConn).CloseWrite()
			conn.SetReadDeadline(time.Now().Add(patience))
			if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("%s: slipher neither answered nor closed", name)
			}
			conn.Close()
		}
		if got := query1[int32](t, connect(t, cluster), "select 42"); got != 42 {
			t.Errorf("after hostile start-ups the cluster answers %d, want 42", got)
		}
	})
}

func wantState(t *testing.T, err error, want string) {
	t.Helper()
	var refused *pgconn.PgError
	if !errors.As(err, &refused) || refused.Code != want {
		t.Errorf("got %v, want SQLSTATE %s", err, want)
	}
}
