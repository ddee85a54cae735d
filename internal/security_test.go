package internal_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestSecurityIsShown finds every test that docs/security.md names as the proof of a promise.
func TestSecurityIsShown(t *testing.T) {
	promises, err := os.ReadFile("../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9]+)`").FindAllStringSubmatch(string(promises), -1)
	if len(named) < 20 {
		t.Errorf("%d tests are named only", len(named))
	}
	tests := allTests(t)
	for _, name := range named {
		if !strings.Contains(tests, "\nfunc "+name[1]+"(") {
			t.Errorf("there is no %s", name[1])
		}
	}
}

// allTests is the text of all files of tests.
func allTests(t *testing.T) string {
	t.Helper()
	var text strings.Builder
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		body, err := os.ReadFile(path)
		text.Write(body)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return text.String()
}
