package kms

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"slipher/internal/api"
	"slipher/internal/api/kms"
	"slipher/internal/keys"
	"slipher/internal/meta"
)

// mostTags is KMS's quota of a key.
const mostTags = 50

// withTags are the tags after a request: one whose key is there already takes the place of the other.
func withTags(present []keys.Tag, added []kms.Tag) ([]keys.Tag, error) {
	tags := slices.Clone(present)
	for _, tag := range added {
		if err := checkTag(tag); err != nil {
			return nil, err
		}
		tags = slices.DeleteFunc(tags, func(other keys.Tag) bool { return other.Key == tag.TagKey })
		tags = append(tags, keys.Tag{Key: tag.TagKey, Value: tag.TagValue})
	}
	if len(tags) > mostTags {
		return nil, kms.LimitExceeded("A key has at most %d tags.", mostTags)
	}
	return tags, nil
}

func checkTag(tag kms.Tag) error {
	switch {
	case tag.TagKey == "" || utf8.RuneCountInString(tag.TagKey) > 128:
		return kms.TagException("The key of a tag has 1 to 128 characters.")
	case utf8.RuneCountInString(tag.TagValue) > 256:
		return kms.TagException("The value of a tag has at most 256 characters.")
	case strings.HasPrefix(strings.ToLower(tag.TagKey), "aws:"):
		return kms.TagException("The key %s of a tag is reserved: it begins with aws:.", tag.TagKey)
	}
	return nil
}

// TagResource adds tags to a key.
func (s *Service) TagResource(ctx context.Context, caller api.Caller, in *kms.TagResourceRequest) (*api.None, error) {
	return s.retag(ctx, caller, in.KeyId, to("kms:TagResource").tagging(requested(in.Tags)), func(tags []keys.Tag) ([]keys.Tag, error) { return withTags(tags, in.Tags) })
}

func requested(tags []kms.Tag) []keys.Tag {
	asked := make([]keys.Tag, 0, len(tags))
	for _, tag := range tags {
		asked = append(asked, keys.Tag{Key: tag.TagKey, Value: tag.TagValue})
	}
	return asked
}

// tagging has the conditions on the tags of a request.
func (u use) tagging(tags []keys.Tag) use {
	names := make([]string, 0, len(tags))
	for _, tag := range tags {
		names = append(names, tag.Key)
		u = u.where("aws:RequestTag/"+tag.Key, tag.Value)
	}
	return u.where("aws:TagKeys", names...)
}

// UntagResource takes tags from a key. One that it does not have is no error.
func (s *Service) UntagResource(ctx context.Context, caller api.Caller, in *kms.UntagResourceRequest) (*api.None, error) {
	return s.retag(ctx, caller, in.KeyId, to("kms:UntagResource").where("aws:TagKeys", in.TagKeys...), func(tags []keys.Tag) ([]keys.Tag, error) {
		return slices.DeleteFunc(slices.Clone(tags), func(tag keys.Tag) bool { return slices.Contains(in.TagKeys, tag.Key) }), nil
	})
}

func (s *Service) retag(ctx context.Context, caller api.Caller, name string, u use, change func([]keys.Tag) ([]keys.Tag, error)) (*api.None, error) {
	_, err := s.changeKey(ctx, caller, name, u, func(tx *meta.Tx, key keys.Key) error {
		if err := mustNotEnd(key); err != nil {
			return err
		}
		tags, err := change(key.Tags)
		if err != nil {
			return err
		}
		return s.config.Keys.SetTags(tx, key.ARN, tags)
	})
	return &api.None{}, err
}

// ListResourceTags lists the tags of a key.
func (s *Service) ListResourceTags(ctx context.Context, caller api.Caller, in *kms.ListResourceTagsRequest) (*kms.ListResourceTagsResponse, error) {
	if _, err := pageSize(in.Limit, mostTags, mostTags); err != nil {
		return nil, err
	}
	if in.Marker != "" { // all tags are on one page
		return nil, kms.InvalidMarker("%q is not a marker of this list: it has one page.", in.Marker)
	}
	out := &kms.ListResourceTagsResponse{Tags: []kms.Tag{}, Truncated: new(false)}
	return out, s.readKey(ctx, caller, in.KeyId, to("kms:ListResourceTags"), func(_ *meta.Tx, key keys.Key) error {
		for _, tag := range key.Tags {
			out.Tags = append(out.Tags, kms.Tag{TagKey: tag.Key, TagValue: tag.Value})
		}
		return nil
	})
}
