package test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/jackc/pgx/v5"
)

// The benchmarks run the built program and print, for one operation of each kind, the time that a client on the same machine sees: HTTP, SigV4, state on disk with
// an fsync for every commit. They assert nothing.

func BenchmarkReady(b *testing.B) {
	for b.Loop() {
		began := time.Now()
		p := serve(b)
		b.ReportMetric(float64(time.Since(began).Milliseconds()), "ms/ready")
		p.stop()
	}
}

// BenchmarkCreateCluster measures from CreateCluster to the first answered SELECT.
func BenchmarkCreateCluster(b *testing.B) {
	p := serve(b)
	client := p.client("default")
	ctx := context.Background()
	for b.Loop() {
		cluster := createCluster(b, client, "bench")
		conn, err := pgx.Connect(ctx, dsn(cluster, password))
		if err != nil {
			b.Fatal(err)
		}
		var one int
		if err := conn.QueryRow(ctx, "select 1").Scan(&one); err != nil {
			b.Fatal(err)
		}
		conn.Close(ctx)
		b.StopTimer()
		if _, err := client.DeleteCluster(ctx, &redshift.DeleteClusterInput{ClusterIdentifier: aws.String("bench"), SkipFinalClusterSnapshot: aws.Bool(true)}); err != nil {
			b.Fatal(err)
		}
		awaitGone(b, client, "bench")
		b.StartTimer()
	}
}

// BenchmarkSnapshot measures from CreateClusterSnapshot to status available, for a cluster with 300,000 rows.
func BenchmarkSnapshot(b *testing.B) {
	client := benchCluster(b)
	names := []string{"even", "odd"}
	createSnapshot(b, client, "bench", names[0])
	for b.Loop() {
		createSnapshot(b, client, "bench", names[1])
		b.StopTimer()
		// The newer one stays: were there none, a sweep would remove the data, and it would be chance whether the next one finds it or writes it anew.
		if _, err := client.DeleteClusterSnapshot(b.Context(), &redshift.DeleteClusterSnapshotInput{SnapshotIdentifier: &names[0]}); err != nil {
			b.Fatal(err)
		}
		slices.Reverse(names)
		b.StartTimer()
	}
}

func BenchmarkAuthorizeAndRevoke(b *testing.B) {
	client := benchCluster(b)
	ctx := context.Background()
	createSnapshot(b, client, "bench", "shared")
	var authorise, revoke time.Duration
	for b.Loop() {
		began := time.Now()
		if _, err := client.AuthorizeSnapshotAccess(ctx, &redshift.AuthorizeSnapshotAccessInput{SnapshotIdentifier: aws.String("shared"), AccountWithRestoreAccess: aws.String(accountB)}); err != nil {
			b.Fatal(err)
		}
		authorised := time.Now()
		if _, err := client.RevokeSnapshotAccess(ctx, &redshift.RevokeSnapshotAccessInput{SnapshotIdentifier: aws.String("shared"), AccountWithRestoreAccess: aws.String(accountB)}); err != nil {
			b.Fatal(err)
		}
		authorise += authorised.Sub(began)
		revoke += time.Since(authorised)
	}
	b.ReportMetric(authorise.Seconds()*1000/float64(b.N), "ms/authorise")
	b.ReportMetric(revoke.Seconds()*1000/float64(b.N), "ms/revoke")
}

func BenchmarkDescribeClusterSnapshots(b *testing.B) {
	client := benchCluster(b)
	for b.Loop() {
		if _, err := client.DescribeClusterSnapshots(context.Background(), &redshift.DescribeClusterSnapshotsInput{}); err != nil {
			b.Fatal(err)
		}
	}
}

// benchCluster is a slipher with one cluster that holds 300,000 rows.
func benchCluster(b *testing.B) *redshift.Client {
	b.Helper()
	p := serve(b)
	p.createAccount(accountB, "consumer")
	client := p.client("default")
	conn := connect(b, createCluster(b, client, "bench"))
	exec1(b, conn, "create table facts as select i as id, abs(hash(i) % 1000000007)::bigint as noise from generate_series(1, 300000) as g(i)")
	return client
}
