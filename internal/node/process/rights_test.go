package process

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/parse"
)

// peopled is a node with the tables of several users: notes and private.secrets are the admin's, mine and hidden are mallory's, readable may be
// read by bob and by the group readers.
func peopled(t *testing.T) *running {
	t.Helper()
	r := opened(t)
	execute(t, r.connect(),
		"CREATE USER mallory PASSWORD '"+password+"'", "CREATE USER bob PASSWORD '"+password+"'", "CREATE GROUP readers WITH USER bob",
		"CREATE SCHEMA private", "CREATE TABLE private.secrets (n int)", "INSERT INTO private.secrets VALUES (42)",
		"CREATE TABLE notes (n int IDENTITY(1, 1), m int)", "INSERT INTO notes (m) VALUES (42)",
		"CREATE TABLE readable (n int, text varchar(10))", "INSERT INTO readable VALUES (1, 'one')", "GRANT SELECT ON readable TO bob, GROUP readers",
		"CREATE VIEW seen AS SELECT * FROM notes", "GRANT SELECT ON private.secrets TO mallory",
	)
	mallory := r.as("mallory")
	execute(t, mallory, "CREATE TABLE mine (n int)", "INSERT INTO mine VALUES (1)")
	admin := r.connect()
	execute(t, admin, "GRANT USAGE ON SCHEMA private TO mallory")
	execute(t, mallory, "CREATE VIEW withdrawn AS SELECT * FROM private.secrets")
	execute(t, admin, "REVOKE SELECT ON private.secrets FROM mallory", "REVOKE USAGE ON SCHEMA private FROM mallory")
	return r
}

// Statements that have to be refused to a user without privileges, each by itself; nothing may have changed afterwards.
func TestAttempts(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/attempts.sql")
	if err != nil {
		t.Fatal(err)
	}
	r := peopled(t)
	admin, mallory := r.connect(), r.as("mallory")
	execute(t, mallory, "PREPARE harmless AS SELECT n FROM mine WHERE n = $1")
	before := state(t, admin)
	tried := 0
	for line := range strings.Lines(string(text)) {
		statement := strings.TrimSpace(line)
		if statement == "" || strings.HasPrefix(statement, "--") {
			continue
		}
		tried++
		if err := attempt(t, mallory, statement); err == nil {
			t.Errorf("let through: %s", statement)
			execute(t, mallory, "DROP TABLE IF EXISTS stolen", "DROP VIEW IF EXISTS stolen")
		}
	}
	if after := state(t, admin); after != before {
		t.Errorf("something has changed: got\n%s\nwant\n%s", after, before)
	}
	t.Logf("%d attempts", tried)
}

// attempt runs a statement, in the simple flow and prepared, and returns the error of the way that went further.
func attempt(t *testing.T, conn *pgx.Conn, statement string) error {
	t.Helper()
	ctx := context.Background()
	if parsed, _, err := parse.Parse(statement); err == nil {
		if copied, ok := parsed.(*ast.CopyStdio); ok && copied.Out {
			_, err := conn.PgConn().CopyTo(ctx, io.Discard, statement)
			return err
		}
		if _, ok := parsed.(*ast.Declare); ok {
			tx, err := conn.Begin(ctx)
			if err != nil {
				t.Fatal(err)
			}
			defer tx.Rollback(ctx)
		}
	}
	if _, err := conn.Exec(ctx, statement, pgx.QueryExecModeSimpleProtocol); err == nil {
		return nil
	}
	_, err := conn.Exec(ctx, statement, pgx.QueryExecModeExec)
	return err
}

// state is what the attempts are after, and what is kept of users and privileges.
func state(t *testing.T, admin *pgx.Conn) string {
	t.Helper()
	var out strings.Builder
	for _, sql := range []string{
		"SELECT * FROM notes ORDER BY n", "SELECT * FROM private.secrets", "SELECT * FROM mine", "SELECT usename, usesuper, usecreatedb FROM pg_user ORDER BY 1",
		"SELECT * FROM svv_relation_privileges ORDER BY 1, 2, 3, 4", "SELECT * FROM svv_schema_privileges ORDER BY 1, 2, 3", "SELECT * FROM pg_group",
		"SELECT * FROM svv_default_privileges", "SELECT schemaname, tablename, tableowner FROM pg_tables ORDER BY 1, 2", "SELECT viewname, definition FROM pg_views ORDER BY 1",
	} {
		rows, err := admin.Query(t.Context(), sql, pgx.QueryExecModeExec)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			values, _ := rows.Values()
			for _, value := range values {
				out.WriteString(strings.TrimSpace(toText(value)) + "|")
			}
			out.WriteString("\n")
		}
		if rows.Err() != nil {
			t.Fatal(sql, rows.Err())
		}
	}
	return out.String()
}

func toText(value any) string { return fmt.Sprint(value) }

// refusedTo runs a statement that has to be refused with SQLSTATE 42501, or with another one where a code is given.
func refusedTo(t *testing.T, conn *pgx.Conn, code, statement string) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), statement); err == nil {
		t.Errorf("%s: was let through", statement)
	} else {
		wantCode(t, err, code)
	}
}

func TestGrants(t *testing.T) {
	t.Parallel()
	r := peopled(t)
	admin, bob := r.connect(), r.as("bob")
	t.Run("each_privilege_is_its_own", func(t *testing.T) {
		execute(t, admin, "CREATE TABLE t (n int)", "INSERT INTO t VALUES (1)")
		for _, step := range []struct{ privilege, statement string }{
			{"SELECT", "SELECT * FROM t"}, {"INSERT", "INSERT INTO t VALUES (2)"}, {"UPDATE", "UPDATE t SET n = 3"}, {"DELETE", "DELETE FROM t"},
			{"TRUNCATE", "TRUNCATE t"}, {"ALTER", "ALTER TABLE t ADD COLUMN m int"}, {"REFERENCES", "CREATE TEMP TABLE r (n int REFERENCES t (n))"}, {"DROP", "DROP TABLE t"},
		} {
			refusedTo(t, bob, "42501", step.statement)
			execute(t, admin, "GRANT "+step.privilege+" ON t TO bob")
			execute(t, bob, step.statement)
			if step.privilege != "DROP" {
				execute(t, admin, "REVOKE "+step.privilege+" ON t FROM bob")
				refusedTo(t, bob, "42501", step.statement)
			}
		}
	})
	t.Run("conditions_take_select", func(t *testing.T) {
		execute(t, admin, "CREATE TABLE c (n int)", "GRANT UPDATE, DELETE ON c TO bob")
		execute(t, bob, "UPDATE c SET n = 1", "DELETE FROM c")
		for _, statement := range []string{"UPDATE c SET n = n + 1", "UPDATE c SET n = 1 WHERE n = 2", "DELETE FROM c WHERE n = 1"} {
			refusedTo(t, bob, "42501", statement)
		}
	})
	t.Run("schema_usage", func(t *testing.T) {
		execute(t, admin, "GRANT SELECT ON private.secrets TO bob")
		refusedTo(t, bob, "42501", "SELECT * FROM private.secrets")
		execute(t, admin, "GRANT USAGE ON SCHEMA private TO GROUP readers")
		if got := value[int32](t, bob, "SELECT n FROM private.secrets"); got != 42 {
			t.Errorf("got %d", got)
		}
		execute(t, admin, "ALTER GROUP readers DROP USER bob")
		refusedTo(t, bob, "42501", "SELECT * FROM private.secrets")
	})
	t.Run("create_on_schema_and_database", func(t *testing.T) {
		execute(t, bob, "CREATE TABLE bobs (n int)", "CREATE TEMP TABLE passing (n int)", "INSERT INTO passing VALUES (1)")
		execute(t, admin, "REVOKE CREATE ON SCHEMA public FROM PUBLIC", "REVOKE TEMP ON DATABASE dev FROM PUBLIC")
		refusedTo(t, bob, "42501", "CREATE TABLE more (n int)")
		refusedTo(t, bob, "42501", "CREATE TEMP TABLE more (n int)")
		refusedTo(t, bob, "42501", "CREATE SCHEMA bobs_own")
		execute(t, admin, "GRANT CREATE ON DATABASE dev TO bob", "GRANT CREATE ON SCHEMA public TO PUBLIC", "GRANT TEMP ON DATABASE dev TO PUBLIC")
		execute(t, bob, "CREATE SCHEMA bobs_own", "CREATE TABLE bobs_own.t (n int)", "DROP SCHEMA bobs_own CASCADE")
	})
	t.Run("grant_option", func(t *testing.T) {
		mallory := r.as("mallory")
		execute(t, admin, "CREATE TABLE passed (n int)", "GRANT SELECT ON passed TO bob")
		refusedTo(t, bob, "42501", "GRANT SELECT ON passed TO mallory")
		execute(t, admin, "GRANT SELECT ON passed TO bob WITH GRANT OPTION")
		execute(t, bob, "GRANT SELECT ON passed TO mallory")
		refusedTo(t, bob, "42501", "GRANT INSERT ON passed TO mallory")
		execute(t, mallory, "SELECT * FROM passed")
		refusedTo(t, admin, "2BP01", "REVOKE SELECT ON passed FROM bob")
		execute(t, admin, "REVOKE SELECT ON passed FROM bob CASCADE")
		refusedTo(t, mallory, "42501", "SELECT * FROM passed")
		refusedTo(t, bob, "42501", "SELECT * FROM passed")
	})
	t.Run("all_tables_and_defaults", func(t *testing.T) {
		execute(t, admin, "CREATE SCHEMA s", "CREATE TABLE s.a (n int)", "GRANT USAGE ON SCHEMA s TO bob", "GRANT SELECT ON ALL TABLES IN SCHEMA s TO bob",
			"ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO bob", "CREATE TABLE s.b (n int)", "CREATE TABLE t2 (n int)")
		execute(t, bob, "SELECT * FROM s.a, s.b")
		refusedTo(t, bob, "42501", "SELECT * FROM t2")
	})
	t.Run("views_by_their_owner", func(t *testing.T) {
		execute(t, admin, "GRANT SELECT ON seen TO bob")
		execute(t, bob, "SELECT * FROM seen")
		refusedTo(t, bob, "42501", "SELECT * FROM notes")
		execute(t, bob, "CREATE VIEW over AS SELECT * FROM seen")
		refusedTo(t, r.as("mallory"), "42501", "SELECT * FROM over")
		execute(t, bob, "GRANT SELECT ON over TO mallory")
		execute(t, r.as("mallory"), "SELECT * FROM over")
		execute(t, admin, "REVOKE SELECT ON seen FROM bob")
		refusedTo(t, r.as("mallory"), "42501", "SELECT * FROM over")
	})
	t.Run("views_ask_who_reads", func(t *testing.T) {
		execute(t, admin, "CREATE VIEW whoami AS SELECT current_user AS who", "GRANT SELECT ON whoami TO PUBLIC")
		if got := value[string](t, bob, "SELECT who FROM whoami"); got != "bob" {
			t.Errorf("the view takes bob for %s", got)
		}
	})
	t.Run("has_privilege", func(t *testing.T) {
		execute(t, admin, "CREATE TABLE asked (n int)", "GRANT SELECT ON asked TO bob")
		for sql, want := range map[string]bool{
			"SELECT has_table_privilege('asked', 'select')": true, "SELECT has_table_privilege('public.asked', 'insert')": false,
			"SELECT has_table_privilege('mallory', 'asked', 'select')": false, "SELECT has_table_privilege('awsuser', 'asked', 'insert')": true,
			"SELECT has_schema_privilege('public', 'usage')": true, "SELECT has_schema_privilege('private', 'create')": false,
			"SELECT has_database_privilege('dev', 'temp')": true,
		} {
			if got := value[bool](t, bob, sql); got != want {
				t.Errorf("%s: got %t", sql, got)
			}
		}
	})
}

// A statement that was prepared is refused when it may not be run any more, or when its name means another table by then.
func TestPreparedIsCheckedAgain(t *testing.T) {
	t.Parallel()
	r := peopled(t)
	admin, bob := r.connect(), r.as("bob")
	ctx := t.Context()
	if _, err := bob.Prepare(ctx, "p", "SELECT n FROM readable"); err != nil {
		t.Fatal(err)
	}
	execute(t, bob, "PREPARE q AS SELECT n FROM readable", "p", "EXECUTE q")
	execute(t, admin, "REVOKE SELECT ON readable FROM bob, GROUP readers")
	refusedTo(t, bob, "42501", "p")
	refusedTo(t, bob, "42501", "EXECUTE q")
	t.Run("another_table_of_the_name", func(t *testing.T) {
		execute(t, bob, "CREATE TABLE swapped (n int)")
		if _, err := bob.Prepare(ctx, "s", "SELECT n FROM swapped"); err != nil {
			t.Fatal(err)
		}
		execute(t, bob, "DROP TABLE swapped")
		execute(t, admin, "CREATE TABLE swapped (n int)")
		refusedTo(t, bob, "42501", "s")
	})
	t.Run("another_user", func(t *testing.T) {
		execute(t, admin, "PREPARE mine AS SELECT * FROM notes", "SET SESSION AUTHORIZATION bob")
		refusedTo(t, admin, "0A000", "EXECUTE mine")
		execute(t, admin, "RESET SESSION AUTHORIZATION", "EXECUTE mine")
	})
	t.Run("within_a_transaction", func(t *testing.T) {
		execute(t, admin, "GRANT SELECT ON notes TO bob")
		execute(t, bob, "BEGIN", "SELECT * FROM notes", "COMMIT")
		execute(t, admin, "REVOKE SELECT ON notes FROM bob")
		execute(t, bob, "BEGIN")
		refusedTo(t, bob, "42501", "SELECT * FROM notes")
		execute(t, bob, "ROLLBACK")
	})
}

// What a user may do, with whatever the names look like.
func TestOwnThings(t *testing.T) {
	t.Parallel()
	bob := peopled(t).as("bob")
	execute(t, bob,
		"CREATE TABLE own (n int IDENTITY(1, 1), m int)", "INSERT INTO own (m) VALUES (1), (2)", "UPDATE own SET m = m + 1 WHERE own.n = 1", "DELETE FROM own WHERE n > 5",
		"SELECT own.n, public.own.m FROM own", "SELECT o.n FROM public.own o JOIN own ON o.n = own.n", "WITH own AS (SELECT 1 AS n) SELECT own.n FROM own",
		"WITH a AS (SELECT n FROM own), b AS (SELECT * FROM a) SELECT a.n FROM a JOIN b USING (n)",
		"WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 5) SELECT sum(c.n) FROM c",
		"CREATE TEMP TABLE own (n int)", "SELECT n FROM own", "INSERT INTO own VALUES (7)", "INSERT INTO own SELECT n FROM public.own", "DROP TABLE own", "SELECT m FROM own",
		"CREATE TABLE #hash (n int)", "INSERT INTO #hash VALUES (1)", "SELECT #hash.n FROM #hash", "SELECT * INTO made FROM own", "SELECT * INTO TEMP passing FROM own", "SELECT * FROM passing",
		"CREATE VIEW shown AS WITH a AS (SELECT n FROM own) SELECT * FROM a", "SELECT shown.n FROM shown", "CREATE OR REPLACE VIEW shown AS SELECT m FROM own", "SELECT m FROM shown",
		"ALTER TABLE made RENAME TO renamed", "SELECT * FROM renamed", "ALTER TABLE renamed ADD COLUMN x int", "COMMENT ON TABLE renamed IS 'mine'", "COMMENT ON COLUMN renamed.x IS 'mine'",
		"TRUNCATE renamed", "ANALYZE renamed", "VACUUM renamed", "VACUUM", "LOCK renamed", "EXPLAIN SELECT * FROM own", "DROP TABLE IF EXISTS nothing", "DROP VIEW shown", "DROP TABLE renamed, own",
		"SELECT * FROM pg_class", "SELECT * FROM pg_catalog.pg_tables", "SELECT * FROM information_schema.tables", "SELECT * FROM svv_table_info", "SELECT * FROM pg_catalog.pg_proc",
		"SELECT * FROM information_schema.key_column_usage", "SELECT tables.table_name FROM information_schema.tables", "SET search_path TO private, public", "CREATE TABLE public.again (n int)", "SELECT * FROM again",
	)
}
