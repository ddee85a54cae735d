package control

import (
	"context"
	"errors"
	"slices"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse/state"
)

// CopyClusterSnapshot makes a manual snapshot of an automated one. Both name the same manifest, so the copy is available at once, and its blocks are
// kept until neither needs them.
func (c *Control) CopyClusterSnapshot(ctx context.Context, caller api.Caller, in *redshift.CopyClusterSnapshotMessage) (*redshift.CopyClusterSnapshotResult, error) {
	wanted := wantedSnapshot{identifier: in.TargetSnapshotIdentifier, retention: in.ManualSnapshotRetentionPeriod}
	if err := wanted.check(); err != nil {
		return nil, err
	}
	var record state.SnapshotRecord
	err := c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		source, err := findCopied(tx, caller, in)
		if err != nil {
			return err
		}
		if err := mayBeCopied(tx, source); err != nil {
			return err
		}
		record, err = c.insertCopy(tx, source, wanted)
		return err
	})
	if err != nil {
		return nil, err
	}
	shape := c.snapshotShape(record, view{account: caller.Account})
	return &redshift.CopyClusterSnapshotResult{Snapshot: &shape}, nil
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

func mayBeCopied(tx *meta.Tx, source state.SnapshotRecord) error {
	body := source.Body
	switch {
	case body.Type != state.Automated:
		return redshift.InvalidClusterSnapshotState("Cannot copy the snapshot %s because only automated snapshots may be copied.", body.Identifier)
	case body.Status != state.Available:
		return redshift.InvalidClusterSnapshotState("Cannot copy the snapshot %s because it is not available; its status is %s.", body.Identifier, body.Status)
	}
	cluster, err := state.FindClusterByKey(tx, source.Account, source.Region, body.ClusterKey)
	if err != nil {
		return meta.IgnoreNotFound(err)
	}
	if status := cluster.Body.Status; status != state.Pausing && status != state.Paused {
		return nil
	}
	newest, err := state.IsNewestAutomated(tx, source)
	if err == nil && newest {
		err = redshift.InvalidClusterSnapshotState("Cannot copy the snapshot %s because it is the latest automated snapshot of the cluster %s, which is %s. Resume the cluster first.", body.Identifier, cluster.ID, cluster.Body.Status)
	}
	return err
}

// insertCopy records the copy. It holds the source's point in time and tags, and begins a retention period of its own.
func (c *Control) insertCopy(tx *meta.Tx, source state.SnapshotRecord, wanted wantedSnapshot) (state.SnapshotRecord, error) {
	if err := c.roomForSnapshot(tx, source.Key, wanted.identifier); err != nil {
		return state.SnapshotRecord{}, err
	}
	retention, err := defaultRetention(tx, source)
	if err != nil {
		return state.SnapshotRecord{}, err
	}
	body := source.Body
	body.Identifier, body.Type, body.Outlasted = wanted.identifier, state.Manual, false
	body.Retention = api.Value(wanted.retention, retention)
	body.Requested, body.Completed = c.now(), c.now()
	body.StoredBytes, body.Seconds = 0, 0
	body.Tags = slices.Clone(body.Tags)
	record, err := state.Snapshots.Insert(tx, meta.Key{Account: source.Account, Region: source.Region, ID: c.orderedID()}, body)
	if err != nil {
		return record, err
	}
	return record, api.First(
		func() error { return expireLater(tx, body) },
		func() error { return c.copyAbroad(tx, record) },
		func() error {
			return c.tellSnapshot(tx, record, eventSnapshotStarted, "The cluster snapshot '%s' for Amazon Redshift cluster '%s' was started at %s.")
		},
		func() error {
			return c.tellSnapshot(tx, record, eventSnapshotComplete, "The cluster snapshot '%s' for Amazon Redshift cluster '%s' completed at %s.")
		},
	)
}

// defaultRetention is that of the cluster's manual snapshots; of a cluster in another region, what it was when the snapshot was taken.
func defaultRetention(tx *meta.Tx, source state.SnapshotRecord) (days int, err error) {
	cluster, err := state.FindClusterByKey(tx, source.Account, source.Region, source.Body.ClusterKey)
	if errors.Is(err, meta.ErrNotFound) {
		return source.Body.Source.ManualRetention, nil
	}
	return cluster.Body.ManualRetention, err
}
