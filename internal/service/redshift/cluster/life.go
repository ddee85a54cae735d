package cluster

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/state"
)

// reboot restarts the cluster's node. Connections that are made meanwhile wait.
func (f family) reboot(ctx context.Context, caller api.Caller, in *redshift.RebootClusterMessage) (*redshift.RebootClusterResult, error) {
	changed, err := f.decide(ctx, func(tx *meta.Tx) (state.ClusterRecord, error) {
		return f.warehouse.Reboot(tx, caller, in.ClusterIdentifier)
	})
	return &redshift.RebootClusterResult{Cluster: changed}, err
}

// pause stops the cluster's node and keeps its data.
func (f family) pause(ctx context.Context, caller api.Caller, in *redshift.PauseClusterMessage) (*redshift.PauseClusterResult, error) {
	changed, err := f.decide(ctx, func(tx *meta.Tx) (state.ClusterRecord, error) {
		return f.warehouse.Pause(tx, caller, in.ClusterIdentifier)
	})
	return &redshift.PauseClusterResult{Cluster: changed}, err
}

// resume starts the node of a paused cluster.
func (f family) resume(ctx context.Context, caller api.Caller, in *redshift.ResumeClusterMessage) (*redshift.ResumeClusterResult, error) {
	changed, err := f.decide(ctx, func(tx *meta.Tx) (state.ClusterRecord, error) {
		return f.warehouse.Unpause(tx, caller, in.ClusterIdentifier)
	})
	return &redshift.ResumeClusterResult{Cluster: changed}, err
}

// rotateKey gives the cluster a new data key, wrapped by the same KMS key. What it saves from now on is sealed by that; its earlier snapshots keep the key
// that they were saved with.
func (f family) rotateKey(ctx context.Context, caller api.Caller, in *redshift.RotateEncryptionKeyMessage) (*redshift.RotateEncryptionKeyResult, error) {
	changed, err := f.decide(ctx, func(tx *meta.Tx) (state.ClusterRecord, error) {
		return f.warehouse.RotateKey(tx, caller, in.ClusterIdentifier)
	})
	return &redshift.RotateEncryptionKeyResult{Cluster: changed}, err
}

// remove removes the cluster and its data, after a final snapshot unless that is declined.
func (f family) remove(ctx context.Context, caller api.Caller, in *redshift.DeleteClusterMessage) (*redshift.DeleteClusterResult, error) {
	final, err := finalSnapshot(in)
	if err != nil {
		return nil, err
	}
	changed, err := f.decide(ctx, func(tx *meta.Tx) (state.ClusterRecord, error) {
		return f.warehouse.DeleteCluster(tx, caller, in.ClusterIdentifier, final)
	})
	return &redshift.DeleteClusterResult{Cluster: changed}, err
}

// finalSnapshot is nil where it is declined.
func finalSnapshot(in *redshift.DeleteClusterMessage) (*warehouse.WantedSnapshot, error) {
	switch {
	case in.SkipFinalClusterSnapshot && in.FinalClusterSnapshotIdentifier != "":
		return nil, api.InvalidParameterCombination("FinalClusterSnapshotIdentifier cannot be specified when SkipFinalClusterSnapshot is true.")
	case in.SkipFinalClusterSnapshot:
		return nil, nil
	case in.FinalClusterSnapshotIdentifier == "":
		return nil, api.InvalidParameterCombination("FinalClusterSnapshotIdentifier is required unless SkipFinalClusterSnapshot is specified.")
	}
	final := &warehouse.WantedSnapshot{Identifier: in.FinalClusterSnapshotIdentifier, Retention: in.FinalClusterSnapshotRetentionPeriod, Final: true}
	return final, final.Check()
}

func (f family) decide(ctx context.Context, decide func(tx *meta.Tx) (state.ClusterRecord, error)) (*redshift.Cluster, error) {
	return f.render.ChangedCluster(meta.Decide(ctx, f.store, decide))
}
