package redshifttest_test

import (
	"fmt"
	"testing"

	"slipher/internal/api/redshift"
	"slipher/internal/testbed"
	"slipher/internal/warehouse/placement"
	"slipher/internal/warehouse/state"
)

// TestNodeOptionsPages reads all pages, and restores to some of what they list.
func TestNodeOptionsPages(t *testing.T) {
	t.Parallel()
	bed := testbed.New(t, testbed.Config{Limits: state.Limits{Nodes: 1000}})
	bed.RunClock()
	bed.Must(testbed.Owner, "CreateCluster", "ClusterIdentifier=sales", "NodeType=ra3.large", "NumberOfNodes=2", "MasterUsername=awsuser", "MasterUserPassword="+testbed.Password)
	bed.AwaitCluster(testbed.Owner, "sales", "available")
	bed.CreateSnapshot(testbed.Owner, "sales", "monday")
	seen := map[string]int{}
	marker := ""
	for page := 0; page == 0 || marker != ""; page++ {
		answer := bed.Must(testbed.Owner, "DescribeNodeConfigurationOptions", "ActionType=restore-cluster", "SnapshotIdentifier=monday",
			"MaxRecords=100", "Marker="+marker).(*redshift.NodeConfigurationOptionsMessage)
		marker = answer.Marker
		for at, option := range answer.NodeConfigurationOptionList {
			seen[option.NodeType]++
			if at == 0 {
				bed.Must(testbed.Owner, "RestoreFromClusterSnapshot", fmt.Sprintf("ClusterIdentifier=copy%d", page), "SnapshotIdentifier=monday",
					"NodeType="+option.NodeType, fmt.Sprintf("NumberOfNodes=%d", option.NumberOfNodes))
			}
		}
	}
	want := map[string]int{"ra3.large": 16, "ra3.xlplus": 16, "ra3.4xlarge": 31, "ra3.16xlarge": 127, "rg.xlarge": 15, "rg.4xlarge": 31}
	if fmt.Sprint(seen) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", seen, want)
	}
}

// TestRestoreKeepsPort has so many clusters on one host that the last has a port which nobody may ask for.
func TestRestoreKeepsPort(t *testing.T) {
	t.Parallel()
	bed := testbed.New(t, testbed.Config{Addresses: placement.Addresses{AdvertiseHost: "127.0.0.1"}})
	bed.RunClock()
	last := ""
	for number := range 51 {
		last = fmt.Sprintf("sales%d", number)
		bed.Must(testbed.Owner, "CreateCluster", "ClusterIdentifier="+last, "NodeType=ra3.large", "MasterUsername=awsuser", "MasterUserPassword="+testbed.Password)
	}
	bed.AwaitCluster(testbed.Owner, last, "available")
	if port := bed.Cluster(testbed.Owner, last).Endpoint.Port; port != 8216 {
		t.Errorf("the 51st cluster is on port %d", port)
	}
	bed.CreateSnapshot(testbed.Owner, last, "monday")
	bed.Must(testbed.Owner, "RestoreFromClusterSnapshot", "ClusterIdentifier=copy", "SnapshotIdentifier=monday")
	bed.AwaitCluster(testbed.Owner, "copy", "available")
}
