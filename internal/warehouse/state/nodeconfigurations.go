package state

// NodeConfiguration is a kind of node, and how many nodes of it a cluster has.
type NodeConfiguration struct {
	Kind  NodeType
	Nodes int
}

// FindConfiguration does not ask whether the kind comes in such a number: RestorableTo and NodeCount do.
func FindConfiguration(nodeType string, nodes int) (NodeConfiguration, error) {
	kind, err := FindNodeType(nodeType)
	return NodeConfiguration{kind, nodes}, err
}

// NodeConfigurations are all that a cluster may be created with, by kind and number.
func NodeConfigurations() []NodeConfiguration {
	var all []NodeConfiguration
	for _, kind := range nodeTypes {
		for nodes := kind.fewest; nodes <= kind.most; nodes++ {
			all = append(all, NodeConfiguration{kind, nodes})
		}
	}
	return all
}

// Utilization is how many percent of the storage so much data takes.
func (c NodeConfiguration) Utilization(bytes int64) float64 {
	return 100 * Megabytes(bytes) / float64(c.Kind.Capacity(c.Nodes))
}

// RestorableTo says whether a snapshot of a cluster of this configuration, with so much data, becomes a cluster of another. RestoreFromClusterSnapshot,
// DescribeNodeConfigurationOptions and RestorableNodeTypes all go by it.
func (c NodeConfiguration) RestorableTo(target NodeConfiguration, bytes int64) bool {
	switch {
	case target.Nodes < target.Kind.fewest || target.Nodes > target.Kind.most:
		return false
	case c.Kind.Name == target.Kind.Name && c.Nodes == target.Nodes:
		return true
	case target.Kind.Local() && !c.Kind.Local():
		return false
	case c.Nodes == 1 && !c.Kind.Local(): // a single node of managed storage keeps its kind and its number
		return false
	}
	return target.Utilization(bytes) <= 100
}

// ResizableTo says whether an elastic resize takes a cluster with so much data from one configuration to another: to another number of nodes of the
// same kind, within the kind's factors, and neither from nor to a single node.
func (c NodeConfiguration) ResizableTo(target NodeConfiguration, bytes int64) bool {
	if c.Kind.Name != target.Kind.Name || c.Nodes == target.Nodes || c.Nodes == 1 || target.Nodes == 1 {
		return false
	}
	grows, shrinks := target.Nodes <= c.Nodes*c.Kind.grows, target.Nodes*c.Kind.shrinks >= c.Nodes
	return grows && shrinks && target.Utilization(bytes) <= 100
}

// Megabyte is 2²⁰ bytes, as Redshift counts storage and the sizes of snapshots.
const Megabyte = 1 << 20

// Megabytes are for fields that have a fraction.
func Megabytes(bytes int64) float64 { return float64(bytes) / Megabyte }

// WholeMegabytes rounds up, so that a small snapshot does not seem to be nothing.
func WholeMegabytes(bytes int64) int64 { return (bytes + Megabyte - 1) / Megabyte }
