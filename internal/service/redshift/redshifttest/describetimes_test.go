package redshifttest_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/testbed"
	"slipher/internal/warehouse/state"
)

// TestSnapshotsByTime pages through snapshots between two times, and finds those of a slipher that did not index them yet.
func TestSnapshotsByTime(t *testing.T) {
	t.Parallel()
	const count = 45
	bed := testbed.New(t, testbed.Config{Limits: state.Limits{ManualSnapshots: count}})
	createCluster(bed, "sales")
	bed.AwaitCluster(testbed.Owner, "sales", "available")
	var all []string
	for i := range count {
		name := fmt.Sprintf("s-%02d", i)
		bed.Must(testbed.Owner, "CreateClusterSnapshot", "ClusterIdentifier=sales", "SnapshotIdentifier="+name)
		bed.AwaitSnapshot(testbed.Owner, name, "available")
		bed.Clock.Advance(time.Second)
		all = append(all, name)
	}
	at := func(i int) string { return testbed.Began.Add(time.Duration(i) * time.Second).Format(time.RFC3339) }
	found := func(search ...string) (names []string) {
		t.Helper()
		for marker := ""; ; {
			page := bed.Must(testbed.Owner, "DescribeClusterSnapshots", append(search, "MaxRecords=20", "Marker="+marker)...).(*redshift.SnapshotMessage)
			for _, snapshot := range page.Snapshots {
				names = append(names, snapshot.SnapshotIdentifier)
			}
			if marker = page.Marker; marker == "" {
				return names
			}
		}
	}
	compare := func() {
		t.Helper()
		for _, test := range []struct {
			search []string
			want   []string
		}{
			{[]string{"StartTime=" + at(0)}, all},
			{[]string{"StartTime=" + at(3)}, all[3:]},
			{[]string{"EndTime=" + at(41)}, all[:42]},
			{[]string{"StartTime=" + at(3), "EndTime=" + at(41), "SnapshotType=manual", "ClusterIdentifier=sales"}, all[3:42]},
			{[]string{"StartTime=" + at(3), "ClusterIdentifier=none"}, nil},
			{[]string{"StartTime=" + at(count)}, nil},
			{[]string{"EndTime=2026-01-01T00:00:00Z"}, nil},
		} {
			if got := found(test.search...); !slices.Equal(got, test.want) {
				t.Errorf("%v: got %v, want %v", test.search, got, test.want)
			}
		}
	}
	compare()
	first := bed.Must(testbed.Owner, "DescribeClusterSnapshots", "MaxRecords=20").(*redshift.SnapshotMessage)
	_, err := bed.Call(testbed.Owner, "DescribeClusterSnapshots", "StartTime="+at(0), "Marker="+first.Marker)
	wantFault(t, err, "InvalidParameterValue")

	forgetIndexes(t, bed)
	if got := found("StartTime=" + at(0)); len(got) != 0 {
		t.Errorf("%d snapshots are found without the index", len(got))
	}
	bed.Restart()
	compare()
}

// forgetIndexes takes the entries away that snapshots did not have at first.
func forgetIndexes(t *testing.T, bed *testbed.Bed) {
	t.Helper()
	plain := meta.Records[map[string]any]{Kind: "snapshot"}
	indexes := meta.Records[map[string]any]{Kind: "index"}
	err := bed.Store.Update(context.Background(), func(tx *meta.Tx) error {
		if err := plain.Reindex(tx); err != nil {
			return err
		}
		return indexes.Delete(tx, meta.Key{ID: "snapshot"})
	})
	if err != nil {
		t.Fatal(err)
	}
}
