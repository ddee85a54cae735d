package redshifttest_test

import (
	"strings"
	"testing"

	"slipher/internal/keys"
	"slipher/internal/meta"
	"slipher/internal/testbed"
)

// ownKeyBed is a bed whose snapshot "monday", of a cluster under a key of the owner's own, is shared with the consumer.
func ownKeyBed(t *testing.T) (bed *testbed.Bed, key string) {
	t.Helper()
	bed = testbed.New(t, testbed.Config{})
	err := bed.Store.Update(t.Context(), func(tx *meta.Tx) (err error) {
		key, err = bed.Keys.Create(tx, testbed.Owner, testbed.Region)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	bed.Must(testbed.Owner, "CreateCluster", "ClusterIdentifier=sales", "NodeType=ra3.large", "MasterUsername=awsuser", "MasterUserPassword="+testbed.Password, "KmsKeyId="+key)
	bed.AwaitCluster(testbed.Owner, "sales", "available")
	if err := bed.Nodes.Write(bed.Key(testbed.Owner, "sales"), rows(1000, "sales")); err != nil {
		t.Fatal(err)
	}
	bed.CreateSnapshot(testbed.Owner, "sales", "monday")
	if err := authorize(bed, "monday", testbed.Consumer); err != nil {
		t.Fatal(err)
	}
	return bed, key
}

func putPolicy(t *testing.T, bed *testbed.Bed, key string, statements ...string) {
	t.Helper()
	owner := `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + testbed.Owner + `:root"},"Action":"kms:*","Resource":"*"}`
	document := `{"Version":"2012-10-17","Statement":[` + strings.Join(append([]string{owner}, statements...), ",") + `]}`
	if err := bed.Store.Update(t.Context(), func(tx *meta.Tx) error { return bed.Keys.PutPolicy(tx, key, document) }); err != nil {
		t.Fatal(err)
	}
}

func restoreShared(bed *testbed.Bed, cluster string) error {
	_, err := bed.Call(testbed.Consumer, "RestoreFromClusterSnapshot", "ClusterIdentifier="+cluster, "SnapshotIdentifier=monday", "OwnerAccount="+testbed.Owner)
	return err
}

// TestKeyPolicyOfASharedSnapshot has a consumer restore a snapshot whose key is the owner's own, under one policy after the other.
func TestKeyPolicyOfASharedSnapshot(t *testing.T) {
	t.Parallel()
	bed, key := ownKeyBed(t)
	const consumer = `"Principal":{"AWS":"arn:aws:iam::` + testbed.Consumer + `:root"},"Resource":"*"`
	for _, test := range []struct {
		cluster    string
		statements []string
		allowed    bool
	}{
		{cluster: "owner-only"},
		{cluster: "decrypt", statements: []string{`{"Effect":"Allow",` + consumer + `,"Action":"kms:Decrypt"}`}, allowed: true},
		{cluster: "everything", statements: []string{`{"Effect":"Allow",` + consumer + `,"Action":"kms:*"}`}, allowed: true},
		{cluster: "another-action", statements: []string{`{"Effect":"Allow",` + consumer + `,"Action":["kms:Encrypt","kms:DescribeKey"]}`}},
		{cluster: "another-account", statements: []string{`{"Effect":"Allow","Principal":{"AWS":"333333333333"},"Action":"kms:*","Resource":"*"}`}},
		{cluster: "deny", statements: []string{`{"Effect":"Allow",` + consumer + `,"Action":"kms:*"}`, `{"Effect":"Deny",` + consumer + `,"Action":"kms:Decrypt"}`}},
		{cluster: "through-redshift", statements: []string{`{"Effect":"Allow",` + consumer + `,"Action":"kms:Decrypt","Condition":{"StringEquals":{"kms:ViaService":"redshift.us-east-1.amazonaws.com","kms:CallerAccount":"` + testbed.Consumer + `"}}}`}, allowed: true},
		{cluster: "through-s3", statements: []string{`{"Effect":"Allow",` + consumer + `,"Action":"kms:Decrypt","Condition":{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}}`}},
	} {
		putPolicy(t, bed, key, test.statements...)
		err := restoreShared(bed, test.cluster)
		if !test.allowed {
			wantFault(t, err, "DependentServiceAccessDenied")
			if err != nil && (!strings.Contains(err.Error(), key) || !strings.Contains(err.Error(), "kms:Decrypt")) {
				t.Errorf("got %q, which does not tell the key and the action", err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", test.cluster, err)
			continue
		}
		bed.AwaitRestore(testbed.Consumer, test.cluster, "completed")
		wantRows(t, bed, testbed.Consumer, test.cluster, rows(1000, "sales"))
		if got := bed.Cluster(testbed.Consumer, test.cluster).KmsKeyId; got == key || !strings.Contains(got, testbed.Consumer) {
			t.Errorf("the restored cluster is encrypted by %s, want a key of the consumer's", got)
		}
	}
	t.Run("does_not_concern_the_owner", func(t *testing.T) {
		putPolicy(t, bed, key)
		bed.Must(testbed.Owner, "RestoreFromClusterSnapshot", "ClusterIdentifier=own", "SnapshotIdentifier=monday")
		bed.AwaitRestore(testbed.Owner, "own", "completed")
	})
	t.Run("is_not_asked_again_by_a_restore_under_way", func(t *testing.T) {
		putPolicy(t, bed, key, `{"Effect":"Allow",`+consumer+`,"Action":"kms:Decrypt"}`)
		hold := bed.Hold("restore")
		if err := restoreShared(bed, "under-way"); err != nil {
			t.Fatal(err)
		}
		hold.Reached(bed)
		putPolicy(t, bed, key)
		bed.Restart()
		bed.AwaitRestore(testbed.Consumer, "under-way", "completed")
		wantRows(t, bed, testbed.Consumer, "under-way", rows(1000, "sales"))
		wantFault(t, restoreShared(bed, "later"), "DependentServiceAccessDenied")
	})
	t.Run("a_grant_is_as_good", func(t *testing.T) {
		var grant keys.Grant
		alterKeys(t, bed, func(tx *meta.Tx) (err error) {
			grant, _, err = bed.Keys.CreateGrant(tx, keys.Grant{
				KeyARN: key, Grantee: "arn:aws:iam::" + testbed.Consumer + ":root", Issuer: testbed.Owner, Operations: []string{"Decrypt"},
			})
			return err
		})
		if err := restoreShared(bed, "granted"); err != nil {
			t.Error(err)
		}
		bed.AwaitRestore(testbed.Consumer, "granted", "completed")
		alterKeys(t, bed, func(tx *meta.Tx) error { return bed.Keys.EndGrant(tx, key, grant.ID) })
		wantFault(t, restoreShared(bed, "after-the-grant"), "DependentServiceAccessDenied")
	})
	t.Run("comes_after_the_authorisation", func(t *testing.T) {
		if err := revoke(bed, "monday", testbed.Consumer); err != nil {
			t.Fatal(err)
		}
		wantFault(t, restoreShared(bed, "revoked"), "AccessToSnapshotDenied")
	})
}

// TestKeyOfAnotherAccount has the consumer create and restore clusters under the owner's key, as long as the key's policy lets it.
func TestKeyOfAnotherAccount(t *testing.T) {
	t.Parallel()
	bed, key := ownKeyBed(t)
	consumer := func(actions string) string {
		return `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + testbed.Consumer + `:root"},"Resource":"*","Action":` + actions + `}`
	}
	restore := func(cluster string) error {
		_, err := bed.Call(testbed.Consumer, "RestoreFromClusterSnapshot", "ClusterIdentifier="+cluster, "SnapshotIdentifier=monday", "OwnerAccount="+testbed.Owner, "KmsKeyId="+key)
		return err
	}
	putPolicy(t, bed, key, consumer(`["kms:Decrypt","kms:DescribeKey","kms:CreateGrant"]`))
	if err := restore("some"); !testbed.IsFault(err, "InvalidParameterValue") || !strings.Contains(err.Error(), "does not exist in us-east-1, or this account may not use it") {
		t.Errorf("without kms:GenerateDataKey: got %v, want InvalidParameterValue", err)
	}
	putPolicy(t, bed, key, consumer(`["kms:Decrypt","kms:DescribeKey","kms:CreateGrant","kms:GenerateDataKey"]`))
	if err := restore("all"); err != nil {
		t.Fatal(err)
	}
	bed.AwaitRestore(testbed.Consumer, "all", "completed")
	if got := bed.Cluster(testbed.Consumer, "all").KmsKeyId; got != key {
		t.Errorf("the restored cluster has the key %s, want %s", got, key)
	}
	wantRows(t, bed, testbed.Consumer, "all", rows(1000, "sales"))
	bed.CreateSnapshot(testbed.Consumer, "all", "tuesday")
	bed.Must(testbed.Consumer, "CreateCluster", "ClusterIdentifier=new", "NodeType=ra3.large", "MasterUsername=awsuser", "MasterUserPassword="+testbed.Password, "KmsKeyId="+key)

	_, err := bed.Call(testbed.Consumer, "CreateSnapshotCopyGrant", "SnapshotCopyGrantName=copies", "KmsKeyId="+key)
	if !testbed.IsFault(err, "InvalidParameterValue") {
		t.Errorf("a snapshot copy grant on another account's key: got %v, want InvalidParameterValue", err)
	}
	putPolicy(t, bed, key)
	if _, err := bed.Call(testbed.Consumer, "RestoreFromClusterSnapshot", "ClusterIdentifier=later", "SnapshotIdentifier=tuesday"); !testbed.IsFault(err, "DependentServiceAccessDenied") {
		t.Errorf("one's own snapshot, when the key's policy has changed: got %v, want DependentServiceAccessDenied", err)
	}
}
