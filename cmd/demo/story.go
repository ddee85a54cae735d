package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/aws-sdk-go-v2/service/redshift/types"
	"github.com/aws/smithy-go"
)

const (
	accountA = "111111111111"
	accountB = "222222222222"
)

// story is the state that one step hands to the next.
type story struct {
	server   *server
	a, b     *redshift.Client
	original summary
}

func tell(ctx context.Context, server *server) error {
	s := &story{server: server}
	steps := []struct {
		title string
		step  func(context.Context) error
	}{
		{"two accounts: A owns the data, B is another company's", s.accounts},
		{"A creates a cluster and loads real flights over SQL", s.load},
		{"A takes a snapshot", s.snapshot},
		{"B cannot see it yet", s.unseen},
		{"A authorises B (AuthorizeSnapshotAccess)", s.authorise},
		{"B finds the snapshot, restores it and reads the same rows", s.restore},
		{"B begins a second restore, and A revokes while it runs (RevokeSnapshotAccess)", s.revoke},
		{"B can no longer see or restore the snapshot", s.refused},
		{"the restore that B had begun runs to completion", s.completes},
	}
	for i, step := range steps {
		fmt.Printf("\n%d. %s\n", i+1, step.title)
		if err := step.step(ctx); err != nil {
			return fmt.Errorf("step %d (%s): %w", i+1, step.title, err)
		}
	}
	return nil
}

func (s *story) accounts(ctx context.Context) (err error) {
	say("slipher answers on %s", s.server.url)
	if err := s.server.createAccount(ctx, accountB, "consumer"); err != nil {
		return err
	}
	if s.a, err = s.server.client(ctx, "default"); err != nil {
		return err
	}
	if s.b, err = s.server.client(ctx, "consumer"); err != nil {
		return err
	}
	say("A = %s (profile default), B = %s (profile consumer)", accountA, accountB)
	return nil
}

func (s *story) load(ctx context.Context) error {
	began := time.Now()
	_, err := s.a.CreateCluster(ctx, &redshift.CreateClusterInput{
		ClusterIdentifier: aws.String("flights"), NodeType: aws.String("ra3.large"), ClusterType: aws.String("single-node"),
		MasterUsername: aws.String("awsuser"), MasterUserPassword: aws.String(password)})
	if err != nil {
		return err
	}
	cluster, err := available(ctx, s.a, "flights")
	if err != nil {
		return err
	}
	say("cluster flights is available at %s:%d after %s", *cluster.Endpoint.Address, *cluster.Endpoint.Port, since(began))
	conn, err := connect(ctx, cluster)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	loaded, err := loadFlights(ctx, conn)
	if err != nil {
		return err
	}
	say("COPY loaded %d rows; the busiest airports:", loaded)
	if s.original, err = summarise(ctx, cluster); err != nil {
		return err
	}
	s.original.print(os.Stdout)
	return nil
}

func (s *story) snapshot(ctx context.Context) error {
	began := time.Now()
	_, err := s.a.CreateClusterSnapshot(ctx, &redshift.CreateClusterSnapshotInput{
		ClusterIdentifier: aws.String("flights"), SnapshotIdentifier: aws.String("flights-2001")})
	if err != nil {
		return err
	}
	waiter := redshift.NewSnapshotAvailableWaiter(s.a, func(o *redshift.SnapshotAvailableWaiterOptions) {
		o.MinDelay, o.MaxDelay = 50*time.Millisecond, 100*time.Millisecond
	})
	out, err := waiter.WaitForOutput(ctx, &redshift.DescribeClusterSnapshotsInput{SnapshotIdentifier: aws.String("flights-2001")}, time.Minute)
	if err != nil {
		return err
	}
	snapshot := out.Snapshots[0]
	say("snapshot flights-2001 is available after %s: %.2f MB to restore, %.2f MB stored, encrypted=%t", since(began),
		*snapshot.TotalBackupSizeInMegaBytes, *snapshot.ActualIncrementalBackupSizeInMegaBytes, *snapshot.Encrypted)
	return nil
}

func (s *story) unseen(ctx context.Context) error {
	if err := s.sees(ctx, 0); err != nil {
		return err
	}
	return s.denied(ctx, "too-early")
}

func (s *story) authorise(ctx context.Context) error {
	began := time.Now()
	out, err := s.a.AuthorizeSnapshotAccess(ctx, &redshift.AuthorizeSnapshotAccessInput{
		SnapshotIdentifier: aws.String("flights-2001"), AccountWithRestoreAccess: aws.String(accountB)})
	if err != nil {
		return err
	}
	for _, account := range out.Snapshot.AccountsWithRestoreAccess {
		say("AccountsWithRestoreAccess: %s (took %s)", *account.AccountId, since(began))
	}
	return nil
}

func (s *story) restore(ctx context.Context) error {
	if err := s.sees(ctx, 1); err != nil {
		return err
	}
	began := time.Now()
	if err := s.beginRestore(ctx, "copy-one"); err != nil {
		return err
	}
	cluster, err := available(ctx, s.b, "copy-one")
	if err != nil {
		return err
	}
	say("cluster copy-one of account B is available after %s", since(began))
	if err := s.sameRows(ctx, cluster); err != nil {
		return err
	}
	if _, err := restored(ctx, s.b, "copy-one"); err != nil {
		return err
	}
	say("all its data has arrived after %s", since(began))
	return nil
}

func (s *story) revoke(ctx context.Context) error {
	if err := s.beginRestore(ctx, "copy-two"); err != nil {
		return err
	}
	status, err := restoreProgress(ctx, s.b, "copy-two")
	if err != nil {
		return err
	}
	if *status.Status == "completed" {
		return errors.New("the second restore was over before the revoke: lower the bandwidth")
	}
	say("RestoreStatus of copy-two: %s, %d of %d MB", *status.Status, *status.ProgressInMegaBytes, *status.SnapshotSizeInMegaBytes)
	began := time.Now()
	out, err := s.a.RevokeSnapshotAccess(ctx, &redshift.RevokeSnapshotAccessInput{
		SnapshotIdentifier: aws.String("flights-2001"), AccountWithRestoreAccess: aws.String(accountB)})
	if err != nil {
		return err
	}
	say("revoked in %s; AccountsWithRestoreAccess now has %d entries", since(began), len(out.Snapshot.AccountsWithRestoreAccess))
	return nil
}

func (s *story) refused(ctx context.Context) error {
	if err := s.sees(ctx, 0); err != nil {
		return err
	}
	return s.denied(ctx, "copy-three")
}

func (s *story) completes(ctx context.Context) error {
	cluster, err := restored(ctx, s.b, "copy-two")
	if err != nil {
		return err
	}
	say("RestoreStatus of copy-two: %s", *cluster.RestoreStatus.Status)
	return s.sameRows(ctx, cluster)
}

func (s *story) beginRestore(ctx context.Context, cluster string) error {
	_, err := s.b.RestoreFromClusterSnapshot(ctx, &redshift.RestoreFromClusterSnapshotInput{
		ClusterIdentifier: aws.String(cluster), SnapshotIdentifier: aws.String("flights-2001"), OwnerAccount: aws.String(accountA)})
	return err
}

// sees checks how many of A's snapshots B is shown.
func (s *story) sees(ctx context.Context, want int) error {
	out, err := s.b.DescribeClusterSnapshots(ctx, &redshift.DescribeClusterSnapshotsInput{OwnerAccount: aws.String(accountA)})
	if err != nil {
		return err
	}
	if got := len(out.Snapshots); got != want {
		return fmt.Errorf("B sees %d snapshots of A, expected %d", got, want)
	}
	say("DescribeClusterSnapshots of B shows %d of A's snapshots", want)
	return nil
}

// denied checks that B is refused a restore with the documented fault.
func (s *story) denied(ctx context.Context, cluster string) error {
	err := s.beginRestore(ctx, cluster)
	var fault smithy.APIError
	if !errors.As(err, &fault) || fault.ErrorCode() != "AccessToSnapshotDenied" {
		return fmt.Errorf("RestoreFromClusterSnapshot of B answered %w, expected AccessToSnapshotDenied", err)
	}
	say("RestoreFromClusterSnapshot of B is refused: %s", fault.ErrorCode())
	return nil
}

func (s *story) sameRows(ctx context.Context, cluster types.Cluster) error {
	got, err := summarise(ctx, cluster)
	if err != nil {
		return err
	}
	if got != s.original {
		return fmt.Errorf("B reads other rows than A wrote:\n%s%d rows, sums %s; A had %d rows, sums %s", got.table, got.rows, got.sum, s.original.rows, s.original.sum)
	}
	say("B reads %d rows, the same as A:", got.rows)
	got.print(os.Stdout)
	return nil
}

func say(format string, args ...any) { fmt.Printf("   "+format+"\n", args...) }

func since(began time.Time) string { return time.Since(began).Round(100 * time.Microsecond).String() }
