package event

import (
	"context"
	"slices"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/warehouse/event"
)

// describeCategories answers the table of events, or the part of it for one type of source.
func (f family) describeCategories(_ context.Context, _ api.Caller, in *redshift.DescribeEventCategoriesMessage) (*redshift.EventCategoriesMessage, error) {
	sources := event.Sources
	if in.SourceType != "" {
		if err := checkSourceType(in.SourceType); err != nil {
			return nil, err
		}
		sources = []string{in.SourceType}
	}
	out := &redshift.EventCategoriesMessage{EventCategoriesMapList: []redshift.EventCategoriesMap{}}
	for _, source := range sources {
		out.EventCategoriesMapList = append(out.EventCategoriesMapList, redshift.EventCategoriesMap{SourceType: source, Events: f.shapes(source)})
	}
	return out, nil
}

func checkSourceType(kind string) error {
	if !slices.Contains(event.Sources, kind) {
		return api.InvalidParameterValue("%q is not a source type: it must be one of cluster, cluster-parameter-group, cluster-security-group, cluster-snapshot and scheduled-action.", kind)
	}
	return nil
}

func (f family) shapes(source string) []redshift.EventInfoMap {
	shown := []redshift.EventInfoMap{}
	for _, kind := range f.kinds {
		if kind.Source == source {
			shown = append(shown, redshift.EventInfoMap{
				EventId: kind.ID(), EventCategories: []string{kind.Category}, EventDescription: kind.Description, Severity: kind.Severity,
			})
		}
	}
	return shown
}
