package state

import (
	"strings"

	"slipher/internal/api"
	"slipher/internal/warehouse/refusal"
)

// NodeType is what Redshift says of a kind of node; slipher gives all kinds the same machine.
type NodeType struct {
	Name           string
	fewest, most   int   // nodes that a cluster may be created with
	storage        int64 // megabytes of one node
	singleStorage  int64 // megabytes of a single-node cluster, where that differs
	grows, shrinks int   // by which factors an elastic resize changes the number of nodes at most
}

const terabyte = 1 << 20 // in megabytes

var nodeTypes = []NodeType{
	{Name: "ra3.large", fewest: 1, most: 16, storage: 8 * terabyte, singleStorage: terabyte, grows: 2, shrinks: 2},
	{Name: "ra3.xlplus", fewest: 1, most: 16, storage: 32 * terabyte, singleStorage: 4 * terabyte, grows: 2, shrinks: 4},
	{Name: "ra3.4xlarge", fewest: 2, most: 32, storage: 128 * terabyte, grows: 4, shrinks: 4},
	{Name: "ra3.16xlarge", fewest: 2, most: 128, storage: 128 * terabyte, grows: 4, shrinks: 4},
	{Name: "rg.xlarge", fewest: 2, most: 16, storage: 32 * terabyte, grows: 2, shrinks: 4},
	{Name: "rg.4xlarge", fewest: 2, most: 32, storage: 128 * terabyte, grows: 4, shrinks: 4},
	{Name: "dc2.large", fewest: 1, most: 32, storage: 160 * 1024, grows: 2, shrinks: 2},
	{Name: "dc2.8xlarge", fewest: 2, most: 128, storage: 2560 * 1024, grows: 2, shrinks: 2},
}

// FindNodeType answers a kind by its name, in upper or lower case, or InvalidParameterValue.
func FindNodeType(name string) (NodeType, error) {
	for _, kind := range nodeTypes {
		if kind.Name == strings.ToLower(name) {
			return kind, nil
		}
	}
	return NodeType{}, api.InvalidParameterValue("Invalid node type: %s.", name)
}

// Local tells the kinds that keep data on their own disks and have other rules for ports and retention.
func (n NodeType) Local() bool { return strings.HasPrefix(n.Name, "dc2.") }

// Capacity is the storage of so many nodes, in megabytes. A single node of some kinds has less than its share of more.
func (n NodeType) Capacity(nodes int) int64 {
	if nodes == 1 && n.singleStorage > 0 {
		return n.singleStorage
	}
	return n.storage * int64(nodes)
}

// The values of ClusterType.
const (
	SingleNode = "single-node"
	MultiNode  = "multi-node"
)

// NodeCount reads ClusterType and NumberOfNodes together, since each decides what the other may be.
func (n NodeType) NodeCount(clusterType string, numberOfNodes *int) (int, error) {
	count, err := countNodes(clusterType, numberOfNodes)
	if err != nil {
		return 0, err
	}
	if count < n.fewest {
		return 0, api.InvalidParameterCombination("A cluster of node type %s needs at least %d nodes.", n.Name, n.fewest)
	}
	if count > n.most {
		return 0, refusal.NumberOfNodesPerClusterLimitExceeded.Because("A cluster of node type %s has at most %d nodes.", n.Name, n.most)
	}
	return count, nil
}

func countNodes(clusterType string, numberOfNodes *int) (int, error) {
	count := 1
	if numberOfNodes != nil {
		count = *numberOfNodes
	}
	switch {
	case clusterType != "" && clusterType != SingleNode && clusterType != MultiNode:
		return 0, api.InvalidParameterValue("Invalid cluster type. Cluster type can be one of multi-node or single-node")
	case count < 1:
		return 0, api.InvalidParameterValue("NumberOfNodes must be at least 1, not %d.", count)
	case clusterType == SingleNode && numberOfNodes != nil:
		return 0, api.InvalidParameterValue("Number of nodes must be not be supplied for cluster type single-node.")
	case clusterType == MultiNode && count < 2:
		return 0, api.InvalidParameterCombination("Number of nodes for cluster type multi-node must be greater than or equal to 2")
	}
	return count, nil
}
