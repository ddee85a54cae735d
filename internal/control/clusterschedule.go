package control

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse/state"
)

// ModifyClusterSnapshotSchedule gives a cluster a schedule in place of the one that it has, if any, or takes it away.
func (c *Control) ModifyClusterSnapshotSchedule(ctx context.Context, caller api.Caller, in *redshift.ModifyClusterSnapshotScheduleMessage) (*api.None, error) {
	leave := api.Value(in.DisassociateSchedule, false)
	if !leave && in.ScheduleIdentifier == "" {
		return nil, api.InvalidParameterCombination("You must specify ScheduleIdentifier unless DisassociateSchedule is true.")
	}
	_, err := c.change(ctx, caller, in.ClusterIdentifier, func(tx *meta.Tx, record *state.ClusterRecord) error {
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
			return c.schedule(tx, record, in.ScheduleIdentifier)
		case present.Schedule == "":
			return redshift.InvalidClusterSnapshotScheduleState("Cluster %s is not associated with a snapshot schedule.", record.ID)
		case in.ScheduleIdentifier != "" && in.ScheduleIdentifier != present.Schedule:
			return redshift.InvalidClusterSnapshotScheduleState("Cluster %s is associated with snapshot schedule %s and not with %s.", record.ID, present.Schedule, in.ScheduleIdentifier)
		}
		return c.unschedule(tx, record)
	})
	if err != nil {
		return nil, err
	}
	return &api.None{}, nil
}

// schedule associates a cluster with a schedule, whose times count from now on. The cluster's job makes the association ACTIVE.
func (c *Control) schedule(tx *meta.Tx, record *state.ClusterRecord, identifier string) error {
	done := &record.Body.Automation
	done.Schedule, done.ScheduleState, done.Scheduled = identifier, state.ScheduleModifying, c.now()
	return automationLater(tx, *record, c.now())
}

func (c *Control) unschedule(tx *meta.Tx, record *state.ClusterRecord) error {
	record.Body.Automation.Schedule, record.Body.Automation.ScheduleState = "", ""
	return c.planAutomated(tx, record)
}

// scheduleNew associates a cluster that is being created.
func (c *Control) scheduleNew(tx *meta.Tx, record *state.ClusterRecord, identifier string) error {
	if identifier == "" {
		return nil
	}
	if _, err := state.FindSchedule(tx, record.Account, record.Region, identifier); err != nil {
		return err
	}
	return c.schedule(tx, record, identifier)
}
