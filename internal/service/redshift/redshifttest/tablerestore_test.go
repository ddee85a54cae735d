package redshifttest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"slipher/internal/api/redshift"
	"slipher/internal/fleet"
	"slipher/internal/testbed"
	"slipher/internal/warehouse/state"
)

func restoreTable(bed *testbed.Bed, cluster, snapshot, name string) (*redshift.TableRestoreStatus, error) {
	answer, err := bed.Call(testbed.Owner, "RestoreTableFromClusterSnapshot", "ClusterIdentifier="+cluster, "SnapshotIdentifier="+snapshot,
		"SourceDatabaseName=dev", "SourceTableName=rows", "NewTableName="+name)
	if err != nil {
		return nil, err
	}
	return answer.(*redshift.RestoreTableFromClusterSnapshotResult).TableRestoreStatus, nil
}

func mustRestoreTable(t *testing.T, bed *testbed.Bed, cluster, snapshot, name string) redshift.TableRestoreStatus {
	t.Helper()
	status, err := restoreTable(bed, cluster, snapshot, name)
	if err != nil {
		t.Fatal(err)
	}
	return *status
}

func tableRestores(bed *testbed.Bed, account string, parameters ...string) *redshift.TableRestoreStatusMessage {
	return bed.Must(account, "DescribeTableRestoreStatus", parameters...).(*redshift.TableRestoreStatusMessage)
}

func lastTable(bed *testbed.Bed, account string) redshift.TableRestoreStatus {
	all := tableRestores(bed, account).TableRestoreStatusDetails
	return all[len(all)-1]
}

// awaitTable waits until the request has ended.
func awaitTable(bed *testbed.Bed, request string) (ended redshift.TableRestoreStatus) {
	bed.Await("the table restore to end", func() bool {
		ended = tableRestores(bed, testbed.Owner, "TableRestoreRequestId="+request).TableRestoreStatusDetails[0]
		return ended.Status == redshift.TableRestoreStatusTypeSucceeded || ended.Status == redshift.TableRestoreStatusTypeFailed
	})
	return ended
}

func wantTable(t *testing.T, bed *testbed.Bed, cluster, name string, want []byte) {
	t.Helper()
	held, err := bed.Nodes.Tables(bed.Key(testbed.Owner, cluster))
	if err != nil {
		t.Fatal(err)
	}
	if got := held[name]; !bytes.Equal(got, want) {
		t.Errorf("table %s has %d bytes that are not the %d it should have", name, len(got), len(want))
	}
}

// TestTableCrash ends the process before or after a copy. One that was made and not noted is not made again: the node remembers it.
func TestTableCrash(t *testing.T) {
	t.Parallel()
	content := rows(400_000, "sales")
	for step := range 2 {
		t.Run([]string{"before_the_copy", "after_the_copy"}[step], func(t *testing.T) {
			t.Parallel()
			bed := testbed.New(t, testbed.Config{})
			bed.RunClock()
			bed.CreateCluster(testbed.Owner, "sales", content)
			bed.CreateSnapshot(testbed.Owner, "sales", "monday")
			bed.CrashAt(step)
			ended := awaitTable(bed, mustRestoreTable(t, bed, "sales", "monday", "copy").TableRestoreRequestId)
			if got := ended.Status + " " + ended.Message; got != "SUCCEEDED " {
				t.Errorf("got %s, want it to have succeeded", got)
			}
			if asked := count(calls(bed), "table"); asked != 1+step {
				t.Errorf("the node was asked for the table %d times, want %d", asked, 1+step)
			}
			wantTable(t, bed, "sales", "public.copy", content)
			wantRows(t, bed, testbed.Owner, "sales", content)
		})
	}
}

func count(words []string, word string) (times int) {
	for _, next := range words {
		if next == word {
			times++
		}
	}
	return times
}

// TestTableFailures has copies fail in passing, without an end, and for good.
func TestTableFailures(t *testing.T) {
	t.Parallel()
	const interrupted = "FAILED The restore was interrupted. If there is a table copy in the schema public now, it is the restored one unless somebody else has made it."
	lost, away := errors.Join(fleet.ErrNotRunning, fleet.ErrLost), fleet.ErrNotRunning
	full := &fleet.NodeError{Message: "/data/x: the disk is full"}
	for name, test := range map[string]struct {
		failures []error
		own      bool // the client makes a table of the new name after the first failure
		want     string
	}{
		"in_passing":                       {failures: []error{full, errPassing}, want: "SUCCEEDED "},
		"for_good":                         {failures: []error{full, full, full}, want: "FAILED The table could not be copied in 3 attempts."},
		"without_an_end":                   {failures: []error{full, lost, full}, want: interrupted},
		"for_good_at_once":                 {failures: []error{damaged}, want: "FAILED The data of snapshot monday could not be restored."},
		"and_the_name_is_taken_meanwhile":  {failures: []error{full}, own: true, want: `FAILED relation "copy" already exists`},
		"without_an_end_and_name_is_taken": {failures: []error{lost}, own: true, want: interrupted},
		"while_the_node_is_away":           {failures: []error{full, away, away, away, away, full}, want: "SUCCEEDED "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bed := shared(t, testbed.Config{Limits: state.Limits{Attempts: 3}}, "monday")
			bed.RunClock()
			key := bed.Key(testbed.Owner, "sales")
			for _, failure := range test.failures {
				bed.Nodes.Fail("table", failure)
			}
			bed.Nodes.Watch(func(_ context.Context, step testbed.Step) error {
				if step.Call == "table" && !step.After && test.own {
					return bed.Nodes.MakeTable(key, "public", "copy", []byte("the client's own"))
				}
				return nil
			})
			ended := awaitTable(bed, mustRestoreTable(t, bed, "sales", "monday", "copy").TableRestoreRequestId)
			if got := ended.Status + " " + ended.Message; got != test.want {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
			if test.own {
				wantTable(t, bed, "sales", "public.copy", []byte("the client's own"))
			}
			bed.Must(testbed.Owner, "DeleteClusterSnapshot", "SnapshotIdentifier=monday")
			bed.Await("the ended restore to let go of the snapshot's data", func() bool { return len(bed.Stored()) == 0 })
		})
	}
}

// TestTablesTakeTurns restores several tables, one at a time and in order, up to the quota.
func TestTablesTakeTurns(t *testing.T) {
	t.Parallel()
	bed := shared(t, testbed.Config{Limits: state.Limits{TableRestores: 3}}, "monday")
	hold := bed.Hold("table")
	mustRestoreTable(t, bed, "sales", "monday", "a")
	hold.Reached(bed)
	mustRestoreTable(t, bed, "sales", "monday", "c")
	last := mustRestoreTable(t, bed, "sales", "monday", "b")
	statuses := func() (all []string) {
		for _, status := range tableRestores(bed, testbed.Owner).TableRestoreStatusDetails {
			all = append(all, status.NewTableName+" "+status.Status)
		}
		return all
	}
	if got, want := statuses(), []string{"a IN_PROGRESS", "c PENDING", "b PENDING"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	_, err := restoreTable(bed, "sales", "monday", "d")
	wantFault(t, err, "InProgressTableRestoreQuotaExceededFault")
	hold.Release()
	awaitTable(bed, last.TableRestoreRequestId)
	if got, want := statuses(), []string{"a SUCCEEDED", "c SUCCEEDED", "b SUCCEEDED"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	mustRestoreTable(t, bed, "sales", "monday", "d")
}

// TestTableOfAnotherCluster wants tables restored into the cluster that the snapshot is of and into no other, whatever their names.
func TestTableOfAnotherCluster(t *testing.T) {
	t.Parallel()
	bed := shared(t, testbed.Config{}, "monday")
	bed.Must(testbed.Owner, "RestoreFromClusterSnapshot", "ClusterIdentifier=copy", "SnapshotIdentifier=monday")
	bed.AwaitCluster(testbed.Owner, "copy", "available")
	_, err := restoreTable(bed, "copy", "monday", "t")
	wantFault(t, err, "ClusterSnapshotNotFound")

	bed.Must(testbed.Owner, "DeleteCluster", "ClusterIdentifier=sales", "SkipFinalClusterSnapshot=true")
	bed.AwaitCluster(testbed.Owner, "sales", "gone")
	bed.CreateCluster(testbed.Owner, "sales", rows(1000, "new"))
	_, err = restoreTable(bed, "sales", "monday", "t")
	wantFault(t, err, "ClusterSnapshotNotFound")
}

// TestTableRestorePages reads a list page by page.
func TestTableRestorePages(t *testing.T) {
	t.Parallel()
	bed := shared(t, testbed.Config{Limits: state.Limits{TableRestores: 50}}, "monday")
	var asked []string
	for i := range 45 {
		asked = append(asked, mustRestoreTable(t, bed, "sales", "monday", fmt.Sprintf("t%d", i)).TableRestoreRequestId)
	}
	var seen []string
	for marker, more := "", true; more; more = marker != "" {
		page := tableRestores(bed, testbed.Owner, "ClusterIdentifier=sales", "MaxRecords=20", "Marker="+marker)
		for _, status := range page.TableRestoreStatusDetails {
			seen = append(seen, status.TableRestoreRequestId)
		}
		marker = page.Marker
	}
	if !slices.Equal(seen, asked) {
		t.Errorf("saw %d requests that are not the %d that were made, in order", len(seen), len(asked))
	}
	createCluster(bed, "other")
	if others := tableRestores(bed, testbed.Owner, "ClusterIdentifier=other").TableRestoreStatusDetails; len(others) > 0 {
		t.Errorf("another cluster shows %d of them", len(others))
	}
	_, err := bed.Call(testbed.Owner, "DescribeTableRestoreStatus", "ClusterIdentifier=other", "TableRestoreRequestId="+asked[0])
	wantFault(t, err, "TableRestoreNotFoundFault")
}

// TestTableNames checks their length.
func TestTableNames(t *testing.T) {
	t.Parallel()
	bed := shared(t, testbed.Config{}, "monday")
	mustRestoreTable(t, bed, "sales", "monday", strings.Repeat("x", 127))
	for _, name := range []string{"", strings.Repeat("x", 128)} {
		_, err := restoreTable(bed, "sales", "monday", name)
		wantFault(t, err, "InvalidTableRestoreArgument")
	}
}
