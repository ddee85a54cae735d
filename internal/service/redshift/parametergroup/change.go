package parametergroup

import (
	"context"
	"maps"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/state"
)

// mostChanges is how many parameters one ModifyClusterParameterGroup may change.
const mostChanges = 20

// modify sets parameters of a group, and with it those of the clusters that have it.
func (f family) modify(ctx context.Context, caller api.Caller, in *redshift.ModifyClusterParameterGroupMessage) (*redshift.ClusterParameterGroupNameMessage, error) {
	if err := checkParameters(in.Parameters); err != nil {
		return nil, err
	}
	return f.change(ctx, caller, in.ParameterGroupName, "modified", func(group *state.ParameterGroup) {
		group.Values = maps.Clone(group.Values)
		if group.Values == nil {
			group.Values = map[string]string{}
		}
		for _, set := range in.Parameters {
			group.Values[set.ParameterName] = set.ParameterValue
			if set.ParameterName == state.Workloads {
				group.WorkloadsNow = set.ApplyType == state.ChangeableNow
			}
		}
	})
}

func checkParameters(given []redshift.Parameter) error {
	if len(given) < 1 || len(given) > mostChanges {
		return api.InvalidParameterValue("A request can modify 1 to %d parameters, not %d.", mostChanges, len(given))
	}
	seen := map[string]bool{}
	for _, set := range given {
		known, err := state.FindParameter(set.ParameterName)
		if err != nil {
			return err
		}
		if seen[set.ParameterName] {
			return api.InvalidParameterValue("The parameter %s is given twice.", set.ParameterName)
		}
		seen[set.ParameterName] = true
		if set.ApplyType != "" && set.ApplyType != state.FixedAtStart && set.ApplyType != state.ChangeableNow {
			return api.InvalidParameterValue("%q is not an ApplyType: it is static or dynamic.", set.ApplyType)
		}
		if err := known.Check(set.ParameterValue); err != nil {
			return err
		}
	}
	return nil
}

// reset gives parameters of a group, or all, their defaults again.
func (f family) reset(ctx context.Context, caller api.Caller, in *redshift.ResetClusterParameterGroupMessage) (*redshift.ClusterParameterGroupNameMessage, error) {
	if in.ResetAllParameters == (len(in.Parameters) > 0) {
		return nil, api.InvalidParameterCombination("Specify either ResetAllParameters or Parameters.")
	}
	for _, named := range in.Parameters {
		if _, err := state.FindParameter(named.ParameterName); err != nil {
			return nil, err
		}
	}
	return f.change(ctx, caller, in.ParameterGroupName, "reset", func(group *state.ParameterGroup) {
		group.Values = maps.Clone(group.Values)
		if in.ResetAllParameters {
			group.Values, group.WorkloadsNow = nil, false
		}
		for _, named := range in.Parameters {
			delete(group.Values, named.ParameterName)
			group.WorkloadsNow = group.WorkloadsNow && named.ParameterName != state.Workloads
		}
	})
}

// change alters a group and what its clusters are to have, in one transaction.
func (f family) change(ctx context.Context, caller api.Caller, name, done string, alter func(*state.ParameterGroup)) (*redshift.ClusterParameterGroupNameMessage, error) {
	var changed state.ParameterGroupRecord
	err := f.store.Update(ctx, func(tx *meta.Tx) error {
		group, err := state.FindOwnParameterGroup(tx, caller, name, done)
		if err != nil {
			return err
		}
		before := group.Body.AllValues()
		alter(&group.Body)
		changed = group
		if err := state.ParameterGroups.Put(tx, group); err != nil {
			return err
		}
		if err := f.emitChanges(tx, group, before); err != nil {
			return err
		}
		return f.changeClusters(tx, group, state.ChangedBetween(before, group.Body.AllValues()))
	})
	if err != nil {
		return nil, err
	}
	return &redshift.ClusterParameterGroupNameMessage{
		ParameterGroupName:   changed.ID,
		ParameterGroupStatus: "The parameter group was updated. Clusters that have it take over static parameters when they are rebooted; dynamic ones that are changed alone apply now.",
	}, nil
}

func (f family) emitChanges(tx *meta.Tx, group state.ParameterGroupRecord, before map[string]string) error {
	after := group.Body.AllValues()
	for _, name := range state.ChangedBetween(before, after) {
		err := f.warehouse.Events.EmitOf(tx, group.Key, eventParameterChanged, "In cluster parameter group '%s' at %s the parameter '%s' was changed from '%s' to '%s'.", name, before[name], after[name])
		if err != nil {
			return err
		}
	}
	return f.warehouse.Events.EmitOf(tx, group.Key, eventUpdated, "Cluster parameter group '%s' was updated at %s.")
}

// changeClusters has every cluster of the group want its new values. A cluster that is about to take over values must have done so first.
func (f family) changeClusters(tx *meta.Tx, group state.ParameterGroupRecord, changed []string) error {
	users, err := state.Clusters.List(tx, meta.Query{Account: group.Account, Region: group.Region, Index: state.InParameterGroup(group.ID)})
	if err != nil || len(changed) == 0 {
		return err
	}
	now := len(changed) == 1 && group.Body.ApplyType(changed[0]) == state.ChangeableNow
	for _, record := range users {
		if record.Body.TakesOverParameters() {
			return redshift.InvalidClusterParameterGroupState("Cannot change the parameter group %s because cluster %s is %s with it: try again when the cluster is available.", group.ID, record.ID, record.Body.Status)
		}
		parameters := &record.Body.Parameters
		if inForce := parameters.Running.Group == group.ID; now && inForce {
			parameters.Running.Values = maps.Clone(parameters.Running.Values)
			parameters.Running.Values[changed[0]] = group.Body.AllValues()[changed[0]]
		}
		parameters.Wanted.Values = group.Body.AllValues()
		if err := state.Clusters.Put(tx, record); err != nil {
			return err
		}
		if err := f.warehouse.Events.EmitOf(tx, record.Key, event.ParametersChanged, "The parameter group of Amazon Redshift cluster '%s' was changed at %s: '%s' has other values now.", group.ID); err != nil {
			return err
		}
	}
	return nil
}
