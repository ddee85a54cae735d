package process

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// as connects as a user with the password that these tests give everybody.
func (r *running) as(name string) *pgx.Conn {
	r.t.Helper()
	conn, err := r.login(name, password)
	if err != nil {
		r.t.Fatal(err)
	}
	return conn
}

func (r *running) login(name, password string) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(r.dsn())
	if err != nil {
		r.t.Fatal(err)
	}
	config.User, config.Password = name, password
	conn, err := pgx.ConnectConfig(context.Background(), config)
	if err == nil {
		r.t.Cleanup(func() {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			conn.Close(ctx)
		})
	}
	return conn, err
}

func TestUsers(t *testing.T) {
	t.Parallel()
	r := opened(t)
	admin := r.connect()
	execute(t, admin, "CREATE USER alice PASSWORD '"+password+"'", "CREATE USER root CREATEUSER PASSWORD '"+password+"'", "CREATE USER nobody PASSWORD DISABLE")
	t.Run("login", func(t *testing.T) {
		alice := r.as("alice")
		if got := value[string](t, alice, "SELECT current_user || ' ' || session_user || ' ' || current_setting('session_authorization')"); got != "alice alice alice" {
			t.Errorf("got %s", got)
		}
		_, err := r.login("alice", "Wrong1234")
		wantCode(t, err, "28P01")
		_, err = r.login("nobody", password)
		wantCode(t, err, "28P01")
	})
	t.Run("valid_until", func(t *testing.T) {
		execute(t, admin, fmt.Sprintf("CREATE USER guest PASSWORD '%s' VALID UNTIL '%s'", password, r.clock.now().Add(time.Hour).UTC().Format(time.RFC3339)))
		open := r.as("guest")
		r.clock.forward(2 * time.Hour)
		defer r.clock.forward(-2 * time.Hour)
		_, err := r.login("guest", password)
		wantCode(t, err, "28P01")
		execute(t, open, "SELECT 1")
		execute(t, admin, "ALTER USER guest VALID UNTIL 'infinity'")
		r.as("guest")
	})
	t.Run("connection_limit", func(t *testing.T) {
		execute(t, admin, "CREATE USER single PASSWORD '"+password+"' CONNECTION LIMIT 1")
		first := r.as("single")
		_, err := r.login("single", password)
		wantCode(t, err, "53300")
		first.Close(t.Context())
		for range 100 {
			if _, err = r.login("single", password); err == nil {
				return
			}
		}
		t.Error(err)
	})
	t.Run("own_password", func(t *testing.T) {
		execute(t, admin, "CREATE USER bob PASSWORD '"+password+"'")
		bob := r.as("bob")
		execute(t, bob, "ALTER USER bob PASSWORD 'Another123'")
		_, err := bob.Exec(t.Context(), "ALTER USER bob CREATEUSER")
		wantCode(t, err, "42501")
		_, err = r.login("bob", password)
		wantCode(t, err, "28P01")
		if _, err := r.login("bob", "Another123"); err != nil {
			t.Error(err)
		}
	})
	t.Run("settings", func(t *testing.T) {
		execute(t, admin, "ALTER USER alice SET query_group TO 'nightly'")
		if got := value[string](t, r.as("alice"), "SHOW query_group"); got != "nightly" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("rename", func(t *testing.T) {
		execute(t, admin, "CREATE USER elder PASSWORD '"+password+"'", "ALTER USER elder RENAME TO young")
		r.as("young")
		_, err := r.login("elder", password)
		wantCode(t, err, "28P01")
	})
	t.Run("drop", func(t *testing.T) {
		execute(t, admin, "CREATE USER leaver PASSWORD '"+password+"'")
		leaver := r.as("leaver")
		execute(t, leaver, "CREATE TABLE leavers (n int)")
		_, err := admin.Exec(t.Context(), "DROP USER leaver")
		wantCode(t, err, "2BP01")
		execute(t, admin, "ALTER TABLE leavers OWNER TO alice", "DROP USER leaver")
		_, err = leaver.Exec(t.Context(), "SELECT * FROM leavers")
		wantCode(t, err, "28000")
	})
	t.Run("session_authorization", func(t *testing.T) {
		conn := r.as("root")
		execute(t, conn, "SET SESSION AUTHORIZATION alice")
		if got := value[string](t, conn, "SELECT current_user"); got != "alice" {
			t.Errorf("got %s", got)
		}
		_, err := conn.Exec(t.Context(), "CREATE USER mallory PASSWORD DISABLE")
		wantCode(t, err, "42501")
		execute(t, conn, "RESET SESSION AUTHORIZATION", "CREATE USER mallory PASSWORD DISABLE")
		_, err = r.as("alice").Exec(t.Context(), "SET SESSION AUTHORIZATION root")
		wantCode(t, err, "42501")
	})
	t.Run("catalogue", func(t *testing.T) {
		execute(t, admin, "CREATE GROUP readers WITH USER alice")
		if got := value[string](t, admin, "SELECT usename FROM pg_user WHERE usesysid = 100"); got != adminUser {
			t.Errorf("the admin user is %s", got)
		}
		if got := value[bool](t, admin, "SELECT usesuper FROM pg_user WHERE usename = 'root'"); !got {
			t.Error("root is no superuser")
		}
		if got := value[string](t, admin, "SELECT DISTINCT passwd FROM pg_shadow"); got != "********" {
			t.Errorf("pg_shadow shows %s", got)
		}
		if got := value[int64](t, admin, "SELECT count(*) FROM pg_group g JOIN pg_user u ON u.usename = 'alice' WHERE g.groname = 'readers'"); got != 1 {
			t.Errorf("got %d groups", got)
		}
		if got := value[string](t, admin, "SELECT tableowner FROM pg_tables WHERE tablename = 'leavers'"); got != "alice" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("superusers_do_not_see_verifiers", func(t *testing.T) {
		for _, sql := range []string{
			"SELECT * FROM slipher_catalog.users", `SELECT * FROM "SLIPHER_CATALOG".users`, `SELECT * FROM "DEV".slipher_catalog.users`, "SELECT * FROM dev.slipher_catalog.users",
			"CREATE TABLE stolen AS SELECT * FROM slipher_catalog.users", "CREATE TABLE stolen (LIKE slipher_catalog.users)", "COPY slipher_catalog.users TO STDOUT",
			"CREATE VIEW stolen AS SELECT * FROM slipher_catalog.users", "DELETE FROM slipher_catalog.users", "UPDATE slipher_catalog.users SET superuser = true",
			"INSERT INTO leavers SELECT id FROM slipher_catalog.users", "WITH u AS (SELECT * FROM slipher_catalog.users) SELECT * FROM u",
			"SELECT (SELECT max(verifier) FROM slipher_catalog.users)", "EXPLAIN SELECT * FROM slipher_catalog.users", "DROP TABLE slipher_catalog.users",
			"DROP SCHEMA slipher_catalog CASCADE", "ALTER TABLE slipher_catalog.users RENAME TO u", "TRUNCATE slipher_catalog.users", "GRANT ALL ON slipher_catalog.users TO PUBLIC",
		} {
			if _, err := admin.Exec(t.Context(), sql); err == nil {
				t.Errorf("%s: was let through", sql)
			}
		}
		execute(t, admin, "SET search_path TO slipher_catalog, main, public")
		defer execute(t, admin, "SET search_path TO DEFAULT")
		_, err := admin.Exec(t.Context(), "SELECT * FROM users")
		wantCode(t, err, "42P01")
	})
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	admin := opened(t).connect()
	for _, bad := range []string{"short1A", "nouppercase1", "NOLOWERCASE1", "NoDigitAtAll", "With space 1", "With@sign1", strings.Repeat("aA1", 22), "sha256|digest|salt", "md5153c434b4b77c89e6b94f12c5393af5b"} {
		_, err := admin.Exec(t.Context(), "CREATE USER u PASSWORD '"+bad+"'")
		if err == nil {
			t.Errorf("%s was taken", bad)
			continue
		}
		if strings.Contains(err.Error(), bad) {
			t.Errorf("the error repeats the password: %v", err)
		}
	}
	execute(t, admin, "CREATE USER u PASSWORD 'sha256|Secret123'")
}

// Users are part of the database: they outlive the process.
func TestUsersSurvive(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := start(t, dir)
	first.open()
	execute(t, first.connect(), "CREATE USER alice PASSWORD '"+password+"'", "CREATE TABLE hers (n int)", "ALTER TABLE hers OWNER TO alice")
	first.shutDown()
	second := start(t, dir)
	second.open()
	execute(t, second.as("alice"), "INSERT INTO hers VALUES (1)")
}
