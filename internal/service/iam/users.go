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
)

// CreateUser makes a user, who may do nothing yet.
func (s *Service) CreateUser(ctx context.Context, caller api.Caller, in *iam.CreateUserRequest) (*iam.CreateUserResponse, error) {
	if err := cmp.Or(checkName("UserName", in.UserName), checkPath(pathOr(in.Path), pathForm)); err != nil {
		return nil, err
	}
	tags, err := readTags(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	made := accounts.Identity{Name: in.UserName, Path: pathOr(in.Path), Boundary: in.PermissionsBoundary, Tags: tags}
	record, err := s.create(ctx, caller, accounts.Users, mostUsers, made)
	if err != nil {
		return nil, err
	}
	return &iam.CreateUserResponse{User: userShape(record)}, nil
}

// create makes an identity, unless the account has as many as it may.
func (s *Service) create(ctx context.Context, caller api.Caller, kind accounts.Kind, most int, made accounts.Identity) (record meta.Record[accounts.Identity], err error) {
	if made.ID, err = s.directory.NewID(kind.Prefix); err != nil {
		return record, err
	}
	made.Created = s.now()
	err = s.directory.Store.Update(ctx, func(tx *meta.Tx) error {
		count, err := kind.Count(tx, caller.Account)
		if err := cmp.Or(err, room(count, most, kind.Name+"s in an account")); err != nil {
			return err
		}
		if made.Boundary != "" {
			if _, err := attachable(tx, caller, made.Boundary); err != nil {
				return err
			}
		}
		record, err = kind.Insert(tx, caller.Account, made)
		if errors.Is(err, accounts.ErrExists) {
			return iam.EntityAlreadyExists("There is already a %s with the name %s, in upper or lower case.", kind.Name, made.Name)
		}
		return err
	})
	return record, err
}

// GetUser answers a user; the caller if it names none.
func (s *Service) GetUser(ctx context.Context, caller api.Caller, in *iam.GetUserRequest) (*iam.GetUserResponse, error) {
	out := &iam.GetUserResponse{}
	return out, s.view(ctx, func(tx *meta.Tx) error {
		if in.UserName == "" && isRoot(caller) {
			created, err := s.directory.Created(tx, caller.Account)
			out.User = &iam.User{Path: "/", UserId: caller.UserID, Arn: caller.ARN, CreateDate: created}
			return err
		}
		record, err := find(tx, caller, accounts.Users, nameOr(in.UserName, caller))
		if err == nil {
			out.User = userShape(record)
		}
		return err
	})
}

// ListUsers lists the account's, without their tags and boundaries.
func (s *Service) ListUsers(ctx context.Context, caller api.Caller, in *iam.ListUsersRequest) (*iam.ListUsersResponse, error) {
	out := &iam.ListUsersResponse{Users: []iam.User{}}
	records, truncated, marker, err := s.list(ctx, caller, accounts.Users, in.PathPrefix, in.Marker, in.MaxItems)
	for _, record := range records {
		shown := userShape(record)
		shown.PermissionsBoundary, shown.Tags = nil, nil
		out.Users = append(out.Users, *shown)
	}
	out.IsTruncated, out.Marker = truncated, marker
	return out, err
}

// list answers a page of the account's identities of a kind whose path begins so.
func (s *Service) list(ctx context.Context, caller api.Caller, kind accounts.Kind, prefix, marker string, items *int) (records []meta.Record[accounts.Identity], truncated *bool, next string, err error) {
	asked, err := readPage(marker, items)
	if err == nil {
		err = checkPrefix(prefix)
	}
	if err != nil {
		return nil, nil, "", err
	}
	err = s.view(ctx, func(tx *meta.Tx) error {
		records, truncated, next, err = listed(asked, func(after string, limit int) ([]meta.Record[accounts.Identity], error) {
			return kind.List(tx, caller.Account, after, limit)
		}, func(record meta.Record[accounts.Identity]) bool { return strings.HasPrefix(record.Body.Path, prefix) })
		return err
	})
	return records, truncated, next, err
}

// DeleteUser removes a user who has nothing any more.
func (s *Service) DeleteUser(ctx context.Context, caller api.Caller, in *iam.DeleteUserRequest) (*api.None, error) {
	return s.remove(ctx, caller, accounts.Users, in.UserName, func(tx *meta.Tx, record meta.Record[accounts.Identity]) error {
		keys, err := accounts.KeysOf(tx, accounts.OwnerOf(record))
		switch {
		case err != nil:
			return err
		case len(keys) > 0:
			return iam.DeleteConflict("The user has access keys: delete these first.")
		case len(record.Body.Groups) > 0:
			return iam.DeleteConflict("The user is in the group %s: remove it from its groups first.", record.Body.Groups[0])
		}
		return nil
	})
}

// remove deletes an identity without policies, if nothing else is in the way.
func (s *Service) remove(ctx context.Context, caller api.Caller, kind accounts.Kind, name string, check func(tx *meta.Tx, record meta.Record[accounts.Identity]) error) (*api.None, error) {
	err := s.directory.Store.Update(ctx, func(tx *meta.Tx) error {
		record, err := find(tx, caller, kind, name)
		switch {
		case err != nil:
			return err
		case len(record.Body.Inline) > 0:
			return iam.DeleteConflict("The %s has policies of its own: delete these first.", kind.Name)
		case len(record.Body.Attached) > 0:
			return iam.DeleteConflict("The %s has attached policies: detach these first.", kind.Name)
		}
		if err := check(tx, record); err != nil {
			return err
		}
		return kind.Delete(tx, record)
	})
	return &api.None{}, err
}

// room refuses one more where there are as many as there may be.
func room(count, most int, what string) error {
	if count < most {
		return nil
	}
	return iam.LimitExceeded("There cannot be more than %d %s.", most, what)
}
