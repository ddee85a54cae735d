package control

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse/state"
)

// ListedSnapshot is one snapshot of an account, as its owner is shown it.
type ListedSnapshot struct {
	Account, Region string
	Snapshot        redshift.Snapshot
}

// ListSnapshots answers every snapshot of an account and region in the order of creation, for whoever runs slipher. Empty names stand for any.
func (c *Control) ListSnapshots(ctx context.Context, account, region string) (listed []ListedSnapshot, err error) {
	err = c.config.Store.View(ctx, func(tx *meta.Tx) error {
		records, err := state.Snapshots.List(tx, meta.Query{Account: account, Region: region})
		for _, record := range records {
			listed = append(listed, ListedSnapshot{Account: record.Account, Region: record.Region, Snapshot: *c.render.Snapshot(record, record.Account)})
		}
		return err
	})
	return listed, err
}

// TakeSnapshot takes a manual snapshot by the same road as the API, and reports it as DescribeClusterSnapshots shows it whenever wait returns, until it is
// no longer being created. wait says whether to go on.
func (c *Control) TakeSnapshot(ctx context.Context, caller api.Caller, cluster, identifier string, report func(redshift.Snapshot), wait func() bool) error {
	_, err := c.CreateClusterSnapshot(ctx, caller, &redshift.CreateClusterSnapshotMessage{ClusterIdentifier: cluster, SnapshotIdentifier: identifier})
	for err == nil {
		var described *redshift.SnapshotMessage
		if described, err = c.DescribeClusterSnapshots(ctx, caller, &redshift.DescribeClusterSnapshotsMessage{SnapshotIdentifier: identifier}); err != nil {
			break
		}
		report(described.Snapshots[0])
		if described.Snapshots[0].Status != state.Creating || !wait() {
			break
		}
	}
	return err
}
