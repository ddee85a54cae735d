package control

import (
	"context"
	"errors"
	"slices"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
)

// CopyClusterSnapshot makes a manual snapshot of an automated one. Both name the same manifest, so the copy is available at once, and its blocks are
// kept until neither needs them.
func (c *Control) CopyClusterSnapshot(ctx context.Context, caller api.Caller, in *redshift.CopyClusterSnapshotMessage) (*redshift.CopyClusterSnapshotResult, error) {
	wanted := wantedSnapshot{identifier: in.TargetSnapshotIdentifier, retention: in.ManualSnapshotRetentionPeriod}
	if err := wanted.check(); err != nil {
		return nil, err
	}
	var record snapshotRecord
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
func findCopied(tx *meta.Tx, caller api.Caller, in *redshift.CopyClusterSnapshotMessage) (snapshotRecord, error) {
	named := locator{owner: caller.Account, region: caller.Region, cluster: in.SourceSnapshotClusterIdentifier, identifier: in.SourceSnapshotIdentifier}
	source, err := named.find(tx, caller.Region)
	if !errors.Is(err, meta.ErrNotFound) {
		return source, err
	}
	if named.cluster != "" {
		if _, err := findCluster(tx, caller, named.cluster); err != nil {
			return source, err
		}
	}
	return source, named.notFound()
}

func mayBeCopied(tx *meta.Tx, source snapshotRecord) error {
	body := source.Body
	switch {
	case body.Type != automated:
		return redshift.InvalidClusterSnapshotState("Cannot copy the snapshot %s because only automated snapshots may be copied.", body.Identifier)
	case body.Status != available:
		return redshift.InvalidClusterSnapshotState("Cannot copy the snapshot %s because it is not available; its status is %s.", body.Identifier, body.Status)
	}
	cluster, err := findClusterByKey(tx, source.Account, source.Region, body.ClusterKey)
	if err != nil {
		return ignoreNotFound(err)
	}
	if status := cluster.Body.Status; status != pausing && status != paused {
		return nil
	}
	newest, err := isNewestAutomated(tx, source)
	if err == nil && newest {
		err = redshift.InvalidClusterSnapshotState("Cannot copy the snapshot %s because it is the latest automated snapshot of the cluster %s, which is %s. Resume the cluster first.", body.Identifier, cluster.ID, cluster.Body.Status)
	}
	return err
}

// insertCopy records the copy. It holds the source's point in time and tags, and begins a retention period of its own.
func (c *Control) insertCopy(tx *meta.Tx, source snapshotRecord, wanted wantedSnapshot) (snapshotRecord, error) {
	if err := c.roomForSnapshot(tx, source.Key, wanted.identifier); err != nil {
		return snapshotRecord{}, err
	}
	retention, err := defaultRetention(tx, source)
	if err != nil {
		return snapshotRecord{}, err
	}
	body := source.Body
	body.Identifier, body.Type, body.Outlasted = wanted.identifier, manual, false
	body.Retention = value(wanted.retention, retention)
	body.Requested, body.Completed = c.now(), c.now()
	body.StoredBytes, body.Seconds = 0, 0
	body.Tags = slices.Clone(body.Tags)
	record, err := snapshots.Insert(tx, meta.Key{Account: source.Account, Region: source.Region, ID: c.orderedID()}, body)
	if err != nil {
		return record, err
	}
	return record, first(
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
func defaultRetention(tx *meta.Tx, source snapshotRecord) (days int, err error) {
	cluster, err := findClusterByKey(tx, source.Account, source.Region, source.Body.ClusterKey)
	if errors.Is(err, meta.ErrNotFound) {
		return source.Body.Source.ManualRetention, nil
	}
	return cluster.Body.ManualRetention, err
}
