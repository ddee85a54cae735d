package control

import (
	"strings"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
)

// nodeType is what Redshift says of a kind of node; slipher gives all kinds the same machine.
type nodeType struct {
	name           string
	fewest, most   int   // nodes that a cluster may be created with
	storage        int64 // megabytes of one node
	singleStorage  int64 // megabytes of a single-node cluster, where that differs
	grows, shrinks int   // by which factors an elastic resize changes the number of nodes at most
}

const terabyte = 1 << 20 // in megabytes

var nodeTypes = []nodeType{
	{name: "ra3.large", fewest: 1, most: 16, storage: 8 * terabyte, singleStorage: terabyte, grows: 2, shrinks: 2},
	{name: "ra3.xlplus", fewest: 1, most: 16, storage: 32 * terabyte, singleStorage: 4 * terabyte, grows: 2, shrinks: 4},
	{name: "ra3.4xlarge", fewest: 2, most: 32, storage: 128 * terabyte, grows: 4, shrinks: 4},
	{name: "ra3.16xlarge", fewest: 2, most: 128, storage: 128 * terabyte, grows: 4, shrinks: 4},
	{name: "rg.xlarge", fewest: 2, most: 16, storage: 32 * terabyte, grows: 2, shrinks: 4},
	{name: "rg.4xlarge", fewest: 2, most: 32, storage: 128 * terabyte, grows: 4, shrinks: 4},
	{name: "dc2.large", fewest: 1, most: 32, storage: 160 * 1024, grows: 2, shrinks: 2},
	{name: "dc2.8xlarge", fewest: 2, most: 128, storage: 2560 * 1024, grows: 2, shrinks: 2},
}

func findNodeType(name string) (nodeType, error) {
	for _, kind := range nodeTypes {
		if kind.name == strings.ToLower(name) {
			return kind, nil
		}
	}
	return nodeType{}, api.InvalidParameterValue("Invalid node type: %s.", name)
}

// local tells the kinds that keep data on their own disks and have other rules for ports and retention.
func (n nodeType) local() bool { return strings.HasPrefix(n.name, "dc2.") }

func (n nodeType) capacity(nodes int) int64 {
	if nodes == 1 && n.singleStorage > 0 {
		return n.singleStorage
	}
	return n.storage * int64(nodes)
}

const (
	singleNode = "single-node"
	multiNode  = "multi-node"
)

// nodeCount reads ClusterType and NumberOfNodes together, since each decides what the other may be.
func (n nodeType) nodeCount(clusterType string, numberOfNodes *int) (int, error) {
	count, err := countNodes(clusterType, numberOfNodes)
	if err != nil {
		return 0, err
	}
	if count < n.fewest {
		return 0, api.InvalidParameterCombination("A cluster of node type %s needs at least %d nodes.", n.name, n.fewest)
	}
	if count > n.most {
		return 0, redshift.NumberOfNodesPerClusterLimitExceeded("A cluster of node type %s has at most %d nodes.", n.name, n.most)
	}
	return count, nil
}

func countNodes(clusterType string, numberOfNodes *int) (int, error) {
	count := 1
	if numberOfNodes != nil {
		count = *numberOfNodes
	}
	switch {
	case clusterType != "" && clusterType != singleNode && clusterType != multiNode:
		return 0, api.InvalidParameterValue("Invalid cluster type. Cluster type can be one of multi-node or single-node")
	case count < 1:
		return 0, api.InvalidParameterValue("NumberOfNodes must be at least 1, not %d.", count)
	case clusterType == singleNode && numberOfNodes != nil:
		return 0, api.InvalidParameterValue("Number of nodes must be not be supplied for cluster type single-node.")
	case clusterType == multiNode && count < 2:
		return 0, api.InvalidParameterCombination("Number of nodes for cluster type multi-node must be greater than or equal to 2")
	}
	return count, nil
}
