package iam

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"slipher/internal/accounts"
	"slipher/internal/api"
	"slipher/internal/api/iam"
	"slipher/internal/meta"
	"slipher/internal/policy"
)

const shortestMaxSession, longestMaxSession = 3600, 43200 // seconds

// CreateRole makes a role, which may do nothing yet, for those whom its trust policy names.
func (s *Service) CreateRole(ctx context.Context, caller api.Caller, in *iam.CreateRoleRequest) (*iam.CreateRoleResponse, error) {
	session := shortestMaxSession
	if in.MaxSessionDuration != nil {
		session = *in.MaxSessionDuration
	}
	err := cmp.Or(checkName("RoleName", in.RoleName), checkPath(pathOr(in.Path), pathForm), checkDescription(in.Description), checkMaxSession(session))
	if err != nil {
		return nil, err
	}
	tags, err := readTags(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	role := &accounts.Role{Description: in.Description, MaxSession: session}
	if err := s.view(ctx, func(tx *meta.Tx) error { return trust(tx, role, in.AssumeRolePolicyDocument) }); err != nil {
		return nil, err
	}
	made := accounts.Identity{Name: in.RoleName, Path: pathOr(in.Path), Boundary: in.PermissionsBoundary, Tags: tags, Role: role}
	record, err := s.create(ctx, caller, accounts.Roles, mostRoles, made)
	if err != nil {
		return nil, err
	}
	return &iam.CreateRoleResponse{Role: roleShape(record)}, nil
}

func checkMaxSession(seconds int) error {
	if seconds < shortestMaxSession || seconds > longestMaxSession {
		return validation("MaxSessionDuration is %d; it is from %d to %d seconds.", seconds, shortestMaxSession, longestMaxSession)
	}
	return nil
}

// trust sets the role's trust policy. The users and roles that it names must be there; it means these, not others who get their names later.
func trust(tx *meta.Tx, role *accounts.Role, document string) error {
	parsed, err := policy.Parse(policy.TrustPolicy, "trust policy", document)
	if err != nil {
		return policyFault(err)
	}
	role.Trust, role.Trusted = document, map[string]string{}
	for _, principal := range parsed.Principals() {
		if !strings.HasPrefix(principal, "arn:aws:iam::") {
			continue // a session, or a unique id
		}
		_, record, err := accounts.Identified(tx, principal)
		if errors.Is(err, accounts.ErrNotFound) {
			return iam.MalformedPolicyDocument("The policy document names the principal %s, who does not exist.", principal)
		}
		if err != nil {
			return err
		}
		role.Trusted[principal] = record.Body.ID
	}
	return nil
}

// GetRole answers a role with its trust policy.
func (s *Service) GetRole(ctx context.Context, caller api.Caller, in *iam.GetRoleRequest) (*iam.GetRoleResponse, error) {
	out := &iam.GetRoleResponse{}
	return out, s.read(ctx, caller, accounts.Roles, in.RoleName, func(_ *meta.Tx, record meta.Record[accounts.Identity]) error {
		out.Role = roleShape(record)
		return nil
	})
}

// ListRoles lists the account's, without their tags and boundaries.
func (s *Service) ListRoles(ctx context.Context, caller api.Caller, in *iam.ListRolesRequest) (*iam.ListRolesResponse, error) {
	out := &iam.ListRolesResponse{Roles: []iam.Role{}}
	records, truncated, marker, err := s.list(ctx, caller, accounts.Roles, in.PathPrefix, in.Marker, in.MaxItems)
	for _, record := range records {
		shown := roleShape(record)
		shown.PermissionsBoundary, shown.Tags = nil, nil
		out.Roles = append(out.Roles, *shown)
	}
	out.IsTruncated, out.Marker = truncated, marker
	return out, err
}

// UpdateRole changes the description and how long sessions last at most.
func (s *Service) UpdateRole(ctx context.Context, caller api.Caller, in *iam.UpdateRoleRequest) (*iam.UpdateRoleResponse, error) {
	if err := checkDescription(in.Description); err != nil {
		return nil, err
	}
	_, err := s.change(ctx, caller, accounts.Roles, in.RoleName, func(_ *meta.Tx, changed *accounts.Identity) error {
		if in.Description != "" {
			changed.Role.Description = in.Description
		}
		if in.MaxSessionDuration != nil {
			changed.Role.MaxSession = *in.MaxSessionDuration
		}
		return checkMaxSession(changed.Role.MaxSession)
	})
	return &iam.UpdateRoleResponse{}, err
}

// UpdateAssumeRolePolicy replaces the trust policy. Sessions that have begun go on.
func (s *Service) UpdateAssumeRolePolicy(ctx context.Context, caller api.Caller, in *iam.UpdateAssumeRolePolicyRequest) (*api.None, error) {
	return s.change(ctx, caller, accounts.Roles, in.RoleName, func(tx *meta.Tx, changed *accounts.Identity) error {
		return trust(tx, changed.Role, in.PolicyDocument)
	})
}

// DeleteRole removes a role without policies. Its sessions end with it.
func (s *Service) DeleteRole(ctx context.Context, caller api.Caller, in *iam.DeleteRoleRequest) (*api.None, error) {
	return s.remove(ctx, caller, accounts.Roles, in.RoleName, func(*meta.Tx, meta.Record[accounts.Identity]) error { return nil })
}

// ListInstanceProfilesForRole answers none: there are no instances. Terraform asks it before it deletes a role.
func (s *Service) ListInstanceProfilesForRole(ctx context.Context, caller api.Caller, in *iam.ListInstanceProfilesForRoleRequest) (*iam.ListInstanceProfilesForRoleResponse, error) {
	if _, err := readPage(in.Marker, in.MaxItems); err != nil {
		return nil, err
	}
	out := &iam.ListInstanceProfilesForRoleResponse{InstanceProfiles: []iam.InstanceProfile{}, IsTruncated: new(false)}
	return out, s.read(ctx, caller, accounts.Roles, in.RoleName, func(*meta.Tx, meta.Record[accounts.Identity]) error { return nil })
}
