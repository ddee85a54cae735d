package state

import "time"

// Automation is what a cluster's automated snapshots go by.
type Automation struct {
	Since   time.Time // available since its creation or the last resumption
	Taken   time.Time // when the last one was begun
	Written int64     // the node's count of written bytes by then
	Due     time.Time // of the next one by the clock

	Schedule      string    `json:",omitempty"` // identifier; without one Redshift's own times apply
	ScheduleState string    `json:",omitempty"`
	Scheduled     time.Time `json:",omitzero"` // the schedule's times count from here
}

// The states of a cluster's association with a schedule, in Redshift's words.
const (
	ScheduleModifying = "MODIFYING"
	ScheduleActive    = "ACTIVE"
)
