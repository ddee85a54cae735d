package redshifttest_test

import (
	"fmt"
	"testing"
	"time"

	"slipher/internal/api/redshift"
	"slipher/internal/testbed"
	"slipher/internal/warehouse/state"
)

func TestScheduleQuota(t *testing.T) {
	t.Parallel()
	bed := testbed.New(t, testbed.Config{Limits: state.Limits{SnapshotSchedules: 1, Tags: 2}})
	bed.Must(testbed.Owner, "CreateSnapshotSchedule", "ScheduleIdentifier=one", "ScheduleDefinitions=rate(5 hours)")
	_, err := bed.Call(testbed.Owner, "CreateSnapshotSchedule", "ScheduleIdentifier=two", "ScheduleDefinitions=rate(5 hours)")
	wantFault(t, err, "SnapshotScheduleQuotaExceeded")
	bed.Must(testbed.Consumer, "CreateSnapshotSchedule", "ScheduleIdentifier=two", "ScheduleDefinitions=rate(5 hours)")
	_, err = bed.Call(testbed.Consumer, "CreateSnapshotSchedule", "ScheduleIdentifier=three", "ScheduleDefinitions=rate(5 hours)", "Tags=a:b,c:d,e:f")
	wantFault(t, err, "TagLimitExceededFault")
}

// TestOneScheduleOfManyClusters wants their snapshots to begin within the schedule's minute, but not in one second.
func TestOneScheduleOfManyClusters(t *testing.T) {
	t.Parallel()
	bed := testbed.New(t, testbed.Config{})
	bed.Must(testbed.Owner, "CreateSnapshotSchedule", "ScheduleIdentifier=noon", "ScheduleDefinitions=cron(0 12 *)")
	for i := range 6 {
		bed.CreateCluster(testbed.Owner, fmt.Sprintf("c%d", i), rows(100, "c"))
		bed.Must(testbed.Owner, "ModifyClusterSnapshotSchedule", fmt.Sprintf("ClusterIdentifier=c%d", i), "ScheduleIdentifier=noon")
	}
	bed.Rest()
	noon := testbed.Began.Add(2 * time.Hour)
	seconds := map[time.Time]bool{}
	for _, cluster := range bed.Must(testbed.Owner, "DescribeClusters").(*redshift.ClustersMessage).Clusters {
		due := cluster.ExpectedNextSnapshotScheduleTime
		if due.Before(noon) || !due.Before(noon.Add(time.Minute)) {
			t.Errorf("%s is due at %s", cluster.ClusterIdentifier, due)
		}
		seconds[due] = true
	}
	if len(seconds) < 4 {
		t.Errorf("the snapshots of 6 clusters begin in %d different seconds", len(seconds))
	}
}
