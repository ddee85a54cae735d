package snapshot

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/state"
)

// create accepts a manual snapshot; a job takes it.
func (f family) create(ctx context.Context, caller api.Caller, in *redshift.CreateClusterSnapshotMessage) (*redshift.CreateClusterSnapshotResult, error) {
	wanted := warehouse.WantedSnapshot{Identifier: in.SnapshotIdentifier, Retention: in.ManualSnapshotRetentionPeriod, Tags: tagging.Given(in.Tags)}
	if err := api.First(wanted.Check, func() error { return state.CheckTags(wanted.Tags, f.tags) }); err != nil {
		return nil, err
	}
	taken, err := f.decide(ctx, func(tx *meta.Tx) (state.SnapshotRecord, error) {
		return f.warehouse.TakeSnapshot(tx, caller, in.ClusterIdentifier, wanted)
	})
	if err != nil {
		return nil, err
	}
	return &redshift.CreateClusterSnapshotResult{Snapshot: taken}, nil
}

// copy makes a manual snapshot of an automated one. Both name the same manifest, so the copy is available at once, and its blocks are kept until neither
// needs them.
func (f family) copy(ctx context.Context, caller api.Caller, in *redshift.CopyClusterSnapshotMessage) (*redshift.CopyClusterSnapshotResult, error) {
	wanted := warehouse.WantedSnapshot{Identifier: in.TargetSnapshotIdentifier, Retention: in.ManualSnapshotRetentionPeriod}
	if err := wanted.Check(); err != nil {
		return nil, err
	}
	source := state.Locator{Owner: caller.Account, Region: caller.Region, Cluster: in.SourceSnapshotClusterIdentifier, Identifier: in.SourceSnapshotIdentifier}
	copied, err := f.decide(ctx, func(tx *meta.Tx) (state.SnapshotRecord, error) {
		return f.warehouse.CopySnapshot(tx, caller, source, wanted)
	})
	if err != nil {
		return nil, err
	}
	return &redshift.CopyClusterSnapshotResult{Snapshot: copied}, nil
}

// modify changes how long a manual snapshot is kept. Where that time is already over the snapshot is deleted if Force says so, and the request is
// refused otherwise.
func (f family) modify(ctx context.Context, caller api.Caller, in *redshift.ModifyClusterSnapshotMessage) (*redshift.ModifyClusterSnapshotResult, error) {
	change := warehouse.RetentionChange{Period: in.ManualSnapshotRetentionPeriod, Force: in.Force}
	if err := change.Check(); err != nil {
		return nil, err
	}
	changed, err := f.decide(ctx, func(tx *meta.Tx) (state.SnapshotRecord, error) {
		return f.warehouse.Retain(tx, caller, in.SnapshotIdentifier, change)
	})
	if err != nil {
		return nil, err
	}
	return &redshift.ModifyClusterSnapshotResult{Snapshot: changed}, nil
}

// remove deletes a manual snapshot that nobody else has access to. A sweep frees the blocks that no other snapshot needs; restores under way keep theirs
// until they have ended.
func (f family) remove(ctx context.Context, caller api.Caller, in *redshift.DeleteClusterSnapshotMessage) (*redshift.DeleteClusterSnapshotResult, error) {
	deleted, err := f.decide(ctx, func(tx *meta.Tx) (state.SnapshotRecord, error) {
		return f.warehouse.DeleteSnapshot(tx, caller, named(caller, *in))
	})
	if err != nil {
		return nil, err
	}
	deleted.Status = state.Deleted
	return &redshift.DeleteClusterSnapshotResult{Snapshot: deleted}, nil
}

func named(caller api.Caller, in redshift.DeleteClusterSnapshotMessage) state.Locator {
	return state.Locator{Owner: caller.Account, Region: caller.Region, Cluster: in.SnapshotClusterIdentifier, Identifier: in.SnapshotIdentifier}
}

func (f family) decide(ctx context.Context, decide func(tx *meta.Tx) (state.SnapshotRecord, error)) (*redshift.Snapshot, error) {
	return f.render.ChangedSnapshot(meta.Decide(ctx, f.store, decide))
}
