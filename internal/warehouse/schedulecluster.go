package warehouse

import (
	"slipher/internal/meta"
	"slipher/internal/warehouse/state"
)

// Schedule associates a cluster with a schedule, whose times count from now on. The cluster's job makes the association ACTIVE.
func (w *Warehouse) Schedule(tx *meta.Tx, record *state.ClusterRecord, identifier string) error {
	done := &record.Body.Automation
	done.Schedule, done.ScheduleState, done.Scheduled = identifier, state.ScheduleModifying, w.Clock.Now()
	return automationLater(tx, *record, w.Clock.Now())
}

// Unschedule takes the schedule off a cluster, whose automated snapshots go by Redshift's own rule again.
func (w *Warehouse) Unschedule(tx *meta.Tx, record *state.ClusterRecord) error {
	record.Body.Automation.Schedule, record.Body.Automation.ScheduleState = "", ""
	return w.planAutomated(tx, record)
}

// ScheduleNew associates a cluster that is being created.
func (w *Warehouse) ScheduleNew(tx *meta.Tx, record *state.ClusterRecord, identifier string) error {
	if identifier == "" {
		return nil
	}
	if _, err := state.FindSchedule(tx, record.Account, record.Region, identifier); err != nil {
		return err
	}
	return w.Schedule(tx, record, identifier)
}
