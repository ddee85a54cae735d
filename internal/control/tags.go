package control

import (
	"context"
	"slices"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse/paging"
	"slipher/internal/warehouse/state"
)

// tagsShape is never nil: a resource without tags shows an empty list.
func tagsShape(tags []state.Tag) []redshift.Tag {
	shapes := make([]redshift.Tag, len(tags))
	for i, tag := range tags {
		shapes[i] = redshift.Tag(tag)
	}
	return shapes
}

// tagsIn are those of a request, nil where it has none.
func tagsIn(given []redshift.Tag) []state.Tag {
	var tags []state.Tag
	for _, tag := range given {
		tags = append(tags, state.Tag(tag))
	}
	return tags
}

func (c *Control) checkTags(tags []state.Tag) error {
	return state.CheckTags(tags, c.config.Limits.Tags)
}

// CreateTags adds tags to a resource; a key that it has already gets the new value.
func (c *Control) CreateTags(ctx context.Context, caller api.Caller, in *redshift.CreateTagsMessage) (*api.None, error) {
	if err := c.checkTags(tagsIn(in.Tags)); err != nil {
		return nil, err
	}
	return &api.None{}, c.retag(ctx, caller, in.ResourceName, func(resource taggable) ([]state.Tag, error) {
		merged := state.WithTags(resource.tags, tagsIn(in.Tags))
		return merged, api.First(func() error { return resource.closed }, func() error { return c.checkTags(merged) })
	})
}

// DeleteTags removes tags by their keys; keys that are not there are ignored.
func (c *Control) DeleteTags(ctx context.Context, caller api.Caller, in *redshift.DeleteTagsMessage) (*api.None, error) {
	if err := state.CheckTagFilter(in.TagKeys, nil); err != nil {
		return nil, err
	}
	return &api.None{}, c.retag(ctx, caller, in.ResourceName, func(resource taggable) ([]state.Tag, error) {
		return slices.DeleteFunc(slices.Clone(resource.tags), func(tag state.Tag) bool { return slices.Contains(in.TagKeys, tag.Key) }), nil
	})
}

func (c *Control) retag(ctx context.Context, caller api.Caller, arn string, change func(taggable) ([]state.Tag, error)) error {
	return c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		found, err := findTaggable(tx, caller, arn)
		if err != nil {
			return err
		}
		tags, err := change(found)
		if err != nil {
			return err
		}
		return found.put(tags)
	})
}

// DescribeTags answers the tags of one resource, or of all resources of a type, or of all.
func (c *Control) DescribeTags(ctx context.Context, caller api.Caller, in *redshift.DescribeTagsMessage) (*redshift.TaggedResourceListMessage, error) {
	page, err := tagsPage(in)
	if err != nil {
		return nil, err
	}
	out := &redshift.TaggedResourceListMessage{TaggedResources: []redshift.TaggedResource{}}
	err = c.config.Store.View(ctx, func(tx *meta.Tx) error {
		found, err := findTagged(tx, caller, in)
		if err != nil {
			return err
		}
		for _, resource := range found {
			out.TaggedResources = append(out.TaggedResources, resource.shapes(in.TagKeys, in.TagValues)...)
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

func findTagged(tx *meta.Tx, caller api.Caller, in *redshift.DescribeTagsMessage) ([]taggable, error) {
	if in.ResourceName != "" {
		found, err := findTaggable(tx, caller, in.ResourceName)
		return []taggable{found}, err
	}
	kinds, err := kindsOfType(in.ResourceType)
	if err != nil {
		return nil, err
	}
	var all []taggable
	for _, kind := range kinds {
		found, err := kind.list(tx, meta.Query{Account: caller.Account, Region: caller.Region})
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

func (t taggable) shapes(keys, values []string) []redshift.TaggedResource {
	var shapes []redshift.TaggedResource
	for _, tag := range t.tags {
		if state.TagMatches(tag, keys, values) {
			shapes = append(shapes, redshift.TaggedResource{Tag: (*redshift.Tag)(&tag), ResourceName: t.arn, ResourceType: t.kind})
		}
	}
	return shapes
}
