package redshifttest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"slipher/internal/api/redshift"
	"slipher/internal/testbed"
	"slipher/internal/warehouse/state"
)

const serverless = "arn:aws:redshift-serverless:us-east-1:111111111111:snapshot/8f6c2e9a"

func snapshotARN(account, name string) string {
	return "arn:aws:redshift:" + testbed.Region + ":" + account + ":snapshot:" + name
}

// shared is a bed where the owner's cluster "sales" has the snapshots named.
func shared(t *testing.T, config testbed.Config, snapshots ...string) *testbed.Bed {
	t.Helper()
	bed := testbed.New(t, config)
	bed.CreateCluster(testbed.Owner, "sales", rows(1000, "sales"))
	for _, snapshot := range snapshots {
		bed.CreateSnapshot(testbed.Owner, "sales", snapshot)
	}
	return bed
}

func authorize(bed *testbed.Bed, snapshot, account string) error {
	_, err := bed.Call(testbed.Owner, "AuthorizeSnapshotAccess", "SnapshotIdentifier="+snapshot, "AccountWithRestoreAccess="+account)
	return err
}

func revoke(bed *testbed.Bed, snapshot, account string) error {
	_, err := bed.Call(testbed.Owner, "RevokeSnapshotAccess", "SnapshotIdentifier="+snapshot, "AccountWithRestoreAccess="+account)
	return err
}

func access(bed *testbed.Bed, snapshot string) []string {
	var accounts []string
	for _, account := range bed.Snapshot(testbed.Owner, snapshot).AccountsWithRestoreAccess {
		accounts = append(accounts, account.AccountId+account.AccountAlias)
	}
	return accounts
}

func wantFault(t *testing.T, err error, code string) {
	t.Helper()
	if !testbed.IsFault(err, code) {
		t.Errorf("got %v, want %s", err, code)
	}
}

func account(number int) string { return fmt.Sprintf("%012d", 300000000000+number) }

// TestAuthorizeSnapshotAccess reaches each fault that the model declares, and the common ones, in the order of the decisions.
func TestAuthorizeSnapshotAccess(t *testing.T) {
	t.Parallel()
	bed := shared(t, testbed.Config{}, "monday")
	for _, test := range []struct {
		name, code string
		parameters []string
	}{
		{"without_an_account", "MissingParameter", []string{"SnapshotIdentifier=monday"}},
		{"without_a_snapshot", "InvalidParameterCombination", []string{"AccountWithRestoreAccess=222222222222"}},
		{"with_two_names", "InvalidParameterCombination", []string{"SnapshotIdentifier=monday", "SnapshotArn=" + snapshotARN(testbed.Owner, "sales/monday"), "AccountWithRestoreAccess=222222222222"}},
		{"with_a_bad_account", "InvalidParameterValue", []string{"SnapshotIdentifier=monday", "AccountWithRestoreAccess=22222222222"}},
		{"with_a_bad_arn", "InvalidParameterValue", []string{"SnapshotArn=monday", "AccountWithRestoreAccess=222222222222"}},
		{"of_no_snapshot", "ClusterSnapshotNotFound", []string{"SnapshotIdentifier=tuesday", "AccountWithRestoreAccess=222222222222"}},
		{"of_another_cluster", "ClusterSnapshotNotFound", []string{"SnapshotIdentifier=monday", "SnapshotClusterIdentifier=other", "AccountWithRestoreAccess=222222222222"}},
		{"of_another_account", "ClusterSnapshotNotFound", []string{"SnapshotArn=" + snapshotARN(testbed.Consumer, "sales/monday"), "AccountWithRestoreAccess=333333333333"}},
		{"of_redshift_serverless", "UnsupportedOperation", []string{"SnapshotArn=" + serverless, "AccountWithRestoreAccess=222222222222"}},
		{"with_the_owner", "InvalidParameterValue", []string{"SnapshotIdentifier=monday", "AccountWithRestoreAccess=" + testbed.Owner}},
	} {
		t.Run("refuses_"+test.name, func(t *testing.T) {
			_, err := bed.Call(testbed.Owner, "AuthorizeSnapshotAccess", test.parameters...)
			wantFault(t, err, test.code)
		})
	}
	t.Run("takes_an_arn", func(t *testing.T) {
		bed.Must(testbed.Owner, "AuthorizeSnapshotAccess", "SnapshotArn="+snapshotARN(testbed.Owner, "sales/monday"), "SnapshotClusterIdentifier=sales", "AccountWithRestoreAccess=222222222222")
		if got := access(bed, "monday"); !slices.Equal(got, []string{testbed.Consumer}) {
			t.Errorf("shared with %v", got)
		}
	})
	t.Run("refuses_the_same_twice", func(t *testing.T) {
		wantFault(t, authorize(bed, "monday", testbed.Consumer), "AuthorizationAlreadyExists")
	})
	t.Run("refuses_who_it_is_shared_with", func(t *testing.T) {
		_, err := bed.Call(testbed.Consumer, "AuthorizeSnapshotAccess", "SnapshotArn="+snapshotARN(testbed.Owner, "sales/monday"), "AccountWithRestoreAccess=333333333333")
		wantFault(t, err, "ClusterSnapshotNotFound")
	})
	t.Run("refuses_while_creating", func(t *testing.T) {
		hold := bed.Hold("save")
		bed.Must(testbed.Owner, "CreateClusterSnapshot", "ClusterIdentifier=sales", "SnapshotIdentifier=tuesday")
		hold.Reached(bed)
		wantFault(t, authorize(bed, "tuesday", testbed.Consumer), "InvalidClusterSnapshotState")
		hold.Release()
		bed.AwaitSnapshot(testbed.Owner, "tuesday", "available")
	})
}

func TestRevokeSnapshotAccess(t *testing.T) {
	t.Parallel()
	bed := shared(t, testbed.Config{}, "monday")
	if err := authorize(bed, "monday", testbed.Consumer); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, code, caller string
		parameters         []string
	}{
		{"without_an_account", "MissingParameter", testbed.Owner, []string{"SnapshotIdentifier=monday"}},
		{"without_a_snapshot", "InvalidParameterCombination", testbed.Owner, []string{"AccountWithRestoreAccess=222222222222"}},
		{"with_a_bad_account", "InvalidParameterValue", testbed.Owner, []string{"SnapshotIdentifier=monday", "AccountWithRestoreAccess=support"}},
		{"of_no_snapshot", "ClusterSnapshotNotFound", testbed.Owner, []string{"SnapshotIdentifier=tuesday", "AccountWithRestoreAccess=222222222222"}},
		{"of_no_snapshot_by_arn", "ClusterSnapshotNotFound", testbed.Consumer, []string{"SnapshotArn=" + snapshotARN(testbed.Owner, "sales/tuesday"), "AccountWithRestoreAccess=222222222222"}},
		{"by_another_account", "AccessToSnapshotDenied", testbed.Consumer, []string{"SnapshotArn=" + snapshotARN(testbed.Owner, "sales/monday"), "AccountWithRestoreAccess=222222222222"}},
		{"by_another_account_by_name", "ClusterSnapshotNotFound", testbed.Consumer, []string{"SnapshotIdentifier=monday", "AccountWithRestoreAccess=222222222222"}},
		{"of_redshift_serverless", "UnsupportedOperation", testbed.Owner, []string{"SnapshotArn=" + serverless, "AccountWithRestoreAccess=222222222222"}},
		{"who_was_never_authorized", "AuthorizationNotFound", testbed.Owner, []string{"SnapshotIdentifier=monday", "AccountWithRestoreAccess=333333333333"}},
		{"the_owner", "InvalidParameterValue", testbed.Owner, []string{"SnapshotIdentifier=monday", "AccountWithRestoreAccess=" + testbed.Owner}},
	} {
		t.Run("refuses_"+test.name, func(t *testing.T) {
			_, err := bed.Call(test.caller, "RevokeSnapshotAccess", test.parameters...)
			wantFault(t, err, test.code)
		})
	}
	t.Run("refuses_the_same_twice", func(t *testing.T) {
		if err := revoke(bed, "monday", testbed.Consumer); err != nil {
			t.Fatal(err)
		}
		wantFault(t, revoke(bed, "monday", testbed.Consumer), "AuthorizationNotFound")
		if got := access(bed, "monday"); got != nil {
			t.Errorf("shared with %v after the revoke", got)
		}
	})
}

func TestSharingQuotas(t *testing.T) {
	t.Parallel()
	t.Run("20_accounts_a_snapshot", func(t *testing.T) {
		t.Parallel()
		bed := shared(t, testbed.Config{}, "monday")
		for i := range 20 {
			if err := authorize(bed, "monday", account(i)); err != nil {
				t.Fatal(err)
			}
		}
		wantFault(t, authorize(bed, "monday", account(20)), "AuthorizationQuotaExceeded")
		wantFault(t, authorize(bed, "monday", account(7)), "AuthorizationAlreadyExists")
		if err := revoke(bed, "monday", account(3)); err != nil {
			t.Fatal(err)
		}
		if err := authorize(bed, "monday", account(20)); err != nil {
			t.Errorf("after a revoke: %v", err)
		}
	})
	t.Run("100_accounts_a_key", func(t *testing.T) {
		t.Parallel()
		snapshots := []string{"s0", "s1", "s2", "s3", "s4", "s5"}
		bed := shared(t, testbed.Config{}, snapshots...)
		for i := range 100 {
			if err := authorize(bed, snapshots[i%5], account(i)); err != nil {
				t.Fatal(err)
			}
		}
		wantFault(t, authorize(bed, "s5", account(0)), "AuthorizationQuotaExceeded")
		if err := revoke(bed, "s2", account(2)); err != nil {
			t.Fatal(err)
		}
		if err := authorize(bed, "s5", account(0)); err != nil {
			t.Errorf("after a revoke: %v", err)
		}
	})
	t.Run("grants_of_a_key", func(t *testing.T) {
		t.Parallel()
		bed := shared(t, testbed.Config{GrantLimit: 1}, "monday")
		if err := authorize(bed, "monday", account(0)); err != nil {
			t.Fatal(err)
		}
		wantFault(t, authorize(bed, "monday", account(1)), "LimitExceededFault")
		if got := access(bed, "monday"); len(got) != 1 {
			t.Errorf("shared with %v although the key refused", got)
		}
		if err := revoke(bed, "monday", account(0)); err != nil {
			t.Fatal(err)
		}
		if err := authorize(bed, "monday", account(1)); err != nil {
			t.Errorf("after a revoke had retired the grant: %v", err)
		}
	})
	t.Run("requests_to_keys", func(t *testing.T) {
		t.Parallel()
		bed := shared(t, testbed.Config{RequestsPerSecond: 1}, "monday")
		if err := authorize(bed, "monday", account(0)); err != nil {
			t.Fatal(err)
		}
		wantFault(t, authorize(bed, "monday", account(1)), "DependentServiceRequestThrottlingFault")
	})
}

// TestSnapshotQuota counts final snapshots and copies among the manual ones, and no automated ones.
func TestSnapshotQuota(t *testing.T) {
	t.Parallel()
	bed := shared(t, testbed.Config{Limits: state.Limits{ManualSnapshots: 2}}, "one", "two")
	_, err := bed.Call(testbed.Owner, "CreateClusterSnapshot", "ClusterIdentifier=sales", "SnapshotIdentifier=three")
	wantFault(t, err, "ClusterSnapshotQuotaExceeded")
	_, err = bed.Call(testbed.Owner, "DeleteCluster", "ClusterIdentifier=sales", "FinalClusterSnapshotIdentifier=three")
	wantFault(t, err, "ClusterSnapshotQuotaExceeded")
	bed.Clock.Advance(6 * time.Minute)
	bed.Rest()
	_, err = bed.Call(testbed.Owner, "CopyClusterSnapshot", "SourceSnapshotIdentifier=rs:sales-2026-01-05-10-06-00", "TargetSnapshotIdentifier=three")
	wantFault(t, err, "ClusterSnapshotQuotaExceeded")
	bed.Must(testbed.Owner, "DeleteClusterSnapshot", "SnapshotIdentifier=one")
	bed.Must(testbed.Owner, "CopyClusterSnapshot", "SourceSnapshotIdentifier=rs:sales-2026-01-05-10-06-00", "TargetSnapshotIdentifier=kept")
	_, err = bed.Call(testbed.Owner, "CreateClusterSnapshot", "ClusterIdentifier=sales", "SnapshotIdentifier=three")
	wantFault(t, err, "ClusterSnapshotQuotaExceeded")
	bed.Must(testbed.Owner, "DeleteClusterSnapshot", "SnapshotIdentifier=kept")
	bed.CreateSnapshot(testbed.Owner, "sales", "three")
}

// TestPages walks through many snapshots while others come and go.
func TestPages(t *testing.T) {
	t.Parallel()
	bed := shared(t, testbed.Config{Limits: state.Limits{ManualSnapshots: 100}})
	for i := range 45 {
		bed.Must(testbed.Owner, "CreateClusterSnapshot", "ClusterIdentifier=sales", fmt.Sprintf("SnapshotIdentifier=s%d", i))
	}
	bed.AwaitSnapshot(testbed.Owner, "s44", "available")
	for _, order := range []string{"", "SortingEntities=CREATE_TIME:ASC"} {
		seen := map[string]bool{}
		marker := ""
		for page := 0; page == 0 || marker != ""; page++ {
			parameters := []string{"MaxRecords=20", "Marker=" + marker}
			if order != "" {
				parameters = append(parameters, order)
			}
			answer := bed.Must(testbed.Owner, "DescribeClusterSnapshots", parameters...).(*redshift.SnapshotMessage)
			for _, snapshot := range answer.Snapshots {
				if seen[snapshot.SnapshotIdentifier] {
					t.Errorf("%s is on two pages", snapshot.SnapshotIdentifier)
				}
				seen[snapshot.SnapshotIdentifier] = true
			}
			marker = answer.Marker
			if page > 3 {
				t.Fatal("the pages do not end")
			}
		}
		if len(seen) != 45 {
			t.Errorf("%d snapshots on all pages with %q, want 45", len(seen), order)
		}
	}
	t.Run("a_marker_of_another_list", func(t *testing.T) {
		answer := bed.Must(testbed.Owner, "DescribeClusterSnapshots", "MaxRecords=20").(*redshift.SnapshotMessage)
		_, err := bed.Call(testbed.Owner, "DescribeClusters", "Marker="+answer.Marker)
		wantFault(t, err, "InvalidParameterValue")
	})
	t.Run("deleted_marker", func(t *testing.T) {
		answer := bed.Must(testbed.Owner, "DescribeClusterSnapshots", "MaxRecords=20").(*redshift.SnapshotMessage)
		last := answer.Snapshots[19].SnapshotIdentifier
		bed.AwaitSnapshot(testbed.Owner, last, "available")
		bed.Must(testbed.Owner, "DeleteClusterSnapshot", "SnapshotIdentifier="+last)
		next := bed.Must(testbed.Owner, "DescribeClusterSnapshots", "MaxRecords=20", "Marker="+answer.Marker).(*redshift.SnapshotMessage)
		if got := next.Snapshots[0].SnapshotIdentifier; !strings.HasPrefix(got, "s20") {
			t.Errorf("the page after %s begins with %s, want s20", last, got)
		}
	})
}

// BenchmarkAuthorizeAndRevoke is a pair of both, on disk and durable, without HTTP.
func BenchmarkAuthorizeAndRevoke(b *testing.B) {
	bed := testbed.New(b, testbed.Config{})
	bed.CreateCluster(testbed.Owner, "sales", rows(1000, "sales"))
	bed.CreateSnapshot(testbed.Owner, "sales", "monday")
	for b.Loop() {
		if err := authorize(bed, "monday", testbed.Consumer); err != nil {
			b.Fatal(err)
		}
		if err := revoke(bed, "monday", testbed.Consumer); err != nil {
			b.Fatal(err)
		}
	}
}
