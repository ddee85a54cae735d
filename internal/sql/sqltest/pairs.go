// Package sqltest reads the pairs of statements and answers that the tests of several packages run.
package sqltest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Pair is what the files in testdata of package print hold: pairs, apart by empty lines:
//
//	-- a note, which may be missing
//	a statement in Redshift SQL, on one line or several
//	=> what becomes of it: its command tag, or the error
//	engine SQL, one statement on each line
//
// A file is run from the top on an empty database, so a table stands before what uses it; go test -update rewrites
// everything from => on.
type Pair struct {
	Note, SQL, Want string
}

// ReadPairs reads a file of pairs.
func ReadPairs(t testing.TB, path string) []Pair {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var pairs []Pair
	for block := range strings.SplitSeq(string(text), "\n\n") {
		if block = strings.Trim(block, "\n"); block == "" {
			continue
		}
		var p Pair
		for strings.HasPrefix(block, "-- ") {
			line, rest, _ := strings.Cut(block, "\n")
			p.Note, block = p.Note+line+"\n", rest
		}
		sql, want, _ := strings.Cut(block, "\n=> ")
		p.SQL, p.Want = strings.TrimRight(sql, "\n"), want
		pairs = append(pairs, p)
	}
	return pairs
}

// Corpus are the files of pairs; internal is the way to the folder internal.
func Corpus(t testing.TB, internal string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(internal, "sql/print/testdata/*.sql"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("found no testdata: %v", err)
	}
	return paths
}

// WritePairs writes one anew.
func WritePairs(t *testing.T, path string, pairs []Pair) {
	t.Helper()
	var out strings.Builder
	for i, p := range pairs {
		if i > 0 {
			out.WriteString("\n")
		}
		fmt.Fprintf(&out, "%s%s\n=> %s\n", p.Note, p.SQL, p.Want)
	}
	if err := os.WriteFile(path, []byte(out.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
