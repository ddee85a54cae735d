package control

import (
	"cmp"
	"context"
	"errors"
	"regexp"
	"slices"
	"time"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/schedule"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse/paging"
	"slipher/internal/warehouse/state"
)

var scheduleIdentifierForm = regexp.MustCompile(`^[a-zA-Z0-9-]+$`)

const (
	mostInvocations = 100 // that one answer tells
	mostAssociated  = 100
)

// CreateSnapshotSchedule keeps a schedule that clusters can be associated with. A dry run checks the request and keeps nothing.
func (c *Control) CreateSnapshotSchedule(ctx context.Context, caller api.Caller, in *redshift.CreateSnapshotScheduleMessage) (*redshift.SnapshotSchedule, error) {
	record := state.ScheduleRecord{
		Key:  meta.Key{Account: caller.Account, Region: caller.Region, ID: cmp.Or(in.ScheduleIdentifier, "schedule-"+c.config.NewID())},
		Body: state.SnapshotSchedule{Definitions: in.ScheduleDefinitions, Description: in.ScheduleDescription, Began: c.now(), Tags: tagging.Given(in.Tags)},
	}
	count := api.Value(in.NextInvocations, 0)
	if err := api.First(
		func() error { return checkScheduleIdentifier(record.ID) },
		func() error { return checkDefinitions(record.Body) },
		func() error { return checkInvocations(count) },
		func() error { return state.CheckTags(tagging.Given(in.Tags), c.config.Limits.Tags) },
	); err != nil {
		return nil, err
	}
	err := c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		if err := c.roomForSchedule(tx, record); err != nil || api.Value(in.DryRun, false) {
			return err
		}
		_, err := state.SnapshotSchedules.Insert(tx, record.Key, record.Body)
		return err
	})
	if err != nil {
		return nil, err
	}
	shape := scheduleShape(record.Body, record.ID)
	if shape.NextInvocations, err = invocationsOf(record.Body, c.now(), count); err != nil {
		return nil, err
	}
	return &shape, nil
}

func checkScheduleIdentifier(id string) error {
	if len(id) > 255 || !scheduleIdentifierForm.MatchString(id) {
		return api.InvalidParameterValue("%q is not a valid schedule identifier: it has 1 to 255 letters, digits and hyphens.", id)
	}
	return nil
}

func checkDefinitions(body state.SnapshotSchedule) error {
	_, err := body.Times()
	switch {
	case err == nil:
		return nil
	case errors.Is(err, schedule.ErrUnsupported):
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

func (c *Control) roomForSchedule(tx *meta.Tx, record state.ScheduleRecord) error {
	_, err := state.SnapshotSchedules.Find(tx, record.Key)
	if err == nil {
		return redshift.SnapshotScheduleAlreadyExists("Snapshot schedule %s already exists.", record.ID)
	}
	if !errors.Is(err, meta.ErrNotFound) {
		return err
	}
	count, err := state.SnapshotSchedules.Count(tx, meta.Query{Account: record.Account, Region: record.Region})
	if err == nil && count >= c.config.Limits.SnapshotSchedules {
		err = redshift.SnapshotScheduleQuotaExceeded("The account has %d snapshot schedules in %s, which is the most there may be.", count, record.Region)
	}
	return err
}

// ModifySnapshotSchedule replaces the definitions. The clusters that have the schedule follow one by one; until then their association is MODIFYING.
func (c *Control) ModifySnapshotSchedule(ctx context.Context, caller api.Caller, in *redshift.ModifySnapshotScheduleMessage) (*redshift.SnapshotSchedule, error) {
	var shape redshift.SnapshotSchedule
	err := c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		record, err := state.FindSchedule(tx, caller.Account, caller.Region, in.ScheduleIdentifier)
		if err != nil {
			return err
		}
		record.Body.Definitions, record.Body.Began = in.ScheduleDefinitions, c.now()
		if _, err := record.Body.Times(); err != nil {
			return redshift.InvalidSchedule("The schedule is not valid: %v.", err)
		}
		if err := state.SnapshotSchedules.Put(tx, record); err != nil {
			return err
		}
		if err := c.rescheduleAll(tx, record); err != nil {
			return err
		}
		shape, err = describeSchedule(tx, record)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &shape, nil
}

func (c *Control) rescheduleAll(tx *meta.Tx, record state.ScheduleRecord) error {
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
		if err := c.schedule(tx, &of, record.ID); err != nil {
			return err
		}
		if err := state.Clusters.Put(tx, of); err != nil {
			return err
		}
	}
	return nil
}

// DeleteSnapshotSchedule removes a schedule that no cluster has.
func (c *Control) DeleteSnapshotSchedule(ctx context.Context, caller api.Caller, in *redshift.DeleteSnapshotScheduleMessage) (*api.None, error) {
	return &api.None{}, c.config.Store.Update(ctx, func(tx *meta.Tx) error {
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

// DescribeSnapshotSchedules answers the schedules, of one identifier or of one cluster if that is asked for, with the clusters that have them.
func (c *Control) DescribeSnapshotSchedules(ctx context.Context, caller api.Caller, in *redshift.DescribeSnapshotSchedulesMessage) (*redshift.DescribeSnapshotSchedulesOutputMessage, error) {
	page, err := paging.New("snapshot schedules", in.MaxRecords, in.Marker)
	if err != nil {
		return nil, err
	}
	out := &redshift.DescribeSnapshotSchedulesOutputMessage{SnapshotSchedules: []redshift.SnapshotSchedule{}}
	err = c.config.Store.View(ctx, func(tx *meta.Tx) error {
		found, marker, err := searchSchedules(tx, caller, in, page)
		if err != nil {
			return err
		}
		out.Marker = marker
		for _, record := range found {
			shape, err := describeSchedule(tx, record)
			if err != nil {
				return err
			}
			out.SnapshotSchedules = append(out.SnapshotSchedules, shape)
		}
		return nil
	})
	return out, err
}

// searchSchedules finds nothing, and refuses nothing, where there is no such schedule or cluster: the operation declares no fault.
func searchSchedules(tx *meta.Tx, caller api.Caller, in *redshift.DescribeSnapshotSchedulesMessage, page paging.Page) ([]state.ScheduleRecord, string, error) {
	matches := func(record state.ScheduleRecord) bool {
		return state.Tagged(record.Body.Tags, in.TagKeys, in.TagValues)
	}
	one := in.ScheduleIdentifier
	if in.ClusterIdentifier != "" {
		cluster, err := state.Clusters.Find(tx, state.ClusterKey(caller, in.ClusterIdentifier))
		if err := meta.IgnoreNotFound(err); err != nil {
			return nil, "", err
		}
		of := cluster.Body.Automation.Schedule
		if of == "" || one != "" && one != of {
			return nil, "", nil
		}
		one = of
	}
	if one == "" {
		return paging.List(tx, state.SnapshotSchedules, meta.Query{Account: caller.Account, Region: caller.Region}, page, matches)
	}
	record, err := state.SnapshotSchedules.Find(tx, meta.Key{Account: caller.Account, Region: caller.Region, ID: one})
	if err != nil || !matches(record) {
		return nil, "", meta.IgnoreNotFound(err)
	}
	return []state.ScheduleRecord{record}, "", nil
}

func describeSchedule(tx *meta.Tx, record state.ScheduleRecord) (redshift.SnapshotSchedule, error) {
	shape := scheduleShape(record.Body, record.ID)
	having, err := state.ClustersOn(tx, record)
	count := len(having)
	shape.AssociatedClusterCount = &count
	for _, of := range having[:min(count, mostAssociated)] {
		shape.AssociatedClusters = append(shape.AssociatedClusters, redshift.ClusterAssociatedToSchedule{
			ClusterIdentifier: of.ID, ScheduleAssociationState: of.Body.Automation.ScheduleState,
		})
	}
	return shape, err
}

func scheduleShape(s state.SnapshotSchedule, identifier string) redshift.SnapshotSchedule {
	return redshift.SnapshotSchedule{
		ScheduleIdentifier: identifier, ScheduleDefinitions: s.Definitions, ScheduleDescription: s.Description, Tags: tagging.Shapes(s.Tags),
	}
}

func invocationsOf(s state.SnapshotSchedule, after time.Time, count int) ([]time.Time, error) {
	times, err := s.Times()
	var next []time.Time
	for len(next) < count && err == nil {
		after = times.Next(after)
		next = append(next, after)
	}
	return next, err
}
