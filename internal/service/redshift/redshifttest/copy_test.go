package redshifttest_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/testbed"
	"slipher/internal/vault"
	"slipher/internal/warehouse/scrub"
	"slipher/internal/warehouse/state"
)

// TestSaveAfterCopy makes a copy of an early point in time after a later snapshot: the next save still begins from the later one.
func TestSaveAfterCopy(t *testing.T) {
	t.Parallel()
	bed := shared(t, testbed.Config{})
	bed.Clock.Advance(6 * time.Minute)
	bed.Rest()
	bed.Clock.Advance(time.Hour)
	bed.CreateSnapshot(testbed.Owner, "sales", "late")
	bed.Must(testbed.Owner, "CopyClusterSnapshot", "SourceSnapshotIdentifier=rs:sales-2026-01-05-10-06-00", "TargetSnapshotIdentifier=copied")
	late, next, err := manifestsOf(t.Context(), bed.Store, testbed.Caller(testbed.Owner), "late")
	if err != nil {
		t.Fatal(err)
	}
	if next != late {
		t.Errorf("the next save begins from manifest %s, want that of the latest point in time, %s", next, late)
	}
}

// TestCopiesKeepTheirBlocks lets automated snapshots come and expire, and copies, manual snapshots and new rows with them, at random. Whatever is
// available at any time can be read back, and nothing is left when all are gone.
func TestCopiesKeepTheirBlocks(t *testing.T) {
	t.Parallel()
	bed := shared(t, testbed.Config{Limits: state.Limits{ManualSnapshots: 6}})
	key := bed.Key(testbed.Owner, "sales")
	chance := rand.New(rand.NewPCG(11, 13))
	some := func(kind string) string {
		found := identifiers(bed, kind)
		if len(found) == 0 {
			return "none"
		}
		return found[chance.IntN(len(found))]
	}
	copies := 0
	for step := range 80 {
		switch chance.IntN(6) {
		case 0:
			if err := bed.Nodes.Write(key, rows(600_000+chance.IntN(600_000), strconv.Itoa(step%7))); err != nil {
				t.Fatal(err)
			}
		case 1:
			attempt(t, bed, "CreateClusterSnapshot", "ClusterIdentifier=sales", fmt.Sprintf("SnapshotIdentifier=s%d", step))
		case 2:
			bed.Clock.Advance(8 * time.Hour)
		case 3:
			if attempt(t, bed, "CopyClusterSnapshot", "SourceSnapshotIdentifier="+some("automated"), fmt.Sprintf("TargetSnapshotIdentifier=c%d", step), "ManualSnapshotRetentionPeriod=2") {
				copies++
			}
		case 4:
			attempt(t, bed, "DeleteClusterSnapshot", "SnapshotIdentifier="+some("manual"))
		case 5:
			attempt(t, bed, "BatchModifyClusterSnapshots", "SnapshotIdentifierList="+some("manual")+","+some("manual"), "ManualSnapshotRetentionPeriod=1", "Force=true")
		}
		bed.Rest()
		wantSound(t, bed, step)
	}
	if copies < 5 {
		t.Errorf("only %d copies were made: the test shows nothing", copies)
	}
	bed.Must(testbed.Owner, "DeleteCluster", "ClusterIdentifier=sales", "SkipFinalClusterSnapshot=true")
	bed.Rest()
	wantSound(t, bed, -1)
	bed.Must(testbed.Owner, "BatchDeleteClusterSnapshots", "Identifiers="+strings.Join(identifiers(bed, "manual"), ","))
	bed.Await("the store to be empty", func() bool { return len(bed.Stored()) == 0 })
}

func identifiers(bed *testbed.Bed, kind string) (found []string) {
	for _, snapshot := range bed.Must(testbed.Owner, "DescribeClusterSnapshots", "SnapshotType="+kind).(*redshift.SnapshotMessage).Snapshots {
		found = append(found, snapshot.SnapshotIdentifier)
	}
	return found
}

// attempt says whether the operation did what was asked. Faults are a part of life; other errors are not.
func attempt(t *testing.T, bed *testbed.Bed, operation string, parameters ...string) bool {
	t.Helper()
	_, err := bed.Call(testbed.Owner, operation, parameters...)
	var fault *api.Fault
	if err != nil && !errors.As(err, &fault) {
		t.Fatalf("%s: %v", operation, err)
	}
	return err == nil
}

func wantSound(t *testing.T, bed *testbed.Bed, step int) {
	t.Helper()
	err := bed.Warehouse.Scrubber.Verify(t.Context(), scrub.Request{}, func(string, vault.Progress) {}, func(verified scrub.Verified) {
		if verified.Damage != "" {
			t.Fatalf("step %d: snapshot %s: %s", step, verified.Snapshot, verified.Damage)
		}
	})
	if err != nil {
		t.Fatalf("step %d: %v", step, err)
	}
}
