// Package iam is Identity and Access Management and the Security Token Service, as far as Redshift's users and their tools need
// them: users, groups, roles, access keys and policies, and the sessions of roles and users.
//
// It promises that each change is one decision, refused as a whole or made as a whole, and that it counts from the next request on. It
// does not verify signatures, and decides nothing by itself: what an operation needs is asked of the caller's policies.
package iam

import (
	"context"
	"errors"
	"time"

	"slipher/internal/accounts"
	"slipher/internal/api"
	"slipher/internal/api/iam"
	"slipher/internal/api/sts"
	"slipher/internal/meta"
)

// Service answers the operations of both.
type Service struct{ directory *accounts.Directory }

// New is for the principals of a directory.
func New(directory *accounts.Directory) *Service { return &Service{directory} }

// IAM is the table of its operations, with what each asks for.
func (s *Service) IAM() api.Service {
	service := s.IAMHandlers().Service()
	service.Asks = s.asksOfIAM
	return service
}

// STS is the table of its operations, with what each asks for.
func (s *Service) STS() api.Service {
	service := s.STSHandlers().Service()
	service.Asks = asksOfSTS
	return service
}

// IAMHandlers are the operations of IAM that are offered.
func (s *Service) IAMHandlers() iam.Handlers {
	return iam.Handlers{
		CreateUser:                    s.CreateUser,
		GetUser:                       s.GetUser,
		ListUsers:                     s.ListUsers,
		DeleteUser:                    s.DeleteUser,
		CreateAccessKey:               s.CreateAccessKey,
		ListAccessKeys:                s.ListAccessKeys,
		UpdateAccessKey:               s.UpdateAccessKey,
		DeleteAccessKey:               s.DeleteAccessKey,
		PutUserPolicy:                 s.PutUserPolicy,
		GetUserPolicy:                 s.GetUserPolicy,
		ListUserPolicies:              s.ListUserPolicies,
		DeleteUserPolicy:              s.DeleteUserPolicy,
		AttachUserPolicy:              s.AttachUserPolicy,
		DetachUserPolicy:              s.DetachUserPolicy,
		ListAttachedUserPolicies:      s.ListAttachedUserPolicies,
		PutUserPermissionsBoundary:    s.PutUserPermissionsBoundary,
		DeleteUserPermissionsBoundary: s.DeleteUserPermissionsBoundary,
		TagUser:                       s.TagUser,
		UntagUser:                     s.UntagUser,
		ListUserTags:                  s.ListUserTags,

		CreateGroup:               s.CreateGroup,
		GetGroup:                  s.GetGroup,
		ListGroups:                s.ListGroups,
		DeleteGroup:               s.DeleteGroup,
		AddUserToGroup:            s.AddUserToGroup,
		RemoveUserFromGroup:       s.RemoveUserFromGroup,
		ListGroupsForUser:         s.ListGroupsForUser,
		PutGroupPolicy:            s.PutGroupPolicy,
		GetGroupPolicy:            s.GetGroupPolicy,
		ListGroupPolicies:         s.ListGroupPolicies,
		DeleteGroupPolicy:         s.DeleteGroupPolicy,
		AttachGroupPolicy:         s.AttachGroupPolicy,
		DetachGroupPolicy:         s.DetachGroupPolicy,
		ListAttachedGroupPolicies: s.ListAttachedGroupPolicies,

		CreateRole:                    s.CreateRole,
		GetRole:                       s.GetRole,
		ListRoles:                     s.ListRoles,
		UpdateRole:                    s.UpdateRole,
		UpdateAssumeRolePolicy:        s.UpdateAssumeRolePolicy,
		DeleteRole:                    s.DeleteRole,
		PutRolePolicy:                 s.PutRolePolicy,
		GetRolePolicy:                 s.GetRolePolicy,
		ListRolePolicies:              s.ListRolePolicies,
		DeleteRolePolicy:              s.DeleteRolePolicy,
		AttachRolePolicy:              s.AttachRolePolicy,
		DetachRolePolicy:              s.DetachRolePolicy,
		ListAttachedRolePolicies:      s.ListAttachedRolePolicies,
		PutRolePermissionsBoundary:    s.PutRolePermissionsBoundary,
		DeleteRolePermissionsBoundary: s.DeleteRolePermissionsBoundary,
		TagRole:                       s.TagRole,
		UntagRole:                     s.UntagRole,
		ListRoleTags:                  s.ListRoleTags,
		ListInstanceProfilesForRole:   s.ListInstanceProfilesForRole,

		CreatePolicy:            s.CreatePolicy,
		GetPolicy:               s.GetPolicy,
		ListPolicies:            s.ListPolicies,
		DeletePolicy:            s.DeletePolicy,
		CreatePolicyVersion:     s.CreatePolicyVersion,
		GetPolicyVersion:        s.GetPolicyVersion,
		ListPolicyVersions:      s.ListPolicyVersions,
		DeletePolicyVersion:     s.DeletePolicyVersion,
		SetDefaultPolicyVersion: s.SetDefaultPolicyVersion,
		ListEntitiesForPolicy:   s.ListEntitiesForPolicy,
		SimulatePrincipalPolicy: s.SimulatePrincipalPolicy,
	}
}

// STSHandlers are the operations of STS that are offered.
func (s *Service) STSHandlers() sts.Handlers {
	return sts.Handlers{
		AssumeRole:        s.AssumeRole,
		GetSessionToken:   s.GetSessionToken,
		GetCallerIdentity: s.GetCallerIdentity,
		GetAccessKeyInfo:  s.GetAccessKeyInfo,
	}
}

// now has whole seconds, as all times of IAM.
func (s *Service) now() time.Time { return s.directory.Now().UTC().Truncate(time.Second) }

// view reads in one transaction.
func (s *Service) view(ctx context.Context, read func(tx *meta.Tx) error) error {
	return s.directory.Store.View(ctx, read)
}

// find answers the identity of a kind in the caller's account, or NoSuchEntity.
func find(tx *meta.Tx, caller api.Caller, kind accounts.Kind, name string) (meta.Record[accounts.Identity], error) {
	record, err := kind.Find(tx, caller.Account, name)
	if errors.Is(err, accounts.ErrNotFound) {
		err = iam.NoSuchEntity("There is no %s with the name %s.", kind.Name, name)
	}
	return record, err
}

// read finds an identity and lets something be read from it.
func (s *Service) read(ctx context.Context, caller api.Caller, kind accounts.Kind, name string, read func(tx *meta.Tx, record meta.Record[accounts.Identity]) error) error {
	return s.view(ctx, func(tx *meta.Tx) error {
		record, err := find(tx, caller, kind, name)
		if err != nil {
			return err
		}
		return read(tx, record)
	})
}

// change finds an identity, lets a decision alter it, and keeps it, in one transaction.
func (s *Service) change(ctx context.Context, caller api.Caller, kind accounts.Kind, name string, decide func(tx *meta.Tx, identity *accounts.Identity) error) (*api.None, error) {
	err := s.directory.Store.Update(ctx, func(tx *meta.Tx) error {
		record, err := find(tx, caller, kind, name)
		if err != nil {
			return err
		}
		if err := decide(tx, &record.Body); err != nil {
			return err
		}
		return kind.Put(tx, record)
	})
	return &api.None{}, err
}
