package process

import (
	"context"
	"crypto/tls"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"slipher/internal/nodeapi"
	"slipher/internal/scram"
)

// secured is a node whose endpoint has TLS, with the database dev open.
func secured(t *testing.T) *running {
	t.Helper()
	certificate, key := selfSigned(t)
	config := configIn(t.TempDir())
	config.Certificate = nodeapi.Certificate{Chain: certificate, Key: key}
	r := startWith(t, config)
	r.open()
	return r
}

// handOut gives the node a password that is good for a quarter of an hour.
func (r *running) handOut(password string, login nodeapi.Login) nodeapi.Login {
	r.t.Helper()
	var err error
	if login.Verifier, err = scram.SaltedVerifier(password, []byte("0123456789abcdef")); err != nil {
		r.t.Fatal(err)
	}
	login.ExpiresUnixMS = r.clock.now().Add(15 * time.Minute).UnixMilli()
	r.must(nodeapi.PathLogin, login, nil)
	return login
}

func (r *running) secureLogin(name, password string) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(r.dsn())
	if err != nil {
		r.t.Fatal(err)
	}
	config.User, config.Password, config.TLSConfig = name, password, &tls.Config{InsecureSkipVerify: true}
	conn, err := pgx.ConnectConfig(context.Background(), config)
	if err == nil {
		r.t.Cleanup(func() { conn.Close(context.Background()) })
	}
	return conn, err
}

func TestTemporaryLogins(t *testing.T) {
	t.Parallel()
	r := secured(t)
	admin := r.connect()
	execute(t, admin, "CREATE USER bob PASSWORD '"+password+"'", "CREATE GROUP readers", "CREATE TABLE notes (n int)", "GRANT SELECT ON notes TO GROUP readers")
	bobs := r.handOut("first", nodeapi.Login{Name: "IAM:bob", User: "bob"})
	r.handOut("second", nodeapi.Login{Name: "IAM:bob", User: "bob"})
	t.Run("as_the_user", func(t *testing.T) {
		for _, given := range []string{"first", "second"} {
			conn, err := r.secureLogin("IAM:bob", given)
			if err != nil {
				t.Fatal(err)
			}
			if got := value[string](t, conn, "SELECT current_user"); got != "bob" {
				t.Errorf("got %s", got)
			}
		}
		_, err := r.secureLogin("IAM:bob", "third")
		wantCode(t, err, "28P01")
		_, err = r.secureLogin("bob", "first")
		wantCode(t, err, "28P01")
		r.as("bob") // his own password is as good as before
	})
	t.Run("wants_tls", func(t *testing.T) {
		_, err := r.login("IAM:bob", "first")
		wantCode(t, err, "28000")
		_, err = r.login("IAM:unknown", "first")
		wantCode(t, err, "28000")
	})
	t.Run("groups_for_the_session", func(t *testing.T) {
		r.handOut("grouped", nodeapi.Login{Name: "IAM:bob:readers", User: "bob", Groups: []string{"readers"}})
		conn, err := r.secureLogin("IAM:bob:readers", "grouped")
		if err != nil {
			t.Fatal(err)
		}
		execute(t, conn, "SELECT * FROM notes")
		if !value[bool](t, conn, "SELECT has_table_privilege('notes', 'select')") {
			t.Error("has_table_privilege does not know the group")
		}
		other, err := r.secureLogin("IAM:bob", "first")
		if err != nil {
			t.Fatal(err)
		}
		refusedTo(t, other, "42501", "SELECT * FROM notes")
		r.handOut("missing", nodeapi.Login{Name: "IAM:bob:missing", User: "bob", Groups: []string{"missing"}})
		_, err = r.secureLogin("IAM:bob:missing", "missing")
		wantCode(t, err, "42704")
	})
	t.Run("auto_create", func(t *testing.T) {
		r.handOut("absent", nodeapi.Login{Name: "IAM:carol", User: "carol"})
		_, err := r.secureLogin("IAM:carol", "absent")
		wantCode(t, err, "28000")
		r.handOut("made", nodeapi.Login{Name: "IAMA:carol", User: "carol", Create: true})
		for range 2 {
			conn, err := r.secureLogin("IAMA:carol", "made")
			if err != nil {
				t.Fatal(err)
			}
			execute(t, conn, "CREATE TEMP TABLE t (n int)")
			refusedTo(t, conn, "42501", "SELECT * FROM notes")
		}
		if _, err := r.secureLogin("IAM:carol", "absent"); err != nil {
			t.Error(err)
		}
		_, err = r.login("carol", "made")
		wantCode(t, err, "28P01")
		if got := value[int64](t, admin, "SELECT count(*) FROM pg_user WHERE usename = 'carol'"); got != 1 {
			t.Errorf("got %d users", got)
		}
	})
	t.Run("one_database", func(t *testing.T) {
		r.handOut("elsewhere", nodeapi.Login{Name: "IAM:bob:x", User: "bob", Database: "other"})
		_, err := r.secureLogin("IAM:bob:x", "elsewhere")
		wantCode(t, err, "28000")
	})
	t.Run("the_admin_user", func(t *testing.T) {
		r.handOut("highest", nodeapi.Login{Name: "IAM:" + adminUser, User: adminUser})
		conn, err := r.secureLogin("IAM:"+adminUser, "highest")
		if err != nil {
			t.Fatal(err)
		}
		execute(t, conn, "CREATE USER dave PASSWORD DISABLE")
	})
	t.Run("expiry", func(t *testing.T) {
		open, err := r.secureLogin("IAM:bob", "first")
		if err != nil {
			t.Fatal(err)
		}
		r.clock.forward(16 * time.Minute)
		defer r.clock.forward(-16 * time.Minute)
		_, err = r.secureLogin("IAM:bob", "first")
		wantCode(t, err, "28P01")
		execute(t, open, "SELECT 1")
		if status, _ := r.call(nodeapi.PathLogin, nodeapi.Login{Name: "IAM:bob", Verifier: "no verifier"}); status == 200 {
			t.Error("a login without a verifier was taken")
		}
	})
	t.Run("known_from_the_opening", func(t *testing.T) {
		dir := filepath.Dir(r.config.DataDir)
		r.shutDown()
		config := configIn(dir)
		config.Certificate = r.config.Certificate
		again := startWith(t, config)
		request := openRequest(t)
		request.Logins = []nodeapi.Login{bobs}
		again.must(nodeapi.PathOpen, request, nil)
		if _, err := again.secureLogin("IAM:bob", "first"); err != nil {
			t.Error(err)
		}
	})
}
