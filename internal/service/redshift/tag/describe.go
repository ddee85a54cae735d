package tag

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse/paging"
	"slipher/internal/warehouse/state"
)

// DescribeTags answers the tags of one resource, or of all resources of a type, or of all.
func (f family) DescribeTags(ctx context.Context, caller api.Caller, in *redshift.DescribeTagsMessage) (*redshift.TaggedResourceListMessage, error) {
	page, err := tagsPage(in)
	if err != nil {
		return nil, err
	}
	out := &redshift.TaggedResourceListMessage{TaggedResources: []redshift.TaggedResource{}}
	err = f.store.View(ctx, func(tx *meta.Tx) error {
		found, err := f.findTagged(tx, caller, in)
		if err != nil {
			return err
		}
		for _, resource := range found {
			out.TaggedResources = append(out.TaggedResources, shapes(resource, in.TagKeys, in.TagValues)...)
		}
		out.TaggedResources, out.Marker, err = paging.Cut(out.TaggedResources, page)
		return err
	})
	return out, err
}

func tagsPage(in *redshift.DescribeTagsMessage) (paging.Page, error) {
	if in.ResourceName != "" && in.ResourceType != "" {
		return paging.Page{}, api.InvalidParameterValue("You cannot filter a list of resources using an Amazon Resource Name (ARN) and a resource type together in the same request. Retry the request using either an ARN or a resource type, but not both.")
	}
	if in.ResourceName != "" && (in.MaxRecords != nil || in.Marker != "") {
		return paging.Page{}, api.InvalidParameterCombination("MaxRecords and Marker cannot be used together with ResourceName, which is answered in one page.")
	}
	if err := state.CheckTagFilter(in.TagKeys, in.TagValues); err != nil {
		return paging.Page{}, err
	}
	limit, err := paging.CheckSize(in.MaxRecords, 10, 100)
	if err != nil {
		return paging.Page{}, err
	}
	return paging.Page{Kind: "tags", Limit: limit}.At(in.Marker)
}

func (f family) findTagged(tx *meta.Tx, caller api.Caller, in *redshift.DescribeTagsMessage) ([]tagging.Resource, error) {
	if in.ResourceName != "" {
		found, err := f.find(tx, caller, in.ResourceName)
		return []tagging.Resource{found}, err
	}
	kinds, err := f.kindsOfType(in.ResourceType)
	if err != nil {
		return nil, err
	}
	var all []tagging.Resource
	for _, kind := range kinds {
		found, err := kind.List(tx, meta.Query{Account: caller.Account, Region: caller.Region})
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

func shapes(resource tagging.Resource, keys, values []string) []redshift.TaggedResource {
	var shapes []redshift.TaggedResource
	for _, tag := range resource.Tags {
		if state.TagMatches(tag, keys, values) {
			shapes = append(shapes, redshift.TaggedResource{Tag: (*redshift.Tag)(&tag), ResourceName: resource.ARN, ResourceType: resource.Kind})
		}
	}
	return shapes
}
