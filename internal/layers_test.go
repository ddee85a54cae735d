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
	"cmd/slipher":      0,
	"cmd/demo":         0,
	"cmd/benchvault":   0,
	"cmd/benchapi":     0,
	"cmd/benchsql":     0,
	"cmd/steady":       0,
	"test":             0,
	"internal/testbed": 0,

	"internal/server": 1,
	"internal/doctor": 1,

	"internal/awsapi": 2,

	"internal/node/process": 2,
	"internal/node/session": 3,
	"internal/node/catalog": 4,

	"internal/installation": 3,
	"internal/rootkey":      3,
	"internal/service":      3,

	"internal/warehouse": 4,

	"internal/accounts":    5,
	"internal/keys":        5,
	"internal/secretstore": 5,
	"internal/vault":       5,
	"internal/fleet":       5,
	"internal/sqllog":      5,

	"internal/api":        6,
	"internal/sigv4":      6,
	"internal/schedule":   6,
	"internal/meta":       6,
	"internal/audit":      6,
	"internal/engine":     6,
	"internal/sql/print":  6,
	"internal/pgwire":     6,
	"internal/lazyfs":     6,
	"internal/nodeapi":    6,
	"internal/copyformat": 6,

	"internal/policy":   7,
	"internal/throttle": 7,
	"internal/confine":  7,
	"internal/scram":    7,
	"internal/reserve":  7,
	"internal/sql/bind": 7,

	"internal/sql/parse": 8,
	"internal/sql/types": 8,

	"internal/sql/ast": 9,

	"internal/sdkclient":    10,
	"internal/sql/keyword":  10,
	"internal/sql/sqlstate": 10,
	"internal/sql/sqltest":  10,
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
