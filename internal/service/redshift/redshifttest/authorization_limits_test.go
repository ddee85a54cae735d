package redshifttest_test

import (
	"strings"
	"testing"

	"slipher/internal/api"
	"slipher/internal/meta"
	"slipher/internal/policy"
	"slipher/internal/testbed"
)

// limitedUser is a user whose one policy has these statements.
func limitedUser(t testing.TB, statements ...string) api.Caller {
	t.Helper()
	parsed, err := policy.Parse(policy.ManagedPolicy, "limits", `{"Version":"2012-10-17","Statement":[`+strings.Join(statements, ",")+`]}`)
	if err != nil {
		t.Fatal(err)
	}
	caller := testbed.Caller(testbed.Owner)
	caller.ARN = "arn:aws:iam::" + testbed.Owner + ":user/ada"
	caller.Principal = policy.Principal{Type: policy.User, Account: testbed.Owner, ARN: caller.ARN, UserID: "AIDAADA"}
	caller.Policies.Identity = []*policy.Policy{parsed}
	return caller
}

// TestOneClustersSnapshots has a user who may do everything with the snapshots of one cluster, and is told the same of a snapshot of another cluster as of
// one that there is not.
func TestOneClustersSnapshots(t *testing.T) {
	t.Parallel()
	bed := testbed.New(t, testbed.Config{})
	bed.CreateCluster(testbed.Owner, "sales", rows(1000, "sales"))
	bed.CreateCluster(testbed.Owner, "ledger", rows(1000, "ledger"))
	bed.CreateSnapshot(testbed.Owner, "sales", "monday")
	bed.CreateSnapshot(testbed.Owner, "ledger", "books")
	bed.Rest()
	ada := limitedUser(t, `{"Effect":"Allow","Action":"redshift:*","Resource":["arn:aws:redshift:us-east-1:111111111111:snapshot:sales/*","arn:aws:redshift:us-east-1:111111111111:cluster:sales*"]}`)

	ask := func(words ...string) string {
		t.Helper()
		before := bed.Dump("")
		_, err := bed.Ask(ada, words[0], bed.Input(words[0], words[1:]...))
		if err == nil {
			return ""
		}
		if after := bed.Dump(""); after != before {
			t.Errorf("%v changed\n%s", words, difference(before, after))
		}
		return testbed.RenderError(err)
	}
	with := func(template string, name string) []string {
		return strings.Fields(strings.ReplaceAll(template, "NAME", name))
	}

	denied := "AccessDenied (403): User: arn:aws:iam::111111111111:user/ada is not authorized to perform: redshift:OPERATION on resource: arn:aws:redshift:us-east-1:111111111111:snapshot:CLUSTER/NAME" +
		" because no identity-based policy allows the redshift:OPERATION action"
	unauthorized := testbed.RenderError(api.NewFault("UnauthorizedOperation", 400, "Access Denied. Please ensure that your IAM Permissions allow this operation."))
	notFound := "ClusterSnapshotNotFound (404): Snapshot "
	for _, c := range []struct{ request, cluster, want string }{
		{"AuthorizeSnapshotAccess SnapshotIdentifier=NAME AccountWithRestoreAccess=222222222222", "*", denied},
		{"AuthorizeSnapshotAccess SnapshotIdentifier=NAME SnapshotClusterIdentifier=ledger AccountWithRestoreAccess=222222222222", "ledger", denied},
		{"AuthorizeSnapshotAccess SnapshotIdentifier=NAME SnapshotClusterIdentifier=sales AccountWithRestoreAccess=222222222222", "", notFound},
		{"AuthorizeSnapshotAccess SnapshotArn=arn:aws:redshift:us-east-1:111111111111:snapshot:ledger/NAME AccountWithRestoreAccess=222222222222", "ledger", denied},
		{"AuthorizeSnapshotAccess SnapshotArn=arn:aws:redshift:us-east-1:111111111111:snapshot:sales/NAME AccountWithRestoreAccess=222222222222", "", notFound},
		{"RevokeSnapshotAccess SnapshotIdentifier=NAME AccountWithRestoreAccess=222222222222", "*", denied},
		{"RevokeSnapshotAccess SnapshotArn=arn:aws-cn:redshift:us-east-1:111111111111:snapshot:ledger/NAME AccountWithRestoreAccess=222222222222", "ledger", denied},
		{"DeleteClusterSnapshot SnapshotIdentifier=NAME", "*", denied},
		{"DeleteClusterSnapshot SnapshotIdentifier=NAME SnapshotClusterIdentifier=sales", "", notFound},
		{"ModifyClusterSnapshot SnapshotIdentifier=NAME ManualSnapshotRetentionPeriod=5", "*", denied},
		{"CopyClusterSnapshot SourceSnapshotIdentifier=NAME TargetSnapshotIdentifier=kept", "*", denied},
		{"BatchDeleteClusterSnapshots Identifiers=monday:sales,NAME", "*", denied},
		{"BatchModifyClusterSnapshots SnapshotIdentifierList=monday,NAME ManualSnapshotRetentionPeriod=5", "*", denied},
		{"CreateTags ResourceName=arn:aws:redshift:us-east-1:111111111111:snapshot:ledger/NAME Tags=team:data", "ledger", denied},
		{"RestoreFromClusterSnapshot ClusterIdentifier=sales-copy SnapshotIdentifier=NAME", "", unauthorized},
		{"RestoreFromClusterSnapshot ClusterIdentifier=sales-copy SnapshotIdentifier=NAME SnapshotClusterIdentifier=sales", "", notFound},
		{"RestoreTableFromClusterSnapshot ClusterIdentifier=sales SnapshotIdentifier=NAME SourceDatabaseName=dev SourceTableName=rows NewTableName=again", "", notFound},
	} {
		for _, name := range []string{"books", "nothing"} {
			words := with(c.request, name)
			want := strings.NewReplacer("OPERATION", words[0], "CLUSTER", c.cluster, "NAME", name).Replace(c.want)
			if got := ask(words...); got != want && (want != notFound || !strings.HasPrefix(got, notFound)) {
				t.Errorf("%v\ngot  %s\nwant %s", words, got, want)
			}
		}
	}
	if got := ask("DeleteClusterSnapshot", "SnapshotIdentifier=MONDAY"); got != "" {
		t.Errorf("the user's own snapshot: got %s", got)
	}
}

// TestNamesDoNotEvadePolicies spells a snapshot's name as the policy that denies it does not.
func TestNamesDoNotEvadePolicies(t *testing.T) {
	t.Parallel()
	bed := testbed.New(t, testbed.Config{})
	bed.CreateCluster(testbed.Owner, "sales", rows(1000, "sales"))
	bed.CreateSnapshot(testbed.Owner, "sales", "secret")
	ada := limitedUser(t, `{"Effect":"Allow","Action":"*","Resource":"*"}`, `{"Effect":"Deny","Action":"redshift:*","Resource":["arn:aws:redshift:us-east-1:111111111111:snapshot:sales/secret","arn:aws:redshift:us-east-1:111111111111:parametergroup:strict"]}`)
	for _, request := range []string{
		"DeleteClusterSnapshot SnapshotIdentifier=Secret",
		"BatchDeleteClusterSnapshots Identifiers=SECRET:sales",
		"AuthorizeSnapshotAccess SnapshotIdentifier=secreT AccountWithRestoreAccess=222222222222",
		"AuthorizeSnapshotAccess SnapshotArn=arn:aws-us-gov:redshift:us-east-1:111111111111:snapshot:sales/secret AccountWithRestoreAccess=222222222222",
		"AuthorizeSnapshotAccess SnapshotArn=arn:aws:redshift:us-east-1:111111111111:snapshot:sales/SECRET AccountWithRestoreAccess=222222222222",
		"DeleteTags ResourceName=arn::redshift:us-east-1:111111111111:snapshot:sales/Secret TagKeys=team",
		"CreateClusterParameterGroup ParameterGroupName=Strict ParameterGroupFamily=redshift-1.0 Description=d",
		"DeleteClusterParameterGroup ParameterGroupName=STRICT",
	} {
		words := strings.Fields(request)
		if _, err := bed.Ask(ada, words[0], bed.Input(words[0], words[1:]...)); !testbed.IsFault(err, "AccessDenied") {
			t.Errorf("%s: got %v", request, err)
		}
	}
}

// TestKeyPoliciesDecideAboutClusters has the policy of a key decide about who makes clusters under it, beside the user's own policies.
func TestKeyPoliciesDecideAboutClusters(t *testing.T) {
	t.Parallel()
	bed := testbed.New(t, testbed.Config{})
	key := ""
	put := func(document string) {
		t.Helper()
		alterKeys(t, bed, func(tx *meta.Tx) error { return bed.Keys.PutPolicy(tx, key, document) })
	}
	alterKeys(t, bed, func(tx *meta.Tx) (err error) {
		key, err = bed.Keys.Create(tx, testbed.Owner, testbed.Region)
		return err
	})
	ada := limitedUser(t, `{"Effect":"Allow","Action":"redshift:*","Resource":"*"}`)
	root := testbed.Caller(testbed.Owner)
	try := func(caller api.Caller, identifier string) error {
		_, err := bed.Ask(caller, "CreateCluster", bed.Input("CreateCluster", "ClusterIdentifier="+identifier, "NodeType=ra3.large", "MasterUsername=awsuser", "MasterUserPassword="+testbed.Password, "KmsKeyId="+key))
		return err
	}
	if err := try(ada, "a"); !testbed.IsFault(err, "AccessDenied") {
		t.Errorf("without a word about the key: got %v", err)
	}
	put(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:user/ada"},"Action":"kms:*","Resource":"*","Condition":{"StringEquals":{"kms:ViaService":"redshift.us-east-1.amazonaws.com"}}}}`)
	if err := try(ada, "b"); err != nil {
		t.Errorf("allowed by the key's policy: got %v", err)
	}
	if err := try(root, "c"); !testbed.IsFault(err, "AccessDenied") {
		t.Errorf("the root user, of whom the key's policy does not speak: got %v", err)
	}
	administrator := limitedUser(t, `{"Effect":"Allow","Action":"*","Resource":"*"}`)
	put(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"kms:*","Resource":"*"},{"Effect":"Deny","Principal":"*","Action":"kms:Decrypt","Resource":"*"}]}`)
	if err := try(administrator, "d"); !testbed.IsFault(err, "AccessDenied") {
		t.Errorf("denied by the key's policy: got %v", err)
	}
}
