package iam

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"slipher/internal/accounts"
	"slipher/internal/api"
	"slipher/internal/meta"
	"slipher/internal/policy"
)

// subject is what an operation of IAM is about (Service Authorization Reference, "Actions, resources, and condition keys for AWS
// Identity and Access Management").
type subject int

const (
	everything subject = iota // lists, whose resource is *
	user
	ownUser // the caller, if the request names no user
	group
	role
	managedPolicy
	source // of a simulation: any of them
)

var subjects = map[string]subject{
	"CreateUser": user, "GetUser": ownUser, "ListUsers": everything, "DeleteUser": user,
	"CreateAccessKey": ownUser, "ListAccessKeys": ownUser, "UpdateAccessKey": ownUser, "DeleteAccessKey": ownUser,
	"PutUserPolicy": user, "GetUserPolicy": user, "ListUserPolicies": user, "DeleteUserPolicy": user,
	"AttachUserPolicy": user, "DetachUserPolicy": user, "ListAttachedUserPolicies": user,
	"PutUserPermissionsBoundary": user, "DeleteUserPermissionsBoundary": user,
	"TagUser": user, "UntagUser": user, "ListUserTags": user, "ListGroupsForUser": user,

	"CreateGroup": group, "GetGroup": group, "ListGroups": everything, "DeleteGroup": group,
	"AddUserToGroup": group, "RemoveUserFromGroup": group,
	"PutGroupPolicy": group, "GetGroupPolicy": group, "ListGroupPolicies": group, "DeleteGroupPolicy": group,
	"AttachGroupPolicy": group, "DetachGroupPolicy": group, "ListAttachedGroupPolicies": group,

	"CreateRole": role, "GetRole": role, "ListRoles": everything, "UpdateRole": role, "UpdateAssumeRolePolicy": role, "DeleteRole": role,
	"PutRolePolicy": role, "GetRolePolicy": role, "ListRolePolicies": role, "DeleteRolePolicy": role,
	"AttachRolePolicy": role, "DetachRolePolicy": role, "ListAttachedRolePolicies": role,
	"PutRolePermissionsBoundary": role, "DeleteRolePermissionsBoundary": role,
	"TagRole": role, "UntagRole": role, "ListRoleTags": role, "ListInstanceProfilesForRole": role,

	"CreatePolicy": managedPolicy, "GetPolicy": managedPolicy, "ListPolicies": everything, "DeletePolicy": managedPolicy,
	"CreatePolicyVersion": managedPolicy, "GetPolicyVersion": managedPolicy, "ListPolicyVersions": managedPolicy,
	"DeletePolicyVersion": managedPolicy, "SetDefaultPolicyVersion": managedPolicy, "ListEntitiesForPolicy": managedPolicy,
	"SimulatePrincipalPolicy": source,
}

// asksOfIAM answers one request for the subject, and one for its tags if it is made with some.
func (s *Service) asksOfIAM(ctx context.Context, caller api.Caller, operation string, input any) ([]policy.Request, error) {
	about, known := subjects[operation]
	if !known {
		return nil, fmt.Errorf("nothing says what %s asks for", operation)
	}
	if caller.Session != nil && caller.Session.Role == nil {
		return nil, denied("IAM cannot be called with the credentials of GetSessionToken.")
	}
	given := values{reflect.ValueOf(input).Elem()}
	if about == ownUser && given.text("UserName") == "" && caller.Principal.Type == policy.RoleSession {
		return nil, validation("Say which user with UserName: the caller is the session of a role.")
	}
	var asked policy.Request
	err := s.view(ctx, func(tx *meta.Tx) (err error) {
		asked, err = ask(tx, caller, operation, about, given)
		return err
	})
	if err != nil {
		return nil, err
	}
	requests := []policy.Request{asked}
	if action := taggingAction(operation); action != "" && len(given.list("Tags")) > 0 {
		tagging := asked
		tagging.Action = action
		requests = append(requests, tagging)
	}
	return requests, nil
}

func taggingAction(operation string) string {
	switch operation {
	case "CreateUser", "CreateRole", "CreatePolicy":
		return "iam:Tag" + strings.TrimPrefix(operation, "Create")
	}
	return ""
}

// ask makes the request for the subject, with the condition keys that it has.
func ask(tx *meta.Tx, caller api.Caller, operation string, about subject, given values) (policy.Request, error) {
	found, err := look(tx, caller, about, given)
	if err != nil {
		return policy.Request{}, err
	}
	asked := caller.Asks("iam:"+operation, found.arn)
	asked.Named, asked.Owner = found.named, found.owner
	asked.Context.SetTags("aws:ResourceTag", found.tags)
	asked.Context.SetTags("iam:ResourceTag", found.tags)
	if boundary := given.text("PermissionsBoundary"); boundary != "" {
		found.boundary = boundary
	}
	if found.boundary != "" {
		asked.Context.Set("iam:PermissionsBoundary", found.boundary)
	}
	if strings.HasPrefix(operation, "Attach") || strings.HasPrefix(operation, "Detach") {
		asked.Context.Set("iam:PolicyARN", given.text("PolicyArn"))
	}
	given.setTags(asked.Context)
	return asked, nil
}

// found is what a request is about, whether it is there or not.
type found struct {
	arn      string
	named    string // as refusals call it, so that they do not tell whether it is there
	owner    string
	boundary string
	tags     map[string]string
}

func look(tx *meta.Tx, caller api.Caller, about subject, given values) (found, error) {
	switch about {
	case user, ownUser:
		name := nameOr(given.text("UserName"), caller)
		if name == "" {
			return found{arn: caller.ARN}, nil
		}
		return lookFor(tx, caller, accounts.Users, name, given)
	case group:
		return lookFor(tx, caller, accounts.Groups, given.text("GroupName"), given)
	case role:
		return lookFor(tx, caller, accounts.Roles, given.text("RoleName"), given)
	case managedPolicy:
		return lookForPolicy(tx, caller, given)
	case source:
		return ofARN(caller, given.text("PolicySourceArn")), nil
	}
	return found{arn: "*"}, nil
}

// lookFor answers the ARN that an identity has or, if there is none, would have.
func lookFor(tx *meta.Tx, caller api.Caller, kind accounts.Kind, name string, given values) (found, error) {
	record, err := kind.Find(tx, caller.Account, name)
	if errors.Is(err, accounts.ErrNotFound) {
		return found{arn: kind.ARN(caller.Account, pathOr(given.text("Path")), name), named: kind.Name + " " + name}, nil
	}
	body := record.Body
	return found{arn: kind.ARNOf(record), named: kind.Name + " " + name, boundary: body.Boundary, tags: accounts.TagMap(body.Tags)}, err
}

func lookForPolicy(tx *meta.Tx, caller api.Caller, given values) (found, error) {
	arn := given.text("PolicyArn")
	if arn == "" {
		return found{arn: accounts.PolicyARN(caller.Account, pathOr(given.text("Path")), given.text("PolicyName"))}, nil
	}
	record, err := accounts.FindPolicy(tx, arn)
	if errors.Is(err, accounts.ErrNotFound) {
		return ofARN(caller, arn), nil
	}
	named := ofARN(caller, arn)
	named.tags = accounts.TagMap(record.Body.Tags)
	return named, err
}

// ofARN says whose a resource is; AWS's own are everybody's.
func ofARN(caller api.Caller, arn string) found {
	owner := caller.Account
	if segments := strings.SplitN(arn, ":", 6); len(segments) == 6 && segments[4] != "aws" {
		owner = segments[4]
	}
	return found{arn: arn, owner: owner}
}

// values are the members of an input, by their names.
type values struct{ reflect.Value }

func (v values) text(member string) string {
	if field := v.FieldByName(member); field.IsValid() && field.Kind() == reflect.String {
		return field.String()
	}
	return ""
}

// list answers a member that is a list of structures or texts, or nothing.
func (v values) list(member string) []values {
	field := v.FieldByName(member)
	if !field.IsValid() {
		return nil
	}
	items := make([]values, field.Len())
	for i := range items {
		items[i] = values{field.Index(i)}
	}
	return items
}

// setTags enters the tags of a request, and the keys of those to be removed.
func (v values) setTags(context policy.Context) {
	var keys []string
	for _, tag := range v.list("Tags") {
		keys = append(keys, tag.text("Key"))
		context.Set("aws:RequestTag/"+tag.text("Key"), tag.text("Value"))
	}
	for _, key := range v.list("TagKeys") {
		keys = append(keys, key.String())
	}
	if len(keys) > 0 {
		context.Set("aws:TagKeys", keys...)
	}
}
