package iam

import (
	"context"
	"fmt"
	"slices"

	"slipher/internal/accounts"
	"slipher/internal/api"
	"slipher/internal/api/iam"
	"slipher/internal/meta"
	"slipher/internal/policy"
)

// changePolicy finds a policy of the account's own, lets a decision alter it, and keeps it, in one transaction.
func (s *Service) changePolicy(ctx context.Context, caller api.Caller, arn string, decide func(changed *accounts.ManagedPolicy) error) (*api.None, error) {
	err := s.directory.Store.Update(ctx, func(tx *meta.Tx) error {
		record, err := ownPolicy(tx, caller, arn)
		if err != nil {
			return err
		}
		if err := decide(&record.Body); err != nil {
			return err
		}
		return accounts.PutPolicy(tx, record)
	})
	return &api.None{}, err
}

// CreatePolicyVersion gives a policy another document. Only the default version counts.
func (s *Service) CreatePolicyVersion(ctx context.Context, caller api.Caller, in *iam.CreatePolicyVersionRequest) (*iam.CreatePolicyVersionResponse, error) {
	if err := readPolicy(policy.ManagedPolicy, in.PolicyDocument); err != nil {
		return nil, err
	}
	out := &iam.CreatePolicyVersionResponse{}
	_, err := s.changePolicy(ctx, caller, in.PolicyArn, func(changed *accounts.ManagedPolicy) error {
		if err := room(len(changed.Versions), mostVersions, "versions of a policy: delete one that is not needed"); err != nil {
			return err
		}
		changed.Made++
		version := accounts.Version{ID: fmt.Sprintf("v%d", changed.Made), Document: in.PolicyDocument, Created: s.now()}
		changed.Versions = append(changed.Versions, version)
		changed.Updated = version.Created
		if in.SetAsDefault != nil && *in.SetAsDefault {
			changed.Default = version.ID
		}
		out.PolicyVersion = versionShape(*changed, version)
		return nil
	})
	return out, err
}

// versionShape leaves the document out.
func versionShape(of accounts.ManagedPolicy, version accounts.Version) *iam.PolicyVersion {
	return &iam.PolicyVersion{VersionId: version.ID, IsDefaultVersion: new(version.ID == of.Default), CreateDate: version.Created}
}

// GetPolicyVersion answers a version with its document.
func (s *Service) GetPolicyVersion(ctx context.Context, caller api.Caller, in *iam.GetPolicyVersionRequest) (*iam.GetPolicyVersionResponse, error) {
	out := &iam.GetPolicyVersionResponse{}
	return out, s.view(ctx, func(tx *meta.Tx) error {
		record, err := attachable(tx, caller, in.PolicyArn)
		if err != nil {
			return err
		}
		version, there := record.Body.Version(in.VersionId)
		if !there {
			return noVersion(in.PolicyArn, in.VersionId)
		}
		out.PolicyVersion = versionShape(record.Body, version)
		out.PolicyVersion.Document = escaped(version.Document)
		return nil
	})
}

func noVersion(arn, id string) error {
	return iam.NoSuchEntity("The policy %s has no version %s.", arn, id)
}

// ListPolicyVersions lists a policy's versions, the newest first, without their documents.
func (s *Service) ListPolicyVersions(ctx context.Context, caller api.Caller, in *iam.ListPolicyVersionsRequest) (*iam.ListPolicyVersionsResponse, error) {
	asked, err := readPage(in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iam.ListPolicyVersionsResponse{Versions: []iam.PolicyVersion{}}
	return out, s.view(ctx, func(tx *meta.Tx) error {
		record, err := attachable(tx, caller, in.PolicyArn)
		if err != nil {
			return err
		}
		newest := slices.Clone(record.Body.Versions)
		slices.Reverse(newest)
		newest, out.IsTruncated, out.Marker = cutByPlace(newest, asked)
		for _, version := range newest {
			out.Versions = append(out.Versions, *versionShape(record.Body, version))
		}
		return nil
	})
}

// DeletePolicyVersion removes a version that is not the default one.
func (s *Service) DeletePolicyVersion(ctx context.Context, caller api.Caller, in *iam.DeletePolicyVersionRequest) (*api.None, error) {
	return s.changePolicy(ctx, caller, in.PolicyArn, func(changed *accounts.ManagedPolicy) error {
		at := slices.IndexFunc(changed.Versions, func(version accounts.Version) bool { return version.ID == in.VersionId })
		switch {
		case at < 0:
			return noVersion(in.PolicyArn, in.VersionId)
		case in.VersionId == changed.Default:
			return iam.DeleteConflict("The version %s is the policy's default one: set another one as the default first.", in.VersionId)
		}
		changed.Versions = slices.Delete(changed.Versions, at, at+1)
		return nil
	})
}

// SetDefaultPolicyVersion says which version counts.
func (s *Service) SetDefaultPolicyVersion(ctx context.Context, caller api.Caller, in *iam.SetDefaultPolicyVersionRequest) (*api.None, error) {
	return s.changePolicy(ctx, caller, in.PolicyArn, func(changed *accounts.ManagedPolicy) error {
		if _, there := changed.Version(in.VersionId); !there {
			return noVersion(in.PolicyArn, in.VersionId)
		}
		changed.Default, changed.Updated = in.VersionId, s.now()
		return nil
	})
}
