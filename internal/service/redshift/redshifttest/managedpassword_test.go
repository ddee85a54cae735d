package redshifttest_test

import (
	"strings"
	"testing"

	"slipher/internal/testbed"
)

// TestSecretsAreAskedFor has a user who may do everything in Redshift and nothing in Secrets Manager.
func TestSecretsAreAskedFor(t *testing.T) {
	t.Parallel()
	bed := testbed.New(t, testbed.Config{})
	bed.CreateCluster(testbed.Owner, "plain", rows(1000, "plain"))
	bed.Must(testbed.Owner, "CreateCluster", "ClusterIdentifier=sales", "NodeType=ra3.large", "MasterUsername=awsuser", "ManageMasterPassword=true")
	bed.AwaitCluster(testbed.Owner, "sales", "available")
	bed.CreateSnapshot(testbed.Owner, "sales", "monday")
	bed.CreateSnapshot(testbed.Owner, "plain", "tuesday")
	bed.Rest()
	ada := limitedUser(t, `{"Effect":"Allow","Action":["redshift:*","kms:*"],"Resource":"*"}`)
	for request, refused := range map[string]bool{
		"CreateCluster ClusterIdentifier=new NodeType=ra3.large MasterUsername=awsuser ManageMasterPassword=true":     true,
		"CreateCluster ClusterIdentifier=other NodeType=ra3.large MasterUsername=awsuser MasterUserPassword=Abcdef12": false,
		"ModifyCluster ClusterIdentifier=plain ManageMasterPassword=true":                                             true,
		"ModifyCluster ClusterIdentifier=plain ManageMasterPassword=false":                                            false,
		"ModifyCluster ClusterIdentifier=sales ManageMasterPassword=false MasterUserPassword=Abcdef12":                true,
		"ModifyCluster ClusterIdentifier=sales MasterPasswordSecretKmsKeyId=alias/aws/secretsmanager":                 true,
		"ModifyCluster ClusterIdentifier=sales ManualSnapshotRetentionPeriod=5":                                       false,
		"RestoreFromClusterSnapshot ClusterIdentifier=r1 SnapshotIdentifier=monday":                                   true,
		"RestoreFromClusterSnapshot ClusterIdentifier=r2 SnapshotIdentifier=tuesday":                                  false,
		"RestoreFromClusterSnapshot ClusterIdentifier=r3 SnapshotIdentifier=tuesday ManageMasterPassword=true":        true,
	} {
		bed.Rest()
		words := strings.Fields(request)
		before := bed.Dump("")
		_, err := bed.Ask(ada, words[0], bed.Input(words[0], words[1:]...))
		switch {
		case !refused && err != nil:
			t.Errorf("%s: got %v, want no refusal", request, err)
		case refused && err == nil:
			t.Errorf("%s is not refused", request)
		case refused && !testbed.IsFault(err, "AccessDenied") && !testbed.IsFault(err, "UnauthorizedOperation"):
			t.Errorf("%s: got %v, want a refusal", request, err)
		case refused && bed.Dump("") != before:
			t.Errorf("%s has changed something", request)
		}
	}
}
