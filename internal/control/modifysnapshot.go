package control

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/state"
)

// ModifyClusterSnapshot changes how long a manual snapshot is kept. Where that time is already over the snapshot is deleted if Force says so, and the
// request is refused otherwise.
func (c *Control) ModifyClusterSnapshot(ctx context.Context, caller api.Caller, in *redshift.ModifyClusterSnapshotMessage) (*redshift.ModifyClusterSnapshotResult, error) {
	change := warehouse.RetentionChange{Period: in.ManualSnapshotRetentionPeriod, Force: in.Force}
	if err := change.Check(); err != nil {
		return nil, err
	}
	var record state.SnapshotRecord
	err := c.config.Store.Update(ctx, func(tx *meta.Tx) (err error) {
		record, err = c.warehouse.Retain(tx, caller, in.SnapshotIdentifier, change)
		return err
	})
	if err != nil {
		return nil, err
	}
	shape := c.render.Snapshot(record, caller.Account)
	return &redshift.ModifyClusterSnapshotResult{Snapshot: shape}, nil
}
