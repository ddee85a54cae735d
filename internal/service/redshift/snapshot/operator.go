package snapshot

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/state"
)

// Listed is one snapshot of an account, as its owner is shown it.
type Listed struct {
	Account, Region string
	Snapshot        redshift.Snapshot
}

// List answers every snapshot of an account and region in the order of creation, for whoever runs slipher. Empty names stand for any.
func List(ctx context.Context, w *warehouse.Warehouse, account, region string) ([]Listed, error) {
	f := over(w)
	return meta.Read(ctx, f.store, func(tx *meta.Tx) (listed []Listed, err error) {
		records, err := state.Snapshots.List(tx, meta.Query{Account: account, Region: region})
		for _, record := range records {
			listed = append(listed, Listed{Account: record.Account, Region: record.Region, Snapshot: *f.render.Snapshot(record, record.Account)})
		}
		return listed, err
	})
}

// Take takes a manual snapshot by the same road as the API, and reports it as DescribeClusterSnapshots shows it whenever wait returns, until it is no longer
// being created. wait says whether to go on.
func Take(ctx context.Context, w *warehouse.Warehouse, caller api.Caller, cluster, identifier string, report func(redshift.Snapshot), wait func() bool) error {
	f := over(w)
	_, err := f.create(ctx, caller, &redshift.CreateClusterSnapshotMessage{ClusterIdentifier: cluster, SnapshotIdentifier: identifier})
	for err == nil {
		var described *redshift.SnapshotMessage
		if described, err = f.describe(ctx, caller, &redshift.DescribeClusterSnapshotsMessage{SnapshotIdentifier: identifier}); err != nil {
			break
		}
		report(described.Snapshots[0])
		if described.Snapshots[0].Status != state.Creating || !wait() {
			break
		}
	}
	return err
}
