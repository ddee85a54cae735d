package warehouse_test

import (
	"testing"

	"slipher/internal/fleet"
	"slipher/internal/meta"
	"slipher/internal/testbed"
	"slipher/internal/warehouse"
)

// The operator is told what a snapshot waits for, and why one failed.
func TestSaveState(t *testing.T) {
	t.Parallel()
	bed := testbed.New(t, testbed.Config{})
	bed.CreateCluster(testbed.Owner, "sales", []byte("rows"))
	told := func(snapshot string, want warehouse.SaveState) {
		t.Helper()
		got, err := bed.Warehouse.SaveState(t.Context(), meta.Key{Account: testbed.Owner, Region: testbed.Region, ID: snapshot})
		if err != nil || got != want {
			t.Errorf("%s: got %+v, %v, want %+v", snapshot, got, err, want)
		}
	}
	hold := bed.Hold("save")
	bed.Must(testbed.Owner, "CreateClusterSnapshot", "ClusterIdentifier=sales", "SnapshotIdentifier=first")
	hold.Reached(bed)
	bed.Must(testbed.Owner, "CreateClusterSnapshot", "ClusterIdentifier=sales", "SnapshotIdentifier=second")
	told("first", warehouse.SaveState{})
	told("second", warehouse.SaveState{WaitsFor: "first"})
	hold.Fail(&fleet.NodeError{Message: "the disk of the snapshot store is full", NoRoom: true})
	bed.AwaitSnapshot(testbed.Owner, "first", "failed")
	bed.AwaitSnapshot(testbed.Owner, "second", "available")
	told("first", warehouse.SaveState{Failure: "the disk of the snapshot store is full"})
	told("second", warehouse.SaveState{})
	told("none", warehouse.SaveState{})
}
