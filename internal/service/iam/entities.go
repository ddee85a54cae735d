package iam

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"slipher/internal/accounts"
	"slipher/internal/api"
	"slipher/internal/api/iam"
	"slipher/internal/meta"
)

// ListEntitiesForPolicy lists who has a managed policy, in the caller's account: groups, then roles, then users.
func (s *Service) ListEntitiesForPolicy(ctx context.Context, caller api.Caller, in *iam.ListEntitiesForPolicyRequest) (*iam.ListEntitiesForPolicyResponse, error) {
	asked, err := readPage(in.Marker, in.MaxItems)
	if err := cmp.Or(err, checkPrefix(in.PathPrefix)); err != nil {
		return nil, err
	}
	out := &iam.ListEntitiesForPolicyResponse{PolicyGroups: []iam.PolicyGroup{}, PolicyUsers: []iam.PolicyUser{}, PolicyRoles: []iam.PolicyRole{}}
	return out, s.view(ctx, func(tx *meta.Tx) error {
		if _, err := attachable(tx, caller, in.PolicyArn); err != nil {
			return err
		}
		attached, bounded, err := usesOf(tx, caller.Account, in.PolicyArn)
		uses := map[string]use{}
		for _, one := range usesIn(in.PolicyUsageFilter, attached, bounded) {
			wanted := in.EntityFilter == "" || strings.EqualFold(in.EntityFilter, one.kind.Name)
			if wanted && strings.HasPrefix(one.record.Body.Path, in.PathPrefix) {
				uses[one.key()] = one
			}
		}
		var kept []use
		for _, key := range slices.Sorted(maps.Keys(uses)) {
			kept = append(kept, uses[key])
		}
		kept, out.IsTruncated, out.Marker = cut(kept, use.key, asked)
		for _, one := range kept {
			enter(out, one)
		}
		return err
	})
}

func (u use) key() string { return u.kind.Name + "/" + u.record.ID }

func usesIn(filter string, attached, bounded []use) []use {
	switch filter {
	case iam.PolicyUsageTypePermissionsPolicy:
		return attached
	case iam.PolicyUsageTypePermissionsBoundary:
		return bounded
	}
	return slices.Concat(attached, bounded)
}

func enter(out *iam.ListEntitiesForPolicyResponse, one use) {
	name, id := one.record.Body.Name, one.record.Body.ID
	switch one.kind.Name {
	case accounts.Groups.Name:
		out.PolicyGroups = append(out.PolicyGroups, iam.PolicyGroup{GroupName: name, GroupId: id})
	case accounts.Roles.Name:
		out.PolicyRoles = append(out.PolicyRoles, iam.PolicyRole{RoleName: name, RoleId: id})
	default:
		out.PolicyUsers = append(out.PolicyUsers, iam.PolicyUser{UserName: name, UserId: id})
	}
}
