package process

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"slipher/internal/sql/sqltest"
)

var update = flag.Bool("update", false, "rewrite the answers in testdata/answers")

// Every file of testdata/answers holds statements and what Redshift answers: one file is one session on an empty
// database. Behind => stand the names and types of the columns and then the rows, or the command tag, or the error.
func TestAnswers(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/answers/*.sql")
	if err != nil || len(paths) == 0 {
		t.Fatalf("found no answers: %v", err)
	}
	r := opened(t)
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".sql")
		t.Run(name, func(t *testing.T) {
			conn := r.connect()
			execute(t, conn, "CREATE SCHEMA "+name, "SET search_path TO "+name)
			pairs := sqltest.ReadPairs(t, path)
			for i := range pairs {
				got := answerTo(conn, pairs[i].SQL)
				if !*update && got != pairs[i].Want {
					t.Errorf("%s\n got: %s\nwant: %s", pairs[i].SQL, got, pairs[i].Want)
				}
				pairs[i].Want = got
			}
			if *update {
				sqltest.WritePairs(t, path, pairs)
			}
		})
	}
}

// answerTo is what a client reads that sends its statement as plain text.
func answerTo(conn *pgx.Conn, sql string) string {
	results, err := conn.PgConn().Exec(context.Background(), sql).ReadAll()
	if refused, ok := errors.AsType[*pgconn.PgError](err); ok {
		return "error " + refused.Code + ": " + refused.Message
	}
	if err != nil {
		return err.Error()
	}
	last := results[len(results)-1]
	if len(last.FieldDescriptions) == 0 {
		return last.CommandTag.String()
	}
	var columns []string
	for _, field := range last.FieldDescriptions {
		columns = append(columns, field.Name+" "+typeText(field))
	}
	lines := []string{strings.Join(columns, ", ")}
	for _, row := range last.Rows {
		lines = append(lines, rowText(row))
	}
	return strings.Join(lines, "\n")
}

func rowText(row [][]byte) string {
	values := make([]string, len(row))
	for i, value := range row {
		values[i] = "NULL"
		if value != nil {
			values[i] = strings.ReplaceAll(string(value), "\n", `\n`)
		}
	}
	return strings.Join(values, "|") + "|"
}

// typeText is a column's type with what its modifier says.
func typeText(field pgconn.FieldDescription) string {
	name := fmt.Sprint(field.DataTypeOID)
	if field.DataTypeOID == pgtype.TimetzOID {
		name = "timetz"
	}
	if known, ok := pgtype.NewMap().TypeForOID(field.DataTypeOID); ok {
		name = known.Name
	}
	switch mod := field.TypeModifier - 4; {
	case field.TypeModifier < 0:
		return name
	case field.DataTypeOID == pgtype.NumericOID:
		return fmt.Sprintf("%s(%d,%d)", name, mod>>16, mod&0xffff)
	default:
		return fmt.Sprintf("%s(%d)", name, mod)
	}
}
