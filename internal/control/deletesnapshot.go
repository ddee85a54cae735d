package control

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse/state"
)

// DeleteClusterSnapshot removes a manual snapshot that nobody else has access to. A sweep frees the blocks that no other snapshot needs; restores
// under way keep theirs until they have ended.
func (c *Control) DeleteClusterSnapshot(ctx context.Context, caller api.Caller, in *redshift.DeleteClusterSnapshotMessage) (*redshift.DeleteClusterSnapshotResult, error) {
	var record state.SnapshotRecord
	err := c.config.Store.Update(ctx, func(tx *meta.Tx) (err error) {
		record, err = c.findAndDelete(tx, caller, *in)
		return err
	})
	if err != nil {
		return nil, err
	}
	shape := c.render.Snapshot(record, caller.Account)
	shape.Status = state.Deleted
	return &redshift.DeleteClusterSnapshotResult{Snapshot: shape}, nil
}

// findAndDelete answers the snapshot as it was.
func (c *Control) findAndDelete(tx *meta.Tx, caller api.Caller, named redshift.DeleteClusterSnapshotMessage) (state.SnapshotRecord, error) {
	record, err := state.FindOwnSnapshot(tx, caller, state.Locator{Owner: caller.Account, Region: caller.Region, Cluster: named.SnapshotClusterIdentifier, Identifier: named.SnapshotIdentifier})
	if err != nil {
		return record, err
	}
	return record, c.warehouse.DeleteManual(tx, record)
}
