package server_test

import (
	"context"
	"fmt"
	"testing"

	"slipher/internal/accounts"
	"slipher/internal/api/iam"
	"slipher/internal/api/kms"
	"slipher/internal/policy"
	"slipher/internal/testbed"
)

// twoServers are on one metadata store.
func twoServers(t *testing.T) (first, second *testbed.Bed) {
	t.Helper()
	first = testbed.New(t, testbed.Config{})
	return first, first.Beside()
}

// Both work jobs, and each snapshot is saved by one of them, once.
func TestTwoServersRunNoJobTwice(t *testing.T) {
	t.Parallel()
	first, second := twoServers(t)
	const clusters = 6
	for i := range clusters {
		by := first
		if i%2 == 1 {
			by = second
		}
		by.Must(testbed.Owner, "CreateCluster", fmt.Sprintf("ClusterIdentifier=c%d", i), "NodeType=ra3.large", "MasterUsername=awsuser", "MasterUserPassword="+testbed.Password)
	}
	for i := range clusters {
		first.AwaitCluster(testbed.Owner, fmt.Sprintf("c%d", i), "available")
		second.Must(testbed.Owner, "CreateClusterSnapshot", fmt.Sprintf("ClusterIdentifier=c%d", i), fmt.Sprintf("SnapshotIdentifier=s%d", i))
		first.Store.Wake()
	}
	for i := range clusters {
		second.AwaitSnapshot(testbed.Owner, fmt.Sprintf("s%d", i), "available")
	}
	saves := map[string]int{}
	for _, step := range first.Nodes.Steps() {
		if step.Call == "save" {
			saves[step.Cluster]++
		}
	}
	for i := range clusters {
		if saved := saves[first.Key(testbed.Owner, fmt.Sprintf("c%d", i))]; saved != 1 {
			t.Errorf("cluster c%d was saved %d times, want once", i, saved)
		}
	}
}

// While one saves, a sweep of the other's leaves alone what the save has written and waits for its pin; the snapshot can be restored.
func TestTwoServersKeepALivePin(t *testing.T) {
	t.Parallel()
	first, second := twoServers(t)
	first.CreateCluster(testbed.Owner, "sales", []byte("rows"))
	first.CreateSnapshot(testbed.Owner, "sales", "old")
	second.StopJobs() // the save is the first's
	hold := first.Hold("save")
	first.Must(testbed.Owner, "CreateClusterSnapshot", "ClusterIdentifier=sales", "SnapshotIdentifier=new")
	hold.Reached(first)
	second.RunJobs()
	second.Must(testbed.Owner, "DeleteClusterSnapshot", "SnapshotIdentifier=old") // which a sweep follows
	second.RestBeside(1)
	hold.Release()
	first.AwaitSnapshot(testbed.Owner, "new", "available")
	first.Rest()

	second.Must(testbed.Owner, "RestoreFromClusterSnapshot", "ClusterIdentifier=copy", "SnapshotIdentifier=new")
	second.AwaitRestore(testbed.Owner, "copy", "completed")
	rows, err := second.Nodes.Read(second.Key(testbed.Owner, "copy"))
	if err != nil || string(rows) != "rows" {
		t.Errorf("the restored cluster has %q, %v", rows, err)
	}
}

// A key that one has disabled, the other one, which has just used it, uses no more.
func TestTwoServersShareTheEndOfAKey(t *testing.T) {
	t.Parallel()
	first, second := twoServers(t)
	made := first.Must(testbed.Owner, "kms:CreateKey").(*kms.CreateKeyResponse)
	create := func(by *testbed.Bed, identifier string) error {
		_, err := by.Call(testbed.Owner, "CreateCluster", "ClusterIdentifier="+identifier, "NodeType=ra3.large", "MasterUsername=awsuser",
			"MasterUserPassword="+testbed.Password, "Encrypted=true", "KmsKeyId="+made.KeyMetadata.Arn)
		return err
	}
	if err := create(second, "before"); err != nil {
		t.Fatal(err)
	}
	first.AwaitCluster(testbed.Owner, "before", "available")
	first.Must(testbed.Owner, "kms:DisableKey", "KeyId="+made.KeyMetadata.KeyId)
	if err := create(second, "after"); err == nil {
		t.Error("a cluster was made under a key that another control plane has disabled")
	}
	if _, err := second.Call(testbed.Owner, "kms:GenerateDataKey", "KeyId="+made.KeyMetadata.KeyId, "KeySpec=AES_256"); !testbed.IsFault(err, "DisabledException") {
		t.Errorf("a data key under it: got %v, want DisabledException", err)
	}
}

// A policy and an access key that one has taken away count for the other's next request.
func TestTwoServersShareTheEndOfRights(t *testing.T) {
	t.Parallel()
	first, second := twoServers(t)
	first.Must(testbed.Owner, "iam:CreateUser", "UserName=ada")
	key := first.Must(testbed.Owner, "iam:CreateAccessKey", "UserName=ada").(*iam.CreateAccessKeyResponse).AccessKey
	allow := `PolicyDocument={"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"redshift:*","Resource":"*"}}`
	first.Must(testbed.Owner, "iam:PutUserPolicy", "UserName=ada", "PolicyName=all", allow)
	may := func() error {
		found, err := second.Directory().Credentials(context.Background(), key.AccessKeyId, "")
		if err != nil {
			return err
		}
		return accounts.Decide(found.Policies, policy.NewRequest(found.Principal, "redshift:DescribeClusters", "*"))
	}
	if err := may(); err != nil {
		t.Fatal(err)
	}
	first.Must(testbed.Owner, "iam:DeleteUserPolicy", "UserName=ada", "PolicyName=all")
	if err := may(); err == nil {
		t.Error("a policy that another control plane has deleted still allows")
	}
	first.Must(testbed.Owner, "iam:PutUserPolicy", "UserName=ada", "PolicyName=all", allow)
	if err := may(); err != nil {
		t.Fatal(err)
	}
	first.Must(testbed.Owner, "iam:DeleteAccessKey", "UserName=ada", "AccessKeyId="+key.AccessKeyId)
	if err := may(); err == nil {
		t.Error("an access key that another control plane has deleted still lets in")
	}
}
