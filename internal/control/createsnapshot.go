package control

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/state"
)

// CreateClusterSnapshot accepts a manual snapshot; a job takes it.
func (c *Control) CreateClusterSnapshot(ctx context.Context, caller api.Caller, in *redshift.CreateClusterSnapshotMessage) (*redshift.CreateClusterSnapshotResult, error) {
	wanted := warehouse.WantedSnapshot{Identifier: in.SnapshotIdentifier, Retention: in.ManualSnapshotRetentionPeriod, Tags: tagging.Given(in.Tags)}
	if err := api.First(wanted.Check, func() error { return state.CheckTags(tagging.Given(in.Tags), c.config.Limits.Tags) }); err != nil {
		return nil, err
	}
	var record state.SnapshotRecord
	err := c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		cluster, err := state.FindCluster(tx, caller, in.ClusterIdentifier)
		if err != nil {
			return err
		}
		if cluster.Body.Status != state.Available {
			return warehouse.NotNow(cluster, "Cannot create a snapshot because the cluster %s is not in the available state; its status is %s.", cluster.ID, cluster.Body.Status)
		}
		if err := c.warehouse.MustHaveKey(tx, cluster, "create a snapshot of"); err != nil {
			return err
		}
		if record, err = c.warehouse.InsertSnapshot(tx, cluster, wanted); err != nil {
			return err
		}
		return c.warehouse.Events.EmitOfSnapshot(tx, record, event.SnapshotStarted, "The cluster snapshot '%s' for Amazon Redshift cluster '%s' was started at %s.")
	})
	if err != nil {
		return nil, err
	}
	shape := c.render.Snapshot(record, caller.Account)
	return &redshift.CreateClusterSnapshotResult{Snapshot: shape}, nil
}
