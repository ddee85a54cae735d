package iam_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	apiiam "slipher/internal/api/iam"
	"slipher/internal/api/sts"
)

var answeredFault = regexp.MustCompile(`^([A-Za-z]+) \([45][0-9]{2}\): `)

// TestFaults wants each fault that the models give an operation to be answered in a script, or testdata/faults/unscripted.txt to name the
// Go test that reaches it or to say why it cannot occur.
func TestFaults(t *testing.T) {
	t.Parallel()
	reached := scriptedFaults(t)
	unscripted := readUnscripted(t)
	used := map[string]bool{}
	for _, operation := range slices.Concat(apiiam.Table().Operations, sts.Table().Operations) {
		for _, code := range operation.Faults {
			if reached[operation.Name+" "+code] {
				continue
			}
			named := ""
			for _, line := range []string{operation.Name + " " + code, "* " + code} {
				if unscripted[line] != "" {
					named = line
					break
				}
			}
			if named == "" {
				t.Errorf("no script answers the fault %s of %s: write one, or name a Go test or the reason in testdata/faults/unscripted.txt", code, operation.Name)
			}
			used[named] = true
		}
	}
	for line := range unscripted {
		if !used[line] {
			t.Errorf("testdata/faults/unscripted.txt: %s is reached by a script, or there is no such fault: remove the line", line)
		}
	}
	tests := allText(t, "*_test.go")
	for line, reason := range unscripted {
		if strings.HasPrefix(reason, "Test") && !strings.Contains(tests, "func "+reason+"(") {
			t.Errorf("testdata/faults/unscripted.txt: %s: there is no test %s", line, reason)
		}
	}
}

func scriptedFaults(t *testing.T) map[string]bool {
	t.Helper()
	reached, operation := map[string]bool{}, ""
	for line := range strings.Lines(allText(t, "testdata/*.txt")) {
		if request, asked := strings.CutPrefix(line, "> "); asked {
			operation, _, _ = strings.Cut(strings.TrimSpace(request), " ")
		} else if answered := answeredFault.FindStringSubmatch(line); answered != nil {
			reached[operation+" "+answered[1]] = true
		}
	}
	return reached
}

// readUnscripted answers the reasons, or names of tests, by the operation and the fault.
func readUnscripted(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("testdata/faults/unscripted.txt")
	if err != nil {
		t.Fatal(err)
	}
	read := map[string]string{}
	for line := range strings.Lines(string(text)) {
		fault, reason, separated := strings.Cut(strings.TrimSpace(line), ": ")
		if separated && !strings.HasPrefix(line, "#") {
			read[fault] = reason
		}
	}
	return read
}

func allText(t *testing.T, pattern string) string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts[file] = string(text)
	}
	var all strings.Builder
	for _, file := range slices.Sorted(maps.Keys(texts)) {
		all.WriteString(texts[file] + "\n")
	}
	return all.String()
}
