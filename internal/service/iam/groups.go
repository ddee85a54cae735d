package iam

import (
	"cmp"
	"context"
	"slices"

	"slipher/internal/accounts"
	"slipher/internal/api"
	"slipher/internal/api/iam"
	"slipher/internal/meta"
)

// CreateGroup makes a group of users, without any.
func (s *Service) CreateGroup(ctx context.Context, caller api.Caller, in *iam.CreateGroupRequest) (*iam.CreateGroupResponse, error) {
	if err := cmp.Or(checkName("GroupName", in.GroupName), checkPath(pathOr(in.Path), pathForm)); err != nil {
		return nil, err
	}
	record, err := s.create(ctx, caller, accounts.Groups, mostGroups, accounts.Identity{Name: in.GroupName, Path: pathOr(in.Path)})
	if err != nil {
		return nil, err
	}
	return &iam.CreateGroupResponse{Group: groupShape(record)}, nil
}

// GetGroup answers a group and its users.
func (s *Service) GetGroup(ctx context.Context, caller api.Caller, in *iam.GetGroupRequest) (*iam.GetGroupResponse, error) {
	asked, err := readPage(in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iam.GetGroupResponse{Users: []iam.User{}}
	return out, s.read(ctx, caller, accounts.Groups, in.GroupName, func(tx *meta.Tx, record meta.Record[accounts.Identity]) error {
		out.Group = groupShape(record)
		members, err := accounts.Members(tx, caller.Account, in.GroupName)
		members, out.IsTruncated, out.Marker = cut(members, func(user meta.Record[accounts.Identity]) string { return user.ID }, asked)
		for _, user := range members {
			shown := userShape(user)
			shown.PermissionsBoundary, shown.Tags = nil, nil
			out.Users = append(out.Users, *shown)
		}
		return err
	})
}

// ListGroups lists the account's.
func (s *Service) ListGroups(ctx context.Context, caller api.Caller, in *iam.ListGroupsRequest) (*iam.ListGroupsResponse, error) {
	out := &iam.ListGroupsResponse{Groups: []iam.Group{}}
	records, truncated, marker, err := s.list(ctx, caller, accounts.Groups, in.PathPrefix, in.Marker, in.MaxItems)
	for _, record := range records {
		out.Groups = append(out.Groups, *groupShape(record))
	}
	out.IsTruncated, out.Marker = truncated, marker
	return out, err
}

// DeleteGroup removes a group without users and policies.
func (s *Service) DeleteGroup(ctx context.Context, caller api.Caller, in *iam.DeleteGroupRequest) (*api.None, error) {
	return s.remove(ctx, caller, accounts.Groups, in.GroupName, func(tx *meta.Tx, record meta.Record[accounts.Identity]) error {
		members, err := accounts.Members(tx, caller.Account, record.Body.Name)
		if err == nil && len(members) > 0 {
			err = iam.DeleteConflict("The group has users: remove these first.")
		}
		return err
	})
}

// AddUserToGroup gives a user the policies of a group. One who has them already stays as it is.
func (s *Service) AddUserToGroup(ctx context.Context, caller api.Caller, in *iam.AddUserToGroupRequest) (*api.None, error) {
	return s.changeMember(ctx, caller, in.GroupName, in.UserName, func(user *accounts.Identity) error {
		if slices.Contains(user.Groups, in.GroupName) {
			return nil
		}
		user.Groups = append(user.Groups, in.GroupName)
		return room(len(user.Groups)-1, mostGroupsOfUser, "groups of one user")
	})
}

// RemoveUserFromGroup takes the policies of a group away from a user.
func (s *Service) RemoveUserFromGroup(ctx context.Context, caller api.Caller, in *iam.RemoveUserFromGroupRequest) (*api.None, error) {
	return s.changeMember(ctx, caller, in.GroupName, in.UserName, func(user *accounts.Identity) error {
		at := slices.Index(user.Groups, in.GroupName)
		if at < 0 {
			return iam.NoSuchEntity("The user %s is not in the group %s.", in.UserName, in.GroupName)
		}
		user.Groups = slices.Delete(user.Groups, at, at+1)
		return nil
	})
}

// changeMember is change for a user in connection with a group that there is.
func (s *Service) changeMember(ctx context.Context, caller api.Caller, group, user string, decide func(user *accounts.Identity) error) (*api.None, error) {
	return s.change(ctx, caller, accounts.Users, user, func(tx *meta.Tx, changed *accounts.Identity) error {
		if _, err := find(tx, caller, accounts.Groups, group); err != nil {
			return err
		}
		return decide(changed)
	})
}

// ListGroupsForUser lists the groups that a user is in.
func (s *Service) ListGroupsForUser(ctx context.Context, caller api.Caller, in *iam.ListGroupsForUserRequest) (*iam.ListGroupsForUserResponse, error) {
	asked, err := readPage(in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iam.ListGroupsForUserResponse{Groups: []iam.Group{}}
	return out, s.read(ctx, caller, accounts.Users, in.UserName, func(tx *meta.Tx, record meta.Record[accounts.Identity]) error {
		var names []string
		names, out.IsTruncated, out.Marker = cut(slices.Sorted(slices.Values(record.Body.Groups)), func(name string) string { return name }, asked)
		for _, name := range names {
			group, err := find(tx, caller, accounts.Groups, name)
			if err != nil {
				return err
			}
			out.Groups = append(out.Groups, *groupShape(group))
		}
		return nil
	})
}
