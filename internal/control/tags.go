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
	keyLength, valueLength := len([]rune(tag.Key)), len([]rune(tag.Value))
	switch {
	case keyLength < 1 || keyLength > 128:
		return redshift.InvalidTag("A tag key has 1 to 128 characters, not %d.", keyLength)
	case valueLength > 256:
		return redshift.InvalidTag("A tag value has at most 256 characters, not %d.", valueLength)
	case strings.HasPrefix(strings.ToLower(tag.Key), "aws:"):
		return redshift.InvalidTag("The tag key %q begins with aws:, which is reserved.", tag.Key)
	case !tagForm.MatchString(tag.Key) || !tagForm.MatchString(tag.Value):
		return redshift.InvalidTag("The tag %q holds a character other than letters, digits, spaces and _ . : / = + - @.", tag.Key)
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

// CreateTags adds tags to a cluster or snapshot.
func (c *Control) CreateTags(ctx context.Context, caller api.Caller, in *redshift.CreateTagsMessage) (*api.None, error) {
	if err := c.checkTags(in.Tags); err != nil {
		return nil, err
	}
	return &api.None{}, c.retag(ctx, caller, in.ResourceName, func(tags []redshift.Tag) ([]redshift.Tag, error) {
		merged := withTags(tags, in.Tags)
		return merged, c.checkTags(merged)
	})
}

// DeleteTags removes tags by their keys; keys that are not there are ignored.
func (c *Control) DeleteTags(ctx context.Context, caller api.Caller, in *redshift.DeleteTagsMessage) (*api.None, error) {
	return &api.None{}, c.retag(ctx, caller, in.ResourceName, func(tags []redshift.Tag) ([]redshift.Tag, error) {
		return slices.DeleteFunc(slices.Clone(tags), func(tag redshift.Tag) bool { return slices.Contains(in.TagKeys, tag.Key) }), nil
	})
}

func (c *Control) retag(ctx context.Context, caller api.Caller, arn string, change func([]redshift.Tag) ([]redshift.Tag, error)) error {
	return c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		found, err := findTaggable(tx, caller, arn)
		if err != nil {
			return err
		}
		tags, err := change(found.tags)
		if err != nil {
			return err
		}
		return found.put(tags)
	})
}

// DescribeTags answers the tags of one resource, or of all resources of a type, or of all.
func (c *Control) DescribeTags(ctx context.Context, caller api.Caller, in *redshift.DescribeTagsMessage) (*redshift.TaggedResourceListMessage, error) {
	if in.ResourceName != "" && in.ResourceType != "" {
		return nil, api.InvalidParameterValue("You cannot filter a list of resources using an Amazon Resource Name (ARN) and a resource type together in the same request. Retry the request using either an ARN or a resource type, but not both.")
	}
	limit, err := checkPageSize(in.MaxRecords, 10)
	if err != nil {
		return nil, err
	}
	page, err := page{kind: "tags", limit: limit}.at(in.Marker)
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

func findTagged(tx *meta.Tx, caller api.Caller, in *redshift.DescribeTagsMessage) ([]taggable, error) {
	if in.ResourceName != "" {
		found, err := findTaggable(tx, caller, in.ResourceName)
		return []taggable{found}, err
	}
	var all []taggable
	here := meta.Query{Account: caller.Account, Region: caller.Region}
	if in.ResourceType == "" || strings.EqualFold(in.ResourceType, "cluster") {
		found, err := clusters.List(tx, here)
		if err != nil {
			return nil, err
		}
		for _, record := range found {
			all = append(all, taggableCluster(tx, record))
		}
	}
	if in.ResourceType == "" || strings.EqualFold(in.ResourceType, "snapshot") {
		found, err := snapshots.List(tx, here)
		if err != nil {
			return nil, err
		}
		for _, record := range found {
			all = append(all, taggableSnapshot(tx, record))
		}
	}
	return all, nil
}

// taggable is a resource as the tag operations see it.
type taggable struct {
	arn, kind string
	tags      []redshift.Tag
	put       func(tags []redshift.Tag) error
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

func taggableCluster(tx *meta.Tx, record clusterRecord) taggable {
	return taggable{clusterARN(record.Account, record.Region, record.ID), "cluster", record.Body.Tags, func(tags []redshift.Tag) error {
		record.Body.Tags = tags
		return clusters.Put(tx, record)
	}}
}

func taggableSnapshot(tx *meta.Tx, record snapshotRecord) taggable {
	arn := snapshotARN(record.Account, record.Region, record.Body.ClusterIdentifier, record.Body.Identifier)
	return taggable{arn, "snapshot", record.Body.Tags, func(tags []redshift.Tag) error {
		record.Body.Tags = tags
		return snapshots.Put(tx, record)
	}}
}

func findTaggable(tx *meta.Tx, caller api.Caller, arn string) (taggable, error) {
	parsed, err := parseARN(arn)
	if err != nil {
		return taggable{}, err
	}
	unknown := redshift.ResourceNotFound("%s (%s) not found.", parsed.kind, parsed.name)
	if parsed.account != caller.Account || parsed.region != caller.Region || parsed.service != "redshift" {
		return taggable{}, unknown
	}
	switch parsed.kind {
	case "cluster":
		record, err := clusters.Find(tx, clusterKey(caller, parsed.name))
		if errors.Is(err, meta.ErrNotFound) {
			return taggable{}, unknown
		}
		return taggableCluster(tx, record), err
	case "snapshot":
		located, err := locateARN(arn)
		if err != nil {
			return taggable{}, err
		}
		record, err := located.find(tx, caller.Region)
		if errors.Is(err, meta.ErrNotFound) {
			return taggable{}, unknown
		}
		return taggableSnapshot(tx, record), err
	}
	return taggable{}, unknown
}
