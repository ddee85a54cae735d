package parametergroup

import (
	"context"
	"slices"
	"strings"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse/paging"
	"slipher/internal/warehouse/state"
)

// describe answers one group, or all that have one of the tags: the caller's own and the default ones.
func (f family) describe(ctx context.Context, caller api.Caller, in *redshift.DescribeClusterParameterGroupsMessage) (*redshift.ClusterParameterGroupsMessage, error) {
	if in.ParameterGroupName != "" && in.Marker != "" {
		return nil, api.InvalidParameterCombination("You can specify either ParameterGroupName or Marker, but not both.")
	}
	if err := state.CheckTagFilter(in.TagKeys, in.TagValues); err != nil {
		return nil, err
	}
	page, err := paging.New("parameter groups", in.MaxRecords, in.Marker)
	if err != nil {
		return nil, err
	}
	out := &redshift.ClusterParameterGroupsMessage{ParameterGroups: []redshift.ClusterParameterGroup{}}
	return out, f.store.View(ctx, func(tx *meta.Tx) error {
		groups, err := named(tx, caller, in.ParameterGroupName)
		if err != nil {
			return err
		}
		groups = slices.DeleteFunc(groups, func(r state.ParameterGroupRecord) bool { return !state.Tagged(r.Body.Tags, in.TagKeys, in.TagValues) })
		shown, marker, err := paging.Cut(groups, page)
		for _, record := range shown {
			out.ParameterGroups = append(out.ParameterGroups, shape(record.Body, record.ID))
		}
		out.Marker = marker
		return err
	})
}

// named are all groups of the caller if the name is empty, in the order of their names.
func named(tx *meta.Tx, caller api.Caller, name string) ([]state.ParameterGroupRecord, error) {
	if name != "" {
		found, err := state.FindParameterGroup(tx, caller, name)
		return []state.ParameterGroupRecord{found}, err
	}
	here := meta.Query{Account: caller.Account, Region: caller.Region}
	own, err := state.ParameterGroups.List(tx, here)
	all := append(state.DefaultGroups(here), own...)
	slices.SortFunc(all, func(a, b state.ParameterGroupRecord) int { return strings.Compare(a.ID, b.ID) })
	return all, err
}

func shape(g state.ParameterGroup, name string) redshift.ClusterParameterGroup {
	return redshift.ClusterParameterGroup{ParameterGroupName: name, ParameterGroupFamily: g.Family, Description: g.Description, Tags: tagging.Shapes(g.Tags)}
}
