package internal_test

import (
	"go/ast"
	"slices"
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

	"internal/awsapi": 1,

	"internal/node/process": 1,
	"internal/node/session": 2,
	"internal/node/catalog": 3,

	"internal/installation": 2,
	"internal/rootkey":      2,
	"internal/service":      2,

	"internal/warehouse": 3,

	"internal/accounts":    4,
	"internal/keys":        4,
	"internal/secretstore": 4,
	"internal/vault":       4,
	"internal/fleet":       4,
	"internal/sqllog":      4,

	"internal/api":        5,
	"internal/sigv4":      5,
	"internal/schedule":   5,
	"internal/meta":       5,
	"internal/audit":      5,
	"internal/engine":     5,
	"internal/sql/print":  5,
	"internal/pgwire":     5,
	"internal/lazyfs":     5,
	"internal/nodeapi":    5,
	"internal/copyformat": 5,

	"internal/policy":   6,
	"internal/throttle": 6,
	"internal/confine":  6,
	"internal/scram":    6,
	"internal/reserve":  6,
	"internal/sql/bind": 6,

	"internal/sql/parse": 7,
	"internal/sql/types": 7,

	"internal/sql/ast": 8,

	"internal/sql/keyword":  9,
	"internal/sql/sqlstate": 9,
	"internal/sql/sqltest":  9,
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

// The warehouse knows no API: services translate what it answers and refuses.
func TestTheWarehouseKnowsNoService(t *testing.T) {
	for importer, imports := range projectImports(t) {
		for imported := range imports {
			if within(importer, "internal/warehouse") && strings.HasPrefix(imported, "internal/api/") {
				t.Errorf("%s imports %s: the warehouse speaks no API's shapes; a service translates", importer, imported)
			}
		}
	}
}

// shared are the rooms of internal/service/redshift that are no families.
var shared = []string{
	"internal/service/redshift/feature", "internal/service/redshift/permission", "internal/service/redshift/render", "internal/service/redshift/tagging",
}

// What two families share is in the warehouse, or in a room that is shared.
func TestNoFamilyImportsAnother(t *testing.T) {
	const redshift = "internal/service/redshift/"
	for importer, imports := range projectImports(t) {
		for imported := range imports {
			of := strings.HasPrefix(imported, redshift) && !slices.Contains(shared, imported)
			if of && strings.HasPrefix(importer, redshift) {
				t.Errorf("%s imports the family %s: move what both need into the warehouse", importer, imported)
			}
			if of && importer == "internal/service/redshift" {
				t.Errorf("%s imports the family %s: the wiring lists the families", importer, imported)
			}
			one, another := serviceOf(importer), serviceOf(imported)
			if one != "" && another != "" && one != another {
				t.Errorf("%s imports %s: a service knows no other", importer, imported)
			}
		}
	}
}

// serviceOf is the service that a package belongs to, if it does.
func serviceOf(pkg string) string {
	rest, within := strings.CutPrefix(pkg, "internal/service/")
	if !within {
		return ""
	}
	name, _, _ := strings.Cut(rest, "/")
	return name
}

func within(pkg, folder string) bool { return pkg == folder || strings.HasPrefix(pkg, folder+"/") }

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
