package state

import (
	"errors"
	"time"

	"slipher/internal/meta"
	"slipher/internal/schedule"
	"slipher/internal/warehouse/refusal"
)

// SnapshotSchedule is kept under its identifier. Which clusters have it, their records say.
type SnapshotSchedule struct {
	Definitions []string
	Description string    `json:",omitempty"`
	Began       time.Time // from when rates count: its creation, or its last modification
	Tags        []Tag     `json:",omitempty"`
}

type ScheduleRecord = meta.Record[SnapshotSchedule]

var SnapshotSchedules = meta.Records[SnapshotSchedule]{Kind: "snapshot schedule"}

func FindSchedule(tx *meta.Tx, account, region, identifier string) (ScheduleRecord, error) {
	if identifier == "" {
		return ScheduleRecord{}, scheduleNotFound(identifier)
	}
	found, err := SnapshotSchedules.Find(tx, meta.Key{Account: account, Region: region, ID: identifier})
	if errors.Is(err, meta.ErrNotFound) {
		err = scheduleNotFound(identifier)
	}
	return found, err
}

func scheduleNotFound(identifier string) error {
	return refusal.SnapshotScheduleNotFound.Because("Snapshot schedule %s not found.", identifier)
}

// Times are those of the schedule. What is kept was parsed before.
func (s SnapshotSchedule) Times() (schedule.Schedule, error) {
	return schedule.Parse(s.Definitions, s.Began)
}

func ClustersOn(tx *meta.Tx, record ScheduleRecord) ([]ClusterRecord, error) {
	return Clusters.List(tx, meta.Query{Account: record.Account, Region: record.Region, Index: onSchedule(record.ID)})
}

func ScheduleOf(tx *meta.Tx, record ClusterRecord) (schedule.Schedule, error) {
	found, err := FindSchedule(tx, record.Account, record.Region, record.Body.Automation.Schedule)
	if err != nil {
		return schedule.Schedule{}, err
	}
	return found.Body.Times()
}
