package control

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
)

// DeleteClusterSnapshot removes a manual snapshot that nobody else has access to. A sweep frees its blocks; restores under way keep
// theirs until they have ended.
func (c *Control) DeleteClusterSnapshot(ctx context.Context, caller api.Caller, in *redshift.DeleteClusterSnapshotMessage) (*redshift.DeleteClusterSnapshotResult, error) {
	named := locator{owner: caller.Account, region: caller.Region, cluster: in.SnapshotClusterIdentifier, identifier: in.SnapshotIdentifier}
	var record snapshotRecord
	err := c.config.Store.Update(ctx, func(tx *meta.Tx) (err error) {
		if record, err = findOwnSnapshot(tx, caller, named); err != nil {
			return err
		}
		if err := record.Body.mayBeDeleted(); err != nil {
			return err
		}
		if err := c.tellSnapshot(tx, record, eventSnapshotDeleted, "The cluster snapshot '%s' for Amazon Redshift cluster '%s' was deleted at %s."); err != nil {
			return err
		}
		return c.deleteSnapshot(tx, record)
	})
	if err != nil {
		return nil, err
	}
	shape := c.snapshotShape(record, view{account: caller.Account})
	shape.Status = deleted
	return &redshift.DeleteClusterSnapshotResult{Snapshot: &shape}, nil
}

func (s snapshot) mayBeDeleted() error {
	switch {
	case s.Type != manual:
		return redshift.InvalidClusterSnapshotState("Cannot delete the snapshot %s because only manual snapshots may be deleted", s.Identifier)
	case s.inProgress():
		return redshift.InvalidClusterSnapshotState("Cannot delete the snapshot %s because it is still being created; its status is %s.", s.Identifier, s.Status)
	case len(s.Access) > 0:
		return redshift.InvalidClusterSnapshotState("Cannot delete the snapshot %s because other accounts still have access to it.", s.Identifier)
	}
	return nil
}

func (c *Control) deleteSnapshot(tx *meta.Tx, record snapshotRecord) error {
	if err := snapshots.Delete(tx, record.Key); err != nil {
		return err
	}
	return sweepLater(tx, record.Body.Scope)
}
