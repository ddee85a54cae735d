package testbed

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Scripts runs the scripts of a package's testdata, each against something that open makes anew. A line that begins with "> " is a request;
// what follows it, up to an empty line, is the answer, lines with their ends; everything else is a remark. With update the answers are written
// into the files.
func Scripts(t *testing.T, update bool, open func(t *testing.T) func(request string) string) {
	t.Helper()
	ScriptsOf(t, "testdata", update, open)
}

// ScriptsOf is Scripts for another folder.
func ScriptsOf(t *testing.T, folder string, update bool, open func(t *testing.T) func(request string) string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := runScript(string(want), open(t))
			if update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(want) {
				t.Errorf("%s: the answers differ; run with -update and look at the difference\n%s", file, Difference(string(want), got))
			}
		})
	}
}

func runScript(text string, answer func(request string) string) string {
	var out strings.Builder
	answered := false
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		request, asked := strings.CutPrefix(line, "> ")
		switch {
		case asked:
			fmt.Fprintf(&out, "%s\n%s", line, answer(request))
			answered = true
		case line == "":
			fmt.Fprintln(&out)
			answered = false
		case !answered:
			fmt.Fprintln(&out, line)
		}
	}
	return out.String()
}

// Difference is the first line in which two texts differ, or nothing.
func Difference(want, got string) string {
	wanted, gotten := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(wanted), len(gotten)) {
		w, g := "(end)", "(end)"
		if i < len(wanted) {
			w = wanted[i]
		}
		if i < len(gotten) {
			g = gotten[i]
		}
		if w != g {
			return fmt.Sprintf("line %d:\nwant %s\ngot  %s", i+1, w, g)
		}
	}
	return ""
}
