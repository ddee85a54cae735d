package redshifttest_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"testing"

	"slipher/internal/testbed"
)

// story does everything that has steps, and checks what came out of it. Await starts the process again when it was ended.
func story(t *testing.T, bed *testbed.Bed) {
	t.Helper()
	content := rows(400_000, "story")
	bed.CreateCluster(testbed.Owner, "sales", content)
	bed.CreateSnapshot(testbed.Owner, "sales", "monday")
	if err := authorize(bed, "monday", testbed.Consumer); err != nil {
		t.Fatal(err)
	}
	bed.Must(testbed.Consumer, "RestoreFromClusterSnapshot", "ClusterIdentifier=copy", "SnapshotIdentifier=monday", "OwnerAccount="+testbed.Owner)
	if err := revoke(bed, "monday", testbed.Consumer); err != nil {
		t.Fatal(err)
	}
	bed.Must(testbed.Owner, "DeleteClusterSnapshot", "SnapshotIdentifier=monday")
	bed.AwaitCluster(testbed.Consumer, "copy", "available")
	wantRows(t, bed, testbed.Consumer, "copy", content)

	bed.Must(testbed.Consumer, "PauseCluster", "ClusterIdentifier=copy")
	bed.AwaitCluster(testbed.Consumer, "copy", "paused")
	bed.Must(testbed.Consumer, "ResumeCluster", "ClusterIdentifier=copy")
	bed.AwaitCluster(testbed.Consumer, "copy", "available")
	bed.Must(testbed.Consumer, "CreateClusterParameterGroup", "ParameterGroupName=fast", "ParameterGroupFamily=redshift-1.0", "Description=x")
	bed.Must(testbed.Consumer, "ModifyClusterParameterGroup", "ParameterGroupName=fast", "Parameters.1.ParameterName=statement_timeout", "Parameters.1.ParameterValue=5000")
	bed.Must(testbed.Consumer, "ModifyCluster", "ClusterIdentifier=copy", "ClusterParameterGroupName=fast")
	bed.Must(testbed.Consumer, "RebootCluster", "ClusterIdentifier=copy")
	bed.AwaitCluster(testbed.Consumer, "copy", "available")
	key := bed.Key(testbed.Consumer, "copy")
	bed.Await("the parameters", func() bool { return bed.Nodes.Parameters(key)["statement_timeout"] == "5000" })
	if status := bed.Cluster(testbed.Consumer, "copy").ClusterParameterGroups[0].ParameterApplyStatus; status != "in-sync" {
		t.Errorf("after a reboot the parameter group is %s", status)
	}
	before := bed.Nodes.Verifier(key)
	bed.Must(testbed.Consumer, "ModifyCluster", "ClusterIdentifier=copy", "MasterUserPassword=Changed99")
	bed.Await("the new password", func() bool {
		now := bed.Nodes.Verifier(key)
		return now != "" && now != before && bed.Cluster(testbed.Consumer, "copy").PendingModifiedValues.MasterUserPassword == ""
	})

	bed.Must(testbed.Owner, "DeleteCluster", "ClusterIdentifier=sales", "FinalClusterSnapshotIdentifier=last")
	bed.AwaitCluster(testbed.Owner, "sales", "gone")
	bed.Must(testbed.Owner, "RestoreFromClusterSnapshot", "ClusterIdentifier=sales", "SnapshotIdentifier=last")
	bed.AwaitCluster(testbed.Owner, "sales", "available")
	wantRows(t, bed, testbed.Owner, "sales", content)
	bed.AwaitRestore(testbed.Owner, "sales", "completed")

	bed.Must(testbed.Owner, "DeleteCluster", "ClusterIdentifier=sales", "SkipFinalClusterSnapshot=true")
	bed.Must(testbed.Consumer, "DeleteCluster", "ClusterIdentifier=copy", "SkipFinalClusterSnapshot=true")
	bed.Must(testbed.Owner, "DeleteClusterSnapshot", "SnapshotIdentifier=last")
	bed.AwaitCluster(testbed.Owner, "sales", "gone")
	bed.AwaitCluster(testbed.Consumer, "copy", "gone")
	bed.Await("the snapshot store to be empty", func() bool { return len(bed.Stored()) == 0 })
	if folders, err := bed.Nodes.Folders(); err != nil || len(folders) > 0 {
		t.Errorf("clusters left folders behind: %v %v", folders, err)
	}
}

func wantRows(t *testing.T, bed *testbed.Bed, account, cluster string, want []byte) {
	t.Helper()
	got, err := bed.Nodes.Read(bed.Key(account, cluster))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("cluster %s has %d bytes that are not the %d it should have", cluster, len(got), len(want))
	}
}

// TestCrash ends the process before or after a step that the nodes take in the story, and wants the same end every time. It tries
// every third of these moments, which alternate between before and after; with SLIPHER_STRESS set, all of them.
func TestCrash(t *testing.T) {
	t.Parallel()
	bed := testbed.New(t, testbed.Config{})
	story(t, bed)
	steps := 2 * len(bed.Nodes.Steps())
	if calls := calls(bed); !slices.Contains(calls, "restore") || !slices.Contains(calls, "reboot") {
		t.Fatalf("the story leaves steps out: %v", calls)
	}
	every := 3
	if os.Getenv("SLIPHER_STRESS") != "" {
		every = 1
	}
	for step := 0; step < steps; step += every {
		t.Run(fmt.Sprintf("at_step_%d", step), func(t *testing.T) {
			t.Parallel()
			bed := testbed.New(t, testbed.Config{})
			bed.CrashAt(step)
			story(t, bed)
		})
	}
}

func calls(bed *testbed.Bed) []string {
	var names []string
	for _, step := range bed.Nodes.Steps() {
		names = append(names, step.Call)
	}
	return names
}
