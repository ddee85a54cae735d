package node

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"slipher/internal/sql/parse"
	"slipher/internal/sql/print"
)

// Every pair of package sql/print, whose tests only look at the translation's text, runs on the real engine: the statements of a file one after
// another in one session. Its errors are tested where they are made.
func TestTranslationsRun(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("../sql/print/testdata/*.sql")
	if err != nil || len(paths) == 0 {
		t.Fatalf("found no pairs: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".sql"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			conn := opened(t).connect()
			execute(t, conn, "CREATE USER admin CREATEUSER PASSWORD DISABLE", "CREATE USER somebody PASSWORD DISABLE")
			for pair := range strings.SplitSeq(string(text), "\n\n") {
				statement, answer, found := strings.Cut(strings.Trim(pair, "\n"), "\n=> ")
				if !found || strings.HasPrefix(answer, "error") {
					continue
				}
				if err := runOnce(t, conn, statement); err != nil {
					t.Errorf("%s\n%v", statement, err)
				}
			}
		})
	}
}

func runOnce(t *testing.T, conn *pgx.Conn, statement string) error {
	t.Helper()
	parsed, _, err := parse.Parse(statement)
	if err != nil {
		return err
	}
	translation, err := print.Translate(parsed, print.Session{})
	if err != nil {
		return err
	}
	switch {
	case translation.Kind == print.KindCopyIn:
		rows := ""
		if translation.Copy.Format == "binary" {
			rows = "PGCOPY\n\xff\r\n\x00" + strings.Repeat("\x00", 8)
		}
		_, err = conn.PgConn().CopyFrom(context.Background(), strings.NewReader(rows), statement)
	case translation.Kind == print.KindCopyOut:
		_, err = conn.PgConn().CopyTo(context.Background(), io.Discard, statement)
	case translation.Params > 0:
		_, err = conn.Prepare(context.Background(), "", statement)
	default:
		err = conn.PgConn().Exec(context.Background(), statement).Close()
	}
	return err
}
