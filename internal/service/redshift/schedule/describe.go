package schedule

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse/paging"
	"slipher/internal/warehouse/state"
)

const mostAssociated = 100 // clusters that one answer tells

// describe answers the schedules, of one identifier or of one cluster if that is asked for, with the clusters that have them.
func (f family) describe(ctx context.Context, caller api.Caller, in *redshift.DescribeSnapshotSchedulesMessage) (*redshift.DescribeSnapshotSchedulesOutputMessage, error) {
	page, err := paging.New("snapshot schedules", in.MaxRecords, in.Marker)
	if err != nil {
		return nil, err
	}
	out := &redshift.DescribeSnapshotSchedulesOutputMessage{SnapshotSchedules: []redshift.SnapshotSchedule{}}
	err = f.store.View(ctx, func(tx *meta.Tx) error {
		found, marker, err := search(tx, caller, in, page)
		if err != nil {
			return err
		}
		out.Marker = marker
		for _, record := range found {
			shape, err := described(tx, record)
			if err != nil {
				return err
			}
			out.SnapshotSchedules = append(out.SnapshotSchedules, shape)
		}
		return nil
	})
	return out, err
}

// search finds nothing, and refuses nothing, where there is no such schedule or cluster: the operation declares no fault.
func search(tx *meta.Tx, caller api.Caller, in *redshift.DescribeSnapshotSchedulesMessage, page paging.Page) ([]state.ScheduleRecord, string, error) {
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

func described(tx *meta.Tx, record state.ScheduleRecord) (redshift.SnapshotSchedule, error) {
	shape := shapeOf(record.Body, record.ID)
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

func shapeOf(s state.SnapshotSchedule, identifier string) redshift.SnapshotSchedule {
	return redshift.SnapshotSchedule{
		ScheduleIdentifier: identifier, ScheduleDefinitions: s.Definitions, ScheduleDescription: s.Description, Tags: tagging.Shapes(s.Tags),
	}
}
