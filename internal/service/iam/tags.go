package iam

import (
	"context"
	"slices"
	"strings"

	"slipher/internal/accounts"
	"slipher/internal/api"
	"slipher/internal/api/iam"
	"slipher/internal/meta"
)

// readTags adds the tags of a request to those that there are. A request cannot have a key twice, in upper or lower case.
func readTags(tags []accounts.Tag, added []iam.Tag) ([]accounts.Tag, error) {
	seen := map[string]bool{}
	for _, tag := range added {
		if err := checkTag(tag.Key, tag.Value); err != nil {
			return nil, err
		}
		if seen[strings.ToLower(tag.Key)] {
			return nil, iam.InvalidInput("There are two tags with the key %s, in upper or lower case.", tag.Key)
		}
		seen[strings.ToLower(tag.Key)] = true
		tags = accounts.WithTags(tags, []accounts.Tag{accounts.Tag(tag)})
	}
	return tags, room(len(tags)-1, mostTags, "tags of one resource")
}

// TagUser adds tags to a user; aws:PrincipalTag of its requests follows.
func (s *Service) TagUser(ctx context.Context, caller api.Caller, in *iam.TagUserRequest) (*api.None, error) {
	return s.tag(ctx, caller, accounts.Users, in.UserName, in.Tags)
}

// TagRole adds tags to a role.
func (s *Service) TagRole(ctx context.Context, caller api.Caller, in *iam.TagRoleRequest) (*api.None, error) {
	return s.tag(ctx, caller, accounts.Roles, in.RoleName, in.Tags)
}

func (s *Service) tag(ctx context.Context, caller api.Caller, kind accounts.Kind, identity string, tags []iam.Tag) (*api.None, error) {
	return s.change(ctx, caller, kind, identity, func(_ *meta.Tx, changed *accounts.Identity) (err error) {
		changed.Tags, err = readTags(changed.Tags, tags)
		return err
	})
}

// UntagUser removes the tags with these keys, in upper or lower case.
func (s *Service) UntagUser(ctx context.Context, caller api.Caller, in *iam.UntagUserRequest) (*api.None, error) {
	return s.untag(ctx, caller, accounts.Users, in.UserName, in.TagKeys)
}

// UntagRole is UntagUser for a role.
func (s *Service) UntagRole(ctx context.Context, caller api.Caller, in *iam.UntagRoleRequest) (*api.None, error) {
	return s.untag(ctx, caller, accounts.Roles, in.RoleName, in.TagKeys)
}

func (s *Service) untag(ctx context.Context, caller api.Caller, kind accounts.Kind, identity string, keys []string) (*api.None, error) {
	return s.change(ctx, caller, kind, identity, func(_ *meta.Tx, changed *accounts.Identity) error {
		changed.Tags = slices.DeleteFunc(changed.Tags, func(tag accounts.Tag) bool {
			return slices.ContainsFunc(keys, func(key string) bool { return strings.EqualFold(key, tag.Key) })
		})
		return nil
	})
}

// ListUserTags lists a user's tags.
func (s *Service) ListUserTags(ctx context.Context, caller api.Caller, in *iam.ListUserTagsRequest) (*iam.ListUserTagsResponse, error) {
	tags, truncated, marker, err := s.tags(ctx, caller, accounts.Users, in.UserName, in.Marker, in.MaxItems)
	return &iam.ListUserTagsResponse{Tags: tags, IsTruncated: truncated, Marker: marker}, err
}

// ListRoleTags lists a role's tags.
func (s *Service) ListRoleTags(ctx context.Context, caller api.Caller, in *iam.ListRoleTagsRequest) (*iam.ListRoleTagsResponse, error) {
	tags, truncated, marker, err := s.tags(ctx, caller, accounts.Roles, in.RoleName, in.Marker, in.MaxItems)
	return &iam.ListRoleTagsResponse{Tags: tags, IsTruncated: truncated, Marker: marker}, err
}

func (s *Service) tags(ctx context.Context, caller api.Caller, kind accounts.Kind, identity, marker string, items *int) (tags []iam.Tag, truncated *bool, next string, err error) {
	asked, err := readPage(marker, items)
	if err != nil {
		return nil, nil, "", err
	}
	err = s.read(ctx, caller, kind, identity, func(_ *meta.Tx, record meta.Record[accounts.Identity]) error {
		sorted := slices.SortedFunc(slices.Values(tagShapes(record.Body.Tags)), func(a, b iam.Tag) int { return strings.Compare(a.Key, b.Key) })
		tags, truncated, next = cut(sorted, func(tag iam.Tag) string { return tag.Key }, asked)
		return nil
	})
	return tags, truncated, next, err
}
