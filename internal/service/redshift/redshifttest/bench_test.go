package redshifttest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"slipher/internal/accounts"
	"slipher/internal/api"
	"slipher/internal/audit"
	"slipher/internal/awsapi"
	"slipher/internal/meta"
	"slipher/internal/policy"
	"slipher/internal/sigv4"
	"slipher/internal/testbed"
)

// ownerKey is the one access key of a door under test.
type ownerKey accounts.AccessKey

func (k ownerKey) Credentials(context.Context, string, string) (*accounts.Credentials, error) {
	return &accounts.Credentials{AccessKey: accounts.AccessKey(k), Principal: policy.RootUser(k.Account)}, nil
}

// doorOf puts the whole way of a request before a bed: HTTP, signature, audit record.
func doorOf(b *testing.B, bed *testbed.Bed) (ask func(form string)) {
	b.Helper()
	record, err := audit.Open(audit.Config{Dir: b.TempDir(), Now: bed.Clock.Now, Chain: audit.Chain{
		Name: "calls", Key: make([]byte, 32),
		Kept: func() ([]byte, error) { return nil, nil }, Keep: func([]byte) error { return nil },
	}})
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	go record.Run(ctx)
	b.Cleanup(stop)
	key := ownerKey{ID: "AKIAOWNER", Secret: "secret", Account: testbed.Owner, ARN: "arn:aws:iam::" + testbed.Owner + ":root", UserID: testbed.Owner}
	server := httptest.NewServer(awsapi.NewServer(awsapi.Config{
		Services: []api.Service{bed.Redshift}, Keys: key, Now: bed.Clock.Now, Audit: record.Record,
	}))
	b.Cleanup(server.Close)
	server.Client().Transport.(*http.Transport).MaxIdleConnsPerHost = 64
	signer := sigv4.Signer{AccessKeyID: key.ID, Secret: key.Secret, Region: testbed.Region, Service: "redshift"}
	return func(form string) {
		form += "&Version=2012-12-01"
		r, err := http.NewRequest(http.MethodPost, server.URL, strings.NewReader(form))
		if err != nil {
			b.Error(err)
			return
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if err := signer.Sign(r, []byte(form), bed.Clock.Now()); err != nil {
			b.Error(err)
			return
		}
		response, err := server.Client().Do(r)
		if err != nil {
			b.Error(err)
			return
		}
		defer response.Body.Close()
		if answer, err := io.ReadAll(response.Body); err != nil || response.StatusCode != http.StatusOK {
			b.Errorf("%s: %d %v %.300s", form, response.StatusCode, err, answer)
		}
	}
}

// crowded is a bed with so many snapshots: one that was taken, and copies of its record.
func crowded(b *testing.B, count int) *testbed.Bed {
	b.Helper()
	bed := testbed.New(b, testbed.Config{})
	createCluster(bed, "sales")
	bed.AwaitCluster(testbed.Owner, "sales", "available")
	bed.Must(testbed.Owner, "CreateClusterSnapshot", "ClusterIdentifier=sales", "SnapshotIdentifier=monday")
	bed.AwaitSnapshot(testbed.Owner, "monday", "available")
	copySnapshot(b, bed, count-1)
	return bed
}

func copySnapshot(b *testing.B, bed *testbed.Bed, count int) {
	b.Helper()
	type body = map[string]any
	taken := meta.Records[body]{Kind: "snapshot"}
	copies := meta.Records[body]{Kind: "snapshot", Index: func(s body) []meta.Entry {
		return []meta.Entry{
			{Name: "identifier", Value: s["Identifier"].(string)}, {Name: "cluster", Value: "sales"}, {Name: "cluster key", Value: s["ClusterKey"].(string)},
			{Name: "type", Value: "manual"}, {Name: "scope", Value: s["Scope"].(string)},
		}
	}}
	copies.Order = func(key meta.Key, s body) []meta.Entry {
		taken, err := time.Parse(time.RFC3339, s["Taken"].(string))
		if err != nil {
			b.Fatal(err)
		}
		return []meta.Entry{{Name: "created in " + key.Account + "/" + key.Region, Value: fmt.Sprintf("%016x", taken.UnixNano())}}
	}
	err := bed.Store.Update(context.Background(), func(tx *meta.Tx) error {
		found, err := taken.List(tx, meta.Query{Account: testbed.Owner, Region: testbed.Region})
		if err != nil {
			return err
		}
		for i := range count {
			next := found[0]
			next.ID += fmt.Sprintf("-%05d", i)
			next.Body["Identifier"] = fmt.Sprintf("monday-%05d", i)
			if _, err := copies.Insert(tx, next.Key, next.Body); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkDescribeSnapshots is the first page of 100, as a client sees it.
func BenchmarkDescribeSnapshots(b *testing.B) {
	for _, count := range []int{100, 10_000} {
		bed := crowded(b, count)
		ask := doorOf(b, bed)
		for name, filter := range map[string]string{
			"all": "", "cluster": "&ClusterIdentifier=sales", "type": "&SnapshotType=manual", "one": "&SnapshotIdentifier=monday",
			"since": "&StartTime=2026-01-05T00:00:00Z", "after all": "&StartTime=2027-01-05T00:00:00Z", "tag": "&TagKeys.TagKey.1=none",
			"exists": "&ClusterIdentifier=sales&ClusterExists=true",
		} {
			b.Run(fmt.Sprintf("%d/%s", count, name), func(b *testing.B) {
				for b.Loop() {
					ask("Action=DescribeClusterSnapshots&MaxRecords=100" + filter)
				}
			})
		}
	}
}

// BenchmarkShare authorises and revokes an account, from 16 clients, each with its own snapshot.
func BenchmarkShare(b *testing.B) {
	for _, count := range []int{100, 10_000} {
		bed := crowded(b, count)
		ask := doorOf(b, bed)
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			var clients atomic.Int64
			b.SetParallelism(8)
			b.RunParallel(func(bench *testing.PB) {
				form := fmt.Sprintf("&SnapshotIdentifier=monday-%05d&AccountWithRestoreAccess=%s", clients.Add(1), testbed.Consumer)
				for bench.Next() {
					ask("Action=AuthorizeSnapshotAccess" + form)
					ask("Action=RevokeSnapshotAccess" + form)
				}
			})
		})
	}
}
