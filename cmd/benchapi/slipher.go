package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/aws-sdk-go-v2/service/redshift/types"

	"slipher/internal/sigv4"
)

// slipher is the real program on a folder of its own.
type slipher struct {
	program, dir    string
	quota           int
	run             *exec.Cmd
	log             bytes.Buffer // read only when it has ended
	url             string
	owner, consumer credentials
}

type credentials struct{ Account, id, secret string }

const (
	first   = "snapshot"
	tagKey  = "keep"
	account = "111111111111"
)

// prepareSlipher takes one snapshot in each region as every client does, copies its record while slipher is stopped, and starts it again.
func prepareSlipher(ctx context.Context, set settings, dir string) (*slipher, error) {
	s := &slipher{program: set.slipher, dir: dir, quota: set.many + set.few}
	if err := s.start(ctx); err != nil {
		return nil, err
	}
	if err := s.fill(ctx); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	if err := s.stop(); err != nil {
		return nil, err
	}
	for region, count := range map[string]int{fewRegion: set.few, manyRegion: set.many} {
		if err := copySnapshots(ctx, filepath.Join(dir, "meta.db"), region, count-1); err != nil {
			return nil, fmt.Errorf("copy the records: %w", err)
		}
	}
	if err := s.start(ctx); err != nil {
		return nil, err
	}
	err := errors.Join(s.check(ctx, fewRegion, set.few), s.check(ctx, manyRegion, set.many))
	if err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

func (s *slipher) start(ctx context.Context) error {
	s.run = exec.CommandContext(ctx, s.program, "serve", "--data", s.dir, "--root-key", "file://"+filepath.Join(s.dir, "bench.key"), "--listen", "127.0.0.1:0", "--manual-snapshots", strconv.Itoa(s.quota))
	s.run.Cancel = func() error { return s.run.Process.Signal(syscall.SIGTERM) }
	s.run.Stderr = &s.log
	out, err := s.run.StdoutPipe()
	if err != nil {
		return err
	}
	if err := s.run.Start(); err != nil {
		return err
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		for _, word := range strings.Fields(lines.Text()) {
			if strings.HasPrefix(word, "http://") {
				s.url = word
				go func() { _, _ = io.Copy(io.Discard, out) }()
				return nil
			}
		}
	}
	return fmt.Errorf("slipher ended before it was ready: %w", s.stop())
}

func (s *slipher) stop() error {
	_ = s.run.Process.Signal(syscall.SIGTERM)
	if err := s.run.Wait(); err != nil {
		return fmt.Errorf("%w\n%s", err, s.log.String())
	}
	return nil
}

func (s *slipher) fill(ctx context.Context) error {
	out, err := exec.CommandContext(ctx, s.program, "account", "create", consumer, "--profile", "consumer", "--data", s.dir).CombinedOutput()
	if err != nil {
		return fmt.Errorf("create an account: %w\n%s", err, out)
	}
	if s.owner, err = s.credentials(ctx, "default", account); err != nil {
		return err
	}
	if s.consumer, err = s.credentials(ctx, "consumer", consumer); err != nil {
		return err
	}
	for _, region := range []string{fewRegion, manyRegion} {
		if err := s.takeSnapshot(ctx, region); err != nil {
			return fmt.Errorf("take a snapshot in %s: %w", region, err)
		}
	}
	return nil
}

func (s *slipher) settings(ctx context.Context, profile, region string) (aws.Config, error) {
	return config.LoadDefaultConfig(ctx, config.WithSharedCredentialsFiles([]string{filepath.Join(s.dir, "credentials")}),
		config.WithSharedConfigFiles([]string{}), config.WithSharedConfigProfile(profile), config.WithRegion(region), config.WithBaseEndpoint(s.url))
}

func (s *slipher) credentials(ctx context.Context, profile, account string) (credentials, error) {
	settings, err := s.settings(ctx, profile, fewRegion)
	if err != nil {
		return credentials{}, err
	}
	found, err := settings.Credentials.Retrieve(ctx)
	return credentials{account, found.AccessKeyID, found.SecretAccessKey}, err
}

func (s *slipher) client(ctx context.Context, region string) (*redshift.Client, error) {
	settings, err := s.settings(ctx, "default", region)
	return redshift.NewFromConfig(settings), err
}

// takeSnapshot has a cluster, and of it the one real snapshot of the region, which has a tag and is shared.
func (s *slipher) takeSnapshot(ctx context.Context, region string) error {
	client, err := s.client(ctx, region)
	if err != nil {
		return err
	}
	_, err = client.CreateCluster(ctx, &redshift.CreateClusterInput{
		ClusterIdentifier: aws.String(cluster), NodeType: aws.String("ra3.large"), ClusterType: aws.String("single-node"),
		MasterUsername: aws.String("awsuser"), MasterUserPassword: aws.String("Redshift1"),
	})
	if err != nil {
		return err
	}
	of := &redshift.DescribeClustersInput{ClusterIdentifier: aws.String(cluster)}
	if err := redshift.NewClusterAvailableWaiter(client, often[redshift.ClusterAvailableWaiterOptions]).Wait(ctx, of, time.Minute); err != nil {
		return err
	}
	taken, err := client.CreateClusterSnapshot(ctx, &redshift.CreateClusterSnapshotInput{
		ClusterIdentifier: aws.String(cluster), SnapshotIdentifier: aws.String(first), Tags: []types.Tag{{Key: aws.String(tagKey), Value: aws.String("yes")}},
	})
	if err != nil {
		return err
	}
	named := &redshift.DescribeClusterSnapshotsInput{SnapshotIdentifier: taken.Snapshot.SnapshotIdentifier}
	if err := redshift.NewSnapshotAvailableWaiter(client, often[redshift.SnapshotAvailableWaiterOptions]).Wait(ctx, named, time.Minute); err != nil {
		return err
	}
	_, err = client.AuthorizeSnapshotAccess(ctx, &redshift.AuthorizeSnapshotAccessInput{
		SnapshotIdentifier: aws.String(first), AccountWithRestoreAccess: aws.String(consumer),
	})
	return err
}

// often has a waiter look every 100 ms.
func often[Options any](options *Options) {
	switch options := any(options).(type) {
	case *redshift.ClusterAvailableWaiterOptions:
		options.MinDelay, options.MaxDelay = 100*time.Millisecond, 100*time.Millisecond
	case *redshift.SnapshotAvailableWaiterOptions:
		options.MinDelay, options.MaxDelay = 100*time.Millisecond, 100*time.Millisecond
	}
}

// check counts the snapshots of a region through the API.
func (s *slipher) check(ctx context.Context, region string, want int) error {
	client, err := s.client(ctx, region)
	if err != nil {
		return err
	}
	got := 0
	for pages := redshift.NewDescribeClusterSnapshotsPaginator(client, &redshift.DescribeClusterSnapshotsInput{MaxRecords: aws.Int32(100)}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		got += len(page.Snapshots)
	}
	if got != want {
		return fmt.Errorf("there are %d snapshots in %s, not %d", got, region, want)
	}
	return nil
}

func (s *slipher) call(region string, by credentials, form string) call {
	return newCall(s.url, sigv4.Signer{AccessKeyID: by.id, Secret: by.secret, Region: region, Service: "redshift"}, form)
}
