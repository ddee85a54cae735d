package control

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
)

var tagForm = regexp.MustCompile(`^[\p{L}\p{N}\p{Zs}_.:/=+\-@]*$`)

// tagsShape is never nil: a resource without tags shows an empty list.
func tagsShape(tags []redshift.Tag) []redshift.Tag { return append([]redshift.Tag{}, tags...) }

func (c *Control) checkTags(tags []redshift.Tag) error {
	if len(tags) > c.config.Limits.Tags {
		return redshift.TagLimitExceeded("A resource can have %d tags, not %d.", c.config.Limits.Tags, len(tags))
	}
	seen := map[string]bool{}
	for _, tag := range tags {
		if err := checkTag(tag); err != nil {
			return err
		}
		if seen[tag.Key] {
			return redshift.InvalidTag("The tag key %q is given twice.", tag.Key)
		}
		seen[tag.Key] = true
	}
	return nil
}

func checkTag(tag redshift.Tag) error {
	return first(func() error { return checkTagKey(tag.Key) }, func() error { return checkTagValue(tag.Value) })
}

func checkTagKey(key string) error {
	switch length := utf8.RuneCountInString(key); {
	case length < 1 || length > 128:
		return redshift.InvalidTag("A tag key has 1 to 128 characters, not %d.", length)
	case strings.HasPrefix(strings.ToLower(key), "aws:"):
		return redshift.InvalidTag("The tag key %q begins with aws:, which is reserved.", key)
	case !tagForm.MatchString(key):
		return redshift.InvalidTag("The tag key %q holds a character other than letters, digits, spaces and _ . : / = + - @.", key)
	}
	return nil
}

func checkTagValue(value string) error {
	switch length := utf8.RuneCountInString(value); {
	case length > 256:
		return redshift.InvalidTag("A tag value has at most 256 characters, not %d.", length)
	case !tagForm.MatchString(value):
		return redshift.InvalidTag("The tag value %q holds a character other than letters, digits, spaces and _ . : / = + - @.", value)
	}
	return nil
}

// checkTagFilter refuses keys and values that no tag can have.
func checkTagFilter(keys, values []string) error {
	for _, key := range keys {
		if err := checkTagKey(key); err != nil {
			return err
		}
	}
	for _, value := range values {
		if err := checkTagValue(value); err != nil {
			return err
		}
	}
	return nil
}

// tagged says whether any tag has one of the keys, or one of the values. No keys and no values match everything.
func tagged(tags []redshift.Tag, keys, values []string) bool {
	if len(keys)+len(values) == 0 {
		return true
	}
	return slices.ContainsFunc(tags, func(tag redshift.Tag) bool { return tagMatches(tag, keys, values) })
}

func tagMatches(tag redshift.Tag, keys, values []string) bool {
	return len(keys)+len(values) == 0 || slices.Contains(keys, tag.Key) || slices.Contains(values, tag.Value)
}

// withTags adds tags; a key that is there already gets the new value.
func withTags(present, added []redshift.Tag) []redshift.Tag {
	merged := slices.Clone(present)
	for _, tag := range added {
		if at := slices.IndexFunc(merged, func(t redshift.Tag) bool { return t.Key == tag.Key }); at >= 0 {
			merged[at] = tag
		} else {
			merged = append(merged, tag)
		}
	}
	return merged
}

// CreateTags adds tags to a resource; a key that it has already gets the new value.
func (c *Control) CreateTags(ctx context.Context, caller api.Caller, in *redshift.CreateTagsMessage) (*api.None, error) {
	if err := c.checkTags(in.Tags); err != nil {
		return nil, err
	}
	return &api.None{}, c.retag(ctx, caller, in.ResourceName, func(resource taggable) ([]redshift.Tag, error) {
		merged := withTags(resource.tags, in.Tags)
		return merged, first(func() error { return resource.closed }, func() error { return c.checkTags(merged) })
	})
}

// DeleteTags removes tags by their keys; keys that are not there are ignored.
func (c *Control) DeleteTags(ctx context.Context, caller api.Caller, in *redshift.DeleteTagsMessage) (*api.None, error) {
	if err := checkTagFilter(in.TagKeys, nil); err != nil {
		return nil, err
	}
	return &api.None{}, c.retag(ctx, caller, in.ResourceName, func(resource taggable) ([]redshift.Tag, error) {
		return slices.DeleteFunc(slices.Clone(resource.tags), func(tag redshift.Tag) bool { return slices.Contains(in.TagKeys, tag.Key) }), nil
	})
}

func (c *Control) retag(ctx context.Context, caller api.Caller, arn string, change func(taggable) ([]redshift.Tag, error)) error {
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
		out.TaggedResources, out.Marker, err = cut(out.TaggedResources, page)
		return err
	})
	return out, err
}

func tagsPage(in *redshift.DescribeTagsMessage) (page, error) {
	if in.ResourceName != "" && in.ResourceType != "" {
		return page{}, api.InvalidParameterValue("You cannot filter a list of resources using an Amazon Resource Name (ARN) and a resource type together in the same request. Retry the request using either an ARN or a resource type, but not both.")
	}
	if in.ResourceName != "" && (in.MaxRecords != nil || in.Marker != "") {
		return page{}, api.InvalidParameterCombination("MaxRecords and Marker cannot be used together with ResourceName, which is answered in one page.")
	}
	if err := checkTagFilter(in.TagKeys, in.TagValues); err != nil {
		return page{}, err
	}
	limit, err := checkPageSize(in.MaxRecords, 10, 100)
	if err != nil {
		return page{}, err
	}
	return page{kind: "tags", limit: limit}.at(in.Marker)
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
		if tagMatches(tag, keys, values) {
			shapes = append(shapes, redshift.TaggedResource{Tag: &tag, ResourceName: t.arn, ResourceType: t.kind})
		}
	}
	return shapes
}
