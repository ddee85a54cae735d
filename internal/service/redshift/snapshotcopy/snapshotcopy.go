// Package snapshotcopy is the operations by which a cluster's snapshots are copied to another region. The warehouse copies them.
package snapshotcopy

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service"
	house "slipher/internal/service/redshift"
	"slipher/internal/service/redshift/permission"
	"slipher/internal/service/redshift/render"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/state"
)

type family struct {
	warehouse *warehouse.Warehouse
	store     *meta.Store
	render    render.Renderer
}

// Family is the operations.
func Family(w *warehouse.Warehouse) house.Family {
	f := family{w, w.Config().Store, render.New(w)}
	return house.Family{
		Events: []event.Kind{event.Copied, event.CopyFailed},
		Family: service.Family{Name: "snapshot copy", Operations: []service.Operation{
			service.Offer(redshift.EnableSnapshotCopyOperation, f.enable, func(in *redshift.EnableSnapshotCopyMessage) []service.Permission {
				return on(in.ClusterIdentifier)
			}),
			service.Offer(redshift.DisableSnapshotCopyOperation, f.disable, func(in *redshift.DisableSnapshotCopyMessage) []service.Permission {
				return on(in.ClusterIdentifier)
			}),
			service.Offer(redshift.ModifySnapshotCopyRetentionPeriodOperation, f.modifyRetention, func(in *redshift.ModifySnapshotCopyRetentionPeriodMessage) []service.Permission {
				return on(in.ClusterIdentifier)
			}),
		}},
	}
}

func on(cluster string) []service.Permission {
	return []service.Permission{permission.On("cluster", cluster)}
}

// standardRetention is how many days automated snapshots are kept in the other region by default.
const standardRetention = 7

// enable has every snapshot of the cluster that becomes available from now on copied to another region.
func (f family) enable(ctx context.Context, caller api.Caller, in *redshift.EnableSnapshotCopyMessage) (*redshift.EnableSnapshotCopyResult, error) {
	wanted := state.SnapshotCopy{
		Region:          in.DestinationRegion,
		Retention:       api.Value(in.RetentionPeriod, standardRetention),
		ManualRetention: api.Value(in.ManualSnapshotRetentionPeriod, state.Forever),
		Grant:           in.SnapshotCopyGrantName,
	}
	if err := api.First(
		func() error { return state.CheckCopiedRetention(wanted.Retention) },
		func() error { return state.CheckManualRetention(wanted.ManualRetention) },
		func() error { return f.warehouse.ReachRegion(ctx, wanted.Region) },
	); err != nil {
		return nil, err
	}
	changed, err := f.decide(ctx, func(tx *meta.Tx) (state.ClusterRecord, error) {
		return f.warehouse.EnableSnapshotCopy(tx, caller, in.ClusterIdentifier, wanted)
	})
	return &redshift.EnableSnapshotCopyResult{Cluster: changed}, err
}

// disable ends the copying. Copies that are there or under way stay as long as their retention periods say.
func (f family) disable(ctx context.Context, caller api.Caller, in *redshift.DisableSnapshotCopyMessage) (*redshift.DisableSnapshotCopyResult, error) {
	changed, err := f.decide(ctx, func(tx *meta.Tx) (state.ClusterRecord, error) {
		return f.warehouse.DisableSnapshotCopy(tx, caller, in.ClusterIdentifier)
	})
	return &redshift.DisableSnapshotCopyResult{Cluster: changed}, err
}

// modifyRetention changes how long copies are kept: automated ones also if they are there already, manual ones only if they are made from now on.
func (f family) modifyRetention(ctx context.Context, caller api.Caller, in *redshift.ModifySnapshotCopyRetentionPeriodMessage) (*redshift.ModifySnapshotCopyRetentionPeriodResult, error) {
	check, change := state.CheckCopiedRetention, f.warehouse.KeepAutomatedCopies
	if in.Manual {
		check, change = state.CheckManualRetention, f.warehouse.KeepManualCopies
	}
	if err := check(in.RetentionPeriod); err != nil {
		return nil, err
	}
	changed, err := f.decide(ctx, func(tx *meta.Tx) (state.ClusterRecord, error) {
		return change(tx, caller, in.ClusterIdentifier, in.RetentionPeriod)
	})
	return &redshift.ModifySnapshotCopyRetentionPeriodResult{Cluster: changed}, err
}

func (f family) decide(ctx context.Context, decide func(tx *meta.Tx) (state.ClusterRecord, error)) (*redshift.Cluster, error) {
	return f.render.ChangedCluster(meta.Decide(ctx, f.store, decide))
}
