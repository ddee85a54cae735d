package test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// rows is enough for a database of some megabytes that does not compress well, so that a capped restore takes seconds.
const rows = 300_000

func loadRows(t *testing.T, p *program, cluster string, client *redshift.Client) (count, sum int64) {
	t.Helper()
	conn := connect(t, awaitCluster(t, client, cluster, "available"))
	exec1(t, conn, "create table facts (id bigint not null, noise bigint encode raw, label varchar(32)) distkey(id) sortkey(id)")
	exec1(t, conn, "insert into facts select i, abs(hash(i) % 1000000007)::bigint, 'row ' || i from generate_series(1, 300000) as g(i)")
	return query1[int64](t, conn, "select count(*) from facts"), query1[int64](t, conn, "select sum(noise)::bigint from facts")
}

// TestSharing is the reason for slipher: a snapshot shared, restored by another account, and revoked while a restore runs.
func TestSharing(t *testing.T) {
	t.Parallel()
	p := serve(t, "--bandwidth", "3MB/s")
	p.createAccount(accountB, "consumer")
	p.createAccount(accountC, "stranger")
	owner, consumer, stranger := p.client("default"), p.client("consumer"), p.client("stranger")
	ctx := t.Context()

	createCluster(t, owner, "sales")
	count, sum := loadRows(t, p, "sales", owner)
	if count != rows {
		t.Fatalf("loaded %d rows, want %d", count, rows)
	}
	createSnapshot(t, owner, "sales", "monday")

	shared := &redshift.DescribeClusterSnapshotsInput{OwnerAccount: aws.String(accountA)}
	restore := func(client *redshift.Client, cluster string) error {
		_, err := client.RestoreFromClusterSnapshot(ctx, &redshift.RestoreFromClusterSnapshotInput{
			ClusterIdentifier: &cluster, SnapshotIdentifier: aws.String("monday"), OwnerAccount: aws.String(accountA)})
		return err
	}
	sees := func(client *redshift.Client, want int) {
		t.Helper()
		out, err := client.DescribeClusterSnapshots(ctx, shared)
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Snapshots) != want {
			t.Errorf("got %d snapshots, want %d", len(out.Snapshots), want)
		}
	}

	sees(consumer, 0)
	wantCode(t, restore(consumer, "early"), "AccessToSnapshotDenied")

	authorised, err := owner.AuthorizeSnapshotAccess(ctx, &redshift.AuthorizeSnapshotAccessInput{SnapshotIdentifier: aws.String("monday"), AccountWithRestoreAccess: aws.String(accountB)})
	if err != nil {
		t.Fatal(err)
	}
	if got := authorised.Snapshot.AccountsWithRestoreAccess; len(got) != 1 || aws.ToString(got[0].AccountId) != accountB {
		t.Errorf("AccountsWithRestoreAccess is %+v, want account %s alone", got, accountB)
	}
	sees(consumer, 1)
	sees(stranger, 0)
	wantCode(t, restore(stranger, "stolen"), "AccessToSnapshotDenied")
	_, err = owner.DeleteClusterSnapshot(ctx, &redshift.DeleteClusterSnapshotInput{SnapshotIdentifier: aws.String("monday")})
	wantCode(t, err, "InvalidClusterSnapshotState")

	// The consumer's restore is held in progress by the bandwidth while the owner revokes.
	if err := restore(consumer, "copy"); err != nil {
		t.Fatal(err)
	}
	held := await(t, "a restore in progress", func() (string, bool) {
		c, err := describeCluster(t, consumer, "copy")
		if err != nil {
			t.Fatal(err)
		}
		status := aws.ToString(c.RestoreStatus.Status)
		return status, status != "starting"
	})
	if held != "restoring" {
		t.Fatalf("the restore is %s before the revoke, want restoring", held)
	}
	revoked, err := owner.RevokeSnapshotAccess(ctx, &redshift.RevokeSnapshotAccessInput{SnapshotIdentifier: aws.String("monday"), AccountWithRestoreAccess: aws.String(accountB)})
	if err != nil {
		t.Fatal(err)
	}
	if got := revoked.Snapshot.AccountsWithRestoreAccess; got != nil {
		t.Errorf("AccountsWithRestoreAccess is %+v after the last revoke, want it absent", got)
	}
	if c, err := describeCluster(t, consumer, "copy"); err != nil || aws.ToString(c.RestoreStatus.Status) != "restoring" {
		t.Errorf("the restore under way is %v, %v right after the revoke, want it restoring", c.RestoreStatus, err)
	}
	sees(consumer, 0)
	wantCode(t, restore(consumer, "second"), "AccessToSnapshotDenied")

	// Even deleting the snapshot does not touch the restore that was accepted.
	if _, err := owner.DeleteClusterSnapshot(ctx, &redshift.DeleteClusterSnapshotInput{SnapshotIdentifier: aws.String("monday")}); err != nil {
		t.Fatal(err)
	}
	copied := awaitRestored(t, consumer, "copy")
	conn := connect(t, copied)
	if got := query1[int64](t, conn, "select count(*) from facts"); got != rows {
		t.Errorf("the restored cluster has %d rows, want %d", got, rows)
	}
	if got := query1[int64](t, conn, "select sum(noise)::bigint from facts"); got != sum {
		t.Errorf("the restored rows sum up to %d, want %d", got, sum)
	}
	exec1(t, conn, "insert into facts values (0, 0, 'the copy is writable')")
}

func TestCallerIdentity(t *testing.T) {
	t.Parallel()
	p := serve(t)
	p.createAccount(accountB, "consumer")
	for profile, account := range map[string]string{"default": accountA, "consumer": accountB} {
		out, err := sts.NewFromConfig(p.awsConfig(profile)).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
		if err != nil {
			t.Fatal(err)
		}
		if *out.Account != account || *out.Arn != "arn:aws:iam::"+account+":root" {
			t.Errorf("profile %s is %s, %s", profile, *out.Account, *out.Arn)
		}
	}
}
