package control

import (
	"context"
	"time"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse/state"
)

// ModifyClusterSnapshot changes how long a manual snapshot is kept. Where that time is already over the snapshot is deleted if Force says so, and the
// request is refused otherwise.
func (c *Control) ModifyClusterSnapshot(ctx context.Context, caller api.Caller, in *redshift.ModifyClusterSnapshotMessage) (*redshift.ModifyClusterSnapshotResult, error) {
	change := retentionChange{in.ManualSnapshotRetentionPeriod, in.Force}
	if err := change.check(); err != nil {
		return nil, err
	}
	var record state.SnapshotRecord
	err := c.config.Store.Update(ctx, func(tx *meta.Tx) (err error) {
		record, err = c.retain(tx, caller, in.SnapshotIdentifier, change)
		return err
	})
	if err != nil {
		return nil, err
	}
	shape := c.snapshotShape(record, view{account: caller.Account})
	return &redshift.ModifyClusterSnapshotResult{Snapshot: &shape}, nil
}

// retentionChange is what may change of a manual snapshot.
type retentionChange struct {
	period *int // days, or forever; nil changes nothing
	force  bool // delete what is outside of the period
}

func (r retentionChange) check() error {
	return state.CheckManualRetention(api.Value(r.period, state.Forever))
}

// retain answers the snapshot as it is now, with the status deleted if it is no more.
func (c *Control) retain(tx *meta.Tx, caller api.Caller, identifier string, change retentionChange) (state.SnapshotRecord, error) {
	record, err := state.FindOwnSnapshot(tx, caller, state.Locator{Owner: caller.Account, Region: caller.Region, Identifier: identifier})
	if err != nil {
		return record, err
	}
	body := &record.Body
	switch {
	case body.Type != state.Manual:
		return record, redshift.InvalidClusterSnapshotState("Cannot modify the snapshot %s because only manual snapshots may be modified; the retention period of automated snapshots is the cluster's.", body.Identifier)
	case body.Status != state.Available:
		return record, redshift.InvalidClusterSnapshotState("Cannot modify the snapshot %s because it is not available; its status is %s.", body.Identifier, body.Status)
	case change.period == nil:
		return record, nil
	}
	body.Retention = *change.period
	switch at := body.Expires(); {
	case at.IsZero() || at.After(c.now()):
		return record, api.First(
			func() error { return state.Snapshots.Put(tx, record) },
			func() error { return expireLater(tx, *body) },
		)
	case !change.force:
		return record, redshift.InvalidRetentionPeriod("The retention period specified is in the past: the one of snapshot %s began on %s. Use Force to delete the snapshot.", body.Identifier, body.Completed.Format(time.DateOnly))
	}
	err = c.deleteManual(tx, record)
	body.Status = state.Deleted
	return record, err
}
