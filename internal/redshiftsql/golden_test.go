package redshiftsql

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the right-hand sides in testdata")

// The files in testdata hold pairs, apart by empty lines:
//
//	-- a note, which may be missing
//	a statement in Redshift SQL, on one line or several
//	=> what becomes of it: its command tag, or the error
//	engine SQL, one statement on each line
//
// A file is run from the top on an empty database, so a table stands before what uses it; go test -update rewrites
// everything from => on.
type pair struct {
	note, sql, want string
}

var testSession = Session{
	User: "admin", UserID: 100, UserVariable: "slipher_user", Database: "dev", Schema: "public", Version: "PostgreSQL 8.0.2, Redshift 1.0", Backend: 4711,
	Settings: map[string]string{"search_path": "$user, public"},
}

func readPairs(t testing.TB, path string) []pair {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var pairs []pair
	for block := range strings.SplitSeq(string(text), "\n\n") {
		if block = strings.Trim(block, "\n"); block == "" {
			continue
		}
		var p pair
		for strings.HasPrefix(block, "-- ") {
			line, rest, _ := strings.Cut(block, "\n")
			p.note, block = p.note+line+"\n", rest
		}
		sql, want, _ := strings.Cut(block, "\n=> ")
		p.sql, p.want = strings.TrimRight(sql, "\n"), want
		pairs = append(pairs, p)
	}
	return pairs
}

func corpus(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.sql")
	if err != nil || len(paths) == 0 {
		t.Fatalf("found no testdata: %v", err)
	}
	return paths
}

func TestTranslate(t *testing.T) {
	for _, path := range corpus(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".sql"), func(t *testing.T) {
			pairs := readPairs(t, path)
			for i := range pairs {
				got := outcome(pairs[i].sql)
				if !*update && got != pairs[i].want {
					t.Errorf("%s\n got: %s\nwant: %s", pairs[i].sql, got, pairs[i].want)
				}
				pairs[i].want = got
			}
			if *update {
				writePairs(t, path, pairs)
			}
		})
	}
}

func writePairs(t *testing.T, path string, pairs []pair) {
	t.Helper()
	var out strings.Builder
	for i, p := range pairs {
		if i > 0 {
			out.WriteString("\n")
		}
		fmt.Fprintf(&out, "%s%s\n=> %s\n", p.note, p.sql, p.want)
	}
	if err := os.WriteFile(path, []byte(out.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// outcome is the right-hand side of a pair.
func outcome(sql string) string {
	stmt, rest, err := Parse(sql)
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
	lines := append([]string{strings.TrimSpace(out.Tag + " " + extras(out))}, out.Statements...)
	if out.Copy != nil && out.Copy.Query != "" {
		lines = append(lines, out.Copy.Query)
	}
	return strings.Join(lines, "\n")
}

// extras tells, in brackets, what a translation says besides its SQL.
func extras(out Translation) string {
	switch {
	case out.Set != nil:
		return fmt.Sprintf("[%s = %q local=%t default=%t]", out.Set.Name, out.Set.Value, out.Set.Local, out.Set.Default)
	case out.Show != "":
		return "[" + out.Show + "]"
	case out.Begin != TransactionOptions{}:
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
	var syntax *SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Sprintf("error %s at %d: %s", syntax.SQLState(), syntax.Position, syntax.Message)
	}
	var refused *Error
	if errors.As(err, &refused) {
		return fmt.Sprintf("error %s at %d: %s", refused.Code, refused.Position, refused.Message)
	}
	return fmt.Sprintf("error of an unexpected type: %v", err)
}
