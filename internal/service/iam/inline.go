package iam

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"slipher/internal/accounts"
	"slipher/internal/api"
	"slipher/internal/api/iam"
	"slipher/internal/meta"
	"slipher/internal/policy"
)

// PutUserPolicy puts a policy into a user, in place of one with the same name.
func (s *Service) PutUserPolicy(ctx context.Context, caller api.Caller, in *iam.PutUserPolicyRequest) (*api.None, error) {
	return s.putInline(ctx, caller, accounts.Users, in.UserName, in.PolicyName, in.PolicyDocument)
}

// PutGroupPolicy is PutUserPolicy for a group.
func (s *Service) PutGroupPolicy(ctx context.Context, caller api.Caller, in *iam.PutGroupPolicyRequest) (*api.None, error) {
	return s.putInline(ctx, caller, accounts.Groups, in.GroupName, in.PolicyName, in.PolicyDocument)
}

// PutRolePolicy is PutUserPolicy for a role.
func (s *Service) PutRolePolicy(ctx context.Context, caller api.Caller, in *iam.PutRolePolicyRequest) (*api.None, error) {
	return s.putInline(ctx, caller, accounts.Roles, in.RoleName, in.PolicyName, in.PolicyDocument)
}

func (s *Service) putInline(ctx context.Context, caller api.Caller, kind accounts.Kind, identity, name, document string) (*api.None, error) {
	if err := cmp.Or(checkName("PolicyName", name), readPolicy(policy.InlinePolicy, document)); err != nil {
		return nil, err
	}
	return s.change(ctx, caller, kind, identity, func(_ *meta.Tx, changed *accounts.Identity) error {
		if changed.Inline == nil {
			changed.Inline = map[string]string{}
		}
		changed.Inline[name] = document
		size := 0
		for _, document := range changed.Inline {
			size += policy.Size(document)
		}
		if most := mostInline[kind.Name]; size > most {
			return iam.LimitExceeded("The policies within a %s have at most %d characters together, white space not counted; these would have %d.", kind.Name, most, size)
		}
		return nil
	})
}

// GetUserPolicy answers a policy within a user.
func (s *Service) GetUserPolicy(ctx context.Context, caller api.Caller, in *iam.GetUserPolicyRequest) (*iam.GetUserPolicyResponse, error) {
	document, err := s.inline(ctx, caller, accounts.Users, in.UserName, in.PolicyName)
	return &iam.GetUserPolicyResponse{UserName: in.UserName, PolicyName: in.PolicyName, PolicyDocument: document}, err
}

// GetGroupPolicy answers a policy within a group.
func (s *Service) GetGroupPolicy(ctx context.Context, caller api.Caller, in *iam.GetGroupPolicyRequest) (*iam.GetGroupPolicyResponse, error) {
	document, err := s.inline(ctx, caller, accounts.Groups, in.GroupName, in.PolicyName)
	return &iam.GetGroupPolicyResponse{GroupName: in.GroupName, PolicyName: in.PolicyName, PolicyDocument: document}, err
}

// GetRolePolicy answers a policy within a role.
func (s *Service) GetRolePolicy(ctx context.Context, caller api.Caller, in *iam.GetRolePolicyRequest) (*iam.GetRolePolicyResponse, error) {
	document, err := s.inline(ctx, caller, accounts.Roles, in.RoleName, in.PolicyName)
	return &iam.GetRolePolicyResponse{RoleName: in.RoleName, PolicyName: in.PolicyName, PolicyDocument: document}, err
}

func (s *Service) inline(ctx context.Context, caller api.Caller, kind accounts.Kind, identity, name string) (document string, err error) {
	return document, s.read(ctx, caller, kind, identity, func(_ *meta.Tx, record meta.Record[accounts.Identity]) error {
		found, there := record.Body.Inline[name]
		if !there {
			return noInline(kind, name)
		}
		document = escaped(found)
		return nil
	})
}

func noInline(kind accounts.Kind, name string) error {
	return iam.NoSuchEntity("The %s has no policy of its own with the name %s.", kind.Name, name)
}

// ListUserPolicies lists the names of the policies within a user.
func (s *Service) ListUserPolicies(ctx context.Context, caller api.Caller, in *iam.ListUserPoliciesRequest) (*iam.ListUserPoliciesResponse, error) {
	names, truncated, marker, err := s.inlineNames(ctx, caller, accounts.Users, in.UserName, in.Marker, in.MaxItems)
	return &iam.ListUserPoliciesResponse{PolicyNames: names, IsTruncated: truncated, Marker: marker}, err
}

// ListGroupPolicies lists the names of the policies within a group.
func (s *Service) ListGroupPolicies(ctx context.Context, caller api.Caller, in *iam.ListGroupPoliciesRequest) (*iam.ListGroupPoliciesResponse, error) {
	names, truncated, marker, err := s.inlineNames(ctx, caller, accounts.Groups, in.GroupName, in.Marker, in.MaxItems)
	return &iam.ListGroupPoliciesResponse{PolicyNames: names, IsTruncated: truncated, Marker: marker}, err
}

// ListRolePolicies lists the names of the policies within a role.
func (s *Service) ListRolePolicies(ctx context.Context, caller api.Caller, in *iam.ListRolePoliciesRequest) (*iam.ListRolePoliciesResponse, error) {
	names, truncated, marker, err := s.inlineNames(ctx, caller, accounts.Roles, in.RoleName, in.Marker, in.MaxItems)
	return &iam.ListRolePoliciesResponse{PolicyNames: names, IsTruncated: truncated, Marker: marker}, err
}

func (s *Service) inlineNames(ctx context.Context, caller api.Caller, kind accounts.Kind, identity, marker string, items *int) (names []string, truncated *bool, next string, err error) {
	asked, err := readPage(marker, items)
	if err != nil {
		return nil, nil, "", err
	}
	err = s.read(ctx, caller, kind, identity, func(_ *meta.Tx, record meta.Record[accounts.Identity]) error {
		names, truncated, next = cut(slices.Sorted(maps.Keys(record.Body.Inline)), func(name string) string { return name }, asked)
		return nil
	})
	return names, truncated, next, err
}

// DeleteUserPolicy takes a policy out of a user.
func (s *Service) DeleteUserPolicy(ctx context.Context, caller api.Caller, in *iam.DeleteUserPolicyRequest) (*api.None, error) {
	return s.deleteInline(ctx, caller, accounts.Users, in.UserName, in.PolicyName)
}

// DeleteGroupPolicy takes a policy out of a group.
func (s *Service) DeleteGroupPolicy(ctx context.Context, caller api.Caller, in *iam.DeleteGroupPolicyRequest) (*api.None, error) {
	return s.deleteInline(ctx, caller, accounts.Groups, in.GroupName, in.PolicyName)
}

// DeleteRolePolicy takes a policy out of a role.
func (s *Service) DeleteRolePolicy(ctx context.Context, caller api.Caller, in *iam.DeleteRolePolicyRequest) (*api.None, error) {
	return s.deleteInline(ctx, caller, accounts.Roles, in.RoleName, in.PolicyName)
}

func (s *Service) deleteInline(ctx context.Context, caller api.Caller, kind accounts.Kind, identity, name string) (*api.None, error) {
	return s.change(ctx, caller, kind, identity, func(_ *meta.Tx, changed *accounts.Identity) error {
		if _, there := changed.Inline[name]; !there {
			return noInline(kind, name)
		}
		delete(changed.Inline, name)
		return nil
	})
}
