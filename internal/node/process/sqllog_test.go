package process

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"slipher/internal/nodeapi"
	"slipher/internal/sqllog"
)

// loggedNode is an open node whose SQL logs can be read.
func loggedNode(t *testing.T, change func(*nodeapi.Config, *nodeapi.OpenRequest)) *running {
	t.Helper()
	dir := t.TempDir()
	config, request := configIn(dir), openRequest(t)
	config.LogDir = filepath.Join(dir, "log")
	if change != nil {
		change(&config, &request)
	}
	r := startWith(t, config)
	r.must(nodeapi.PathOpen, request, nil)
	return r
}

// records waits until so many records of a kind are there.
func (r *running) records(kind sqllog.Kind, count int) (found []sqllog.Record) {
	r.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		found = nil
		files, _ := filepath.Glob(filepath.Join(r.config.LogDir, "*.jsonl"))
		for _, name := range files {
			file, err := os.Open(name)
			if err != nil {
				r.t.Fatal(err)
			}
			for lines := bufio.NewScanner(file); lines.Scan(); {
				var record sqllog.Record
				if json.Unmarshal(lines.Bytes(), &record) == nil && record.Log == kind {
					found = append(found, record)
				}
			}
			file.Close()
		}
		if len(found) >= count {
			return found
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("waited for %d records of the %s, got %+v", count, kind, found)
		}
	}
}

func TestConnectionLog(t *testing.T) {
	t.Parallel()
	certificate, key := selfSigned(t)
	r := loggedNode(t, func(config *nodeapi.Config, _ *nodeapi.OpenRequest) {
		config.Certificate = nodeapi.Certificate{Chain: certificate, Key: key}
	})
	conn, err := pgx.Connect(t.Context(), strings.Replace(r.dsn(), "sslmode=disable", "sslmode=require&application_name=first", 1))
	if err != nil {
		t.Fatal(err)
	}
	execute(t, conn, "SET application_name TO second")
	conn.Close(t.Context())
	r.records(sqllog.Connections, 5) // the node hears of the end in its own time
	for i, dsn := range []string{strings.Replace(r.dsn(), password, "wrong", 1), strings.Replace(r.dsn(), adminUser+":", "nobody:", 1)} {
		if _, err := pgx.Connect(t.Context(), dsn); err == nil {
			t.Error("a client was let in")
		}
		r.records(sqllog.Connections, 6+i) // as it does of a refusal: the next one must not overtake this
	}
	var got []string
	for _, record := range r.records(sqllog.Connections, 7) {
		got = append(got, strings.Join([]string{record.Event, record.UserName, record.ApplicationName, record.Reason}, " "))
		if record.RemoteHost != "127.0.0.1" || record.RemotePort == "" || record.PID == 0 || record.DBName != "dev" || record.AuthMethod != "password" || record.Cluster != "test" {
			t.Errorf("got %+v", record)
		}
		encrypted := record.Event == sqllog.Authenticated || record.Event == sqllog.InitiatingSession || record.Event == sqllog.DisconnectingSession
		if encrypted && (record.SSLVersion != "TLSv1.3" || !strings.HasPrefix(record.SSLCipher, "TLS_")) {
			t.Errorf("of an encrypted connection got %+v", record)
		}
		if record.Event == sqllog.DisconnectingSession && record.Duration <= 0 {
			t.Error("the session took no time")
		}
	}
	want := []string{
		"authenticated awsuser first ", "initiating session awsuser first ", "set application_name awsuser first ", "set application_name awsuser second ",
		"disconnecting session awsuser first ",
		`authentication failure awsuser  28P01 password authentication failed for user "awsuser"`,
		`authentication failure nobody  28P01 password authentication failed for user "nobody"`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestUserActivityLog(t *testing.T) {
	t.Parallel()
	r := loggedNode(t, func(_ *nodeapi.Config, request *nodeapi.OpenRequest) {
		request.Parameters = map[string]string{"enable_user_activity_logging": "on"}
	})
	conn := r.connect()
	execute(t, conn, "CREATE TABLE t (a INT)", "BEGIN", "INSERT INTO t VALUES (1)", "SELECT 'x' FROM t WHERE 'password' = 'Secret123'", "COMMIT")
	if _, err := conn.Exec(t.Context(), "SELECT a FROM t, missing WHERE password = 'Secret123'"); err == nil {
		t.Error("a missing table was found")
	}
	if got := value[int32](t, conn, "SELECT a + $1::INT FROM t", 41); got != 42 {
		t.Errorf("got %d", got)
	}
	records := r.records(sqllog.Activity, 7)
	var got []string
	for _, record := range records {
		got = append(got, record.Query)
		if record.UserName != adminUser || record.UserID != 100 || record.PID == 0 || record.XID == 0 {
			t.Errorf("got %+v", record)
		}
	}
	want := []string{
		"CREATE TABLE t (a INT)", "BEGIN", "INSERT INTO t VALUES (1)", "SELECT 'x' FROM t WHERE 'password' = 'Secret123'", "COMMIT",
		"SELECT a FROM t, missing WHERE password = '***'", "SELECT a + $1::INT FROM t",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for i, same := range []bool{false, true, true, true, false, false} {
		if (records[i].XID == records[i+1].XID) != same {
			t.Errorf("transactions of %q and %q: %d and %d", got[i], got[i+1], records[i].XID, records[i+1].XID)
		}
	}
}

func TestUserLog(t *testing.T) {
	t.Parallel()
	r := loggedNode(t, func(_ *nodeapi.Config, request *nodeapi.OpenRequest) {
		request.Parameters = map[string]string{"enable_user_activity_logging": "on"}
	})
	conn := r.connect()
	execute(t, conn, "CREATE USER ann PASSWORD 'Secret123' CREATEDB VALID UNTIL '2030-01-01'", "ALTER USER ann CREATEUSER", "ALTER USER ann RENAME TO ben",
		"BEGIN", "CREATE USER nobody PASSWORD 'Secret123'", "ROLLBACK", "ALTER USER ben SET search_path TO public", "DROP USER ben")
	var got []string
	for _, record := range r.records(sqllog.Users, 5) {
		got = append(got, fmt.Sprint(record.Action, " ", record.UserName, " ", record.OldUserName, " ", record.CreateDB, record.Super, record.UpdatesCat, record.ValidUntil))
		if record.UserID <= 100 || record.PID == 0 || record.XID == 0 {
			t.Errorf("got %+v", record)
		}
	}
	want := []string{
		"create ann  true false false2030-01-01 00:00:00+00", "alter ann  true true true2030-01-01 00:00:00+00", "rename ben ann true true true2030-01-01 00:00:00+00",
		"alter ben  true true true2030-01-01 00:00:00+00", "drop ben  true true true2030-01-01 00:00:00+00",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, record := range r.records(sqllog.Activity, 8) {
		if strings.Contains(record.Query, "Secret") {
			t.Errorf("a password is logged: %s", record.Query)
		}
	}
}

func TestActivityIsNotLoggedUnlessAskedFor(t *testing.T) {
	t.Parallel()
	r := loggedNode(t, nil)
	conn := r.connect()
	execute(t, conn, "CREATE TABLE t (a INT)")
	conn.Close(t.Context())
	r.records(sqllog.Connections, 3)
	if found := r.records(sqllog.Activity, 0); len(found) > 0 {
		t.Errorf("got %+v", found)
	}
}
