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
	for _, size := range []int64{b.size / 10, b.size} {
		if err := b.firstAnswers(ctx, "from a folder", size, "file://"+filepath.ToSlash(filepath.Join(b.work, "snapshots"))); err != nil {
			return err
		}
		slow, stop := distantStore(fetchDelay)
		err := b.firstAnswers(ctx, fmt.Sprintf("from an S3 store, %s for each fetch", fetchDelay), size, slow)
		stop()
		if err != nil {
			return err
		}
	}
	return nil
}

// answers are the moments of one restore, counted from its request.
type answers struct{ available, counted, aggregated, completed time.Duration }

func (b *bench) firstAnswers(ctx context.Context, what string, size int64, snapshots string) (err error) {
	defer func() { err = errors.Join(err, os.RemoveAll(b.work)) }()
	server, err := startServer(ctx, b.program, filepath.Join(b.work, "slipher"), snapshots)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	snapshot, err := server.fill(ctx, size)
	if err != nil {
		return fmt.Errorf("fill a cluster: %w", err)
	}
	report("%s: a cluster and its snapshot are made", what)
	var runs []answers
	for range b.settings.runs {
		got, err := server.restore(ctx)
		if err != nil {
			return fmt.Errorf("restore: %w", err)
		}
		runs = append(runs, got)
	}
	of := func(moment func(answers) time.Duration) string {
		var all []measured
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

// rowBytes is about what a row of the table takes in the file.
const rowBytes = 75

// fill makes a cluster with one large table, doubling it until it is as large as asked, and a snapshot of it.
func (s *server) fill(ctx context.Context, size int64) (types.Snapshot, error) {
	_, err := s.CreateCluster(ctx, &redshift.CreateClusterInput{
		ClusterIdentifier: aws.String("source"), NodeType: aws.String("ra3.large"), ClusterType: aws.String("single-node"),
		MasterUsername: aws.String("awsuser"), MasterUserPassword: aws.String(password)})
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
		"insert into visits values (0, 1.5, md5('0'), md5('1'))",
	}
	for rows := int64(1); rows*2*rowBytes <= size*14/10; rows *= 2 {
		statements = append(statements, fmt.Sprintf("insert into visits select id + %d, ((id + %d) * 7919 %% 1000003) / 100.0, md5(cast(id + %d as varchar)), md5(cast(id * 3 as varchar)) from visits", rows, rows, rows))
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
