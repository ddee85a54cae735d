package test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/jackc/pgx/v5"
)

func TestClusterLife(t *testing.T) {
	t.Parallel()
	p := serve(t)
	client := p.client("default")
	ctx := t.Context()
	first := createCluster(t, client, "one")
	second := createCluster(t, client, "two")
	if *first.Endpoint.Port != 5439 || *second.Endpoint.Port != 5439 {
		t.Errorf("the clusters listen on ports %d and %d, want 5439 for both", *first.Endpoint.Port, *second.Endpoint.Port)
	}
	conn := connect(t, first)
	exec1(t, conn, "create table t as select 1 as n")

	t.Run("port_and_database", func(t *testing.T) {
		_, err := client.CreateCluster(ctx, &redshift.CreateClusterInput{
			ClusterIdentifier: aws.String("three"), NodeType: aws.String("ra3.large"), ClusterType: aws.String("single-node"),
			DBName: aws.String("warehouse"), Port: aws.Int32(5444), MasterUsername: aws.String("root1"), MasterUserPassword: aws.String(password)})
		if err != nil {
			t.Fatal(err)
		}
		cluster := awaitCluster(t, client, "three", "available")
		if *cluster.Endpoint.Port != 5444 {
			t.Errorf("port %d, want 5444", *cluster.Endpoint.Port)
		}
		if got := query1[string](t, connect(t, cluster), "select current_database() || '/' || current_user"); got != "warehouse/root1" {
			t.Errorf("connected to %s, want warehouse/root1", got)
		}
	})
	t.Run("password", func(t *testing.T) {
		if _, err := client.ModifyCluster(ctx, &redshift.ModifyClusterInput{ClusterIdentifier: aws.String("one"), MasterUserPassword: aws.String("Changed99")}); err != nil {
			t.Fatal(err)
		}
		await(t, "the new password to work", func() (struct{}, bool) {
			conn, err := pgx.Connect(ctx, dsn(first, "Changed99"))
			if err != nil {
				return struct{}{}, false
			}
			conn.Close(ctx)
			return struct{}{}, true
		})
		_, err := pgx.Connect(ctx, dsn(first, password))
		wantState(t, err, "28P01")
		if _, err := client.ModifyCluster(ctx, &redshift.ModifyClusterInput{ClusterIdentifier: aws.String("one"), MasterUserPassword: aws.String(password)}); err != nil {
			t.Fatal(err)
		}
		await(t, "the old password to work again", func() (struct{}, bool) {
			conn, err := tryConnect(t, first)
			if err == nil {
				conn.Close(ctx)
			}
			return struct{}{}, err == nil
		})
		awaitCluster(t, client, "one", "available")
	})
	t.Run("pause_and_resume", func(t *testing.T) {
		if _, err := client.PauseCluster(ctx, &redshift.PauseClusterInput{ClusterIdentifier: aws.String("one")}); err != nil {
			t.Fatal(err)
		}
		awaitCluster(t, client, "one", "paused")
		if conn, err := tryConnect(t, first); err == nil {
			conn.Close(ctx)
			t.Error("a paused cluster takes connections")
		}
		_, err := client.CreateClusterSnapshot(ctx, &redshift.CreateClusterSnapshotInput{ClusterIdentifier: aws.String("one"), SnapshotIdentifier: aws.String("never")})
		wantCode(t, err, "InvalidClusterState")
		if _, err := client.ResumeCluster(ctx, &redshift.ResumeClusterInput{ClusterIdentifier: aws.String("one")}); err != nil {
			t.Fatal(err)
		}
		resumed := awaitCluster(t, client, "one", "available")
		if got := query1[int32](t, connect(t, resumed), "select n from t"); got != 1 {
			t.Errorf("got %d after resume, want 1", got)
		}
	})
	t.Run("reboot", func(t *testing.T) {
		if _, err := client.RebootCluster(ctx, &redshift.RebootClusterInput{ClusterIdentifier: aws.String("one")}); err != nil {
			t.Fatal(err)
		}
		// The socket stays open, so a connection made meanwhile waits for the node instead of being refused. One that the old node still took is ended.
		got := await(t, "an answer after the reboot", func() (n int32, answered bool) {
			conn, err := tryConnect(t, first)
			if err != nil {
				if strings.Contains(err.Error(), "refused") {
					t.Errorf("a connection was refused during the reboot: %v", err)
				}
				return 0, false
			}
			defer conn.Close(ctx)
			err = conn.QueryRow(ctx, "select n from t").Scan(&n)
			return n, err == nil
		})
		if got != 1 {
			t.Errorf("got %d after reboot, want 1", got)
		}
		awaitCluster(t, client, "one", "available")
	})
	t.Run("final_snapshot", func(t *testing.T) {
		_, err := client.DeleteCluster(ctx, &redshift.DeleteClusterInput{ClusterIdentifier: aws.String("one"), FinalClusterSnapshotIdentifier: aws.String("last")})
		if err != nil {
			t.Fatal(err)
		}
		awaitGone(t, client, "one")
		awaitSnapshot(t, client, "last", "available")
		if _, err := client.RestoreFromClusterSnapshot(ctx, &redshift.RestoreFromClusterSnapshotInput{ClusterIdentifier: aws.String("one-again"), SnapshotIdentifier: aws.String("last")}); err != nil {
			t.Fatal(err)
		}
		if got := query1[int32](t, connect(t, awaitRestored(t, client, "one-again")), "select n from t"); got != 1 {
			t.Errorf("got %d from the final snapshot, want 1", got)
		}
	})
	t.Run("deleting_a_snapshot_frees_its_blocks", func(t *testing.T) {
		if len(files(t, filepath.Join(p.dir, "snapshots"))) == 0 {
			t.Fatal("the vault is empty although a snapshot exists")
		}
		if _, err := client.DeleteClusterSnapshot(ctx, &redshift.DeleteClusterSnapshotInput{SnapshotIdentifier: aws.String("last")}); err != nil {
			t.Fatal(err)
		}
		await(t, "the vault to be empty", func() ([]string, bool) {
			left := files(t, filepath.Join(p.dir, "snapshots"))
			return left, len(left) == 0
		})
	})
}
