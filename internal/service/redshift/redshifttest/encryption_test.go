package redshifttest_test

import (
	"crypto/sha256"
	"slices"
	"strings"
	"testing"
	"time"

	"slipher/internal/meta"
	"slipher/internal/testbed"
	"slipher/internal/warehouse/state"
)

// TestDeduplicationEndsAtTheKey has two clusters hold the same rows. Each has a data key of its own, so the second snapshot must neither use nor repeat
// anything of the first, while another snapshot of the same cluster adds no pack at all.
func TestDeduplicationEndsAtTheKey(t *testing.T) {
	t.Parallel()
	bed := testbed.New(t, testbed.Config{})
	bed.CreateCluster(testbed.Owner, "one", rows(400_000, "same"))
	bed.CreateCluster(testbed.Owner, "two", rows(400_000, "same"))
	bed.CreateSnapshot(testbed.Owner, "one", "monday")
	first := packsIn(bed)
	bed.CreateSnapshot(testbed.Owner, "one", "tuesday")
	if again := packsIn(bed); !slices.Equal(again, first) {
		t.Fatalf("the second snapshot under the same key made %d packs of %d: nothing is deduplicated", len(again), len(first))
	}
	bed.CreateSnapshot(testbed.Owner, "two", "wednesday")
	all := packsIn(bed)
	if len(first) == 0 || len(all) != 2*len(first) {
		t.Errorf("the same rows under another key made %d packs, want %d", len(all)-len(first), len(first))
	}
	seen := map[[sha256.Size]byte]string{}
	for _, name := range bed.Stored() {
		sum := sha256.Sum256(bed.ReadStored(name))
		if seen[sum] != "" {
			t.Errorf("%s and %s are the same", seen[sum], name)
		}
		seen[sum] = name
	}
	bed.Must(testbed.Owner, "DeleteClusterSnapshot", "SnapshotIdentifier=monday")
	bed.Must(testbed.Owner, "DeleteClusterSnapshot", "SnapshotIdentifier=tuesday")
	bed.Await("the first key's packs to go", func() bool { return len(packsIn(bed)) == len(first) })
	bed.Must(testbed.Owner, "RestoreFromClusterSnapshot", "ClusterIdentifier=copy", "SnapshotIdentifier=wednesday")
	bed.AwaitRestore(testbed.Owner, "copy", "completed")
	wantRows(t, bed, testbed.Owner, "copy", rows(400_000, "same"))
}

func packsIn(bed *testbed.Bed) []string {
	return slices.DeleteFunc(bed.Stored(), func(name string) bool { return !strings.Contains(name, "/packs/") })
}

// destroyKey removes the KMS key of a cluster, as somebody does who wants the data to be gone for good.
func destroyKey(t *testing.T, bed *testbed.Bed, cluster string) (arn string) {
	t.Helper()
	arn = bed.Cluster(testbed.Owner, cluster).KmsKeyId
	id := arn[strings.LastIndex(arn, "/")+1:]
	err := bed.Store.Update(t.Context(), func(tx *meta.Tx) error {
		return meta.Records[struct{}]{Kind: "key"}.Delete(tx, meta.Key{Account: testbed.Owner, Region: testbed.Region, ID: id})
	})
	if err != nil {
		t.Fatal(err)
	}
	return arn
}

func TestDestroyedKey(t *testing.T) {
	t.Parallel()
	t.Run("refuses_a_restore_by_name", func(t *testing.T) {
		t.Parallel()
		bed := shared(t, testbed.Config{}, "monday")
		arn := destroyKey(t, bed, "sales")
		_, err := bed.Call(testbed.Owner, "RestoreFromClusterSnapshot", "ClusterIdentifier=copy", "SnapshotIdentifier=monday")
		wantFault(t, err, "DependentServiceAccessDenied")
		if err != nil && (!strings.Contains(err.Error(), arn) || !strings.Contains(err.Error(), "monday")) {
			t.Errorf("got %q, which does not name the snapshot and the key %s", err, arn)
		}
		bed.Restart()
		_, err = bed.Call(testbed.Owner, "RestoreFromClusterSnapshot", "ClusterIdentifier=copy", "SnapshotIdentifier=monday")
		wantFault(t, err, "DependentServiceAccessDenied")
	})
	t.Run("ends_a_restore_under_way", func(t *testing.T) {
		t.Parallel()
		bed := shared(t, testbed.Config{}, "monday")
		bed.RunClock()
		hold := bed.Hold("restore")
		bed.Must(testbed.Owner, "RestoreFromClusterSnapshot", "ClusterIdentifier=copy", "SnapshotIdentifier=monday")
		hold.Reached(bed)
		destroyKey(t, bed, "sales")
		hold.Fail(errPassing)
		bed.AwaitCluster(testbed.Owner, "copy", "incompatible-restore")
	})
	t.Run("lets_nobody_in_and_everybody_out", func(t *testing.T) {
		t.Parallel()
		bed := shared(t, testbed.Config{}, "monday", "tuesday")
		for _, snapshot := range []string{"monday", "tuesday"} {
			if err := authorize(bed, snapshot, testbed.Consumer); err != nil {
				t.Fatal(err)
			}
		}
		bed.Must(testbed.Owner, "ModifyClusterSnapshot", "SnapshotIdentifier=tuesday", "ManualSnapshotRetentionPeriod=1")
		destroyKey(t, bed, "sales")
		wantFault(t, authorize(bed, "monday", account(1)), "InvalidClusterSnapshotState")
		if err := revoke(bed, "monday", testbed.Consumer); err != nil {
			t.Errorf("revoke: %v", err)
		}
		bed.Clock.Advance(25 * time.Hour)
		bed.Rest()
		bed.AwaitSnapshot(testbed.Owner, "tuesday", "gone")
		wantGrants(t, bed)
	})
	t.Run("fails_a_snapshot_under_way", func(t *testing.T) {
		t.Parallel()
		bed := shared(t, testbed.Config{Limits: state.Limits{Attempts: 3}}, "monday")
		bed.RunClock()
		hold := bed.Hold("save")
		bed.Must(testbed.Owner, "CreateClusterSnapshot", "ClusterIdentifier=sales", "SnapshotIdentifier=tuesday")
		hold.Reached(bed)
		destroyKey(t, bed, "sales")
		hold.Fail(errPassing)
		bed.AwaitSnapshot(testbed.Owner, "tuesday", "failed")
	})
}

// TestClusterWithoutItsKey has what a cluster needs its key for refused, while it serves on.
func TestClusterWithoutItsKey(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(*testing.T, *testbed.Bed){
		"destroyed": func(t *testing.T, bed *testbed.Bed) { destroyKey(t, bed, "sales") },
		"disabled": func(t *testing.T, bed *testbed.Bed) {
			arn := bed.Cluster(testbed.Owner, "sales").KmsKeyId
			alterKeys(t, bed, func(tx *meta.Tx) error { return bed.Keys.Disable(tx, arn) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bed := shared(t, testbed.Config{}, "monday")
			bed.Must(testbed.Owner, "RestoreFromClusterSnapshot", "ClusterIdentifier=resting", "SnapshotIdentifier=monday")
			bed.AwaitRestore(testbed.Owner, "resting", "completed")
			bed.Must(testbed.Owner, "PauseCluster", "ClusterIdentifier=resting")
			bed.AwaitCluster(testbed.Owner, "resting", "paused")
			lose(t, bed)
			for _, refused := range []struct {
				code, operation string
				parameters      []string
			}{
				{"InvalidClusterState", "RebootCluster", []string{"ClusterIdentifier=sales"}},
				{"InvalidClusterState", "ResumeCluster", []string{"ClusterIdentifier=resting"}},
				{"InvalidClusterState", "RotateEncryptionKey", []string{"ClusterIdentifier=sales"}},
				{"InvalidClusterState", "CreateClusterSnapshot", []string{"ClusterIdentifier=sales", "SnapshotIdentifier=late"}},
				{"InvalidClusterState", "DeleteCluster", []string{"ClusterIdentifier=sales", "FinalClusterSnapshotIdentifier=last"}},
				{"InvalidClusterSnapshotState", "RestoreTableFromClusterSnapshot", []string{"ClusterIdentifier=sales", "SnapshotIdentifier=monday", "SourceDatabaseName=dev", "SourceTableName=rows", "NewTableName=again"}},
				{"DependentServiceAccessDenied", "RestoreFromClusterSnapshot", []string{"ClusterIdentifier=copy", "SnapshotIdentifier=monday"}},
			} {
				_, err := bed.Call(testbed.Owner, refused.operation, refused.parameters...)
				wantFault(t, err, refused.code)
				if err != nil && !strings.Contains(err.Error(), "arn:aws:kms:") {
					t.Errorf("%s answers %q, which does not name the key", refused.operation, err)
				}
			}
			bed.Restart()
			bed.Await("the cluster to serve", func() bool {
				_, serves := bed.Nodes.Serves(bed.Key(testbed.Owner, "sales"))
				return serves
			})
			bed.Must(testbed.Owner, "PauseCluster", "ClusterIdentifier=sales")
			bed.AwaitCluster(testbed.Owner, "sales", "paused")
			for _, cluster := range []string{"sales", "resting"} {
				bed.Must(testbed.Owner, "DeleteCluster", "ClusterIdentifier="+cluster, "SkipFinalClusterSnapshot=true")
				bed.AwaitCluster(testbed.Owner, cluster, "gone")
			}
		})
	}
}

// TestRotatedKeyRepeatsNothing holds a rotation to its point: what is saved after it has nothing in common with what was saved before.
func TestRotatedKeyRepeatsNothing(t *testing.T) {
	t.Parallel()
	bed := shared(t, testbed.Config{}, "monday")
	before := packsIn(bed)
	bed.Must(testbed.Owner, "RotateEncryptionKey", "ClusterIdentifier=sales")
	bed.AwaitCluster(testbed.Owner, "sales", "available")
	bed.CreateSnapshot(testbed.Owner, "sales", "tuesday")
	after := packsIn(bed)
	if len(before) == 0 || len(after) != 2*len(before) {
		t.Fatalf("%d packs before the rotation and %d after, want twice as many", len(before), len(after))
	}
	scopes := map[string]bool{}
	for _, name := range after {
		scopes[name[:strings.Index(name, "/packs/")]] = true
	}
	if len(scopes) != 2 {
		t.Errorf("the packs are in %d scopes, want 2", len(scopes))
	}
	destroyKey(t, bed, "sales")
	_, err := bed.Call(testbed.Owner, "RotateEncryptionKey", "ClusterIdentifier=sales")
	wantFault(t, err, "InvalidClusterState")
}
