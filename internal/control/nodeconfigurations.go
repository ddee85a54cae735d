package control

import "slices"

// nodeConfiguration is a kind of node, and how many nodes of it a cluster has.
type nodeConfiguration struct {
	kind  nodeType
	nodes int
}

func findConfiguration(nodeType string, nodes int) (nodeConfiguration, error) {
	kind, err := findNodeType(nodeType)
	return nodeConfiguration{kind, nodes}, err
}

// nodeConfigurations are all that a cluster may be created with, by kind and number.
func nodeConfigurations() []nodeConfiguration {
	var all []nodeConfiguration
	for _, kind := range nodeTypes {
		for nodes := kind.fewest; nodes <= kind.most; nodes++ {
			all = append(all, nodeConfiguration{kind, nodes})
		}
	}
	return all
}

// utilization is how many percent of the storage so much data takes.
func (c nodeConfiguration) utilization(bytes int64) float64 {
	return 100 * megabytes(bytes) / float64(c.kind.capacity(c.nodes))
}

// restorableTo says whether a snapshot of a cluster of this configuration, with so much data, becomes a cluster of another. RestoreFromClusterSnapshot,
// DescribeNodeConfigurationOptions and RestorableNodeTypes all go by it.
func (c nodeConfiguration) restorableTo(target nodeConfiguration, bytes int64) bool {
	switch {
	case target.nodes < target.kind.fewest || target.nodes > target.kind.most:
		return false
	case c.kind.name == target.kind.name && c.nodes == target.nodes:
		return true
	case target.kind.local() && !c.kind.local():
		return false
	case c.nodes == 1 && !c.kind.local(): // a single node of managed storage keeps its kind and its number
		return false
	}
	return target.utilization(bytes) <= 100
}

// resizableTo says whether an elastic resize takes a cluster with so much data from one configuration to another: to another number of nodes of the
// same kind, within the kind's factors, and neither from nor to a single node.
func (c nodeConfiguration) resizableTo(target nodeConfiguration, bytes int64) bool {
	if c.kind.name != target.kind.name || c.nodes == target.nodes || c.nodes == 1 || target.nodes == 1 {
		return false
	}
	grows, shrinks := target.nodes <= c.nodes*c.kind.grows, target.nodes*c.kind.shrinks >= c.nodes
	return grows && shrinks && target.utilization(bytes) <= 100
}

// restorableTypes lists the kinds that a snapshot can be restored to with the number of nodes it has.
func (s snapshot) restorableTypes() []string {
	source, err := findConfiguration(s.Source.NodeType, s.Source.NumberOfNodes)
	if err != nil {
		return []string{}
	}
	names := []string{}
	for _, kind := range nodeTypes {
		if source.restorableTo(nodeConfiguration{kind, source.nodes}, s.TotalBytes) {
			names = append(names, kind.name)
		}
	}
	slices.Sort(names)
	return names
}
