package main

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/aws-sdk-go-v2/service/redshift/types"
)

const patience = time.Minute

// available waits with the SDK's own waiter until the cluster is available.
func available(ctx context.Context, client *redshift.Client, id string) (types.Cluster, error) {
	waiter := redshift.NewClusterAvailableWaiter(client, func(o *redshift.ClusterAvailableWaiterOptions) {
		o.MinDelay, o.MaxDelay = 20*time.Millisecond, 100*time.Millisecond
	})
	out, err := waiter.WaitForOutput(ctx, &redshift.DescribeClustersInput{ClusterIdentifier: aws.String(id)}, patience)
	return only(out, err)
}

// restored waits until the cluster is available and its data is complete.
func restored(ctx context.Context, client *redshift.Client, id string) (types.Cluster, error) {
	if _, err := available(ctx, client, id); err != nil {
		return types.Cluster{}, err
	}
	waiter := redshift.NewClusterRestoredWaiter(client, func(o *redshift.ClusterRestoredWaiterOptions) {
		o.MinDelay, o.MaxDelay = 20*time.Millisecond, 100*time.Millisecond
	})
	out, err := waiter.WaitForOutput(ctx, &redshift.DescribeClustersInput{ClusterIdentifier: aws.String(id)}, patience)
	return only(out, err)
}

// restoreProgress waits until the restore has moved its first bytes.
func restoreProgress(ctx context.Context, client *redshift.Client, id string) (types.RestoreStatus, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		cluster, err := only(client.DescribeClusters(ctx, &redshift.DescribeClustersInput{ClusterIdentifier: aws.String(id)}))
		if err != nil {
			return types.RestoreStatus{}, err
		}
		if status := cluster.RestoreStatus; status != nil && *status.Status != "starting" {
			return *status, nil
		}
		select {
		case <-ctx.Done():
			return types.RestoreStatus{}, fmt.Errorf("the restore of %s did not begin: %w", id, ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func only(out *redshift.DescribeClustersOutput, err error) (types.Cluster, error) {
	if err != nil {
		return types.Cluster{}, err
	}
	if len(out.Clusters) != 1 {
		return types.Cluster{}, fmt.Errorf("expected one cluster, got %d", len(out.Clusters))
	}
	return out.Clusters[0], nil
}
