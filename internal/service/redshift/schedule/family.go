// Package schedule is the operations about snapshot schedules, and about which cluster has which.
//
// It decides which schedule a cluster has. It does not know when snapshots begin: the control plane associates a cluster and takes its snapshots.
package schedule

import (
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service"
	house "slipher/internal/service/redshift"
	"slipher/internal/service/redshift/permission"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/state"
)

type family struct {
	warehouse *warehouse.Warehouse
	store     *meta.Store
	quota     house.Quota
	tags      int // of one schedule
}

// Family is the operations, and the schedules as resources that can be tagged.
func Family(w *warehouse.Warehouse) house.Family {
	config := w.Config()
	f := family{w, config.Store, house.Quota{Of: "snapshot schedules", Most: config.Limits.SnapshotSchedules, Exceeded: redshift.SnapshotScheduleQuotaExceeded}, config.Limits.Tags}
	return house.Family{
		Taggable: []tagging.Kind{tagging.KeptByName("snapshotschedule", "", state.SnapshotSchedules, func(s *state.SnapshotSchedule) *[]state.Tag { return &s.Tags })},
		Quotas:   []house.Quota{f.quota},
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
