package test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
)

// TestWaiters has the SDK's own waiters judge every stage of a snapshot's and a cluster's life; only their pauses are shorter.
func TestWaiters(t *testing.T) {
	t.Parallel()
	p := serve(t)
	client := p.client("default")
	ctx := t.Context()
	const least, most = 20 * time.Millisecond, 100 * time.Millisecond
	sales, copied, monday := "sales", "copy", "monday"
	check := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	available := redshift.NewClusterAvailableWaiter(client, func(o *redshift.ClusterAvailableWaiterOptions) { o.MinDelay, o.MaxDelay = least, most })
	restored := redshift.NewClusterRestoredWaiter(client, func(o *redshift.ClusterRestoredWaiterOptions) { o.MinDelay, o.MaxDelay = least, most })
	deleted := redshift.NewClusterDeletedWaiter(client, func(o *redshift.ClusterDeletedWaiterOptions) { o.MinDelay, o.MaxDelay = least, most })
	taken := redshift.NewSnapshotAvailableWaiter(client, func(o *redshift.SnapshotAvailableWaiterOptions) { o.MinDelay, o.MaxDelay = least, most })

	cluster := func(id string) *redshift.DescribeClustersInput {
		return &redshift.DescribeClustersInput{ClusterIdentifier: &id}
	}
	_, err := client.CreateCluster(ctx, &redshift.CreateClusterInput{
		ClusterIdentifier: &sales, NodeType: aws.String("ra3.large"), ClusterType: aws.String("single-node"),
		MasterUsername: aws.String("awsuser"), MasterUserPassword: aws.String(password)})
	check("create", err)
	check("available", available.Wait(ctx, cluster(sales), patience))
	_, err = client.CreateClusterSnapshot(ctx, &redshift.CreateClusterSnapshotInput{ClusterIdentifier: &sales, SnapshotIdentifier: &monday})
	check("snapshot", err)
	check("taken", taken.Wait(ctx, &redshift.DescribeClusterSnapshotsInput{SnapshotIdentifier: &monday}, patience))
	_, err = client.RestoreFromClusterSnapshot(ctx, &redshift.RestoreFromClusterSnapshotInput{ClusterIdentifier: &copied, SnapshotIdentifier: &monday})
	check("restore", err)
	check("restored", restored.Wait(ctx, cluster(copied), patience))
	check("the restored cluster available", available.Wait(ctx, cluster(copied), patience))
	_, err = client.DeleteCluster(ctx, &redshift.DeleteClusterInput{ClusterIdentifier: &copied, SkipFinalClusterSnapshot: aws.Bool(true)})
	check("delete", err)
	check("deleted", deleted.Wait(ctx, cluster(copied), patience))
}
