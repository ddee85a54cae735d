package state

import (
	"errors"
	"maps"
	"strings"

	"slipher/internal/api"
	"slipher/internal/meta"
	"slipher/internal/warehouse/refusal"
)

// ParameterGroup is kept under its name in lower case. The default groups are in no record.
type ParameterGroup struct {
	Family       string
	Description  string
	Values       map[string]string `json:",omitempty"` // those that somebody has set
	WorkloadsNow bool              `json:",omitempty"` // the last change of workload management was asked to be dynamic
	Tags         []Tag             `json:",omitempty"`
}

// ParameterGroups has no default groups: DefaultGroups makes those.
var ParameterGroups = meta.Records[ParameterGroup]{Kind: "parameter group"}

// ParameterGroupRecord is kept under the group's name in lower case.
type ParameterGroupRecord = meta.Record[ParameterGroup]

// AllValues are those of all parameters: the group's own, and the default ones of its family.
func (g ParameterGroup) AllValues() map[string]string {
	values := StandardValues(g.Family)
	maps.Copy(values, g.Values)
	return values
}

// Source says who has set the parameter, in the words of DescribeClusterParameters.
func (g ParameterGroup) Source(parameter string) string {
	if _, set := g.Values[parameter]; set {
		return "user"
	}
	return "engine-default"
}

// ApplyType says when a change takes effect: only workload management can change at once.
func (g ParameterGroup) ApplyType(parameter string) string {
	if parameter == Workloads && g.WorkloadsNow {
		return ChangeableNow
	}
	return FixedAtStart
}

// DefaultGroupPrefix begins the names of the default groups, which nobody else's may begin with.
const (
	DefaultGroupPrefix    = "default."
	defaultParameterGroup = DefaultGroupPrefix + firstFamily
)

// DefaultGroups are those that every account has in every region.
func DefaultGroups(at meta.Query) []ParameterGroupRecord {
	groups := make([]ParameterGroupRecord, 0, len(parameterFamilies))
	for _, family := range parameterFamilies {
		groups = append(groups, ParameterGroupRecord{
			Key:  meta.Key{Account: at.Account, Region: at.Region, ID: DefaultGroupPrefix + family},
			Body: ParameterGroup{Family: family, Description: "Default parameter group for " + family},
		})
	}
	return groups
}

// FindParameterGroup answers a group of the caller, a default group, or ClusterParameterGroupNotFound. The name may be in upper case.
func FindParameterGroup(tx *meta.Tx, caller api.Caller, name string) (ParameterGroupRecord, error) {
	here := meta.Query{Account: caller.Account, Region: caller.Region}
	for _, group := range DefaultGroups(here) {
		if group.ID == strings.ToLower(name) {
			return group, nil
		}
	}
	found, err := ParameterGroups.Find(tx, meta.Key{Account: caller.Account, Region: caller.Region, ID: strings.ToLower(name)})
	if name == "" || errors.Is(err, meta.ErrNotFound) {
		return found, refusal.ClusterParameterGroupNotFound.Because("ClusterParameterGroup not found: %s", name)
	}
	return found, err
}

// FindOwnParameterGroup is findParameterGroup for what the default groups do not let be done to them.
func FindOwnParameterGroup(tx *meta.Tx, caller api.Caller, name, done string) (ParameterGroupRecord, error) {
	found, err := FindParameterGroup(tx, caller, name)
	if err == nil && strings.HasPrefix(found.ID, DefaultGroupPrefix) {
		err = api.InvalidParameterValue("The default parameter group %s cannot be %s: every account has it as it is.", found.ID, done)
	}
	return found, err
}
