package redshifttest_test

import (
	"context"
	"sync/atomic"
	"testing"

	"slipher/internal/api/redshift"
	"slipher/internal/testbed"
)

// TestRestoreStatusStays has tries fail that had come half-way, while the cluster waits for its data. It has begun, and does not begin once more.
func TestRestoreStatusStays(t *testing.T) {
	t.Parallel()
	bed := testbed.New(t, testbed.Config{})
	bed.RunClock()
	bed.CreateCluster(testbed.Owner, "sales", rows(4<<20, "sales"))
	bed.CreateSnapshot(testbed.Owner, "sales", "monday")
	opening, restoring := bed.Hold("open"), bed.Hold("restore")
	var tries atomic.Int64
	bed.Nodes.Watch(func(_ context.Context, step testbed.Step) error {
		if step.Call == "restore" && !step.After {
			tries.Add(1)
		}
		return nil
	})
	for range 20 {
		bed.Nodes.Fail("restore", errPassing)
	}
	bed.Must(testbed.Owner, "RestoreFromClusterSnapshot", "ClusterIdentifier=copy", "SnapshotIdentifier=monday")
	wantRestore(t, bed, "starting", 0)
	opening.Reached(bed)
	restoring.Reached(bed)
	wantRestore(t, bed, "restoring", 2)
	restoring.Fail(errPassing)
	bed.Await("two more tries", func() bool { return tries.Load() > 2 })
	wantRestore(t, bed, "restoring", 2)
	opening.Release()
	bed.AwaitCluster(testbed.Owner, "copy", "available")
	wantRestore(t, bed, "restoring", 2)
}

func wantRestore(t *testing.T, bed *testbed.Bed, status string, progress int64) {
	t.Helper()
	answer := bed.Must(testbed.Owner, "DescribeClusters", "ClusterIdentifier=copy").(*redshift.ClustersMessage)
	if got := answer.Clusters[0].RestoreStatus; got.Status != status || got.ProgressInMegaBytes != progress {
		t.Errorf("got %s with %d MB, want %s with %d MB", got.Status, got.ProgressInMegaBytes, status, progress)
	}
}
