package control

import (
	"context"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
)

// parameterGroup is kept under its name in lower case. The default groups are in no record.
type parameterGroup struct {
	Family       string
	Description  string
	Values       map[string]string `json:",omitempty"` // those that somebody has set
	WorkloadsNow bool              `json:",omitempty"` // the last change of workload management was asked to be dynamic
	Tags         []redshift.Tag    `json:",omitempty"`
}

var parameterGroups = meta.Records[parameterGroup]{Kind: "parameter group"}

type parameterGroupRecord = meta.Record[parameterGroup]

// values are those of all parameters.
func (g parameterGroup) values() map[string]string {
	values := standardValues(g.Family)
	maps.Copy(values, g.Values)
	return values
}

func (g parameterGroup) source(parameter string) string {
	if _, set := g.Values[parameter]; set {
		return "user"
	}
	return "engine-default"
}

func (g parameterGroup) applyType(parameter string) string {
	if parameter == workloads && g.WorkloadsNow {
		return changeableNow
	}
	return fixedAtStart
}

func (g parameterGroup) shape(name string) redshift.ClusterParameterGroup {
	return redshift.ClusterParameterGroup{ParameterGroupName: name, ParameterGroupFamily: g.Family, Description: g.Description, Tags: tagsShape(g.Tags)}
}

const defaultGroupPrefix = "default."

// defaultGroups are those that every account has in every region.
func defaultGroups(at meta.Query) []parameterGroupRecord {
	var groups []parameterGroupRecord
	for _, family := range parameterFamilies {
		groups = append(groups, parameterGroupRecord{
			Key:  meta.Key{Account: at.Account, Region: at.Region, ID: defaultGroupPrefix + family},
			Body: parameterGroup{Family: family, Description: "Default parameter group for " + family},
		})
	}
	return groups
}

// CreateClusterParameterGroup makes a group whose values are its family's defaults.
func (c *Control) CreateClusterParameterGroup(ctx context.Context, caller api.Caller, in *redshift.CreateClusterParameterGroupMessage) (*redshift.CreateClusterParameterGroupResult, error) {
	if err := first(
		func() error { return checkParameterGroupName(in.ParameterGroupName) },
		func() error { return checkFamily(in.ParameterGroupFamily) },
		func() error { return c.checkTags(in.Tags) },
	); err != nil {
		return nil, err
	}
	var made parameterGroupRecord
	err := c.config.Store.Update(ctx, func(tx *meta.Tx) (err error) {
		at := meta.Key{Account: caller.Account, Region: caller.Region, ID: strings.ToLower(in.ParameterGroupName)}
		if err := c.roomForParameterGroup(tx, at); err != nil {
			return err
		}
		made, err = parameterGroups.Insert(tx, at, parameterGroup{Family: in.ParameterGroupFamily, Description: in.Description, Tags: slices.Clone(in.Tags)})
		if err != nil {
			return err
		}
		return c.tellParameterGroup(tx, at, eventGroupCreated, "Cluster parameter group '%s' was created at %s.")
	})
	if err != nil {
		return nil, err
	}
	shape := made.Body.shape(made.ID)
	return &redshift.CreateClusterParameterGroupResult{ClusterParameterGroup: &shape}, nil
}

var parameterGroupForm = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9-]*$`)

func checkParameterGroupName(name string) error {
	if len(name) > 255 || !parameterGroupForm.MatchString(name) || badHyphens(name) {
		return api.InvalidParameterValue("%q is not a valid parameter group name: it has 1 to 255 letters, digits and hyphens, begins with a letter, and has neither a hyphen at its end nor two in a row.", name)
	}
	return nil
}

func (c *Control) roomForParameterGroup(tx *meta.Tx, at meta.Key) error {
	_, err := parameterGroups.Find(tx, at)
	if err == nil {
		return redshift.ClusterParameterGroupAlreadyExists("Parameter group %s already exists", at.ID)
	}
	if !errors.Is(err, meta.ErrNotFound) {
		return err
	}
	count, err := parameterGroups.Count(tx, meta.Query{Account: at.Account, Region: at.Region})
	if err == nil && count >= c.config.Limits.ParameterGroups {
		err = redshift.ClusterParameterGroupQuotaExceeded("The account has %d parameter groups in %s, which is the most there may be.", count, at.Region)
	}
	return err
}

func (c *Control) tellParameterGroup(tx *meta.Tx, at meta.Key, number, format string, more ...any) error {
	return c.tellOf(tx, at, redshift.SourceTypeClusterParameterGroup, number, format, more...)
}

// findParameterGroup answers a group of the caller, a default group, or ClusterParameterGroupNotFound. The name may be in upper case.
func findParameterGroup(tx *meta.Tx, caller api.Caller, name string) (parameterGroupRecord, error) {
	here := meta.Query{Account: caller.Account, Region: caller.Region}
	for _, group := range defaultGroups(here) {
		if group.ID == strings.ToLower(name) {
			return group, nil
		}
	}
	found, err := parameterGroups.Find(tx, meta.Key{Account: caller.Account, Region: caller.Region, ID: strings.ToLower(name)})
	if name == "" || errors.Is(err, meta.ErrNotFound) {
		return found, redshift.ClusterParameterGroupNotFound("ClusterParameterGroup not found: %s", name)
	}
	return found, err
}

// findOwnParameterGroup is findParameterGroup for what the default groups do not let be done to them.
func findOwnParameterGroup(tx *meta.Tx, caller api.Caller, name, done string) (parameterGroupRecord, error) {
	found, err := findParameterGroup(tx, caller, name)
	if err == nil && strings.HasPrefix(found.ID, defaultGroupPrefix) {
		err = api.InvalidParameterValue("The default parameter group %s cannot be %s: every account has it as it is.", found.ID, done)
	}
	return found, err
}

// DeleteClusterParameterGroup removes a group that no cluster has.
func (c *Control) DeleteClusterParameterGroup(ctx context.Context, caller api.Caller, in *redshift.DeleteClusterParameterGroupMessage) (*api.None, error) {
	return &api.None{}, c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		found, err := findOwnParameterGroup(tx, caller, in.ParameterGroupName, "deleted")
		if err != nil {
			return err
		}
		users, err := clusters.Count(tx, meta.Query{Account: caller.Account, Region: caller.Region, Index: inParameterGroup(found.ID)})
		if err != nil {
			return err
		}
		if users > 0 {
			return redshift.InvalidClusterParameterGroupState("Cannot delete the parameter group %s because %d clusters have it: give them another one first.", found.ID, users)
		}
		if err := parameterGroups.Delete(tx, found.Key); err != nil {
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
	if err := checkTagFilter(in.TagKeys, in.TagValues); err != nil {
		return nil, err
	}
	page, err := newPage("parameter groups", in.MaxRecords, in.Marker)
	if err != nil {
		return nil, err
	}
	out := &redshift.ClusterParameterGroupsMessage{ParameterGroups: []redshift.ClusterParameterGroup{}}
	return out, c.config.Store.View(ctx, func(tx *meta.Tx) error {
		groups, err := parameterGroupsNamed(tx, caller, in.ParameterGroupName)
		if err != nil {
			return err
		}
		groups = slices.DeleteFunc(groups, func(r parameterGroupRecord) bool { return !tagged(r.Body.Tags, in.TagKeys, in.TagValues) })
		shown, marker, err := cut(groups, page)
		for _, record := range shown {
			out.ParameterGroups = append(out.ParameterGroups, record.Body.shape(record.ID))
		}
		out.Marker = marker
		return err
	})
}

// parameterGroupsNamed are all groups of the caller if the name is empty, in the order of their names.
func parameterGroupsNamed(tx *meta.Tx, caller api.Caller, name string) ([]parameterGroupRecord, error) {
	if name != "" {
		found, err := findParameterGroup(tx, caller, name)
		return []parameterGroupRecord{found}, err
	}
	here := meta.Query{Account: caller.Account, Region: caller.Region}
	own, err := parameterGroups.List(tx, here)
	all := append(defaultGroups(here), own...)
	slices.SortFunc(all, func(a, b parameterGroupRecord) int { return strings.Compare(a.ID, b.ID) })
	return all, err
}
