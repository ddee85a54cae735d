package process

import (
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"slipher/internal/sql/parse"
	"slipher/internal/sql/print"
	"slipher/internal/sql/sqltest"
)

// Every pair of package sql/print, whose tests only look at the translation's text, runs on the real engine: the statements of a file one after
// another in one session. Its errors are tested where they are made.
func TestTranslationsRun(t *testing.T) {
	t.Parallel()
	for _, path := range sqltest.Corpus(t, "../..") {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".sql"), func(t *testing.T) {
			t.Parallel()
			conn := opened(t).connect()
			execute(t, conn, "CREATE USER admin CREATEUSER PASSWORD DISABLE", "CREATE USER somebody PASSWORD DISABLE")
			for _, pair := range sqltest.ReadPairs(t, path) {
				if strings.HasPrefix(pair.Want, "error") {
					continue
				}
				if err := runOnce(t, conn, pair.SQL); err != nil {
					t.Errorf("%s\n%v", pair.SQL, err)
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
