package iam

import (
	"context"
	"errors"
	"slices"
	"strings"

	"slipher/internal/accounts"
	"slipher/internal/api"
	"slipher/internal/api/iam"
	"slipher/internal/meta"
)

// findPolicy answers a managed policy of AWS or of the caller's account, or NoSuchEntity.
func findPolicy(tx *meta.Tx, caller api.Caller, arn string) (meta.Record[accounts.ManagedPolicy], error) {
	record, err := accounts.FindPolicy(tx, arn)
	if errors.Is(err, accounts.ErrNotFound) || err == nil && record.Account != caller.Account && !ofAWS(record) {
		return meta.Record[accounts.ManagedPolicy]{}, iam.NoSuchEntity("There is no policy %s that could be attached.", arn)
	}
	return record, err
}

func ofAWS(record meta.Record[accounts.ManagedPolicy]) bool { return record.Account == "aws" }

// attachable is findPolicy for a policy that shall be attached or be a boundary.
func attachable(tx *meta.Tx, caller api.Caller, arn string) (meta.Record[accounts.ManagedPolicy], error) {
	if err := checkPolicyARN(arn); err != nil {
		return meta.Record[accounts.ManagedPolicy]{}, err
	}
	return findPolicy(tx, caller, arn)
}

func checkPolicyARN(arn string) error {
	if !strings.HasPrefix(arn, "arn:aws:iam::") || !strings.Contains(arn, ":policy/") {
		return iam.InvalidInput("%q is not the ARN of a policy.", arn)
	}
	return nil
}

// AttachUserPolicy has a managed policy speak for a user. One that does already stays as it is.
func (s *Service) AttachUserPolicy(ctx context.Context, caller api.Caller, in *iam.AttachUserPolicyRequest) (*api.None, error) {
	return s.attach(ctx, caller, accounts.Users, in.UserName, in.PolicyArn)
}

// AttachGroupPolicy has a managed policy speak for the users of a group.
func (s *Service) AttachGroupPolicy(ctx context.Context, caller api.Caller, in *iam.AttachGroupPolicyRequest) (*api.None, error) {
	return s.attach(ctx, caller, accounts.Groups, in.GroupName, in.PolicyArn)
}

// AttachRolePolicy has a managed policy speak for a role.
func (s *Service) AttachRolePolicy(ctx context.Context, caller api.Caller, in *iam.AttachRolePolicyRequest) (*api.None, error) {
	return s.attach(ctx, caller, accounts.Roles, in.RoleName, in.PolicyArn)
}

func (s *Service) attach(ctx context.Context, caller api.Caller, kind accounts.Kind, identity, arn string) (*api.None, error) {
	return s.change(ctx, caller, kind, identity, func(tx *meta.Tx, changed *accounts.Identity) error {
		if _, err := attachable(tx, caller, arn); err != nil {
			return err
		}
		if slices.Contains(changed.Attached, arn) {
			return nil
		}
		if err := room(len(changed.Attached), mostAttached, "policies attached to a "+kind.Name); err != nil {
			return err
		}
		changed.Attached = append(changed.Attached, arn)
		return nil
	})
}

// DetachUserPolicy undoes AttachUserPolicy.
func (s *Service) DetachUserPolicy(ctx context.Context, caller api.Caller, in *iam.DetachUserPolicyRequest) (*api.None, error) {
	return s.detach(ctx, caller, accounts.Users, in.UserName, in.PolicyArn)
}

// DetachGroupPolicy undoes AttachGroupPolicy.
func (s *Service) DetachGroupPolicy(ctx context.Context, caller api.Caller, in *iam.DetachGroupPolicyRequest) (*api.None, error) {
	return s.detach(ctx, caller, accounts.Groups, in.GroupName, in.PolicyArn)
}

// DetachRolePolicy undoes AttachRolePolicy.
func (s *Service) DetachRolePolicy(ctx context.Context, caller api.Caller, in *iam.DetachRolePolicyRequest) (*api.None, error) {
	return s.detach(ctx, caller, accounts.Roles, in.RoleName, in.PolicyArn)
}

func (s *Service) detach(ctx context.Context, caller api.Caller, kind accounts.Kind, identity, arn string) (*api.None, error) {
	return s.change(ctx, caller, kind, identity, func(_ *meta.Tx, changed *accounts.Identity) error {
		if err := checkPolicyARN(arn); err != nil {
			return err
		}
		at := slices.Index(changed.Attached, arn)
		if at < 0 {
			return iam.NoSuchEntity("The policy %s is not attached to the %s.", arn, kind.Name)
		}
		changed.Attached = slices.Delete(changed.Attached, at, at+1)
		return nil
	})
}

// ListAttachedUserPolicies lists a user's managed policies, without those of its groups.
func (s *Service) ListAttachedUserPolicies(ctx context.Context, caller api.Caller, in *iam.ListAttachedUserPoliciesRequest) (*iam.ListAttachedUserPoliciesResponse, error) {
	policies, truncated, marker, err := s.attached(ctx, caller, accounts.Users, in.UserName, in.PathPrefix, in.Marker, in.MaxItems)
	return &iam.ListAttachedUserPoliciesResponse{AttachedPolicies: policies, IsTruncated: truncated, Marker: marker}, err
}

// ListAttachedGroupPolicies lists a group's managed policies.
func (s *Service) ListAttachedGroupPolicies(ctx context.Context, caller api.Caller, in *iam.ListAttachedGroupPoliciesRequest) (*iam.ListAttachedGroupPoliciesResponse, error) {
	policies, truncated, marker, err := s.attached(ctx, caller, accounts.Groups, in.GroupName, in.PathPrefix, in.Marker, in.MaxItems)
	return &iam.ListAttachedGroupPoliciesResponse{AttachedPolicies: policies, IsTruncated: truncated, Marker: marker}, err
}

// ListAttachedRolePolicies lists a role's managed policies.
func (s *Service) ListAttachedRolePolicies(ctx context.Context, caller api.Caller, in *iam.ListAttachedRolePoliciesRequest) (*iam.ListAttachedRolePoliciesResponse, error) {
	policies, truncated, marker, err := s.attached(ctx, caller, accounts.Roles, in.RoleName, in.PathPrefix, in.Marker, in.MaxItems)
	return &iam.ListAttachedRolePoliciesResponse{AttachedPolicies: policies, IsTruncated: truncated, Marker: marker}, err
}

func (s *Service) attached(ctx context.Context, caller api.Caller, kind accounts.Kind, identity, prefix, marker string, items *int) (policies []iam.AttachedPolicy, truncated *bool, next string, err error) {
	asked, err := readPage(marker, items)
	if err == nil {
		err = checkPrefix(prefix)
	}
	if err != nil {
		return nil, nil, "", err
	}
	err = s.read(ctx, caller, kind, identity, func(_ *meta.Tx, record meta.Record[accounts.Identity]) error {
		for _, arn := range slices.Sorted(slices.Values(record.Body.Attached)) {
			_, path, _ := strings.Cut(arn, ":policy")
			if strings.HasPrefix(path, prefix) {
				policies = append(policies, iam.AttachedPolicy{PolicyName: arn[strings.LastIndexByte(arn, '/')+1:], PolicyArn: arn})
			}
		}
		policies, truncated, next = cut(policies, func(attached iam.AttachedPolicy) string { return attached.PolicyArn }, asked)
		return nil
	})
	return policies, truncated, next, err
}

// PutUserPermissionsBoundary limits what a user may do to what a managed policy allows.
func (s *Service) PutUserPermissionsBoundary(ctx context.Context, caller api.Caller, in *iam.PutUserPermissionsBoundaryRequest) (*api.None, error) {
	return s.bound(ctx, caller, accounts.Users, in.UserName, in.PermissionsBoundary)
}

// PutRolePermissionsBoundary is PutUserPermissionsBoundary for a role.
func (s *Service) PutRolePermissionsBoundary(ctx context.Context, caller api.Caller, in *iam.PutRolePermissionsBoundaryRequest) (*api.None, error) {
	return s.bound(ctx, caller, accounts.Roles, in.RoleName, in.PermissionsBoundary)
}

func (s *Service) bound(ctx context.Context, caller api.Caller, kind accounts.Kind, identity, arn string) (*api.None, error) {
	return s.change(ctx, caller, kind, identity, func(tx *meta.Tx, changed *accounts.Identity) error {
		changed.Boundary = arn
		_, err := attachable(tx, caller, arn)
		return err
	})
}

// DeleteUserPermissionsBoundary takes the limit away.
func (s *Service) DeleteUserPermissionsBoundary(ctx context.Context, caller api.Caller, in *iam.DeleteUserPermissionsBoundaryRequest) (*api.None, error) {
	return s.unbound(ctx, caller, accounts.Users, in.UserName)
}

// DeleteRolePermissionsBoundary takes the limit away.
func (s *Service) DeleteRolePermissionsBoundary(ctx context.Context, caller api.Caller, in *iam.DeleteRolePermissionsBoundaryRequest) (*api.None, error) {
	return s.unbound(ctx, caller, accounts.Roles, in.RoleName)
}

func (s *Service) unbound(ctx context.Context, caller api.Caller, kind accounts.Kind, identity string) (*api.None, error) {
	return s.change(ctx, caller, kind, identity, func(_ *meta.Tx, changed *accounts.Identity) error {
		if changed.Boundary == "" {
			return iam.NoSuchEntity("The %s has no permissions boundary.", kind.Name)
		}
		changed.Boundary = ""
		return nil
	})
}
