package control

import (
	"slipher/internal/meta"
	"slipher/internal/warehouse/state"
)

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
