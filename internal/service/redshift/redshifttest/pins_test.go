package redshifttest_test

import (
	"fmt"
	"testing"
	"time"

	"slipher/internal/testbed"
)

// loss is a way in which a snapshot goes while it is restored. The other snapshot of the cluster goes with it, so that there is
// something to sweep.
type loss struct {
	name   string
	happen func(t *testing.T, bed *testbed.Bed)
}

var losses = []loss{
	{"revoke_and_delete", func(t *testing.T, bed *testbed.Bed) {
		if err := revoke(bed, "monday", testbed.Consumer); err != nil {
			t.Fatal(err)
		}
		bed.Must(testbed.Owner, "DeleteClusterSnapshot", "SnapshotIdentifier=monday")
		bed.Must(testbed.Owner, "DeleteClusterSnapshot", "SnapshotIdentifier=tuesday")
		bed.Accounts.Close(testbed.Owner)
	}},
	{"expiry", func(_ *testing.T, bed *testbed.Bed) {
		bed.Accounts.Close(testbed.Owner)
		bed.Clock.Advance(25 * time.Hour)
	}},
}

// pinnedBed has two snapshots of a cluster that is gone, the first of them shared.
func pinnedBed(t *testing.T, content []byte) *testbed.Bed {
	t.Helper()
	bed := testbed.New(t, testbed.Config{})
	bed.CreateCluster(testbed.Owner, "sales", content)
	save := func(snapshot string) {
		bed.Must(testbed.Owner, "CreateClusterSnapshot", "ClusterIdentifier=sales", "SnapshotIdentifier="+snapshot, "ManualSnapshotRetentionPeriod=1")
		bed.AwaitSnapshot(testbed.Owner, snapshot, "available")
	}
	save("monday")
	if err := bed.Nodes.Write(bed.Key(testbed.Owner, "sales"), rows(300_000, "later")); err != nil {
		t.Fatal(err)
	}
	save("tuesday")
	bed.Must(testbed.Owner, "DeleteCluster", "ClusterIdentifier=sales", "SkipFinalClusterSnapshot=true")
	bed.AwaitCluster(testbed.Owner, "sales", "gone")
	if err := authorize(bed, "monday", testbed.Consumer); err != nil {
		t.Fatal(err)
	}
	return bed
}

// wantSwept waits until everything is swept but the one snapshot's data, unless the restore needs that no more either: it runs beside
// the opening of the cluster.
func wantSwept(t *testing.T, bed *testbed.Bed) {
	t.Helper()
	bed.RestBeside(1)
	want := 1
	if bed.Cluster(testbed.Consumer, "copy").RestoreStatus.Status == "completed" {
		want = 0
	}
	if got := manifests(bed); got != want {
		t.Errorf("%d manifests are left, want %d", got, want)
	}
}

// TestRestoreOutlivesItsSnapshot takes a snapshot away at every point of a restore that was accepted, with the process killed there
// or not.
func TestRestoreOutlivesItsSnapshot(t *testing.T) {
	t.Parallel()
	content := rows(400_000, "sales")
	for _, point := range []string{"accepted", "start", "open", "restore"} {
		for _, killed := range []string{"not_killed", "killed_before", "killed_after"} {
			for _, loss := range losses {
				t.Run(fmt.Sprintf("%s_at_%s_%s", loss.name, point, killed), func(t *testing.T) {
					t.Parallel()
					bed := pinnedBed(t, content)
					hold := restoreUntil(bed, point)
					if killed == "killed_before" {
						hold = killHeld(bed, point)
					}
					loss.happen(t, bed)
					if killed == "killed_after" {
						hold = killHeld(bed, point)
					}
					if hold == nil {
						hold = bed.Hold("start")
						bed.RunJobs()
						hold.Reached(bed)
					}
					wantSwept(t, bed)
					hold.Release()
					bed.AwaitCluster(testbed.Consumer, "copy", "available")
					bed.AwaitRestore(testbed.Consumer, "copy", "completed")
					wantRows(t, bed, testbed.Consumer, "copy", content)
					bed.Await("what only the restore needed to go", func() bool { return manifests(bed) == 0 })
				})
			}
		}
	}
}

// restoreUntil has the consumer restore the snapshot, and stops there. Where no job has begun there is nothing to hold.
func restoreUntil(bed *testbed.Bed, point string) *testbed.Hold {
	var hold *testbed.Hold
	if point == "accepted" {
		bed.StopJobs()
	} else {
		hold = bed.Hold(point)
	}
	bed.Must(testbed.Consumer, "RestoreFromClusterSnapshot", "ClusterIdentifier=copy", "SnapshotIdentifier=monday", "OwnerAccount="+testbed.Owner)
	if hold != nil {
		hold.Reached(bed)
	}
	return hold
}

// killHeld ends the process and stops the next one at the same point, or, where no job had begun, at the first step.
func killHeld(bed *testbed.Bed, point string) *testbed.Hold {
	if point == "accepted" {
		point = "start"
	}
	hold := bed.Hold(point)
	bed.Restart()
	hold.Reached(bed)
	return hold
}

// TestTableRestoreOutlivesItsSnapshot is the same for one table. Only the snapshot's owner restores tables from it, so nothing is revoked.
func TestTableRestoreOutlivesItsSnapshot(t *testing.T) {
	t.Parallel()
	content := rows(400_000, "sales")
	for _, killed := range []bool{false, true} {
		for name, lose := range map[string]func(bed *testbed.Bed){
			"delete": func(bed *testbed.Bed) {
				bed.Must(testbed.Owner, "DeleteClusterSnapshot", "SnapshotIdentifier=monday")
			},
			"expiry": func(bed *testbed.Bed) { bed.Clock.Advance(25 * time.Hour) },
		} {
			t.Run(fmt.Sprintf("%s_killed_%t", name, killed), func(t *testing.T) {
				t.Parallel()
				bed := testbed.New(t, testbed.Config{})
				bed.CreateCluster(testbed.Owner, "sales", content)
				bed.Must(testbed.Owner, "CreateClusterSnapshot", "ClusterIdentifier=sales", "SnapshotIdentifier=monday", "ManualSnapshotRetentionPeriod=1")
				bed.AwaitSnapshot(testbed.Owner, "monday", "available")
				hold := bed.Hold("table")
				request := mustRestoreTable(t, bed, "sales", "monday", "copy").TableRestoreRequestId
				hold.Reached(bed)
				if killed {
					hold = killHeld(bed, "table")
				}
				lose(bed)
				bed.RestBeside(1)
				if bed.Snapshot(testbed.Owner, "monday") != nil {
					t.Fatal("the snapshot is still there")
				}
				hold.Release()
				if ended := awaitTable(bed, request); ended.Status != "SUCCEEDED" {
					t.Errorf("the restore ended as %s: %s", ended.Status, ended.Message)
				}
				wantTable(t, bed, "sales", "public.copy", content)
			})
		}
	}
}
