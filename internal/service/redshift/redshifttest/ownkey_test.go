package redshifttest_test

import (
	"testing"

	"slipher/internal/meta"
	"slipher/internal/testbed"
)

func alterKeys(t *testing.T, bed *testbed.Bed, alter func(tx *meta.Tx) error) {
	t.Helper()
	if err := bed.Store.Update(t.Context(), alter); err != nil {
		t.Fatal(err)
	}
}

// TestRestoreUnderAnotherKey restores a snapshot under another key of its owner's. The first key's end then takes the snapshot, and neither the cluster nor
// what it saved.
func TestRestoreUnderAnotherKey(t *testing.T) {
	t.Parallel()
	bed, first := ownKeyBed(t)
	second := ""
	alterKeys(t, bed, func(tx *meta.Tx) (err error) {
		if second, err = bed.Keys.Create(tx, testbed.Owner, testbed.Region); err != nil {
			return err
		}
		return bed.Keys.CreateAlias(tx, "alias/second", second)
	})
	bed.Must(testbed.Owner, "RestoreFromClusterSnapshot", "ClusterIdentifier=copy", "SnapshotIdentifier=monday", "KmsKeyId=alias/second")
	bed.AwaitRestore(testbed.Owner, "copy", "completed")
	if got := bed.Cluster(testbed.Owner, "copy").KmsKeyId; got != second {
		t.Errorf("the restored cluster has the key %s, want %s", got, second)
	}
	bed.CreateSnapshot(testbed.Owner, "copy", "tuesday")
	if got := bed.Snapshot(testbed.Owner, "tuesday").KmsKeyId; got != second {
		t.Errorf("its snapshot has the key %s, want %s", got, second)
	}
	alterKeys(t, bed, func(tx *meta.Tx) error {
		if err := bed.Keys.ScheduleDeletion(tx, first, bed.Clock.Now()); err != nil {
			return err
		}
		_, err := bed.Keys.Destroy(tx, first)
		return err
	})
	_, err := bed.Call(testbed.Owner, "RestoreFromClusterSnapshot", "ClusterIdentifier=late", "SnapshotIdentifier=monday", "KmsKeyId=alias/second")
	wantFault(t, err, "DependentServiceAccessDenied")
	bed.Must(testbed.Owner, "RestoreFromClusterSnapshot", "ClusterIdentifier=late", "SnapshotIdentifier=tuesday")
	bed.AwaitRestore(testbed.Owner, "late", "completed")
	wantRows(t, bed, testbed.Owner, "late", rows(1000, "sales"))
}

// TestDisabledKey has a key disabled while much depends on it, and enabled again.
func TestDisabledKey(t *testing.T) {
	t.Parallel()
	bed, key := ownKeyBed(t)
	bed.RunClock()
	disable := func() { alterKeys(t, bed, func(tx *meta.Tx) error { return bed.Keys.Disable(tx, key) }) }
	enable := func() { alterKeys(t, bed, func(tx *meta.Tx) error { return bed.Keys.Enable(tx, key) }) }

	hold := bed.Hold("restore")
	bed.Must(testbed.Owner, "RestoreFromClusterSnapshot", "ClusterIdentifier=copy", "SnapshotIdentifier=monday")
	hold.Reached(bed)
	bed.AwaitCluster(testbed.Owner, "copy", "available")
	disable()
	for _, refused := range []struct {
		code, operation string
		parameters      []string
	}{
		{"InvalidParameterValue", "CreateCluster", []string{"ClusterIdentifier=x", "NodeType=ra3.large", "MasterUsername=awsuser", "MasterUserPassword=" + testbed.Password, "KmsKeyId=" + key}},
		{"InvalidParameterValue", "CreateSnapshotCopyGrant", []string{"SnapshotCopyGrantName=grant", "KmsKeyId=" + key}},
		{"DependentServiceAccessDenied", "RestoreFromClusterSnapshot", []string{"ClusterIdentifier=x", "SnapshotIdentifier=monday"}},
		{"InvalidClusterSnapshotState", "AuthorizeSnapshotAccess", []string{"SnapshotIdentifier=monday", "AccountWithRestoreAccess=333333333333"}},
	} {
		_, err := bed.Call(testbed.Owner, refused.operation, refused.parameters...)
		wantFault(t, err, refused.code)
	}
	if err := revoke(bed, "monday", testbed.Consumer); err != nil {
		t.Errorf("revoke under a disabled key: %v", err)
	}
	hold.Fail(errPassing) // the next try needs the key again
	worked := bed.Worked()
	bed.AwaitWork(worked)
	if status := bed.Cluster(testbed.Owner, "copy").RestoreStatus.Status; status != "restoring" {
		t.Errorf("the restore under way is %s while its key is disabled", status)
	}
	enable()
	bed.AwaitRestore(testbed.Owner, "copy", "completed")
	wantRows(t, bed, testbed.Owner, "copy", rows(1000, "sales"))
}
