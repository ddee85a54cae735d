package process

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"slipher/internal/nodeapi"
)

func TestParametersAreTheDefaultsOfSessions(t *testing.T) {
	t.Parallel()
	r := start(t, t.TempDir())
	request := openRequest(t)
	request.Parameters = map[string]string{"search_path": "sales", "statement_timeout": "5000", "query_group": "night", "datestyle": "ISO, DMY", "auto_mv": "off"}
	r.must(nodeapi.PathOpen, request, nil)
	conn := r.connect()
	for name, want := range request.Parameters {
		if got := value[string](t, conn, "SHOW "+name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got := conn.PgConn().ParameterStatus("DateStyle"); got != "ISO, DMY" {
		t.Errorf("clients are told of the date style %q", got)
	}
	_, err := conn.Exec(t.Context(), "CREATE TABLE nowhere (a INT)")
	wantCode(t, err, "3F000")
	execute(t, conn, "CREATE TEMP TABLE passing (a INT)", "CREATE TABLE public.somewhere (a INT)", "CREATE SCHEMA sales")
	again := r.connect()
	execute(t, again, "CREATE TABLE t (a INT)", "SELECT a FROM sales.t", "SET query_group TO day", "RESET query_group")
	if got := value[string](t, again, "SHOW query_group"); got != "night" {
		t.Errorf("after RESET the query group is %q", got)
	}
	given, err := pgx.Connect(t.Context(), r.dsn()+"&statement_timeout=7000")
	if err != nil {
		t.Fatal(err)
	}
	defer given.Close(t.Context())
	if got := value[string](t, given, "SHOW statement_timeout"); got != "7000" {
		t.Errorf("a client that asks for 7000 has %s", got)
	}
}

func TestRequireSSL(t *testing.T) {
	t.Parallel()
	certificate, key := selfSigned(t)
	r := startWith(t, nodeapi.Config{Cluster: "test", DataDir: filepath.Join(t.TempDir(), "data"), TempDir: filepath.Join(t.TempDir(), "tmp"),
		MemoryLimit: "500MB", Threads: 1, LogLevel: "ERROR", Certificate: nodeapi.Certificate{Chain: certificate, Key: key}})
	request := openRequest(t)
	request.Parameters = map[string]string{"require_ssl": "on"}
	r.must(nodeapi.PathOpen, request, nil)
	_, err := pgx.Connect(t.Context(), r.dsn())
	wantCode(t, err, "28000")
	// Not even a wrong password gets an answer of its own.
	_, err = pgx.Connect(t.Context(), strings.Replace(r.dsn(), password, "wrong", 1))
	wantCode(t, err, "28000")
	conn, err := pgx.Connect(t.Context(), strings.Replace(r.dsn(), "sslmode=disable", "sslmode=require", 1))
	if err != nil {
		t.Fatal(err)
	}
	conn.Close(t.Context())
}
