package test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
)

// TestOwnKey is the road of a snapshot under a key of the owner's: another account restores it when the snapshot is shared and the key's policy lets it.
func TestOwnKey(t *testing.T) {
	t.Parallel()
	p := serve(t)
	p.createAccount(accountB, "consumer")
	owner, consumer := p.client("default"), p.client("consumer")
	keys := kms.NewFromConfig(p.awsConfig("default"), func(o *kms.Options) { o.RetryMaxAttempts = 1 })
	ctx := t.Context()

	made, err := keys.CreateKey(ctx, &kms.CreateKeyInput{Description: aws.String("of sales")})
	if err != nil {
		t.Fatal(err)
	}
	key := made.KeyMetadata.Arn
	if _, err := keys.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: aws.String("alias/sales"), TargetKeyId: key}); err != nil {
		t.Fatal(err)
	}
	_, err = owner.CreateCluster(ctx, &redshift.CreateClusterInput{
		ClusterIdentifier: aws.String("sales"), NodeType: aws.String("ra3.large"), ClusterType: aws.String("single-node"),
		MasterUsername: aws.String("awsuser"), MasterUserPassword: aws.String(password), KmsKeyId: aws.String("alias/sales"),
	})
	if err != nil {
		t.Fatal(err)
	}
	cluster := awaitCluster(t, owner, "sales", "available")
	if aws.ToString(cluster.KmsKeyId) != *key {
		t.Errorf("the cluster has the key %s, want %s", aws.ToString(cluster.KmsKeyId), *key)
	}
	conn := connect(t, cluster)
	exec1(t, conn, "create table facts as select 42::bigint as id")
	createSnapshot(t, owner, "sales", "monday")
	if _, err := owner.AuthorizeSnapshotAccess(ctx, &redshift.AuthorizeSnapshotAccessInput{SnapshotIdentifier: aws.String("monday"), AccountWithRestoreAccess: aws.String(accountB)}); err != nil {
		t.Fatal(err)
	}
	restore := func() error {
		_, err := consumer.RestoreFromClusterSnapshot(ctx, &redshift.RestoreFromClusterSnapshotInput{
			ClusterIdentifier: aws.String("copy"), SnapshotIdentifier: aws.String("monday"), OwnerAccount: aws.String(accountA)})
		return err
	}
	wantCode(t, restore(), "DependentServiceAccessDenied")

	policy := `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + accountA + `:root"},"Action":"kms:*","Resource":"*"},
		{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + accountB + `:root"},"Action":"kms:Decrypt","Resource":"*"}]}`
	if _, err := keys.PutKeyPolicy(ctx, &kms.PutKeyPolicyInput{KeyId: key, Policy: &policy}); err != nil {
		t.Fatal(err)
	}
	kept, err := keys.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: key})
	if err != nil || aws.ToString(kept.Policy) != policy {
		t.Errorf("the policy is %s (%v)", aws.ToString(kept.Policy), err)
	}
	if _, err := keys.DisableKey(ctx, &kms.DisableKeyInput{KeyId: key}); err != nil {
		t.Fatal(err)
	}
	wantCode(t, restore(), "DependentServiceAccessDenied")
	if _, err := keys.EnableKey(ctx, &kms.EnableKeyInput{KeyId: key}); err != nil {
		t.Fatal(err)
	}
	if err := restore(); err != nil {
		t.Fatal(err)
	}
	copied := connect(t, awaitCluster(t, consumer, "copy", "available"))
	if got := query1[int64](t, copied, "select id from facts"); got != 42 {
		t.Errorf("the copy has %d, want 42", got)
	}
}
