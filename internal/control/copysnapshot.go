package control

import (
	"context"
	"errors"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/state"
)

// CopyClusterSnapshot makes a manual snapshot of an automated one. Both name the same manifest, so the copy is available at once, and its blocks are
// kept until neither needs them.
func (c *Control) CopyClusterSnapshot(ctx context.Context, caller api.Caller, in *redshift.CopyClusterSnapshotMessage) (*redshift.CopyClusterSnapshotResult, error) {
	wanted := warehouse.WantedSnapshot{Identifier: in.TargetSnapshotIdentifier, Retention: in.ManualSnapshotRetentionPeriod}
	if err := wanted.Check(); err != nil {
		return nil, err
	}
	var record state.SnapshotRecord
	err := c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		source, err := findCopied(tx, caller, in)
		if err != nil {
			return err
		}
		if err := warehouse.MayBeCopied(tx, source); err != nil {
			return err
		}
		record, err = c.warehouse.InsertCopy(tx, source, wanted)
		return err
	})
	if err != nil {
		return nil, err
	}
	shape := c.render.Snapshot(record, caller.Account)
	return &redshift.CopyClusterSnapshotResult{Snapshot: shape}, nil
}

// findCopied answers ClusterNotFound where the request names a cluster that is neither the snapshot's nor any other of the caller's.
func findCopied(tx *meta.Tx, caller api.Caller, in *redshift.CopyClusterSnapshotMessage) (state.SnapshotRecord, error) {
	named := state.Locator{Owner: caller.Account, Region: caller.Region, Cluster: in.SourceSnapshotClusterIdentifier, Identifier: in.SourceSnapshotIdentifier}
	source, err := named.Find(tx, caller.Region)
	if !errors.Is(err, meta.ErrNotFound) {
		return source, err
	}
	if named.Cluster != "" {
		if _, err := state.FindCluster(tx, caller, named.Cluster); err != nil {
			return source, err
		}
	}
	return source, named.NotFound()
}
