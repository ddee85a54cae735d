package schedule

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse"
)

// modifyOfCluster gives a cluster a schedule in place of the one that it has, if any, or takes it away.
func (f family) modifyOfCluster(ctx context.Context, caller api.Caller, in *redshift.ModifyClusterSnapshotScheduleMessage) (*api.None, error) {
	leave := api.Value(in.DisassociateSchedule, false)
	if !leave && in.ScheduleIdentifier == "" {
		return nil, api.InvalidParameterCombination("You must specify ScheduleIdentifier unless DisassociateSchedule is true.")
	}
	return &api.None{}, f.store.Update(ctx, func(tx *meta.Tx) error {
		return f.warehouse.ChangeSchedule(tx, caller, warehouse.ScheduleChange{Cluster: in.ClusterIdentifier, Schedule: in.ScheduleIdentifier, Leave: leave})
	})
}
