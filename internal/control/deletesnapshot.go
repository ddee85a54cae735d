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
	shape := c.snapshotShape(record, view{account: caller.Account})
	shape.Status = state.Deleted
	return &redshift.DeleteClusterSnapshotResult{Snapshot: &shape}, nil
}

// findAndDelete answers the snapshot as it was.
func (c *Control) findAndDelete(tx *meta.Tx, caller api.Caller, named redshift.DeleteClusterSnapshotMessage) (state.SnapshotRecord, error) {
	record, err := state.FindOwnSnapshot(tx, caller, state.Locator{Owner: caller.Account, Region: caller.Region, Cluster: named.SnapshotClusterIdentifier, Identifier: named.SnapshotIdentifier})
	if err != nil {
		return record, err
	}
	return record, c.deleteManual(tx, record)
}

// deleteManual deletes a snapshot as its owner asks for.
func (c *Control) deleteManual(tx *meta.Tx, record state.SnapshotRecord) error {
	return api.First(
		func() error { return mayDeleteSnapshot(record.Body) },
		func() error {
			return c.tellSnapshot(tx, record, eventSnapshotDeleted, "The cluster snapshot '%s' for Amazon Redshift cluster '%s' was deleted at %s.")
		},
		func() error { return c.deleteSnapshot(tx, record) },
	)
}

func mayDeleteSnapshot(s state.Snapshot) error {
	switch {
	case s.Type != state.Manual:
		return redshift.InvalidClusterSnapshotState("Cannot delete the snapshot %s because only manual snapshots may be deleted", s.Identifier)
	case s.InProgress():
		return redshift.InvalidClusterSnapshotState("Cannot delete the snapshot %s because it is still being created; its status is %s.", s.Identifier, s.Status)
	case len(s.Access) > 0:
		return redshift.InvalidClusterSnapshotState("Cannot delete the snapshot %s because other accounts still have access to it.", s.Identifier)
	}
	return nil
}

func (c *Control) deleteSnapshot(tx *meta.Tx, record state.SnapshotRecord) error {
	if err := state.Snapshots.Delete(tx, record.Key); err != nil {
		return err
	}
	return sweepLater(tx, record.Body.Scope)
}
