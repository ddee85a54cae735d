package control

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse/paging"
	"slipher/internal/warehouse/state"
)

func parameterGroupSummary(g state.ParameterGroup, name string) redshift.ClusterParameterGroup {
	return redshift.ClusterParameterGroup{ParameterGroupName: name, ParameterGroupFamily: g.Family, Description: g.Description, Tags: tagging.Shapes(g.Tags)}
}

// CreateClusterParameterGroup makes a group whose values are its family's defaults.
func (c *Control) CreateClusterParameterGroup(ctx context.Context, caller api.Caller, in *redshift.CreateClusterParameterGroupMessage) (*redshift.CreateClusterParameterGroupResult, error) {
	if err := api.First(
		func() error { return checkParameterGroupName(in.ParameterGroupName) },
		func() error { return state.CheckFamily(in.ParameterGroupFamily) },
		func() error { return state.CheckTags(tagging.Given(in.Tags), c.config.Limits.Tags) },
	); err != nil {
		return nil, err
	}
	var made state.ParameterGroupRecord
	err := c.config.Store.Update(ctx, func(tx *meta.Tx) (err error) {
		at := meta.Key{Account: caller.Account, Region: caller.Region, ID: strings.ToLower(in.ParameterGroupName)}
		if err := c.roomForParameterGroup(tx, at); err != nil {
			return err
		}
		made, err = state.ParameterGroups.Insert(tx, at, state.ParameterGroup{Family: in.ParameterGroupFamily, Description: in.Description, Tags: tagging.Given(in.Tags)})
		if err != nil {
			return err
		}
		return c.tellParameterGroup(tx, at, eventGroupCreated, "Cluster parameter group '%s' was created at %s.")
	})
	if err != nil {
		return nil, err
	}
	shape := parameterGroupSummary(made.Body, made.ID)
	return &redshift.CreateClusterParameterGroupResult{ClusterParameterGroup: &shape}, nil
}

var parameterGroupForm = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9-]*$`)

func checkParameterGroupName(name string) error {
	if len(name) > 255 || !parameterGroupForm.MatchString(name) || state.BadHyphens(name) {
		return api.InvalidParameterValue("%q is not a valid parameter group name: it has 1 to 255 letters, digits and hyphens, begins with a letter, and has neither a hyphen at its end nor two in a row.", name)
	}
	return nil
}

func (c *Control) roomForParameterGroup(tx *meta.Tx, at meta.Key) error {
	_, err := state.ParameterGroups.Find(tx, at)
	if err == nil {
		return redshift.ClusterParameterGroupAlreadyExists("Parameter group %s already exists", at.ID)
	}
	if !errors.Is(err, meta.ErrNotFound) {
		return err
	}
	count, err := state.ParameterGroups.Count(tx, meta.Query{Account: at.Account, Region: at.Region})
	if err == nil && count >= c.config.Limits.ParameterGroups {
		err = redshift.ClusterParameterGroupQuotaExceeded("The account has %d parameter groups in %s, which is the most there may be.", count, at.Region)
	}
	return err
}

func (c *Control) tellParameterGroup(tx *meta.Tx, at meta.Key, number, format string, more ...any) error {
	return c.tellOf(tx, at, redshift.SourceTypeClusterParameterGroup, number, format, more...)
}

// DeleteClusterParameterGroup removes a group that no cluster has.
func (c *Control) DeleteClusterParameterGroup(ctx context.Context, caller api.Caller, in *redshift.DeleteClusterParameterGroupMessage) (*api.None, error) {
	return &api.None{}, c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		found, err := state.FindOwnParameterGroup(tx, caller, in.ParameterGroupName, "deleted")
		if err != nil {
			return err
		}
		users, err := state.Clusters.Count(tx, meta.Query{Account: caller.Account, Region: caller.Region, Index: state.InParameterGroup(found.ID)})
		if err != nil {
			return err
		}
		if users > 0 {
			return redshift.InvalidClusterParameterGroupState("Cannot delete the parameter group %s because %d clusters have it: give them another one first.", found.ID, users)
		}
		if err := state.ParameterGroups.Delete(tx, found.Key); err != nil {
			return err
		}
		return c.tellParameterGroup(tx, found.Key, eventGroupDeleted, "Cluster parameter group '%s' was deleted at %s.")
	})
}

// DescribeClusterParameterGroups answers one group, or all that have one of the tags: the caller's own and the default ones.
func (c *Control) DescribeClusterParameterGroups(ctx context.Context, caller api.Caller, in *redshift.DescribeClusterParameterGroupsMessage) (*redshift.ClusterParameterGroupsMessage, error) {
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
	return out, c.config.Store.View(ctx, func(tx *meta.Tx) error {
		groups, err := parameterGroupsNamed(tx, caller, in.ParameterGroupName)
		if err != nil {
			return err
		}
		groups = slices.DeleteFunc(groups, func(r state.ParameterGroupRecord) bool { return !state.Tagged(r.Body.Tags, in.TagKeys, in.TagValues) })
		shown, marker, err := paging.Cut(groups, page)
		for _, record := range shown {
			out.ParameterGroups = append(out.ParameterGroups, parameterGroupSummary(record.Body, record.ID))
		}
		out.Marker = marker
		return err
	})
}

// parameterGroupsNamed are all groups of the caller if the name is empty, in the order of their names.
func parameterGroupsNamed(tx *meta.Tx, caller api.Caller, name string) ([]state.ParameterGroupRecord, error) {
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
