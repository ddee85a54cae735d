package redshifttest_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"slipher/internal/api/redshift"
	"slipher/internal/api/secretsmanager"
)

// snapshotOperations are those whose faults docs/faults.md lists.
var snapshotOperations = []string{
	"CreateClusterSnapshot", "DescribeClusterSnapshots", "ModifyClusterSnapshot", "CopyClusterSnapshot", "DeleteClusterSnapshot",
	"BatchModifyClusterSnapshots", "BatchDeleteClusterSnapshots",
	"AuthorizeSnapshotAccess", "RevokeSnapshotAccess",
	"RestoreFromClusterSnapshot", "DescribeNodeConfigurationOptions", "RestoreTableFromClusterSnapshot", "DescribeTableRestoreStatus",
	"CreateSnapshotSchedule", "DescribeSnapshotSchedules", "ModifySnapshotSchedule", "DeleteSnapshotSchedule", "ModifyClusterSnapshotSchedule",
	"EnableSnapshotCopy", "DisableSnapshotCopy", "ModifySnapshotCopyRetentionPeriod",
	"CreateSnapshotCopyGrant", "DescribeSnapshotCopyGrants", "DeleteSnapshotCopyGrant",
	"CreateClusterParameterGroup", "DescribeClusterParameterGroups", "ModifyClusterParameterGroup", "ResetClusterParameterGroup", "DeleteClusterParameterGroup",
	"DescribeClusterParameters", "DescribeDefaultClusterParameters",
	"EnableLogging", "DisableLogging", "DescribeLoggingStatus",
	"CreateTags", "DescribeTags", "DeleteTags",
	"DescribeEvents", "DescribeEventCategories", "DescribeStorage",
}

// commonFaults may be answered by every operation, and are in no operation's model.
var commonFaults = []string{"InvalidParameterValue", "InvalidParameterCombination", "MissingParameter"}

// TestFaults holds docs/faults.md to the model and to the scripts of testdata: each fault that the model gives an operation is answered in a script,
// or testdata/faults/unscripted.txt names the Go test that reaches it or says why it cannot occur. With -update it writes the document.
func TestFaults(t *testing.T) {
	t.Parallel()
	table := newFaultTable(t)
	got := table.document()
	const path = "../../../../docs/faults.md"
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if want, err := os.ReadFile(path); err != nil || got != string(want) {
		t.Errorf("%s is not up to date (%v); run go test ./internal/service/redshift/redshifttest -run TestFaults -update\n%s", path, err, difference(string(want), got))
	}
	for _, problem := range table.problems {
		t.Error(problem)
	}
}

// faultTable is filled while the document is written.
type faultTable struct {
	modelled   map[string][]string // codes of each operation
	offered    map[string]bool
	scripted   map[fault]string // the script that reaches it
	unscripted map[fault]string // Test… is a Go test; everything else is the reason why it does not occur
	problems   []string
}

type fault struct{ operation, code string }

func newFaultTable(t *testing.T) *faultTable {
	t.Helper()
	table := &faultTable{modelled: map[string][]string{}, scripted: map[fault]string{}, unscripted: map[fault]string{}}
	for _, operation := range redshift.Table().Operations {
		table.modelled[operation.Name] = operation.Faults
	}
	for _, operation := range secretsmanager.Table().Operations {
		table.modelled["secretsmanager:"+operation.Name] = operation.Faults
	}
	table.offered = offered(t)
	table.readScripts(t)
	table.readUnscripted(t)
	return table
}

var answeredFault = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9.]+) \([45][0-9]{2}\): `)

func (f *faultTable) readScripts(t *testing.T) {
	t.Helper()
	for name, text := range readAll(t, "testdata/*.txt") {
		operation := ""
		for line := range strings.Lines(text) {
			if request, asked := strings.CutPrefix(line, "> "); asked {
				operation = strings.Fields(request)[0]
				continue
			}
			answered := answeredFault.FindStringSubmatch(line)
			if answered == nil || operation == "" {
				continue
			}
			f.noteScript(fault{operation, answered[1]}, name)
		}
	}
}

// noteScript keeps the first of the scripts in alphabetical order.
func (f *faultTable) noteScript(reached fault, script string) {
	if known, ok := f.scripted[reached]; !ok || script < known {
		f.scripted[reached] = script
	}
	if !slices.Contains(f.modelled[reached.operation], reached.code) && !slices.Contains(commonFaults, reached.code) {
		f.complain("%s: %s answers %s, which the model does not give it", script, reached.operation, reached.code)
	}
}

var unscriptedLine = regexp.MustCompile(`^([A-Za-z]+) ([A-Za-z0-9.]+): (.+)$`)

func (f *faultTable) readUnscripted(t *testing.T) {
	t.Helper()
	const path = "testdata/faults/unscripted.txt"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var tests strings.Builder
	for _, text := range readAll(t, "*_test.go") {
		tests.WriteString(text)
	}
	for number, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := unscriptedLine.FindStringSubmatch(line)
		if parts == nil {
			f.complain(`%s:%d: want "Operation Code: test or reason"`, path, number+1)
			continue
		}
		named := fault{parts[1], parts[2]}
		f.unscripted[named] = parts[3]
		if !slices.Contains(f.modelled[named.operation], named.code) {
			f.complain("%s:%d: the model gives %s no fault %s", path, number+1, named.operation, named.code)
		}
		if script := f.scripted[named]; script != "" {
			f.complain("%s:%d: %s reaches the fault: remove the line", path, number+1, script)
		}
		if strings.HasPrefix(parts[3], "Test") && !strings.Contains(bodyOf(tests.String(), parts[3]), strconv.Quote(named.code)) {
			f.complain("%s:%d: there is no test %s that names %s", path, number+1, parts[3], named.code)
		}
	}
}

// bodyOf is the text of a test function.
func bodyOf(text, name string) string {
	_, body, _ := strings.Cut(text, "func "+name+"(")
	body, _, _ = strings.Cut(body, "\n}\n")
	return body
}

func readAll(t *testing.T, pattern string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(file)] = string(text)
	}
	return all
}

func (f *faultTable) complain(format string, args ...any) {
	f.problems = append(f.problems, fmt.Sprintf(format, args...))
}

const faultsHead = `# The faults of the snapshot operations

Every fault that the API's model gives these operations, and what reaches it: a script of ` + "`internal/service/redshift/redshifttest/testdata`" + `, a Go test of the same package, or
nothing, with the reason. ` + "`go test ./internal/service/redshift/redshifttest -run TestFaults -update`" + ` writes this page; the test fails when a fault of an offered operation has
neither. Besides these, every operation answers the faults that all have in common: ` + "`InvalidParameterValue`, `InvalidParameterCombination`, `MissingParameter`" + ` and those
of the door, before an operation is called.
`

func (f *faultTable) document() string {
	var out strings.Builder
	out.WriteString(faultsHead)
	var missing []string
	for _, operation := range snapshotOperations {
		if !f.offered[operation] {
			missing = append(missing, "`"+operation+"`")
			continue
		}
		fmt.Fprintf(&out, "\n## %s\n\n", operation)
		codes := slices.Sorted(slices.Values(f.modelled[operation]))
		if len(codes) == 0 {
			out.WriteString("The model gives it none.\n")
			continue
		}
		out.WriteString("| fault | |\n| --- | --- |\n")
		for _, code := range codes {
			fmt.Fprintf(&out, "| `%s` | %s |\n", code, f.reachedBy(fault{operation, code}))
		}
	}
	if len(missing) > 0 {
		fmt.Fprintf(&out, "\n## Not offered yet\n\n%s\n", strings.Join(missing, " "))
	}
	f.checkOffered()
	return out.String()
}

func (f *faultTable) reachedBy(wanted fault) string {
	if script := f.scripted[wanted]; script != "" {
		return "`" + script + "`"
	}
	reached := f.unscripted[wanted]
	switch {
	case reached == "":
		f.complain("no script answers the fault %s of %s: write one, or name a Go test or the reason in testdata/faults/unscripted.txt", wanted.code, wanted.operation)
		return "**nothing**"
	case strings.HasPrefix(reached, "Test"):
		return "`" + reached + "`"
	}
	return "cannot occur: " + reached
}

// checkOffered refuses lines about operations that the document does not show.
func (f *faultTable) checkOffered() {
	for _, named := range slices.SortedFunc(maps.Keys(f.unscripted), func(a, b fault) int { return strings.Compare(a.operation+a.code, b.operation+b.code) }) {
		if !f.offered[named.operation] || !slices.Contains(snapshotOperations, named.operation) {
			f.complain("testdata/faults/unscripted.txt: %s is not among the operations of docs/faults.md", named.operation)
		}
	}
}
