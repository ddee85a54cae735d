package iam

import (
	"cmp"
	"context"
	"errors"

	"slipher/internal/accounts"
	"slipher/internal/api"
	"slipher/internal/api/iam"
	"slipher/internal/meta"
)

// ownerOf finds whose access keys a request is about: the caller's own if it names no user.
func ownerOf(tx *meta.Tx, caller api.Caller, name string) (accounts.KeyOwner, error) {
	if name == "" && isRoot(caller) {
		return accounts.KeyOwner{Account: caller.Account}, nil
	}
	record, err := find(tx, caller, accounts.Users, nameOr(name, caller))
	return accounts.OwnerOf(record), err
}

// CreateAccessKey makes an access key, whose secret is never answered again.
func (s *Service) CreateAccessKey(ctx context.Context, caller api.Caller, in *iam.CreateAccessKeyRequest) (*iam.CreateAccessKeyResponse, error) {
	out := &iam.CreateAccessKeyResponse{}
	return out, s.directory.Store.Update(ctx, func(tx *meta.Tx) error {
		owner, err := ownerOf(tx, caller, in.UserName)
		if err != nil {
			return err
		}
		keys, err := accounts.KeysOf(tx, owner)
		if err := cmp.Or(err, room(len(keys), mostAccessKeys, "access keys of a user")); err != nil {
			return err
		}
		key, made, err := s.directory.NewKey(tx, owner)
		out.AccessKey = &iam.AccessKey{
			UserName: owner.User, AccessKeyId: key.ID, Status: statusOf(made), SecretAccessKey: key.Secret, CreateDate: made.Created,
		}
		return err
	})
}

func statusOf(key accounts.OwnKey) string {
	if key.Inactive {
		return iam.StatusTypeInactive
	}
	return iam.StatusTypeActive
}

// ListAccessKeys lists a user's access keys, without their secrets.
func (s *Service) ListAccessKeys(ctx context.Context, caller api.Caller, in *iam.ListAccessKeysRequest) (*iam.ListAccessKeysResponse, error) {
	asked, err := readPage(in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iam.ListAccessKeysResponse{AccessKeyMetadata: []iam.AccessKeyMetadata{}}
	return out, s.view(ctx, func(tx *meta.Tx) error {
		owner, err := ownerOf(tx, caller, in.UserName)
		if err != nil {
			return err
		}
		keys, err := accounts.KeysOf(tx, owner)
		keys, out.IsTruncated, out.Marker = cut(keys, func(key accounts.OwnKey) string { return key.ID }, asked)
		for _, key := range keys {
			out.AccessKeyMetadata = append(out.AccessKeyMetadata, iam.AccessKeyMetadata{
				UserName: owner.User, AccessKeyId: key.ID, Status: statusOf(key), CreateDate: key.Created,
			})
		}
		return err
	})
}

// UpdateAccessKey switches an access key off, or on again.
func (s *Service) UpdateAccessKey(ctx context.Context, caller api.Caller, in *iam.UpdateAccessKeyRequest) (*api.None, error) {
	if in.Status == iam.StatusTypeExpired {
		return nil, iam.InvalidInput("The status of an access key can be set to Active or Inactive.")
	}
	return s.changeKey(ctx, caller, in.UserName, in.AccessKeyId, func(tx *meta.Tx, owner accounts.KeyOwner) error {
		return accounts.SetInactive(tx, owner, in.AccessKeyId, in.Status == iam.StatusTypeInactive)
	})
}

// DeleteAccessKey ends an access key.
func (s *Service) DeleteAccessKey(ctx context.Context, caller api.Caller, in *iam.DeleteAccessKeyRequest) (*api.None, error) {
	return s.changeKey(ctx, caller, in.UserName, in.AccessKeyId, func(tx *meta.Tx, owner accounts.KeyOwner) error {
		return accounts.DeleteKey(tx, owner, in.AccessKeyId)
	})
}

func (s *Service) changeKey(ctx context.Context, caller api.Caller, user, id string, change func(tx *meta.Tx, owner accounts.KeyOwner) error) (*api.None, error) {
	err := s.directory.Store.Update(ctx, func(tx *meta.Tx) error {
		owner, err := ownerOf(tx, caller, user)
		if err != nil {
			return err
		}
		err = change(tx, owner)
		if errors.Is(err, accounts.ErrNotFound) {
			return iam.NoSuchEntity("The user has no access key %s.", id)
		}
		return err
	})
	return &api.None{}, err
}
