package schedule

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse/state"
)

// modifyOfCluster gives a cluster a schedule in place of the one that it has, if any, or takes it away.
func (f family) modifyOfCluster(ctx context.Context, caller api.Caller, in *redshift.ModifyClusterSnapshotScheduleMessage) (*api.None, error) {
	leave := api.Value(in.DisassociateSchedule, false)
	if !leave && in.ScheduleIdentifier == "" {
		return nil, api.InvalidParameterCombination("You must specify ScheduleIdentifier unless DisassociateSchedule is true.")
	}
	_, err := f.ChangeCluster(ctx, caller, in.ClusterIdentifier, func(tx *meta.Tx, record *state.ClusterRecord) error {
		if in.ScheduleIdentifier != "" {
			if _, err := state.FindSchedule(tx, caller.Account, caller.Region, in.ScheduleIdentifier); err != nil {
				return err
			}
		}
		present := record.Body.Automation
		switch {
		case present.ScheduleState == state.ScheduleModifying:
			return redshift.InvalidClusterSnapshotScheduleState("The snapshot schedule of cluster %s is being modified: try again when its state is ACTIVE.", record.ID)
		case !leave && present.Schedule == in.ScheduleIdentifier:
			return nil
		case !leave:
			return f.Associate(tx, record, in.ScheduleIdentifier)
		case present.Schedule == "":
			return redshift.InvalidClusterSnapshotScheduleState("Cluster %s is not associated with a snapshot schedule.", record.ID)
		case in.ScheduleIdentifier != "" && in.ScheduleIdentifier != present.Schedule:
			return redshift.InvalidClusterSnapshotScheduleState("Cluster %s is associated with snapshot schedule %s and not with %s.", record.ID, present.Schedule, in.ScheduleIdentifier)
		}
		return f.Dissociate(tx, record)
	})
	if err != nil {
		return nil, err
	}
	return &api.None{}, nil
}
