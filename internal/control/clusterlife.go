package control

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/state"
)

// RebootCluster restarts the cluster's node. Connections that are made meanwhile wait.
func (c *Control) RebootCluster(ctx context.Context, caller api.Caller, in *redshift.RebootClusterMessage) (*redshift.RebootClusterResult, error) {
	shape, err := c.change(ctx, caller, in.ClusterIdentifier, func(tx *meta.Tx, record *state.ClusterRecord) error {
		if err := warehouse.MustBe(*record, "reboot", state.Available, state.HardwareFailure); err != nil {
			return err
		}
		if err := c.warehouse.MustHaveKey(tx, *record, "reboot"); err != nil {
			return err
		}
		return c.warehouse.Begin(tx, record, state.Rebooting)
	})
	return &redshift.RebootClusterResult{Cluster: shape}, err
}

// PauseCluster stops the cluster's node and keeps its data.
func (c *Control) PauseCluster(ctx context.Context, caller api.Caller, in *redshift.PauseClusterMessage) (*redshift.PauseClusterResult, error) {
	shape, err := c.change(ctx, caller, in.ClusterIdentifier, func(tx *meta.Tx, record *state.ClusterRecord) error {
		if err := warehouse.MustBe(*record, "pause", state.Available); err != nil {
			return err
		}
		if err := warehouse.MustNotBeSaving(tx, *record, "pause"); err != nil {
			return err
		}
		if record.Body.AutomatedRetention == 0 {
			return redshift.UnsupportedOperation("Cluster %s cannot be paused because its automated snapshots are disabled.", record.ID)
		}
		if err := c.warehouse.Events.Emit(tx, *record, event.PauseStarted, "The pause of Amazon Redshift cluster '%s' was started at %s."); err != nil {
			return err
		}
		return c.warehouse.Begin(tx, record, state.Pausing)
	})
	return &redshift.PauseClusterResult{Cluster: shape}, err
}

// ResumeCluster starts the node of a paused cluster.
func (c *Control) ResumeCluster(ctx context.Context, caller api.Caller, in *redshift.ResumeClusterMessage) (*redshift.ResumeClusterResult, error) {
	shape, err := c.change(ctx, caller, in.ClusterIdentifier, func(tx *meta.Tx, record *state.ClusterRecord) error {
		if err := warehouse.MustBe(*record, "resume", state.Paused); err != nil {
			return err
		}
		if err := c.warehouse.MustHaveKey(tx, *record, "resume"); err != nil {
			return err
		}
		return c.warehouse.Begin(tx, record, state.Resuming)
	})
	return &redshift.ResumeClusterResult{Cluster: shape}, err
}

// DeleteCluster removes the cluster and its data, after a final snapshot unless that is declined.
func (c *Control) DeleteCluster(ctx context.Context, caller api.Caller, in *redshift.DeleteClusterMessage) (*redshift.DeleteClusterResult, error) {
	final := warehouse.WantedSnapshot{Identifier: in.FinalClusterSnapshotIdentifier, Retention: in.FinalClusterSnapshotRetentionPeriod, Final: true}
	if err := checkFinal(in, final); err != nil {
		return nil, err
	}
	shape, err := c.change(ctx, caller, in.ClusterIdentifier, func(tx *meta.Tx, record *state.ClusterRecord) error {
		if err := warehouse.MayBeDeleted(tx, *record); err != nil {
			return err
		}
		if in.SkipFinalClusterSnapshot {
			return c.warehouse.Begin(tx, record, state.Deleting)
		}
		return c.warehouse.BeginFinalSnapshot(tx, record, final)
	})
	return &redshift.DeleteClusterResult{Cluster: shape}, err
}

func checkFinal(in *redshift.DeleteClusterMessage, final warehouse.WantedSnapshot) error {
	switch {
	case in.SkipFinalClusterSnapshot && final.Identifier != "":
		return api.InvalidParameterCombination("FinalClusterSnapshotIdentifier cannot be specified when SkipFinalClusterSnapshot is true.")
	case in.SkipFinalClusterSnapshot:
		return nil
	case final.Identifier == "":
		return api.InvalidParameterCombination("FinalClusterSnapshotIdentifier is required unless SkipFinalClusterSnapshot is specified.")
	}
	return final.Check()
}
