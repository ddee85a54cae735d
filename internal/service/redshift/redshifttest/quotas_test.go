package redshifttest_test

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"slipher/internal/server"
	house "slipher/internal/service/redshift"
	"slipher/internal/testbed"
)

// TestQuotasDocument holds the table of docs/compatibility.md to the quotas that the families declare.
func TestQuotasDocument(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../../docs/compatibility.md")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, quota := range house.Quotas(server.Families(testbed.New(t, testbed.Config{}).Warehouse)) {
		want = append(want, fmt.Sprintf("| %s | %s | %d |", quota.Of, cmp.Or(quota.In, "an account and region"), quota.Most))
	}
	_, section, _ := strings.Cut(string(text), "\n## Quotas\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var got []string
	for line := range strings.Lines(section) {
		if strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| quota of") && !strings.HasPrefix(line, "| ---") {
			got = append(got, strings.TrimSpace(line))
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("docs/compatibility.md lists the quotas\n%s\nand the families have\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
