package control

import (
	"context"
	"slices"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse/state"
)

// CreateClusterSnapshot accepts a manual snapshot; a job takes it.
func (c *Control) CreateClusterSnapshot(ctx context.Context, caller api.Caller, in *redshift.CreateClusterSnapshotMessage) (*redshift.CreateClusterSnapshotResult, error) {
	wanted := wantedSnapshot{identifier: in.SnapshotIdentifier, retention: in.ManualSnapshotRetentionPeriod, tags: tagging.Given(in.Tags)}
	if err := api.First(wanted.check, func() error { return state.CheckTags(tagging.Given(in.Tags), c.config.Limits.Tags) }); err != nil {
		return nil, err
	}
	var record state.SnapshotRecord
	err := c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		cluster, err := state.FindCluster(tx, caller, in.ClusterIdentifier)
		if err != nil {
			return err
		}
		if cluster.Body.Status != state.Available {
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
	tags       []state.Tag
	final      bool
}

func (w wantedSnapshot) check() error {
	return api.First(
		func() error { return state.CheckSnapshotIdentifier(w.identifier) },
		func() error { return state.CheckManualRetention(api.Value(w.retention, state.Forever)) },
	)
}

// insertSnapshot records the snapshot of a cluster and the job that takes it.
func (c *Control) insertSnapshot(tx *meta.Tx, of state.ClusterRecord, wanted wantedSnapshot) (state.SnapshotRecord, error) {
	if err := c.roomForSnapshot(tx, of.Key, wanted.identifier); err != nil {
		return state.SnapshotRecord{}, err
	}
	body := c.newSnapshot(of)
	body.Identifier, body.Type, body.Tags = wanted.identifier, state.Manual, slices.Clone(wanted.tags)
	body.Retention = api.Value(wanted.retention, of.Body.ManualRetention)
	if wanted.final {
		body.Status, body.Final = state.SavingFinal, true
	}
	return c.saveLater(tx, of, body)
}

// newSnapshot is what all snapshots of a cluster have in common before they are taken.
func (c *Control) newSnapshot(of state.ClusterRecord) state.Snapshot {
	return state.Snapshot{
		ClusterKey:        of.Body.Key,
		ClusterIdentifier: of.ID,
		ClusterCreated:    of.Body.Created,
		Status:            state.Creating,
		Source:            of.Body.Settings,
		Requested:         c.now(),
		KmsKey:            of.Body.KmsKey,
		Scope:             of.Body.Scope,
		Manifest:          c.config.NewID(),
	}
}

func (c *Control) saveLater(tx *meta.Tx, of state.ClusterRecord, body state.Snapshot) (state.SnapshotRecord, error) {
	record, err := state.Snapshots.Insert(tx, meta.Key{Account: of.Account, Region: of.Region, ID: c.orderedID()}, body)
	if err != nil {
		return record, err
	}
	return record, tx.Enqueue(snapshotWork{record.Account, record.Region, record.ID}, meta.EnqueueOptions{Unique: true})
}

func (c *Control) roomForSnapshot(tx *meta.Tx, at meta.Key, identifier string) error {
	same, err := state.Snapshots.Count(tx, meta.Query{Account: at.Account, Region: at.Region, Index: state.SnapshotNamed(identifier)})
	if err != nil {
		return err
	}
	if same > 0 {
		return redshift.ClusterSnapshotAlreadyExists("Cannot create the snapshot because a snapshot with the identifier %s already exists", identifier)
	}
	count, err := state.Snapshots.Count(tx, meta.Query{Account: at.Account, Region: at.Region, Index: state.OfType(state.Manual)})
	if err != nil {
		return err
	}
	if count >= c.config.Limits.ManualSnapshots {
		return redshift.ClusterSnapshotQuotaExceeded("The request would result in the user exceeding the allowed number of cluster snapshots, which is %d.", c.config.Limits.ManualSnapshots)
	}
	return nil
}
