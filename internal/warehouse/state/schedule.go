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

// ScheduleRecord is that of one schedule, in its account and region.
type ScheduleRecord = meta.Record[SnapshotSchedule]

// SnapshotSchedules are listed by identifier; their clusters are found with ClustersOn.
var SnapshotSchedules = meta.Records[SnapshotSchedule]{Kind: "snapshot schedule"}

// FindSchedule answers the account's schedule in a region, or SnapshotScheduleNotFound.
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

// ClustersOn are the clusters that have the schedule, in the order of their names.
func ClustersOn(tx *meta.Tx, record ScheduleRecord) ([]ClusterRecord, error) {
	return Clusters.List(tx, meta.Query{Account: record.Account, Region: record.Region, Index: onSchedule(record.ID)})
}

// ScheduleOf is when the cluster's schedule wants snapshots. The cluster must have one.
func ScheduleOf(tx *meta.Tx, record ClusterRecord) (schedule.Schedule, error) {
	found, err := FindSchedule(tx, record.Account, record.Region, record.Body.Automation.Schedule)
	if err != nil {
		return schedule.Schedule{}, err
	}
	return found.Body.Times()
}
