package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTimeIsAParameter: only the programs and their tests read the clock.
func TestTimeIsAParameter(t *testing.T) {
	eachFile(t, func(pkg string, file *ast.File) {
		if !strings.HasPrefix(pkg, "cmd/") && pkg != "test" && namesTimeNow(file) {
			t.Errorf("%s names time.Now: take a clock from whoever calls, which in the end is cmd/slipher", pkg)
		}
	})
}

func namesTimeNow(file *ast.File) (named bool) {
	ast.Inspect(file, func(node ast.Node) bool {
		selector, ok := node.(*ast.SelectorExpr)
		if ok && selector.Sel.Name == "Now" {
			if of, ok := selector.X.(*ast.Ident); ok && of.Name == "time" {
				named = true
			}
		}
		return !named
	})
	return named
}

// eachFile shows every file of the project's packages, tests left out.
func eachFile(t *testing.T, show func(pkg string, file *ast.File)) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (strings.HasPrefix(entry.Name(), ".") && entry.Name() != ".." || entry.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		pkg, err := filepath.Rel("..", filepath.Dir(path))
		if err != nil {
			return err
		}
		show(filepath.ToSlash(pkg), file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// folderNames finds what a document names of the project's folders.
var folderNames = regexp.MustCompile("`((?:internal|cmd)/[A-Za-z0-9_/]+)`")

func TestNamedPackagesExist(t *testing.T) {
	names := map[string]string{}
	for name := range floors {
		names[name] = "the floors"
	}
	for _, document := range []string{"architecture.md", "dependencies.md"} {
		text, err := os.ReadFile(filepath.Join("..", "docs", document))
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range folderNames.FindAllStringSubmatch(string(text), -1) {
			names[found[1]] = "docs/" + document
		}
	}
	if len(names) < len(floors) || len(floors) == 0 {
		t.Fatal("nothing is named")
	}
	for name, by := range names {
		if _, err := os.Stat(filepath.Join("..", name)); err != nil {
			t.Errorf("%s names %s, which does not exist", by, name)
		}
	}
}
