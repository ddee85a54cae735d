package pin_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"slipher/internal/warehouse/pin"
)

// TestEveryKindIsRegistered reads the records of package state: one that names a manifest or a scope, itself or in what it is made of, has to be on
// the list. A kind that is forgotten here has its data swept.
func TestEveryKindIsRegistered(t *testing.T) {
	t.Parallel()
	var registered []string
	for _, kind := range pin.Kinds() {
		registered = append(registered, kind.Record)
	}
	slices.Sort(registered)
	kept := readRecords(t, "../state/*.go").thatPin()
	if !slices.Equal(kept, registered) {
		t.Errorf("these records name a manifest or a scope: %v; on the list of pins are %v", kept, registered)
	}
}

func TestRecordsThatPinAreFound(t *testing.T) {
	t.Parallel()
	found := records{structs: map[string]*ast.StructType{}}
	found.add(t, `package state
type direct struct{ Manifest string }
type inner struct{ Scope string }
type nested struct{ Parts []*inner }
type embedding struct{ inner }
type plain struct{ Name string }
var a = meta.Records[direct]{}
var b = meta.Records[nested]{}
var c = meta.Records[embedding]{}
var d = meta.Records[plain]{}
`)
	if got, want := found.thatPin(), []string{"direct", "embedding", "nested"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// records are the types of a package, and which of them are kept.
type records struct {
	structs map[string]*ast.StructType
	kept    []string
}

func readRecords(t *testing.T, pattern string) records {
	t.Helper()
	read := records{structs: map[string]*ast.StructType{}}
	paths, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if !strings.HasSuffix(path, "_test.go") {
			read.addFile(t, path, nil)
		}
	}
	return read
}

func (r *records) add(t *testing.T, source string) { r.addFile(t, "source.go", source) }

func (r *records) addFile(t *testing.T, path string, source any) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, source, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.TypeSpec:
			if of, ok := node.Type.(*ast.StructType); ok {
				r.structs[node.Name.Name] = of
			}
		case *ast.IndexExpr: // meta.Records[T]
			generic, ok := node.X.(*ast.SelectorExpr)
			body, named := node.Index.(*ast.Ident)
			if ok && named && generic.Sel.Name == "Records" {
				r.kept = append(r.kept, body.Name)
			}
		}
		return true
	})
}

func (r records) thatPin() []string {
	pinning := slices.DeleteFunc(slices.Clone(r.kept), func(name string) bool { return !r.pins(name) })
	slices.Sort(pinning)
	return slices.Compact(pinning)
}

func (r records) pins(name string) bool {
	of := r.structs[name]
	if of == nil {
		return false
	}
	pins := false
	for _, field := range of.Fields.List {
		for _, named := range field.Names {
			pins = pins || named.Name == "Manifest" || named.Name == "Scope"
		}
		ast.Inspect(field.Type, func(node ast.Node) bool {
			if part, ok := node.(*ast.Ident); ok && part.Name != name {
				pins = pins || r.pins(part.Name)
			}
			return true
		})
	}
	return pins
}
