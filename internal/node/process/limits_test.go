package process

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Long statements of generators are taken, and what is too long or nested too deeply is refused before it costs anything.
func TestLimits(t *testing.T) {
	t.Parallel()
	conn := opened(t).connect()
	execute(t, conn, "CREATE TABLE l (i int, v varchar(5))", "INSERT INTO l VALUES (1, 'a')")
	row := func(answer string) string { return answer[strings.LastIndex(answer, "\n")+1:] }
	columns := make([]string, 1601)
	for i := range columns {
		columns[i] = fmt.Sprintf("1 AS c%d", i)
	}
	tables := make([]string, 1500)
	for i := range tables {
		tables[i] = fmt.Sprintf("w%d AS (SELECT * FROM %s)", i, before(i))
	}
	for name, c := range map[string]struct{ sql, want string }{
		"plus":                {"select i" + strings.Repeat(" + i", 9_999) + " from l", "10000|"},
		"concatenation":       {"select len(v" + strings.Repeat(" || v", 9_999) + ") from l", "10000|"},
		"or":                  {"select count(*) from l where i = 2" + strings.Repeat(" or i = 1", 9_999), "1|"},
		"unions":              {"select count(*) from (select 1" + strings.Repeat(" union all select 1", 999) + ") x", "1000|"},
		"too long":            {"select '" + strings.Repeat("x", 16<<20) + "'", "error 54000: Statement is too large. Statement Size: 16777225 bytes. Maximum Allowed: 16777216 bytes"},
		"no text":             {"select '\xff'", `error 22021: invalid byte sequence for encoding "UTF8": 0xff`},
		"no text in an error": {"select \xff from", `error 22021: invalid byte sequence for encoding "UTF8": 0xff`},
		"columns":             {"create table wide (" + strings.ReplaceAll(strings.Join(columns, " int, "), "1 AS ", "") + " int)", "error 54011: tables can have at most 1600 columns"},
		"columns of a query":  {"create table wide as select " + strings.Join(columns, ", "), "error 54011: tables can have at most 1600 columns"},
		"parentheses":         {"select " + strings.Repeat("(", 1000) + "1" + strings.Repeat(")", 1000), "error 54001: the statement is nested too deeply"},
		"differences":         {"select i" + strings.Repeat(" - i", 5000) + " from l", "error 54001: the statement has too many operators in a row"},
		"queries on queries":  {"with " + strings.Join(tables, ", ") + " select * from w1499", "error 54001: the statement is nested too deeply"},
	} {
		if got := row(answerTo(conn, c.sql)); got != c.want {
			t.Errorf("%s: got %.300s, want %s", name, got, c.want)
		}
	}
}

// before is the table that a WITH table of a number reads.
func before(number int) string {
	if number == 0 {
		return "l"
	}
	return fmt.Sprintf("w%d", number-1)
}

// The answers of testdata hold many failures of many kinds; TestAnswers holds them to what the node says.
func TestNoFailureIsInTheEnginesWords(t *testing.T) {
	t.Parallel()
	words := regexp.MustCompile(`(?i:duckdb|binder|catalog error|hugeint|explicit cast|candidate|max_expression|did you mean|unimplemented|\bstruct\b|drop entry|LINE 1)|VARCHAR|INTEGER|\bCTE\b`)
	paths, err := filepath.Glob("testdata/answers/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	failures := 0
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if !strings.HasPrefix(line, "=> error ") {
				continue
			}
			if failures++; words.MatchString(line) {
				t.Errorf("%s: %s", filepath.Base(path), line)
			}
		}
	}
	if failures < 100 {
		t.Errorf("there are only %d failures to look at", failures)
	}
}
