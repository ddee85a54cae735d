package restore

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse/paging"
	"slipher/internal/warehouse/state"
)

// occupied is a configuration and the data in it.
type occupied struct {
	state.NodeConfiguration
	bytes int64
	known bool // how much data it is; of a cluster that does not run it is not
}

func occupiedBy(settings state.Settings, bytes int64, known bool) (occupied, error) {
	found, err := state.FindConfiguration(settings.NodeType, settings.NumberOfNodes)
	return occupied{found, bytes, known}, err
}

// describeNodeOptions answers which nodes a snapshot can be restored to or a cluster resized to, and how full they would be. What it
// answers for restore-cluster is what RestoreFromClusterSnapshot takes.
func (f family) describeNodeOptions(ctx context.Context, caller api.Caller, in *redshift.DescribeNodeConfigurationOptionsMessage) (*redshift.NodeConfigurationOptionsMessage, error) {
	limit, err := paging.CheckSize(in.MaxRecords, 100, 500)
	if err != nil {
		return nil, err
	}
	page, err := paging.Page{Kind: "node configuration options", Limit: limit}.At(in.Marker)
	if err != nil {
		return nil, err
	}
	filter, err := newOptionFilter(in.Filters)
	if err != nil {
		return nil, err
	}
	source, err := f.findOccupied(ctx, caller, in)
	if err != nil {
		return nil, err
	}
	shown := []redshift.NodeConfigurationOption{}
	for _, option := range source.options(in.ActionType) {
		if filter.passes(option) {
			shown = append(shown, option)
		}
	}
	out := &redshift.NodeConfigurationOptionsMessage{}
	out.NodeConfigurationOptionList, out.Marker, err = paging.Cut(shown, page)
	return out, err
}

// findOccupied finds the snapshot or the cluster that is asked for: restores are of snapshots, resizes of clusters, and recommendations of either.
func (f family) findOccupied(ctx context.Context, caller api.Caller, in *redshift.DescribeNodeConfigurationOptionsMessage) (occupied, error) {
	ofSnapshot := in.SnapshotIdentifier != "" || in.SnapshotArn != ""
	switch {
	case in.ActionType == redshift.ActionTypeRestoreCluster, in.ActionType == redshift.ActionTypeRecommendNodeConfig && ofSnapshot:
		return f.occupiedSnapshot(ctx, caller, in)
	case ofSnapshot || in.OwnerAccount != "":
		return occupied{}, api.InvalidParameterCombination("SnapshotIdentifier, SnapshotArn and OwnerAccount go with a snapshot; %s is about a cluster, which ClusterIdentifier names.", in.ActionType)
	case in.ClusterIdentifier == "":
		return occupied{}, api.MissingParameter("The request must contain the parameter ClusterIdentifier")
	}
	return f.occupiedCluster(ctx, caller, in.ClusterIdentifier)
}

func (f family) occupiedSnapshot(ctx context.Context, caller api.Caller, in *redshift.DescribeNodeConfigurationOptionsMessage) (found occupied, err error) {
	located, err := locate(caller, in.SnapshotIdentifier, in.SnapshotArn, in.ClusterIdentifier, in.OwnerAccount)
	if err != nil {
		return found, err
	}
	err = f.store.View(ctx, func(tx *meta.Tx) error {
		source, err := f.warehouse.FindRestorable(tx, caller, located)
		if err != nil {
			return err
		}
		found, err = occupiedBy(source.Body.Source, source.Body.TotalBytes, true)
		return err
	})
	return found, err
}

func (f family) occupiedCluster(ctx context.Context, caller api.Caller, identifier string) (occupied, error) {
	size, err := f.warehouse.DataOf(ctx, caller, identifier)
	if err != nil {
		return occupied{}, err
	}
	return occupiedBy(size.Settings, size.Bytes, size.Known)
}

// options are the configurations for the action, by kind and number of nodes.
func (o occupied) options(action string) []redshift.NodeConfigurationOption {
	switch action {
	case redshift.ActionTypeRestoreCluster:
		return o.optionsWhere(state.NodeConfiguration.RestorableTo)
	case redshift.ActionTypeResizeCluster:
		return o.optionsWhere(state.NodeConfiguration.ResizableTo)
	}
	return o.recommendations()
}

func (o occupied) optionsWhere(takes func(from, to state.NodeConfiguration, bytes int64) bool) []redshift.NodeConfigurationOption {
	var options []redshift.NodeConfigurationOption
	for _, target := range state.NodeConfigurations() {
		if takes(o.NodeConfiguration, target, o.bytes) {
			options = append(options, o.option(target, ""))
		}
	}
	return options
}

func (o occupied) option(target state.NodeConfiguration, mode string) redshift.NodeConfigurationOption {
	option := redshift.NodeConfigurationOption{NodeType: target.Kind.Name, NumberOfNodes: target.Nodes, Mode: mode}
	if o.known {
		percent := target.Utilization(o.bytes)
		option.EstimatedDiskUtilizationPercent = &percent
	}
	return option
}

// comfortable is how many percent of the storage a recommendation fills at most.
const comfortable = 80

// recommendations are, of each kind with managed storage, the fewest nodes that have room to spare, and twice as many.
func (o occupied) recommendations() []redshift.NodeConfigurationOption {
	var options []redshift.NodeConfigurationOption
	recommended := map[string]bool{}
	for _, target := range state.NodeConfigurations() {
		name := target.Kind.Name
		if recommended[name] || target.Kind.Local() || target.Utilization(o.bytes) > comfortable || !o.RestorableTo(target, o.bytes) {
			continue
		}
		recommended[name] = true
		options = append(options, o.option(target, redshift.ModeStandard))
		if twice := (state.NodeConfiguration{Kind: target.Kind, Nodes: 2 * target.Nodes}); o.RestorableTo(twice, o.bytes) {
			options = append(options, o.option(twice, redshift.ModeHighPerformance))
		}
	}
	return options
}
