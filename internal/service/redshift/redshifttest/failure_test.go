package redshifttest_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"slipher/internal/api/redshift"
	"slipher/internal/testbed"
	"slipher/internal/warehouse/placement"
	"slipher/internal/warehouse/state"
)

var errPassing = errors.New("the disk is full for a moment")

func failTimes(bed *testbed.Bed, call string, times int) {
	for range times {
		bed.Nodes.Fail(call, errPassing)
	}
}

func createCluster(bed *testbed.Bed, identifier string) {
	bed.Must(testbed.Owner, "CreateCluster", "ClusterIdentifier="+identifier, "NodeType=ra3.large", "MasterUsername=awsuser", "MasterUserPassword="+testbed.Password)
}

// TestPassingFailures has every kind of work fail a few times and then succeed.
func TestPassingFailures(t *testing.T) {
	t.Parallel()
	bed := testbed.New(t, testbed.Config{})
	bed.RunClock()
	for _, call := range []string{"start", "open", "restore", "save", "credentials", "reboot", "stop", "remove"} {
		failTimes(bed, call, 3)
	}
	story(t, bed)
}

// TestLastingFailures has work fail until it is given up.
func TestLastingFailures(t *testing.T) {
	t.Parallel()
	limits := state.Limits{Attempts: 3}
	t.Run("of_a_save", func(t *testing.T) {
		t.Parallel()
		bed := shared(t, testbed.Config{Limits: limits})
		bed.RunClock()
		failTimes(bed, "save", 3)
		bed.Must(testbed.Owner, "CreateClusterSnapshot", "ClusterIdentifier=sales", "SnapshotIdentifier=monday")
		bed.AwaitSnapshot(testbed.Owner, "monday", "failed")
		bed.CreateSnapshot(testbed.Owner, "sales", "tuesday")
	})
	t.Run("of_a_first_start", func(t *testing.T) {
		t.Parallel()
		bed := testbed.New(t, testbed.Config{Limits: limits})
		bed.RunClock()
		failTimes(bed, "start", 3)
		createCluster(bed, "sales")
		bed.AwaitCluster(testbed.Owner, "sales", "hardware-failure")
		bed.Must(testbed.Owner, "RebootCluster", "ClusterIdentifier=sales")
		bed.AwaitCluster(testbed.Owner, "sales", "available")
	})
	t.Run("of_a_restore", func(t *testing.T) {
		t.Parallel()
		bed := shared(t, testbed.Config{Limits: limits}, "monday")
		bed.RunClock()
		failTimes(bed, "open", 3)
		bed.Must(testbed.Owner, "RestoreFromClusterSnapshot", "ClusterIdentifier=copy", "SnapshotIdentifier=monday")
		bed.AwaitCluster(testbed.Owner, "copy", "incompatible-restore")
		bed.Must(testbed.Owner, "DeleteClusterSnapshot", "SnapshotIdentifier=monday")
		bed.Await("the failed restore to let go of the snapshot's data", func() bool { return len(bed.Stored()) == 0 })
	})
	t.Run("of_a_restore_whose_cluster_is_in_use", func(t *testing.T) {
		t.Parallel()
		bed := shared(t, testbed.Config{Limits: limits}, "monday")
		bed.RunClock()
		failTimes(bed, "restore", 5)
		bed.Must(testbed.Owner, "RestoreFromClusterSnapshot", "ClusterIdentifier=copy", "SnapshotIdentifier=monday")
		bed.AwaitCluster(testbed.Owner, "copy", "available")
		bed.AwaitRestore(testbed.Owner, "copy", "completed")
		wantRows(t, bed, testbed.Owner, "copy", rows(1000, "sales"))
	})
	t.Run("of_a_node_that_ran_before", func(t *testing.T) {
		t.Parallel()
		bed := shared(t, testbed.Config{Limits: limits})
		bed.RunClock()
		failTimes(bed, "start", 5)
		bed.Restart()
		key := bed.Key(testbed.Owner, "sales")
		bed.Await("the node to be back in the end", func() bool { _, open := bed.Nodes.Serves(key); return open })
		wantRows(t, bed, testbed.Owner, "sales", rows(1000, "sales"))
	})
}

// TestAddressTaken has another program sit where a new cluster was to be.
func TestAddressTaken(t *testing.T) {
	t.Parallel()
	for name, addresses := range map[string]placement.Addresses{"own_address": {}, "own_port": {AdvertiseHost: "db.example.com"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bed := testbed.New(t, testbed.Config{Addresses: addresses})
			bed.RunClock()
			failTimes(bed, "start", 2)
			var tried []string
			bed.Nodes.Watch(func(_ context.Context, step testbed.Step) error {
				if step.Call == "start" && !step.After {
					tried = append(tried, step.Address)
				}
				return nil
			})
			createCluster(bed, "sales")
			shown := endpoint(bed, "sales")
			spec, _ := bed.Nodes.Serves(bed.Key(testbed.Owner, "sales"))
			if len(tried) < 3 || tried[0] == tried[1] || tried[1] == tried[2] {
				t.Errorf("tried %v, want another one each time", tried)
			}
			if spec.Port != shown.Port || addresses.AdvertiseHost == "" && spec.Address != shown.Address {
				t.Errorf("the node is at %s:%d, the endpoint says %s:%d", spec.Address, spec.Port, shown.Address, shown.Port)
			}
		})
	}
}

func TestEndpoints(t *testing.T) {
	t.Parallel()
	t.Run("one_address_each", func(t *testing.T) {
		t.Parallel()
		bed := testbed.New(t, testbed.Config{})
		createCluster(bed, "one")
		createCluster(bed, "two")
		one, two := endpoint(bed, "one"), endpoint(bed, "two")
		if one.Port != 5439 || two.Port != 5439 || one.Address == two.Address {
			t.Errorf("the endpoints are %+v and %+v, want two addresses with port 5439", one, two)
		}
	})
	t.Run("one_port_each", func(t *testing.T) {
		t.Parallel()
		bed := testbed.New(t, testbed.Config{Addresses: placement.Addresses{AdvertiseHost: "db.example.com"}})
		createCluster(bed, "one")
		createCluster(bed, "two")
		one, two := endpoint(bed, "one"), endpoint(bed, "two")
		if one.Port != 5439 || two.Port != 5431 || one.Address != "db.example.com" || two.Address != "db.example.com" {
			t.Errorf("the endpoints are %+v and %+v, want the advertised host with ports 5439 and 5431", one, two)
		}
		spec, _ := bed.Nodes.Serves(bed.Key(testbed.Owner, "one"))
		if spec.Address != "" {
			t.Errorf("the node listens on %q, want all addresses", spec.Address)
		}
	})
}

func endpoint(bed *testbed.Bed, identifier string) redshift.Endpoint {
	bed.AwaitCluster(testbed.Owner, identifier, "available")
	return *bed.Cluster(testbed.Owner, identifier).Endpoint
}

// TestBandwidth shares 1,000 bytes a second among the transfers that run.
func TestBandwidth(t *testing.T) {
	t.Parallel()
	bed := testbed.New(t, testbed.Config{Bandwidth: 1000})
	bed.CreateCluster(testbed.Owner, "one", rows(1000, "one"))
	bed.CreateCluster(testbed.Owner, "two", rows(1000, "two"))
	one, two := bed.Key(testbed.Owner, "one"), bed.Key(testbed.Owner, "two")
	share := func(cluster string, want int64) {
		t.Helper()
		if got := bed.Nodes.Share(cluster); got != want {
			t.Errorf("the share is %d, want %d", got, want)
		}
	}
	first := bed.Hold("save")
	bed.Must(testbed.Owner, "CreateClusterSnapshot", "ClusterIdentifier=one", "SnapshotIdentifier=s1")
	first.Reached(bed)
	share(one, 1000)
	second := bed.Hold("save")
	bed.Must(testbed.Owner, "CreateClusterSnapshot", "ClusterIdentifier=two", "SnapshotIdentifier=s2")
	second.Reached(bed)
	share(one, 500)
	share(two, 500)
	first.Release()
	bed.AwaitSnapshot(testbed.Owner, "s1", "available")
	bed.Await("the second to have all", func() bool { return bed.Nodes.Share(two) == 1000 })
	second.Release()
	bed.AwaitSnapshot(testbed.Owner, "s2", "available")
}

// TestSavesOfManyClustersTakeTurns lets one snapshot run at a time: the second waits, with nothing done, until the first has ended.
func TestSavesOfManyClustersTakeTurns(t *testing.T) {
	t.Parallel()
	bed := testbed.New(t, testbed.Config{Bandwidth: 1000, Limits: state.Limits{Saves: 1}})
	bed.CreateCluster(testbed.Owner, "one", rows(1000, "one"))
	bed.CreateCluster(testbed.Owner, "two", rows(1000, "two"))
	hold := bed.Hold("save")
	bed.Must(testbed.Owner, "CreateClusterSnapshot", "ClusterIdentifier=one", "SnapshotIdentifier=first")
	hold.Reached(bed)
	later := bed.Hold("save")
	bed.Must(testbed.Owner, "CreateClusterSnapshot", "ClusterIdentifier=two", "SnapshotIdentifier=second")
	// By the time that these clusters are there, their jobs have overtaken the snapshot's, which waits.
	for _, cluster := range []string{"three", "four", "five"} {
		bed.CreateCluster(testbed.Owner, cluster, rows(10, cluster))
	}
	second := bed.Snapshot(testbed.Owner, "second")
	if second.Status != "creating" || second.CurrentBackupRateInMegaBytesPerSecond != 0 || second.BackupProgressInMegaBytes != 0 {
		t.Errorf("the second snapshot is %s with %v MB, want it to wait", second.Status, second.BackupProgressInMegaBytes)
	}
	if share := bed.Nodes.Share(bed.Key(testbed.Owner, "one")); share != 1000 {
		t.Errorf("the first save may use %d bytes a second, want all 1,000: the second has begun beside it", share)
	}
	hold.Release()
	later.Reached(bed)
	later.Release()
	bed.AwaitSnapshot(testbed.Owner, "first", "available")
	bed.AwaitSnapshot(testbed.Owner, "second", "available")
}

// TestSavesOfOneClusterTakeTurns holds one snapshot while another is asked for and a third is deleted: saves of a cluster take
// turns, and a sweep gives way.
func TestSavesOfOneClusterTakeTurns(t *testing.T) {
	t.Parallel()
	bed := shared(t, testbed.Config{}, "old")
	hold := bed.Hold("save")
	bed.Must(testbed.Owner, "CreateClusterSnapshot", "ClusterIdentifier=sales", "SnapshotIdentifier=first")
	hold.Reached(bed)
	bed.Must(testbed.Owner, "CreateClusterSnapshot", "ClusterIdentifier=sales", "SnapshotIdentifier=second")
	bed.Must(testbed.Owner, "DeleteClusterSnapshot", "SnapshotIdentifier=old")
	if err := bed.Nodes.Write(bed.Key(testbed.Owner, "sales"), rows(1000, "later")); err != nil {
		t.Fatal(err)
	}
	hold.Release()
	bed.AwaitSnapshot(testbed.Owner, "first", "available")
	bed.AwaitSnapshot(testbed.Owner, "second", "available")
	bed.RunClock() // it may have to come by itself
	bed.Await("the sweep that gave way to come again", func() bool { return manifests(bed) == 2 })
	for cluster, seed := range map[string]string{"first": "sales", "second": "later"} {
		bed.Must(testbed.Owner, "RestoreFromClusterSnapshot", "ClusterIdentifier="+cluster, "SnapshotIdentifier="+cluster)
		bed.AwaitCluster(testbed.Owner, cluster, "available")
		wantRows(t, bed, testbed.Owner, cluster, rows(1000, seed))
	}
}

func manifests(bed *testbed.Bed) (count int) {
	for _, name := range bed.Stored() {
		if strings.Contains(name, "/manifests/") {
			count++
		}
	}
	return count
}

// TestPasswordDuringSave changes the password while a long save runs: it must not wait for the save.
func TestPasswordDuringSave(t *testing.T) {
	t.Parallel()
	bed := shared(t, testbed.Config{})
	key := bed.Key(testbed.Owner, "sales")
	before := bed.Nodes.Verifier(key)
	hold := bed.Hold("save")
	bed.Must(testbed.Owner, "CreateClusterSnapshot", "ClusterIdentifier=sales", "SnapshotIdentifier=monday")
	hold.Reached(bed)
	bed.Must(testbed.Owner, "ModifyCluster", "ClusterIdentifier=sales", "MasterUserPassword=Changed99")
	bed.Await("the new password", func() bool { return bed.Nodes.Verifier(key) != before })
	hold.Release()
	bed.AwaitSnapshot(testbed.Owner, "monday", "available")
}

// TestEventsAreKeptForTwoWeeks lets time pass.
func TestEventsAreKeptForTwoWeeks(t *testing.T) {
	t.Parallel()
	bed := shared(t, testbed.Config{}, "monday")
	count := func(parameters ...string) int {
		return len(bed.Must(testbed.Owner, "DescribeEvents", parameters...).(*redshift.EventsMessage).Events)
	}
	if got := count(); got != 3 {
		t.Fatalf("%d events, want those of the cluster's creation and of the snapshot's start and end", got)
	}
	bed.Clock.Advance(2 * time.Hour)
	if got := count(); got != 0 {
		t.Errorf("%d events within the last hour, want none", got)
	}
	if got := count("Duration=180"); got != 3 {
		t.Errorf("%d events within three hours, want 3", got)
	}
	if got := count("Duration=180", "SourceType=cluster-snapshot", "SourceIdentifier=MONDAY"); got != 2 {
		t.Errorf("%d events of the snapshot, want 2", got)
	}
	if got := count("StartTime=2026-01-05T09:00:00Z", "EndTime=2026-01-05T09:59:59Z"); got != 0 {
		t.Errorf("%d events before the cluster was there", got)
	}
	bed.Clock.Advance(14 * 24 * time.Hour)
	if got := count("Duration=20160"); got != 0 {
		t.Errorf("%d events after two weeks, want none", got)
	}
	for _, refused := range []string{"Duration=0", "Duration=20161", "MaxRecords=5", "Marker=x", "SourceType=table"} {
		_, err := bed.Call(testbed.Owner, "DescribeEvents", refused)
		wantFault(t, err, "InvalidParameterValue")
	}
	_, err := bed.Call(testbed.Owner, "DescribeEvents", "SourceIdentifier=sales")
	wantFault(t, err, "InvalidParameterCombination")
}

// TestResumeWaitsForSockets wants every running cluster's node started when Resume returns, and no other.
func TestResumeWaitsForSockets(t *testing.T) {
	t.Parallel()
	bed := shared(t, testbed.Config{})
	createCluster(bed, "rests")
	bed.AwaitCluster(testbed.Owner, "rests", "available")
	bed.Must(testbed.Owner, "PauseCluster", "ClusterIdentifier=rests")
	bed.AwaitCluster(testbed.Owner, "rests", "paused")
	running, resting := bed.Key(testbed.Owner, "sales"), bed.Key(testbed.Owner, "rests")
	started := map[string]bool{}
	bed.Nodes.Watch(func(_ context.Context, step testbed.Step) error {
		if step.Call == "open" {
			return errPassing // only Resume's own part shows
		}
		return nil
	})
	bed.Restart()
	for _, step := range bed.Nodes.Steps() {
		started[step.Cluster] = true
	}
	if spec, _ := bed.Nodes.Serves(running); spec.Port == 0 {
		t.Error("the running cluster's node was not started")
	}
	if spec, _ := bed.Nodes.Serves(resting); spec.Port != 0 {
		t.Error("the paused cluster's node was started")
	}
}
