// Package schedule is the operations about snapshot schedules, and about which cluster has which.
//
// It decides which schedule a cluster has. It does not know when snapshots begin: the control plane associates a cluster and takes its snapshots.
package schedule

import (
	"context"
	"time"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service"
	house "slipher/internal/service/redshift"
	"slipher/internal/service/redshift/permission"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse/state"
)

// Config is what the family needs.
type Config struct {
	Store *meta.Store
	Now   func() time.Time
	NewID func() string // for a schedule that the request does not name
	Quota int           // schedules of an account in a region
	Tags  int           // of one schedule
	// ChangeCluster has a cluster of the caller changed and kept, in one transaction.
	ChangeCluster func(ctx context.Context, caller api.Caller, identifier string, change func(*meta.Tx, *state.ClusterRecord) error) (*redshift.Cluster, error)
	// Associate gives a cluster a schedule, and Dissociate takes it away; neither keeps the cluster.
	Associate  func(tx *meta.Tx, cluster *state.ClusterRecord, identifier string) error
	Dissociate func(tx *meta.Tx, cluster *state.ClusterRecord) error
}

type family struct{ Config }

// Family is the operations, and the schedules as resources that can be tagged.
func Family(config Config) house.Family {
	f := family{config}
	return house.Family{
		Taggable: []tagging.Kind{tagging.KeptByName("snapshotschedule", "", state.SnapshotSchedules, func(s *state.SnapshotSchedule) *[]state.Tag { return &s.Tags })},
		Family: service.Family{Name: "snapshot schedule", Operations: []service.Operation{
			service.Offer(redshift.CreateSnapshotScheduleOperation, f.create, func(in *redshift.CreateSnapshotScheduleMessage) []service.Permission {
				return []service.Permission{permission.Create("snapshotschedule", in.ScheduleIdentifier, tagging.Given(in.Tags))}
			}),
			service.Offer(redshift.ModifySnapshotScheduleOperation, f.modify, func(in *redshift.ModifySnapshotScheduleMessage) []service.Permission {
				return on(in.ScheduleIdentifier)
			}),
			service.Offer(redshift.DeleteSnapshotScheduleOperation, f.remove, func(in *redshift.DeleteSnapshotScheduleMessage) []service.Permission {
				return on(in.ScheduleIdentifier)
			}),
			service.Offer(redshift.DescribeSnapshotSchedulesOperation, f.describe, func(in *redshift.DescribeSnapshotSchedulesMessage) []service.Permission {
				return on(in.ScheduleIdentifier)
			}),
			service.Offer(redshift.ModifyClusterSnapshotScheduleOperation, f.modifyOfCluster, func(in *redshift.ModifyClusterSnapshotScheduleMessage) []service.Permission {
				return []service.Permission{permission.On("cluster", in.ClusterIdentifier)}
			}),
		}},
	}
}

func on(schedule string) []service.Permission {
	return []service.Permission{permission.On("snapshotschedule", schedule)}
}
