package schedule

import (
	"context"
	"slices"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse/state"
)

// modify replaces the definitions. The clusters that have the schedule follow one by one; until then their association is MODIFYING.
func (f family) modify(ctx context.Context, caller api.Caller, in *redshift.ModifySnapshotScheduleMessage) (*redshift.SnapshotSchedule, error) {
	var shape redshift.SnapshotSchedule
	err := f.store.Update(ctx, func(tx *meta.Tx) error {
		record, err := state.FindSchedule(tx, caller.Account, caller.Region, in.ScheduleIdentifier)
		if err != nil {
			return err
		}
		record.Body.Definitions, record.Body.Began = in.ScheduleDefinitions, f.warehouse.Clock.Now()
		if _, err := record.Body.Times(); err != nil {
			return redshift.InvalidSchedule("The schedule is not valid: %v.", err)
		}
		if err := state.SnapshotSchedules.Put(tx, record); err != nil {
			return err
		}
		if err := f.reassociate(tx, record); err != nil {
			return err
		}
		shape, err = described(tx, record)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &shape, nil
}

func (f family) reassociate(tx *meta.Tx, record state.ScheduleRecord) error {
	having, err := state.ClustersOn(tx, record)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(having, func(of state.ClusterRecord) bool {
		return of.Body.Automation.ScheduleState == state.ScheduleModifying
	}) {
		return redshift.SnapshotScheduleUpdateInProgress("Snapshot schedule %s is being modified already: try again when its clusters are ACTIVE.", record.ID)
	}
	for _, of := range having {
		if err := f.warehouse.Schedule(tx, &of, record.ID); err != nil {
			return err
		}
		if err := state.Clusters.Put(tx, of); err != nil {
			return err
		}
	}
	return nil
}

// remove removes a schedule that no cluster has.
func (f family) remove(ctx context.Context, caller api.Caller, in *redshift.DeleteSnapshotScheduleMessage) (*api.None, error) {
	return &api.None{}, f.store.Update(ctx, func(tx *meta.Tx) error {
		record, err := state.FindSchedule(tx, caller.Account, caller.Region, in.ScheduleIdentifier)
		if err != nil {
			return err
		}
		having, err := state.ClustersOn(tx, record)
		if err != nil {
			return err
		}
		if len(having) > 0 {
			return redshift.InvalidClusterSnapshotScheduleState("Cannot delete snapshot schedule %s because cluster %s is associated with it.", record.ID, having[0].ID)
		}
		return state.SnapshotSchedules.Delete(tx, record.Key)
	})
}
