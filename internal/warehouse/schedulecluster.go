package warehouse

import (
	"slipher/internal/api"
	"slipher/internal/meta"
	"slipher/internal/warehouse/refusal"
	"slipher/internal/warehouse/state"
)

// ScheduleChange is which schedule a cluster is to have in place of the one that it has, if any, or that it is to leave it.
type ScheduleChange struct {
	Cluster, Schedule string
	Leave             bool
}

// ChangeSchedule changes which schedule a cluster of the caller's has.
func (w *Warehouse) ChangeSchedule(tx *meta.Tx, caller api.Caller, change ScheduleChange) error {
	_, err := changeCluster(tx, caller, change.Cluster, func(record *state.ClusterRecord) error {
		if change.Schedule != "" {
			if _, err := state.FindSchedule(tx, caller.Account, caller.Region, change.Schedule); err != nil {
				return err
			}
		}
		present := record.Body.Automation
		switch {
		case present.ScheduleState == state.ScheduleModifying:
			return refusal.InvalidClusterSnapshotScheduleState.Because("The snapshot schedule of cluster %s is being modified: try again when its state is ACTIVE.", record.ID)
		case !change.Leave && present.Schedule == change.Schedule:
			return nil
		case !change.Leave:
			return w.Schedule(tx, record, change.Schedule)
		case present.Schedule == "":
			return refusal.InvalidClusterSnapshotScheduleState.Because("Cluster %s is not associated with a snapshot schedule.", record.ID)
		case change.Schedule != "" && change.Schedule != present.Schedule:
			return refusal.InvalidClusterSnapshotScheduleState.Because("Cluster %s is associated with snapshot schedule %s and not with %s.", record.ID, present.Schedule, change.Schedule)
		}
		return w.unschedule(tx, record)
	})
	return err
}

// Schedule associates a cluster with a schedule, whose times count from now on. The cluster's job makes the association ACTIVE.
func (w *Warehouse) Schedule(tx *meta.Tx, record *state.ClusterRecord, identifier string) error {
	done := &record.Body.Automation
	done.Schedule, done.ScheduleState, done.Scheduled = identifier, state.ScheduleModifying, w.Clock.Now()
	return automationLater(tx, *record, w.Clock.Now())
}

// unschedule takes the schedule off a cluster, whose automated snapshots go by Redshift's own rule again.
func (w *Warehouse) unschedule(tx *meta.Tx, record *state.ClusterRecord) error {
	record.Body.Automation.Schedule, record.Body.Automation.ScheduleState = "", ""
	return w.planAutomated(tx, record)
}

// scheduleNew associates a cluster that is being created.
func (w *Warehouse) scheduleNew(tx *meta.Tx, record *state.ClusterRecord, identifier string) error {
	if identifier == "" {
		return nil
	}
	if _, err := state.FindSchedule(tx, record.Account, record.Region, identifier); err != nil {
		return err
	}
	return w.Schedule(tx, record, identifier)
}
