package redshifttest_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"slipher/internal/api/redshift"
	"slipher/internal/testbed"
)

// TestEventCategories asks for the table of events whole, by source, and for a source that there is not.
func TestEventCategories(t *testing.T) {
	t.Parallel()
	bed := testbed.New(t, testbed.Config{})
	whole := bed.Must(testbed.Owner, "DescribeEventCategories").(*redshift.EventCategoriesMessage).EventCategoriesMapList
	if len(whole) != 5 {
		t.Fatalf("%d types of sources, want 5", len(whole))
	}
	categories := []string{"configuration", "management", "monitoring", "pending", "security"}
	seen := map[string]bool{}
	for _, source := range whole {
		alone := bed.Must(testbed.Owner, "DescribeEventCategories", "SourceType="+source.SourceType).(*redshift.EventCategoriesMessage).EventCategoriesMapList
		if len(alone) != 1 || len(alone[0].Events) != len(source.Events) || alone[0].SourceType != source.SourceType {
			t.Errorf("%s alone differs from what the whole table says of it", source.SourceType)
		}
		for _, event := range source.Events {
			switch {
			case seen[event.EventId]:
				t.Errorf("%s is there twice", event.EventId)
			case len(event.EventCategories) != 1 || !slices.Contains(categories, event.EventCategories[0]):
				t.Errorf("%s is of the categories %v", event.EventId, event.EventCategories)
			case event.Severity != "INFO" && event.Severity != "ERROR", !strings.HasPrefix(event.EventId, "REDSHIFT-EVENT-"), event.EventDescription == "":
				t.Errorf("%+v is incomplete", event)
			}
			seen[event.EventId] = true
		}
	}
	_, err := bed.Call(testbed.Owner, "DescribeEventCategories", "SourceType=table")
	wantFault(t, err, "InvalidParameterValue")
}

// TestCompatibleEvents holds that each event of the table is emitted somewhere, or named in docs/compatibility.md as one that does
// not occur, and that each kind that has a name is some family's.
func TestCompatibleEvents(t *testing.T) {
	t.Parallel()
	numbers, emitted := eventNumbers(t)
	text, err := os.ReadFile("../../../../docs/compatibility.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), "## Events that do not occur\n")
	if !found {
		t.Fatal("docs/compatibility.md does not say which events do not occur")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	absent := regexp.MustCompile("`([0-9]{4})`").FindAllStringSubmatch(section, -1)
	var wanted []string
	for _, match := range absent {
		wanted = append(wanted, match[1])
	}
	bed := testbed.New(t, testbed.Config{})
	var table, silent []string
	for _, source := range bed.Must(testbed.Owner, "DescribeEventCategories").(*redshift.EventCategoriesMessage).EventCategoriesMapList {
		for _, event := range source.Events {
			number := strings.TrimPrefix(event.EventId, "REDSHIFT-EVENT-")
			table = append(table, number)
			if !slices.Contains(emitted, number) {
				silent = append(silent, number)
			}
		}
	}
	slices.Sort(wanted)
	slices.Sort(silent)
	if !slices.Equal(wanted, silent) {
		t.Errorf("docs/compatibility.md names as events that do not occur\n%v\nbut those that nothing emits are\n%v", wanted, silent)
	}
	for _, number := range numbers {
		if !slices.Contains(table, number) {
			t.Errorf("event %s is no family's", number)
		}
	}
}

// eventNumbers reads the warehouse and the families: the numbers of all kinds of events that have a name, and of those whose name is used other than in
// the list of a family's.
func eventNumbers(t *testing.T) (all, used []string) {
	t.Helper()
	numbers, uses := map[string]string{}, map[string]bool{}
	for _, file := range parsed(t, "../../../warehouse/*.go", "../../../warehouse/*/*.go", "../*/*.go") {
		in := func(name string) string { return file.Name.Name + "." + name }
		ast.Inspect(file, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.ValueSpec:
				if number := eventNumber(node); number != "" {
					numbers[in(node.Names[0].Name)] = number
					return false
				}
			case *ast.CompositeLit:
				_, list := node.Type.(*ast.ArrayType)
				return !list
			case *ast.SelectorExpr:
				if from, ok := node.X.(*ast.Ident); ok && from.Name == "event" {
					uses["event."+node.Sel.Name] = true
				}
			case *ast.Ident:
				uses[in(node.Name)] = uses[in(node.Name)] || file.Name.Name != "event"
			}
			return true
		})
	}
	for name, number := range numbers {
		all = append(all, number)
		if uses[name] {
			used = append(used, number)
		}
	}
	if len(used) == 0 {
		t.Fatal("found no event that is emitted")
	}
	return all, used
}

// parsed are the files of folders but for the tests.
func parsed(t *testing.T, patterns ...string) (files []*ast.File) {
	t.Helper()
	for _, pattern := range patterns {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range found {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, file)
		}
	}
	return files
}

var fourDigits = regexp.MustCompile(`^"[0-9]{4}"$`)

// eventNumber is that of a kind of event which a variable holds.
func eventNumber(spec *ast.ValueSpec) string {
	if len(spec.Values) != 1 {
		return ""
	}
	kind, ok := spec.Values[0].(*ast.CompositeLit)
	if !ok {
		return ""
	}
	for _, field := range kind.Elts {
		if named, ok := field.(*ast.KeyValueExpr); ok {
			field = named.Value
		}
		if literal, ok := field.(*ast.BasicLit); ok && fourDigits.MatchString(literal.Value) {
			return strings.Trim(literal.Value, `"`)
		}
	}
	return ""
}
