package control

import (
	"context"
	"slices"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
)

// CreateClusterSnapshot accepts a manual snapshot; a job takes it.
func (c *Control) CreateClusterSnapshot(ctx context.Context, caller api.Caller, in *redshift.CreateClusterSnapshotMessage) (*redshift.CreateClusterSnapshotResult, error) {
	wanted := wantedSnapshot{identifier: in.SnapshotIdentifier, retention: in.ManualSnapshotRetentionPeriod, tags: in.Tags}
	if err := first(wanted.check, func() error { return c.checkTags(in.Tags) }); err != nil {
		return nil, err
	}
	var record snapshotRecord
	err := c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		cluster, err := findCluster(tx, caller, in.ClusterIdentifier)
		if err != nil {
			return err
		}
		if cluster.Body.Status != available {
			return redshift.InvalidClusterState("Cannot create a snapshot because the cluster %s is not in the available state; its status is %s.", cluster.ID, cluster.Body.Status)
		}
		if err := c.mustHaveKey(tx, cluster, "create a snapshot of"); err != nil {
			return err
		}
		if record, err = c.insertSnapshot(tx, cluster, wanted); err != nil {
			return err
		}
		return c.tellSnapshot(tx, record, eventSnapshotStarted, "The cluster snapshot '%s' for Amazon Redshift cluster '%s' was started at %s.")
	})
	if err != nil {
		return nil, err
	}
	shape := c.snapshotShape(record, view{account: caller.Account})
	return &redshift.CreateClusterSnapshotResult{Snapshot: &shape}, nil
}

// wantedSnapshot is a manual snapshot as it is asked for.
type wantedSnapshot struct {
	identifier string
	retention  *int // nil takes the cluster's default
	tags       []redshift.Tag
	final      bool
}

func (w wantedSnapshot) check() error {
	return first(
		func() error { return checkSnapshotIdentifier(w.identifier) },
		func() error { return checkManualRetention(value(w.retention, forever)) },
	)
}

// insertSnapshot records the snapshot of a cluster and the job that takes it.
func (c *Control) insertSnapshot(tx *meta.Tx, of clusterRecord, wanted wantedSnapshot) (snapshotRecord, error) {
	if err := c.roomForSnapshot(tx, of.Key, wanted.identifier); err != nil {
		return snapshotRecord{}, err
	}
	body := c.newSnapshot(of)
	body.Identifier, body.Type, body.Tags = wanted.identifier, manual, slices.Clone(wanted.tags)
	body.Retention = value(wanted.retention, of.Body.ManualRetention)
	if wanted.final {
		body.Status, body.Final = savingFinal, true
	}
	return c.saveLater(tx, of, body)
}

// newSnapshot is what all snapshots of a cluster have in common before they are taken.
func (c *Control) newSnapshot(of clusterRecord) snapshot {
	return snapshot{
		ClusterKey:        of.Body.Key,
		ClusterIdentifier: of.ID,
		ClusterCreated:    of.Body.Created,
		Status:            creating,
		Source:            of.Body.settings,
		Requested:         c.now(),
		KmsKey:            of.Body.KmsKey,
		Scope:             of.Body.Scope,
		Manifest:          c.config.NewID(),
	}
}

func (c *Control) saveLater(tx *meta.Tx, of clusterRecord, body snapshot) (snapshotRecord, error) {
	record, err := snapshots.Insert(tx, meta.Key{Account: of.Account, Region: of.Region, ID: c.orderedID()}, body)
	if err != nil {
		return record, err
	}
	return record, tx.Enqueue(snapshotWork{record.Account, record.Region, record.ID}, meta.EnqueueOptions{Unique: true})
}

func (c *Control) roomForSnapshot(tx *meta.Tx, at meta.Key, identifier string) error {
	same, err := snapshots.Count(tx, meta.Query{Account: at.Account, Region: at.Region, Index: named(identifier)})
	if err != nil {
		return err
	}
	if same > 0 {
		return redshift.ClusterSnapshotAlreadyExists("Cannot create the snapshot because a snapshot with the identifier %s already exists", identifier)
	}
	count, err := snapshots.Count(tx, meta.Query{Account: at.Account, Region: at.Region, Index: ofType(manual)})
	if err != nil {
		return err
	}
	if count >= c.config.Limits.ManualSnapshots {
		return redshift.ClusterSnapshotQuotaExceeded("The request would result in the user exceeding the allowed number of cluster snapshots, which is %d.", c.config.Limits.ManualSnapshots)
	}
	return nil
}
