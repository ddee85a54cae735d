package control

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse/state"
)

// RebootCluster restarts the cluster's node. Connections that are made meanwhile wait.
func (c *Control) RebootCluster(ctx context.Context, caller api.Caller, in *redshift.RebootClusterMessage) (*redshift.RebootClusterResult, error) {
	shape, err := c.change(ctx, caller, in.ClusterIdentifier, func(tx *meta.Tx, record *state.ClusterRecord) error {
		if err := mustBe(*record, "reboot", state.Available, state.HardwareFailure); err != nil {
			return err
		}
		if err := c.mustHaveKey(tx, *record, "reboot"); err != nil {
			return err
		}
		return c.begin(tx, record, state.Rebooting)
	})
	return &redshift.RebootClusterResult{Cluster: shape}, err
}

// PauseCluster stops the cluster's node and keeps its data.
func (c *Control) PauseCluster(ctx context.Context, caller api.Caller, in *redshift.PauseClusterMessage) (*redshift.PauseClusterResult, error) {
	shape, err := c.change(ctx, caller, in.ClusterIdentifier, func(tx *meta.Tx, record *state.ClusterRecord) error {
		if err := mustBe(*record, "pause", state.Available); err != nil {
			return err
		}
		if err := mustNotBeSaving(tx, *record, "pause"); err != nil {
			return err
		}
		if record.Body.AutomatedRetention == 0 {
			return redshift.UnsupportedOperation("Cluster %s cannot be paused because its automated snapshots are disabled.", record.ID)
		}
		if err := c.tell(tx, *record, eventPauseStarted, "The pause of Amazon Redshift cluster '%s' was started at %s."); err != nil {
			return err
		}
		return c.begin(tx, record, state.Pausing)
	})
	return &redshift.PauseClusterResult{Cluster: shape}, err
}

// ResumeCluster starts the node of a paused cluster.
func (c *Control) ResumeCluster(ctx context.Context, caller api.Caller, in *redshift.ResumeClusterMessage) (*redshift.ResumeClusterResult, error) {
	shape, err := c.change(ctx, caller, in.ClusterIdentifier, func(tx *meta.Tx, record *state.ClusterRecord) error {
		if err := mustBe(*record, "resume", state.Paused); err != nil {
			return err
		}
		if err := c.mustHaveKey(tx, *record, "resume"); err != nil {
			return err
		}
		return c.begin(tx, record, state.Resuming)
	})
	return &redshift.ResumeClusterResult{Cluster: shape}, err
}

// DeleteCluster removes the cluster and its data, after a final snapshot unless that is declined.
func (c *Control) DeleteCluster(ctx context.Context, caller api.Caller, in *redshift.DeleteClusterMessage) (*redshift.DeleteClusterResult, error) {
	final := wantedSnapshot{identifier: in.FinalClusterSnapshotIdentifier, retention: in.FinalClusterSnapshotRetentionPeriod, final: true}
	if err := checkFinal(in, final); err != nil {
		return nil, err
	}
	shape, err := c.change(ctx, caller, in.ClusterIdentifier, func(tx *meta.Tx, record *state.ClusterRecord) error {
		if err := mayBeDeleted(tx, *record); err != nil {
			return err
		}
		if in.SkipFinalClusterSnapshot {
			return c.begin(tx, record, state.Deleting)
		}
		return c.beginFinalSnapshot(tx, record, final)
	})
	return &redshift.DeleteClusterResult{Cluster: shape}, err
}

func checkFinal(in *redshift.DeleteClusterMessage, final wantedSnapshot) error {
	switch {
	case in.SkipFinalClusterSnapshot && final.identifier != "":
		return api.InvalidParameterCombination("FinalClusterSnapshotIdentifier cannot be specified when SkipFinalClusterSnapshot is true.")
	case in.SkipFinalClusterSnapshot:
		return nil
	case final.identifier == "":
		return api.InvalidParameterCombination("FinalClusterSnapshotIdentifier is required unless SkipFinalClusterSnapshot is specified.")
	}
	return final.check()
}

func mayBeDeleted(tx *meta.Tx, record state.ClusterRecord) error {
	busy := redshift.InvalidClusterState("There is an operation running on the Cluster. Please try to delete it at a later time.")
	switch record.Body.Status {
	case state.Available, state.Paused, state.IncompatibleRestore, state.HardwareFailure:
	default:
		return busy
	}
	if savingNow, err := state.IsSaving(tx, record); err != nil || !savingNow {
		return err
	}
	return busy
}

func (c *Control) beginFinalSnapshot(tx *meta.Tx, record *state.ClusterRecord, final wantedSnapshot) error {
	if record.Body.Status != state.Available {
		return redshift.InvalidClusterState("Cluster %s is not available, so no final snapshot can be taken; its status is %s.", record.ID, record.Body.Status)
	}
	if err := c.mustHaveKey(tx, *record, "take a final snapshot of"); err != nil {
		return err
	}
	taken, err := c.insertSnapshot(tx, *record, final)
	if err != nil {
		return err
	}
	record.Body.Status, record.Body.FinalSnapshot = state.FinalSnapshot, final.identifier
	return c.tellSnapshot(tx, taken, eventFinalStarted, "The final cluster snapshot '%s' for Amazon Redshift cluster '%s' was started at %s.")
}

func mustBe(record state.ClusterRecord, what string, statuses ...string) error {
	for _, status := range statuses {
		if record.Body.Status == status {
			return nil
		}
	}
	return redshift.InvalidClusterState("Cannot %s cluster %s because its status is %s.", what, record.ID, record.Body.Status)
}

func mustNotBeSaving(tx *meta.Tx, record state.ClusterRecord, what string) error {
	savingNow, err := state.IsSaving(tx, record)
	if err == nil && savingNow {
		err = redshift.InvalidClusterState("Cannot %s cluster %s because a snapshot of it is being created.", what, record.ID)
	}
	return err
}
