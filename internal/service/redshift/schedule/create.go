package schedule

import (
	"cmp"
	"context"
	"errors"
	"regexp"
	"time"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	times "slipher/internal/schedule"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse/state"
)

var identifierForm = regexp.MustCompile(`^[a-zA-Z0-9-]+$`)

const mostInvocations = 100 // that one answer tells

// create keeps a schedule that clusters can be associated with. A dry run checks the request and keeps nothing.
func (f family) create(ctx context.Context, caller api.Caller, in *redshift.CreateSnapshotScheduleMessage) (*redshift.SnapshotSchedule, error) {
	record := state.ScheduleRecord{
		Key:  meta.Key{Account: caller.Account, Region: caller.Region, ID: cmp.Or(in.ScheduleIdentifier, "schedule-"+f.warehouse.Config().NewID())},
		Body: state.SnapshotSchedule{Definitions: in.ScheduleDefinitions, Description: in.ScheduleDescription, Began: f.warehouse.Clock.Now(), Tags: tagging.Given(in.Tags)},
	}
	count := api.Value(in.NextInvocations, 0)
	if err := api.First(
		func() error { return checkIdentifier(record.ID) },
		func() error { return checkDefinitions(record.Body) },
		func() error { return checkInvocations(count) },
		func() error { return state.CheckTags(tagging.Given(in.Tags), f.tags) },
	); err != nil {
		return nil, err
	}
	err := f.store.Update(ctx, func(tx *meta.Tx) error {
		if err := f.checkRoom(tx, record); err != nil || api.Value(in.DryRun, false) {
			return err
		}
		_, err := state.SnapshotSchedules.Insert(tx, record.Key, record.Body)
		return err
	})
	if err != nil {
		return nil, err
	}
	shape := shapeOf(record.Body, record.ID)
	if shape.NextInvocations, err = invocations(record.Body, f.warehouse.Clock.Now(), count); err != nil {
		return nil, err
	}
	return &shape, nil
}

func checkIdentifier(id string) error {
	if len(id) > 255 || !identifierForm.MatchString(id) {
		return api.InvalidParameterValue("%q is not a valid schedule identifier: it has 1 to 255 letters, digits and hyphens.", id)
	}
	return nil
}

func checkDefinitions(body state.SnapshotSchedule) error {
	_, err := body.Times()
	switch {
	case err == nil:
		return nil
	case errors.Is(err, times.ErrUnsupported):
		return redshift.ScheduleDefinitionTypeUnsupported("The schedule definition is not supported: %v.", err)
	}
	return redshift.InvalidSchedule("The schedule is not valid: %v.", err)
}

func checkInvocations(count int) error {
	if count < 0 || count > mostInvocations {
		return api.InvalidParameterValue("NextInvocations must be between 0 and %d, not %d.", mostInvocations, count)
	}
	return nil
}

func (f family) checkRoom(tx *meta.Tx, record state.ScheduleRecord) error {
	_, err := state.SnapshotSchedules.Find(tx, record.Key)
	if err == nil {
		return redshift.SnapshotScheduleAlreadyExists("Snapshot schedule %s already exists.", record.ID)
	}
	if !errors.Is(err, meta.ErrNotFound) {
		return err
	}
	count, err := state.SnapshotSchedules.Count(tx, meta.Query{Account: record.Account, Region: record.Region})
	if err != nil {
		return err
	}
	return f.quota.Room(count, record.Region)
}

func invocations(s state.SnapshotSchedule, after time.Time, count int) ([]time.Time, error) {
	times, err := s.Times()
	var next []time.Time
	for len(next) < count && err == nil {
		after = times.Next(after)
		next = append(next, after)
	}
	return next, err
}
