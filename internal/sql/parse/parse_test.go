package parse

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/sqlstate"
	"slipher/internal/sql/sqltest"
)

func mustParse(t testing.TB, sql string) ast.Statement {
	t.Helper()
	stmt, _, err := Parse(sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return stmt
}

func TestParse(t *testing.T) {
	t.Parallel()
	t.Run("takes_the_first_statement", func(t *testing.T) {
		stmt, rest, err := Parse("select 1; insert into t values (';') ; ")
		if err != nil || stmt.String() != "SELECT 1" {
			t.Fatalf("got %v, %v", stmt, err)
		}
		stmt, rest, err = Parse(rest)
		if err != nil || stmt.String() != "INSERT INTO t VALUES (';')" {
			t.Fatalf("got %v, %v", stmt, err)
		}
		if stmt, rest, err = Parse(rest); stmt != nil || rest != "" || err != nil {
			t.Errorf("behind the last statement: got %v, %q, %v", stmt, rest, err)
		}
	})
	t.Run("passes_over_empty_statements", func(t *testing.T) {
		for _, sql := range []string{"", " \n", ";", " ; -- nothing\n ;; /* here */ "} {
			if stmt, rest, err := Parse(sql); stmt != nil || rest != "" || err != nil {
				t.Errorf("%q: got %v, %q, %v", sql, stmt, rest, err)
			}
		}
		stmt, _, err := Parse(" ;; select 1")
		if err != nil || stmt == nil {
			t.Errorf("got %v, %v", stmt, err)
		}
	})
	t.Run("blames_the_token", func(t *testing.T) {
		_, _, err := Parse("select 'äöü' frm t x")
		var syntax *sqlstate.SyntaxError
		if !errors.As(err, &syntax) {
			t.Fatalf("got %v, want a SyntaxError", err)
		}
		if want := (sqlstate.SyntaxError{Message: `syntax error at or near "t"`, Position: 18, Near: "t"}); *syntax != want {
			t.Errorf("got %+v, want %+v", *syntax, want)
		}
	})
	t.Run("folds_names", func(t *testing.T) {
		if got, want := mustParse(t, `select A, "A", ÄB from T`).String(), `SELECT a, "A", "Äb" FROM t`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

// What groups with what, shown by the parentheses that were not there before.
func TestPrecedence(t *testing.T) {
	t.Parallel()
	for sql, want := range map[string]string{
		"a or b and not c = d":     "a OR b AND NOT c = d",
		"a + b * c - d":            "a + b * c - d",
		"a - (b - c)":              "a - (b - c)",
		"a || b = c || d":          "a || b = c || d",
		"- a ^ 2":                  "-a ^ 2",
		"-1::int":                  "-CAST(1 AS integer)",
		"a = b is null":            "a = (b IS NULL)",
		"a <> b and c":             "a <> b AND c",
		"a like b || '%'":          "a LIKE b || '%'",
		"a between b + 1 and c":    "a BETWEEN b + 1 AND c",
		"not a in (1) or b":        "NOT a IN (1) OR b",
		"a at time zone 'x' + b":   "a AT TIME ZONE 'x' + b",
		"a::date + 1":              "CAST(a AS date) + 1",
		"a < b = c":                "(a < b) = c",
		"a and b and (c and d)":    "a AND b AND (c AND d)",
		"(a, b) = (c, d)":          "(a, b) = (c, d)",
		"j.a[0].b::int":            "CAST((j.a[0]).b AS integer)",
		"case when a then b end":   "CASE WHEN a THEN b END",
		"interval '1' day + a":     "INTERVAL '1' DAY + a",
		"a is not distinct from b": "a IS NOT DISTINCT FROM b",
	} {
		got := strings.TrimPrefix(mustParse(t, "select "+sql).String(), "SELECT ")
		if got != want {
			t.Errorf("%s: got %s, want %s", sql, got, want)
		}
	}
}

func TestStrings(t *testing.T) {
	t.Parallel()
	value := func(t *testing.T, sql string) string {
		t.Helper()
		stmt, _, err := Parse("select " + sql)
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		return stmt.(*ast.Query).Body.(*ast.Select).Items[0].Expr.(*ast.String).Value
	}
	for sql, want := range map[string]string{
		`'it''s'`:                        "it's",
		`'\\d+ \d'`:                      `\d+ d`,
		`'l\'auto\\'`:                    `l'auto\`,
		`N'a\tb'`:                        "a\tb",
		`E'tab\tquote\'A\x41\101\u00e4'`: "tab\tquote'AAAä",
		`$$a 'b' $c$$`:                   "a 'b' $c",
		`$x$a $$ b$x$`:                   "a $$ b",
		"'one '\n'line'":                 "one line",
	} {
		if got := value(t, sql); got != want {
			t.Errorf("%s: got %q, want %q", sql, got, want)
		}
	}
	t.Run("prints_as_it_reads", func(t *testing.T) {
		printed := (&ast.Query{Body: &ast.Select{Items: []ast.SelectItem{{Expr: &ast.String{Value: `a\'b`}}}}}).String()
		if got := value(t, strings.TrimPrefix(printed, "SELECT ")); got != `a\'b` {
			t.Errorf("%s reads as %q", printed, got)
		}
	})
}

func TestNesting(t *testing.T) {
	t.Parallel()
	deep := 100_000
	for name, sql := range map[string]string{
		"parentheses":   "select " + strings.Repeat("(", deep) + "1",
		"closed":        "select " + strings.Repeat("(", deep) + "1" + strings.Repeat(")", deep),
		"not":           "select " + strings.Repeat("not ", deep) + "true",
		"minus":         "select " + strings.Repeat("- ", deep) + "1",
		"sums":          "select 1" + strings.Repeat(" + 1", deep),
		"casts":         "select 1" + strings.Repeat("::int", deep),
		"indexes":       "select a" + strings.Repeat("[1]", deep),
		"subqueries":    "select * from " + strings.Repeat("(select * from ", deep) + "t",
		"joins":         "select * from t" + strings.Repeat(" join t on true", deep),
		"nested_joins":  "select * from " + strings.Repeat("(t join ", deep) + "t",
		"stacked_joins": "select * from t" + strings.Repeat(" join t", deep) + strings.Repeat(" on true", deep),
		"unions":        "select 1" + strings.Repeat(" union select 1", deep),
		"cases":         "select " + strings.Repeat("case when ", deep),
		"functions":     "select " + strings.Repeat("f(", deep),
		"explains":      strings.Repeat("explain ", deep) + "select 1",
		"prepares":      strings.Repeat("prepare p as ", deep) + "select 1",
		"sets":          "select 1 group by " + strings.Repeat("grouping sets (", deep) + "1",
		"comments":      "select " + strings.Repeat("/*", deep),
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := Parse(sql); err == nil {
				t.Error("parsed")
			}
		})
	}
}

// A statement that was printed parses to what prints the same.
func TestPrintedStatementsReadBack(t *testing.T) {
	t.Parallel()
	for _, path := range sqltest.Corpus(t, "../..") {
		for _, p := range sqltest.ReadPairs(t, path) {
			if stmt, _, err := Parse(p.SQL); err == nil {
				checkReadsBack(t, stmt)
			}
		}
	}
}

func checkReadsBack(t testing.TB, stmt ast.Statement) {
	t.Helper()
	printed := stmt.String()
	again, rest, err := Parse(printed)
	switch {
	case err != nil:
		t.Errorf("%s: printed, it no longer parses: %v", printed, err)
	case again == nil || rest != "":
		t.Errorf("%s: printed, it is no longer one statement", printed)
	case again.String() != printed:
		t.Errorf("printing again changes\n     %s\nto   %s", printed, again)
	}
}

func FuzzParse(f *testing.F) {
	for _, path := range sqltest.Corpus(f, "../..") {
		for _, p := range sqltest.ReadPairs(f, path) {
			f.Add(p.SQL)
		}
	}
	for _, sql := range []string{"select ()", "select row()", "select ''!$$\x00$$", "select f() ignore nulls over ()", "select (1 % 2) ^ 3", "select char() ! ''",
		"select extract('' from a)"} {
		f.Add(sql)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		stmt, rest, err := Parse(sql)
		if len(rest) > len(sql) || !strings.HasSuffix(sql, rest) {
			t.Fatalf("the rest %q is no part of the text", rest)
		}
		checkPosition(t, sql, err)
		if stmt == nil {
			return
		}
		_, refused := stmt.(*ast.Unsupported)
		if utf8.ValidString(sql) && !refused {
			checkReadsBack(t, stmt)
		}
	})
}

// checkPosition holds errors to their types, and positions to the text.
func checkPosition(t *testing.T, sql string, err error) {
	t.Helper()
	var syntax *sqlstate.SyntaxError
	var refused *sqlstate.Error
	position := 1
	switch {
	case err == nil:
	case errors.As(err, &syntax):
		position = syntax.Position
	case errors.As(err, &refused):
		position = max(refused.Position, 1)
	default:
		t.Errorf("Parse failed with %T: %v", err, err)
	}
	if position < 1 || position > utf8.RuneCountInString(sql)+1 {
		t.Errorf("position %d lies outside the text", position)
	}
}

const SmallSelect = "select s.id, count(*) from sales s where s.state = 'WA' and s.qty > $1 group by s.id order by 2 desc limit 10"

func BenchmarkParse(b *testing.B) {
	large := "insert into t values (1, 'one', 2.5)" + strings.Repeat(", (1, 'one', 2.5)", 10_000)
	for name, sql := range map[string]string{"small": SmallSelect, "large": large} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(sql)))
			for b.Loop() {
				if _, _, err := Parse(sql); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
