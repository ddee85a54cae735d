package redshifttest_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"slipher/internal/api/redshift"
	"slipher/internal/testbed"
	"slipher/internal/warehouse/state"
)

const elsewhere = "eu-west-1"

// copied is a bed with a cluster whose snapshots are copied.
func copied(t *testing.T, config testbed.Config) *testbed.Bed {
	t.Helper()
	bed := testbed.New(t, config)
	bed.CreateCluster(testbed.Owner, "sales", rows(400_000, "sales"))
	bed.Must(testbed.Owner, "EnableSnapshotCopy", "ClusterIdentifier=sales", "DestinationRegion="+elsewhere)
	return bed
}

// in runs what is done in another region.
func in(bed *testbed.Bed, region string, does func()) {
	bed.In(region)
	does()
	bed.In(testbed.Region)
}

func awaitCopy(bed *testbed.Bed, identifier, status string) {
	in(bed, elsewhere, func() { bed.AwaitSnapshot(testbed.Owner, identifier, status) })
}

// copyStory copies two snapshots, loses the region that they are from, and restores one. Then everything goes.
func copyStory(t *testing.T, bed *testbed.Bed) {
	t.Helper()
	content := rows(600_000, "sales")
	bed.CreateCluster(testbed.Owner, "sales", content[:400_000])
	bed.Must(testbed.Owner, "EnableSnapshotCopy", "ClusterIdentifier=sales", "DestinationRegion="+elsewhere)
	bed.CreateSnapshot(testbed.Owner, "sales", "monday")
	if err := bed.Nodes.Write(bed.Key(testbed.Owner, "sales"), content); err != nil {
		t.Fatal(err)
	}
	bed.CreateSnapshot(testbed.Owner, "sales", "tuesday")
	bed.Must(testbed.Owner, "DeleteClusterSnapshot", "SnapshotIdentifier=monday")
	awaitCopy(bed, "copy:monday", "available")
	awaitCopy(bed, "copy:tuesday", "available")
	bed.Must(testbed.Owner, "DeleteClusterSnapshot", "SnapshotIdentifier=tuesday")
	bed.Must(testbed.Owner, "DeleteCluster", "ClusterIdentifier=sales", "SkipFinalClusterSnapshot=true")
	bed.AwaitCluster(testbed.Owner, "sales", "gone")
	in(bed, elsewhere, func() {
		for _, cluster := range []string{"monday", "tuesday"} {
			want := content
			if cluster == "monday" {
				want = content[:400_000]
			}
			bed.Must(testbed.Owner, "RestoreFromClusterSnapshot", "ClusterIdentifier="+cluster, "SnapshotIdentifier=copy:"+cluster)
			bed.AwaitRestore(testbed.Owner, cluster, "completed")
			wantRows(t, bed, testbed.Owner, cluster, want)
			bed.Must(testbed.Owner, "DeleteClusterSnapshot", "SnapshotIdentifier=copy:"+cluster)
			bed.Must(testbed.Owner, "DeleteCluster", "ClusterIdentifier="+cluster, "SkipFinalClusterSnapshot=true")
			bed.AwaitCluster(testbed.Owner, cluster, "gone")
		}
	})
	bed.Await("the snapshot store to be empty", func() bool { return len(bed.Stored()) == 0 })
}

// TestCopyCrash ends the process before or after a step of the story, every third one; with SLIPHER_STRESS set, at all of them.
func TestCopyCrash(t *testing.T) {
	t.Parallel()
	bed := testbed.New(t, testbed.Config{})
	copyStory(t, bed)
	steps := 2 * len(bed.Nodes.Steps())
	if calls := calls(bed); !slices.Contains(calls, "copy") {
		t.Fatalf("the story copies nothing: %v", calls)
	}
	every := 3
	if os.Getenv("SLIPHER_STRESS") != "" {
		every = 1
	}
	for step := 0; step < steps; step += every {
		t.Run(fmt.Sprintf("at_step_%d", step), func(t *testing.T) {
			t.Parallel()
			bed := testbed.New(t, testbed.Config{})
			bed.CrashAt(step)
			copyStory(t, bed)
		})
	}
}

func TestCopyFailures(t *testing.T) {
	t.Parallel()
	t.Run("that_pass_are_outlasted_however_many_they_are", func(t *testing.T) {
		t.Parallel()
		bed := copied(t, testbed.Config{Limits: state.Limits{Attempts: 1}})
		bed.RunClock()
		failTimes(bed, "copy", 5)
		bed.CreateSnapshot(testbed.Owner, "sales", "monday")
		awaitCopy(bed, "copy:monday", "available")
	})
	t.Run("end_a_copy_that_is_not_wanted_any_more", func(t *testing.T) {
		t.Parallel()
		bed := copied(t, testbed.Config{})
		hold := bed.Hold("copy")
		bed.CreateSnapshot(testbed.Owner, "sales", "monday")
		hold.Reached(bed)
		bed.Must(testbed.Owner, "DisableSnapshotCopy", "ClusterIdentifier=sales")
		hold.Fail(errPassing)
		awaitCopy(bed, "copy:monday", "failed")
	})
	t.Run("of_a_damaged_source_are_told", func(t *testing.T) {
		t.Parallel()
		bed := copied(t, testbed.Config{})
		hold := bed.Hold("copy")
		bed.CreateSnapshot(testbed.Owner, "sales", "monday")
		hold.Reached(bed)
		bed.DamagePacks(nil)
		hold.Release()
		awaitCopy(bed, "copy:monday", "failed")
		in(bed, elsewhere, func() {
			bed.Must(testbed.Owner, "DeleteClusterSnapshot", "SnapshotIdentifier=copy:monday")
			bed.Await("what was copied to go", func() bool {
				return !slices.ContainsFunc(bed.Stored(), func(name string) bool { return strings.HasPrefix(name, "/"+elsewhere) })
			})
		})
		told := bed.Must(testbed.Owner, "DescribeEvents", "SourceType=cluster", "SourceIdentifier=sales").(*redshift.EventsMessage).Events
		if last := told[len(told)-1]; last.EventId != "REDSHIFT-EVENT-3591" || last.Severity != "ERROR" || !strings.Contains(last.Message, "monday") {
			t.Errorf("told %+v", last)
		}
		bed.CreateSnapshot(testbed.Owner, "sales", "tuesday") // mends nothing: the packs are still damaged
		awaitCopy(bed, "copy:tuesday", "failed")
	})
	t.Run("of_a_destroyed_key_are_final", func(t *testing.T) {
		t.Parallel()
		bed := copied(t, testbed.Config{})
		hold := bed.Hold("copy")
		bed.CreateSnapshot(testbed.Owner, "sales", "monday")
		hold.Reached(bed)
		destroyKey(t, bed, "sales")
		hold.Fail(errPassing)
		bed.RunClock()
		awaitCopy(bed, "copy:monday", "failed")
		bed.Must(testbed.Owner, "DisableSnapshotCopy", "ClusterIdentifier=sales")
	})
}

// TestCopyLimits meets the limits of the account and of the destination's key.
func TestCopyLimits(t *testing.T) {
	t.Parallel()
	refused := func(bed *testbed.Bed, fault, operation string, parameters ...string) {
		t.Helper()
		_, err := bed.Call(testbed.Owner, operation, parameters...)
		wantFault(t, err, fault)
	}
	enable := []string{"ClusterIdentifier=sales", "DestinationRegion=" + elsewhere}
	grant := func(name string) string { return "SnapshotCopyGrantName=" + name }

	t.Run("grants_of_the_key", func(t *testing.T) {
		t.Parallel()
		bed := testbed.New(t, testbed.Config{GrantLimit: 1})
		bed.CreateCluster(testbed.Owner, "sales", rows(10, "sales"))
		in(bed, elsewhere, func() {
			bed.Must(testbed.Owner, "CreateSnapshotCopyGrant", grant("one"))
			refused(bed, "LimitExceededFault", "CreateSnapshotCopyGrant", grant("two"))
		})
		refused(bed, "LimitExceededFault", "EnableSnapshotCopy", enable...)
		bed.Must(testbed.Owner, "EnableSnapshotCopy", append(enable, grant("one"))...)
		bed.Must(testbed.Owner, "DisableSnapshotCopy", "ClusterIdentifier=sales")
		in(bed, elsewhere, func() { bed.Must(testbed.Owner, "DeleteSnapshotCopyGrant", grant("one")) })
		for range 2 { // each ends what the one before took
			bed.Must(testbed.Owner, "EnableSnapshotCopy", enable...)
			bed.Must(testbed.Owner, "DisableSnapshotCopy", "ClusterIdentifier=sales")
		}
		bed.Must(testbed.Owner, "EnableSnapshotCopy", enable...)
		bed.Must(testbed.Owner, "DeleteCluster", "ClusterIdentifier=sales", "SkipFinalClusterSnapshot=true")
		bed.AwaitCluster(testbed.Owner, "sales", "gone")
		in(bed, elsewhere, func() { bed.Must(testbed.Owner, "CreateSnapshotCopyGrant", grant("two")) })
	})
	t.Run("requests_for_keys", func(t *testing.T) {
		t.Parallel()
		bed := testbed.New(t, testbed.Config{RequestsPerSecond: 1})
		bed.CreateCluster(testbed.Owner, "sales", rows(10, "sales"))
		in(bed, elsewhere, func() {
			bed.Must(testbed.Owner, "CreateSnapshotCopyGrant", grant("one"))
			refused(bed, "DependentServiceRequestThrottlingFault", "CreateSnapshotCopyGrant", grant("two"))
		})
		refused(bed, "DependentServiceRequestThrottlingFault", "EnableSnapshotCopy", enable...)
	})
	t.Run("of_the_account", func(t *testing.T) {
		t.Parallel()
		bed := testbed.New(t, testbed.Config{Limits: state.Limits{SnapshotCopyGrants: 1, Tags: 1}})
		bed.Must(testbed.Owner, "CreateSnapshotCopyGrant", grant("one"))
		refused(bed, "SnapshotCopyGrantQuotaExceededFault", "CreateSnapshotCopyGrant", grant("two"))
		refused(bed, "TagLimitExceededFault", "CreateSnapshotCopyGrant", grant("three"), "Tags=a:b,c:d")
		in(bed, elsewhere, func() { bed.Must(testbed.Owner, "CreateSnapshotCopyGrant", grant("one")) })
	})
}

// TestCopiesShareTheBandwidth has a copy begin beside a save: each may use half.
func TestCopiesShareTheBandwidth(t *testing.T) {
	t.Parallel()
	bed := copied(t, testbed.Config{Bandwidth: 1 << 30})
	key := bed.Key(testbed.Owner, "sales")
	copying := bed.Hold("copy")
	bed.CreateSnapshot(testbed.Owner, "sales", "monday")
	copying.Reached(bed)
	saving := bed.Hold("save")
	bed.Must(testbed.Owner, "CreateClusterSnapshot", "ClusterIdentifier=sales", "SnapshotIdentifier=tuesday")
	saving.Reached(bed)
	if share := bed.Nodes.Share(key); share != 1<<29 {
		t.Errorf("the save may use %d bytes a second beside a copy, want half", share)
	}
	if limit := bed.Nodes.CopyLimit(); limit != 1<<29 {
		t.Errorf("the copy may use %v bytes a second beside a save, want half", limit)
	}
	copying.Release()
	awaitCopy(bed, "copy:monday", "available")
	bed.Await("the save to have all", func() bool { return bed.Nodes.Share(key) == 1<<30 })
	saving.Release()
	awaitCopy(bed, "copy:tuesday", "available")
}
