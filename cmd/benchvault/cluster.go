package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/aws-sdk-go-v2/service/redshift/types"
	"github.com/jackc/pgx/v5"
)

const (
	password   = "Redshift1"
	fetchDelay = 5 * time.Millisecond
	askAgain   = 10 * time.Millisecond
	patience   = 30 * time.Minute
)

// restores measures from RestoreFromClusterSnapshot to the first answered queries: at two sizes, from a folder and from an object store
// that lets every fetch wait.
func (b *bench) restores(ctx context.Context) error {
	if b.program == "" {
		return nil
	}
	fmt.Printf("\n| restored cluster | the data has | available | first `count(*)` | goal | then an aggregate of one part in 50 | all data there |\n| --- | --- | --- | --- | --- | --- | --- |\n")
	for _, size := range []int64{b.size / 20, b.size / 4} {
		if err := b.restoresOf(ctx, size); err != nil {
			return err
		}
	}
	return nil
}

// restoresOf fills one cluster: its snapshot is copied from the folder to the distant store as it is.
func (b *bench) restoresOf(ctx context.Context, size int64) (err error) {
	defer func() { err = errors.Join(err, os.RemoveAll(b.work)) }()
	if err := os.MkdirAll(filepath.Join(b.work, "snapshots"), 0o700); err != nil {
		return err
	}
	folder := "file://" + filepath.ToSlash(filepath.Join(b.work, "snapshots"))
	var snapshot types.Snapshot
	err = b.serving(ctx, folder, func(s *server) (err error) {
		if snapshot, err = s.fill(ctx, size); err != nil {
			return fmt.Errorf("fill a cluster: %w", err)
		}
		return s.delete(ctx, "source")
	})
	if err != nil {
		return err
	}
	report("made a cluster of %.0f MB and its snapshot", *snapshot.TotalBackupSizeInMegaBytes)
	if err := b.firstAnswers(ctx, "from a folder", folder, snapshot); err != nil {
		return err
	}
	slow, stop, err := distantStore(filepath.Join(b.work, "snapshots"), fetchDelay)
	if err != nil {
		return err
	}
	defer stop()
	return b.firstAnswers(ctx, fmt.Sprintf("from an S3 store, %s for each fetch", fetchDelay), slow, snapshot)
}

func (b *bench) serving(ctx context.Context, snapshots string, use func(*server) error) error {
	server, err := startServer(ctx, b.program, filepath.Join(b.work, "slipher"), snapshots)
	if err != nil {
		return err
	}
	return errors.Join(use(server), server.stop())
}

// answers are the moments of one restore, counted from its request.
type answers struct{ available, counted, aggregated, completed time.Duration }

func (b *bench) firstAnswers(ctx context.Context, what, snapshots string, snapshot types.Snapshot) error {
	var runs []answers
	err := b.serving(ctx, snapshots, func(s *server) error {
		for range b.settings.runs {
			got, err := s.restore(ctx)
			if err != nil {
				return fmt.Errorf("restore: %w", err)
			}
			runs = append(runs, got)
		}
		return nil
	})
	if err != nil {
		return err
	}
	of := func(moment func(answers) time.Duration) string {
		all := make([]measured, 0, len(runs))
		for _, run := range runs {
			all = append(all, measured{wall: moment(run)})
		}
		return millis(medians(all))
	}
	fmt.Printf("| %s | %.0f MB | %s | %s | below 1000 ms | %s | %s |\n", what, *snapshot.TotalBackupSizeInMegaBytes,
		of(func(a answers) time.Duration { return a.available }), of(func(a answers) time.Duration { return a.counted }),
		of(func(a answers) time.Duration { return a.aggregated - a.counted }), of(func(a answers) time.Duration { return a.completed }))
	return nil
}

const (
	rowBytes   = 40 // about what a row of the table takes in the file
	rowsAtOnce = 5_000_000
)

// fill makes a cluster with one large table of about the size, and a snapshot of it.
func (s *server) fill(ctx context.Context, size int64) (types.Snapshot, error) {
	_, err := s.CreateCluster(ctx, &redshift.CreateClusterInput{
		ClusterIdentifier: aws.String("source"), NodeType: aws.String("dc2.large"), ClusterType: aws.String("single-node"),
		AutomatedSnapshotRetentionPeriod: aws.Int32(0), // none may come beside what is measured; only this kind of node can do without
		MasterUsername:                   aws.String("awsuser"), MasterUserPassword: aws.String(password)})
	if err != nil {
		return types.Snapshot{}, err
	}
	address, err := s.available(ctx, "source")
	if err != nil {
		return types.Snapshot{}, err
	}
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return types.Snapshot{}, err
	}
	defer conn.Close(ctx)
	statements := []string{
		"create table visits (id bigint, price decimal(12,2), token varchar(32), device varchar(32))",
	}
	for row := int64(0); row < size/rowBytes; row += rowsAtOnce {
		statements = append(statements, fmt.Sprintf(`insert into visits select i, (i * 7919 %% 1000003) / 100.0, md5(cast(i as varchar)), md5(cast(i * 3 as varchar))
			from generate_series(%d, %d) as g(i)`, row, min(row+rowsAtOnce, size/rowBytes)-1))
	}
	for _, statement := range statements {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return types.Snapshot{}, fmt.Errorf("%s: %w", statement, err)
		}
	}
	_, err = s.CreateClusterSnapshot(ctx, &redshift.CreateClusterSnapshotInput{ClusterIdentifier: aws.String("source"), SnapshotIdentifier: aws.String("large")})
	if err != nil {
		return types.Snapshot{}, err
	}
	waiter := redshift.NewSnapshotAvailableWaiter(s, func(o *redshift.SnapshotAvailableWaiterOptions) {
		o.MinDelay, o.MaxDelay = 100*time.Millisecond, time.Second
	})
	out, err := waiter.WaitForOutput(ctx, &redshift.DescribeClusterSnapshotsInput{SnapshotIdentifier: aws.String("large")}, patience)
	if err != nil {
		return types.Snapshot{}, err
	}
	return out.Snapshots[0], nil
}

func (s *server) restore(ctx context.Context) (got answers, err error) {
	began := time.Now()
	_, err = s.RestoreFromClusterSnapshot(ctx, &redshift.RestoreFromClusterSnapshotInput{ClusterIdentifier: aws.String("restored"), SnapshotIdentifier: aws.String("large")})
	if err != nil {
		return got, err
	}
	address, err := s.available(ctx, "restored")
	if err != nil {
		return got, err
	}
	got.available = time.Since(began)
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return got, err
	}
	defer conn.Close(ctx)
	var rows int64
	if err := conn.QueryRow(ctx, "select count(*) from visits").Scan(&rows); err != nil {
		return got, err
	}
	got.counted = time.Since(began)
	var sum float64
	part := fmt.Sprintf("select sum(price)::float from visits where id between %d and %d", rows/2, rows/2+rows/50)
	if err := conn.QueryRow(ctx, part).Scan(&sum); err != nil {
		return got, err
	}
	got.aggregated = time.Since(began)
	waiter := redshift.NewClusterRestoredWaiter(s, func(o *redshift.ClusterRestoredWaiterOptions) {
		o.MinDelay, o.MaxDelay = 20*time.Millisecond, 50*time.Millisecond
	})
	if err := waiter.Wait(ctx, &redshift.DescribeClustersInput{ClusterIdentifier: aws.String("restored")}, patience); err != nil {
		return got, err
	}
	got.completed = time.Since(began)
	return got, s.delete(ctx, "restored")
}

func (s *server) delete(ctx context.Context, cluster string) error {
	_, err := s.DeleteCluster(ctx, &redshift.DeleteClusterInput{ClusterIdentifier: aws.String(cluster), SkipFinalClusterSnapshot: aws.Bool(true)})
	if err != nil {
		return err
	}
	waiter := redshift.NewClusterDeletedWaiter(s, func(o *redshift.ClusterDeletedWaiterOptions) {
		o.MinDelay, o.MaxDelay = 50*time.Millisecond, 500*time.Millisecond
	})
	return waiter.Wait(ctx, &redshift.DescribeClustersInput{ClusterIdentifier: aws.String(cluster)}, patience)
}

// available waits until the cluster is, asking as often as an impatient client would, and returns where to connect to.
func (s *server) available(ctx context.Context, cluster string) (address string, err error) {
	for {
		out, err := s.DescribeClusters(ctx, &redshift.DescribeClustersInput{ClusterIdentifier: aws.String(cluster)})
		if err != nil {
			return "", err
		}
		switch found := out.Clusters[0]; aws.ToString(found.ClusterStatus) {
		case "available":
			return fmt.Sprintf("postgres://awsuser:%s@%s:%d/dev?sslmode=require", password, *found.Endpoint.Address, *found.Endpoint.Port), nil
		case "incompatible-restore":
			return "", fmt.Errorf("%s cannot be restored", cluster)
		}
		select {
		case <-time.After(askAgain):
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}
