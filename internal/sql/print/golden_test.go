package print

import (
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/parse"
	"slipher/internal/sql/sqlstate"
	"slipher/internal/sql/sqltest"
)

var update = flag.Bool("update", false, "rewrite the right-hand sides in testdata")

var testSession = Session{
	User: "admin", UserID: 100, UserVariable: "slipher_user", Database: "dev", Schema: "public", Version: "PostgreSQL 8.0.2, Redshift 1.0", Backend: 4711,
	Settings: map[string]string{"search_path": "$user, public"},
}

func TestTranslate(t *testing.T) {
	for _, path := range sqltest.Corpus(t, "../..") {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".sql"), func(t *testing.T) {
			pairs := sqltest.ReadPairs(t, path)
			for i := range pairs {
				got := outcome(pairs[i].SQL)
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

// outcome is the right-hand side of a pair.
func outcome(sql string) string {
	stmt, rest, err := parse.Parse(sql)
	if err != nil {
		return describeError(err)
	}
	if rest != "" || stmt == nil {
		return "error: the block does not hold exactly one statement"
	}
	out, err := Translate(stmt, testSession)
	if err != nil {
		return describeError(err)
	}
	lines := append([]string{strings.TrimSpace(out.Tag + " " + extras(out))}, out.Runs...)
	if out.Copy != nil && out.Copy.Query != "" {
		lines = append(lines, out.Copy.Query)
	}
	return strings.Join(lines, "\n")
}

// extras tells, in brackets, what a translation says besides its SQL.
func extras(out Plan) string {
	switch {
	case out.Set != nil:
		return fmt.Sprintf("[%s = %q local=%t default=%t]", out.Set.Name, out.Set.Value, out.Set.Local, out.Set.Default)
	case out.Show != "":
		return "[" + out.Show + "]"
	case out.Begin != ast.TransactionOptions{}:
		return fmt.Sprintf("[isolation=%q access=%q]", out.Begin.Isolation, out.Begin.Access)
	case out.Copy != nil:
		c := out.Copy
		return fmt.Sprintf("[%s %s header=%t delimiter=%q null=%q quote=%q escape=%q]",
			c.Format, strings.Join(c.Columns, ","), c.Header, c.Delimiter, c.Null, c.Quote, c.Escape)
	case out.Security != nil:
		return "[" + out.Security.String() + "]"
	case out.Cursor != nil:
		return fmt.Sprintf("[%s %d]", out.Cursor.Name, out.Cursor.Count)
	case out.Params > 0:
		return fmt.Sprintf("[%d parameters]", out.Params)
	}
	return ""
}

func describeError(err error) string {
	var syntax *sqlstate.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Sprintf("error %s at %d: %s", syntax.SQLState(), syntax.Position, syntax.Message)
	}
	var refused *sqlstate.Error
	if errors.As(err, &refused) {
		return fmt.Sprintf("error %s at %d: %s", refused.Code, refused.Position, refused.Message)
	}
	return fmt.Sprintf("error of an unexpected type: %v", err)
}
