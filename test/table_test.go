package test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/aws-sdk-go-v2/service/redshift/types"
)

// restoreTable restores public.facts under a new name and waits until that has ended.
func restoreTable(t *testing.T, client *redshift.Client, cluster, snapshot, source, name string) types.TableRestoreStatus {
	t.Helper()
	out, err := client.RestoreTableFromClusterSnapshot(t.Context(), &redshift.RestoreTableFromClusterSnapshotInput{
		ClusterIdentifier: &cluster, SnapshotIdentifier: &snapshot, SourceDatabaseName: aws.String("dev"), SourceTableName: &source, NewTableName: &name})
	if err != nil {
		t.Fatal(err)
	}
	if out.TableRestoreStatus.Status != types.TableRestoreStatusTypePending {
		t.Errorf("a new request is %s, want PENDING", out.TableRestoreStatus.Status)
	}
	return await(t, "table "+name, func() (types.TableRestoreStatus, bool) {
		described, err := client.DescribeTableRestoreStatus(t.Context(), &redshift.DescribeTableRestoreStatusInput{TableRestoreRequestId: out.TableRestoreStatus.TableRestoreRequestId})
		if err != nil {
			t.Fatal(err)
		}
		status := described.TableRestoreStatusDetails[0]
		return status, status.Status == types.TableRestoreStatusTypeSucceeded || status.Status == types.TableRestoreStatusTypeFailed
	})
}

// TestRestoreTable drops one of two tables and brings it back from a snapshot, under a new name.
func TestRestoreTable(t *testing.T) {
	t.Parallel()
	p := serve(t)
	client := p.client("default")
	createCluster(t, client, "sales")
	count, sum := loadRows(t, p, "sales", client)
	conn := connect(t, awaitCluster(t, client, "sales", "available"))
	exec1(t, conn, "create table prices (item varchar(20), price decimal(10,2))")
	exec1(t, conn, "insert into prices values ('nut', 0.10), ('bolt', 0.20)")
	createSnapshot(t, client, "sales", "monday")
	exec1(t, conn, "drop table facts")
	exec1(t, conn, "update prices set price = 0.30 where item = 'nut'")

	restored := restoreTable(t, client, "sales", "monday", "Facts", "facts_monday")
	if restored.Status != types.TableRestoreStatusTypeSucceeded {
		t.Fatalf("the restore is %s: %s", restored.Status, aws.ToString(restored.Message))
	}
	if got := query1[int64](t, conn, "select count(*) from facts_monday"); got != count {
		t.Errorf("the restored table has %d rows, want %d", got, count)
	}
	if got := query1[int64](t, conn, "select sum(noise)::bigint from facts_monday"); got != sum {
		t.Errorf("the restored rows sum up to %d, want %d", got, sum)
	}
	if got := query1[string](t, conn, "select sum(price)::varchar from prices"); got != "0.50" {
		t.Errorf("the prices sum up to %s, want 0.50: the other table must stay as it is", got)
	}
	exec1(t, conn, "insert into facts_monday values (0, 0, 'the table is writable')")

	for name, table := range map[string]struct{ source, target, message string }{
		"no_such_table": {"missing", "copy", `the snapshot has no table "missing" in the schema "public"`},
		"name_is_taken": {"facts", "prices", `relation "prices" already exists`},
	} {
		failed := restoreTable(t, client, "sales", "monday", table.source, table.target)
		if failed.Status != types.TableRestoreStatusTypeFailed || aws.ToString(failed.Message) != table.message {
			t.Errorf("%s: the restore is %s %q, want FAILED %q", name, failed.Status, aws.ToString(failed.Message), table.message)
		}
	}
}

// TestRestoreTableSurvivesKill deletes the snapshot while a table is copied, and kills slipher: the copy is made anew, whole, from data that is still kept.
func TestRestoreTableSurvivesKill(t *testing.T) {
	t.Parallel()
	p := serve(t, "--bandwidth", "2MB/s")
	client := p.client("default")
	createCluster(t, client, "sales")
	count, sum := loadRows(t, p, "sales", client)
	createSnapshot(t, client, "sales", "monday")
	_, err := client.RestoreTableFromClusterSnapshot(t.Context(), &redshift.RestoreTableFromClusterSnapshotInput{ClusterIdentifier: aws.String("sales"),
		SnapshotIdentifier: aws.String("monday"), SourceDatabaseName: aws.String("dev"), SourceTableName: aws.String("facts"), NewTableName: aws.String("again")})
	if err != nil {
		t.Fatal(err)
	}
	status := func(client *redshift.Client) types.TableRestoreStatus {
		t.Helper()
		out, err := client.DescribeTableRestoreStatus(t.Context(), &redshift.DescribeTableRestoreStatusInput{ClusterIdentifier: aws.String("sales")})
		if err != nil {
			t.Fatal(err)
		}
		return out.TableRestoreStatusDetails[0]
	}
	await(t, "some of the table to be fetched", func() (types.TableRestoreStatus, bool) {
		now := status(client)
		return now, now.Status == types.TableRestoreStatusTypeInProgress && aws.ToInt64(now.ProgressInMegaBytes) > 0
	})
	if _, err := client.DeleteClusterSnapshot(t.Context(), &redshift.DeleteClusterSnapshotInput{SnapshotIdentifier: aws.String("monday")}); err != nil {
		t.Fatal(err)
	}
	p.kill()
	p.start()
	client = p.client("default")
	ended := await(t, "the table", func() (types.TableRestoreStatus, bool) {
		now := status(client)
		return now, now.Status == types.TableRestoreStatusTypeSucceeded || now.Status == types.TableRestoreStatusTypeFailed
	})
	if ended.Status != types.TableRestoreStatusTypeSucceeded {
		t.Fatalf("the restore is %s: %s", ended.Status, aws.ToString(ended.Message))
	}
	conn := connect(t, awaitCluster(t, client, "sales", "available"))
	if got := query1[int64](t, conn, "select count(*) from again"); got != count {
		t.Errorf("the restored table has %d rows, want %d", got, count)
	}
	if got := query1[int64](t, conn, "select sum(noise)::bigint from again"); got != sum {
		t.Errorf("the restored rows sum up to %d, want %d", got, sum)
	}
}
