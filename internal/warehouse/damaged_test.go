package warehouse_test

import (
	"testing"
	"time"

	"slipher/internal/api/redshift"
	"slipher/internal/fleet"
	"slipher/internal/testbed"
)

// A cluster that lost data gets no more automated snapshots, and keeps those that it has, however old they become.
func TestAutomatedSnapshotsOfALostCluster(t *testing.T) {
	t.Parallel()
	bed := testbed.New(t, testbed.Config{})
	bed.CreateCluster(testbed.Owner, "sales", []byte("rows"))
	automated := func() (names []string) {
		answer := bed.Must(testbed.Owner, "DescribeClusterSnapshots", "ClusterIdentifier=sales", "SnapshotType=automated")
		for _, snapshot := range answer.(*redshift.SnapshotMessage).Snapshots {
			names = append(names, snapshot.SnapshotIdentifier)
		}
		return names
	}
	days := func(n int) {
		for range n * 4 {
			bed.Clock.Advance(6 * time.Hour)
			bed.Rest()
		}
	}
	days(2)
	good := automated()
	if len(good) == 0 {
		t.Fatal("no automated snapshot was taken of a sound cluster")
	}
	for range 200 { // at each try to open it
		bed.Nodes.Fail("open", &fleet.NodeError{Message: "the database file is missing", DatabaseDamaged: true})
	}
	bed.Restart()
	bed.AwaitCluster(testbed.Owner, "sales", "hardware-failure")
	good = automated()
	days(10)
	if got := automated(); len(good) == 0 || len(got) != len(good) || got[0] != good[0] {
		t.Errorf("of the lost cluster: got %q, want those from before, %q", got, good)
	}
}
