package internal_test

import (
	"go/ast"
	"strconv"
	"strings"
	"testing"
)

// floors is the list of docs/architecture.md. A package imports only from floors with a higher number: never up, never sideways.
// Subpackages live on their parent's floor and may use it.
var floors = map[string]int{
	"cmd/slipher":      -1,
	"cmd/demo":         -1,
	"cmd/benchvault":   -1,
	"cmd/benchapi":     -1,
	"test":             -1,
	"internal/testbed": -1,

	"internal/server": 0,
	"internal/doctor": 0,

	"internal/awsapi":  1,
	"internal/node":    1,
	"internal/control": 1,

	"internal/installation": 2,
	"internal/rootkey":      2,
	"internal/service":      2,

	"internal/accounts": 3,
	"internal/keys":     3,
	"internal/secrets":  3,
	"internal/vault":    3,
	"internal/fleet":    3,
	"internal/sqllog":   3,

	"internal/api":        4,
	"internal/sigv4":      4,
	"internal/schedule":   4,
	"internal/meta":       4,
	"internal/audit":      4,
	"internal/engine":     4,
	"internal/sql/print":  4,
	"internal/pgwire":     4,
	"internal/lazyfs":     4,
	"internal/nodeapi":    4,
	"internal/copyformat": 4,

	"internal/policy":   5,
	"internal/throttle": 5,
	"internal/confine":  5,
	"internal/scram":    5,

	"internal/sql/parse": 6,

	"internal/sql/ast": 7,

	"internal/sql/keyword":  8,
	"internal/sql/sqlstate": 8,
	"internal/sql/sqltest":  8,
}

func TestFloors(t *testing.T) {
	for importer, imports := range projectImports(t) {
		from, ok := family(importer)
		if !ok {
			t.Errorf("package %s has no floor: add it to floors here and to docs/architecture.md", importer)
			continue
		}
		for imported := range imports {
			to, ok := family(imported)
			if !ok || to == from {
				continue
			}
			if floors[to] <= floors[from] {
				t.Errorf("%s (floor %d) imports %s (floor %d): imports go down only; declare an interface in %s and let internal/server fill it",
					importer, floors[from], imported, floors[to], from)
			}
		}
	}
}

func TestOnlyTheEngineTouchesItsDriver(t *testing.T) {
	for importer, imports := range allImports(t) {
		for imported := range imports {
			if strings.HasPrefix(imported, "github.com/duckdb/") && importer != "internal/engine" {
				t.Errorf("%s imports %s: only internal/engine may", importer, imported)
			}
		}
	}
}

func family(pkg string) (string, bool) {
	for name := range floors {
		if pkg == name || strings.HasPrefix(pkg, name+"/") {
			return name, true
		}
	}
	return "", false
}

func projectImports(t *testing.T) map[string]map[string]bool {
	t.Helper()
	within := map[string]map[string]bool{}
	for importer, imports := range allImports(t) {
		within[importer] = map[string]bool{}
		for imported := range imports {
			if name, ok := strings.CutPrefix(imported, "slipher/"); ok {
				within[importer][name] = true
			}
		}
	}
	return within
}

// allImports maps each package folder to what its files import, tests left out.
func allImports(t *testing.T) map[string]map[string]bool {
	t.Helper()
	found := map[string]map[string]bool{}
	eachFile(t, func(pkg string, file *ast.File) {
		if found[pkg] == nil {
			found[pkg] = map[string]bool{}
		}
		for _, spec := range file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			found[pkg][name] = true
		}
	})
	if len(found) == 0 {
		t.Fatal("found no package at all")
	}
	return found
}
