package redshifttest_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestCompatibilityDocument holds the two lists of docs/compatibility.md against what is offered.
func TestCompatibilityDocument(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../../docs/compatibility.md")
	if err != nil {
		t.Fatal(err)
	}
	table := offeredService(t)
	var offered, missing []string
	for _, operation := range table.Operations {
		if operation.Call == nil {
			missing = append(missing, operation.Name)
		} else {
			offered = append(offered, operation.Name)
		}
	}
	compare := func(title string, want []string) {
		t.Helper()
		got := operationsUnder(string(text), title)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("docs/compatibility.md, %q: lists\n%s\nwant\n%s", title, strings.Join(got, " "), strings.Join(want, " "))
		}
	}
	compare("## Offered", offered)
	compare("## Not offered yet", missing)
}

var operationName = regexp.MustCompile("`([A-Z][A-Za-z]+)`")

// operationsUnder collects the names in backquotes at the beginning of lines and in the lists of a section.
func operationsUnder(text, title string) []string {
	_, section, _ := strings.Cut(text, title+"\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var names []string
	for line := range strings.Lines(section) {
		if !strings.HasPrefix(line, "| `") && !strings.HasPrefix(line, "`") {
			continue
		}
		head, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), "|")
		for _, found := range operationName.FindAllStringSubmatch(head, -1) {
			names = append(names, found[1])
		}
	}
	slices.Sort(names)
	return names
}
