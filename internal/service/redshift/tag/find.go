package tag

import (
	"errors"
	"slices"
	"strings"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse/state"
)

// find answers a resource of the caller.
func (f family) find(tx *meta.Tx, caller api.Caller, arn string) (tagging.Resource, error) {
	parsed, err := state.ParseARN(arn)
	if err != nil {
		return tagging.Resource{}, err
	}
	unknown := redshift.ResourceNotFound("%s (%s) not found.", parsed.Kind, parsed.Name)
	if parsed.Account != caller.Account || parsed.Region != caller.Region || parsed.Service != "redshift" {
		return tagging.Resource{}, unknown
	}
	kinds := f.all
	at := slices.IndexFunc(kinds, func(kind tagging.Kind) bool { return kind.Name == parsed.Kind })
	if at < 0 {
		return tagging.Resource{}, api.InvalidParameterValue("Resources like %q cannot be tagged.", arn)
	}
	found, err := kinds[at].Find(tx, parsed)
	if errors.Is(err, meta.ErrNotFound) {
		err = unknown
	}
	return found, err
}

// kindsOfType answers the kinds that ResourceType of DescribeTags names; all if it is empty.
func (f family) kindsOfType(resourceType string) ([]tagging.Kind, error) {
	kinds := f.all
	if resourceType == "" {
		return kinds, nil
	}
	named := slices.DeleteFunc(slices.Clone(kinds), func(kind tagging.Kind) bool {
		return !strings.EqualFold(kind.Name, resourceType) && !strings.EqualFold(kind.Title, resourceType)
	})
	if len(named) == 0 {
		return nil, api.InvalidParameterValue("There are no resources of type %q that can be tagged.", resourceType)
	}
	return named, nil
}
