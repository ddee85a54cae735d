package iam

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"slipher/internal/accounts"
	"slipher/internal/api"
	"slipher/internal/api/iam"
	"slipher/internal/meta"
	"slipher/internal/policy"
	"slipher/internal/service"
)

// subject is what an operation is about, with the condition keys that its input has.
type subject struct {
	find     func(tx *meta.Tx, caller api.Caller) (found, error)
	boundary string
	attached string // ARN of a policy
	tags     []iam.Tag
	untagged []string // keys
	tagging  string   // the action that tags ask for where something is made with them
}

// found is what a request is about, whether it is there or not.
type found struct {
	arn      string
	named    string // as refusals call it, so that they do not tell whether it is there
	owner    string
	boundary string
	tags     map[string]string
}

func (s subject) bounded(arn string) subject      { s.boundary = arn; return s }
func (s subject) attaching(arn string) subject    { s.attached = arn; return s }
func (s subject) tagged(tags []iam.Tag) subject   { s.tags = tags; return s }
func (s subject) untagging(keys []string) subject { s.untagged = keys; return s }

// made is for operations that make the subject with tags.
func (s subject) made(tagging string, tags []iam.Tag) subject {
	s.tagging, s.tags = tagging, tags
	return s
}

func (s subject) required() required { return required{noSessionToken, s.requests} }

// requests are one for the subject, and one for its tags if it is made with some.
func (s subject) requests(call service.Call) ([]policy.Request, error) {
	found, err := s.find(call.Tx, call.Caller)
	if err != nil {
		return nil, err
	}
	request := call.Caller.Request(call.Action, found.arn)
	request.Named, request.Owner = found.named, found.owner
	request.Context.SetTags("aws:ResourceTag", found.tags)
	request.Context.SetTags("iam:ResourceTag", found.tags)
	if boundary := cmp.Or(s.boundary, found.boundary); boundary != "" {
		request.Context.Set("iam:PermissionsBoundary", boundary)
	}
	if s.attached != "" {
		request.Context.Set("iam:PolicyARN", s.attached)
	}
	s.setTags(request.Context)
	requests := []policy.Request{request}
	if s.tagging != "" && len(s.tags) > 0 {
		request.Action = s.tagging
		requests = append(requests, request)
	}
	return requests, nil
}

// setTags enters the tags of a request, and the keys of those to be removed.
func (s subject) setTags(context policy.Context) {
	keys := slices.Clone(s.untagged)
	for _, tag := range s.tags {
		keys = append(keys, tag.Key)
		context.Set("aws:RequestTag/"+tag.Key, tag.Value)
	}
	if len(keys) > 0 {
		context.Set("aws:TagKeys", keys...)
	}
}

// onEverything is for lists, whose resource is *.
func onEverything[In any](in *In) required {
	return append(required{noSessionToken}, service.Everything(in)...)
}

func onUser(name string) subject { return onIdentity(accounts.Users, name) }

// onOwnUser is about the caller where a request names no user.
func onOwnUser(name string) subject {
	return subject{find: func(tx *meta.Tx, caller api.Caller) (found, error) {
		switch named := nameOr(name, caller); {
		case name == "" && caller.Principal.Type == policy.RoleSession:
			return found{}, validation("Say which user with UserName: the caller is the session of a role.")
		case named == "":
			return found{arn: caller.ARN}, nil
		default:
			return lookUp(tx, caller, accounts.Users, named, "")
		}
	}}
}

func onGroup(name string) subject { return onIdentity(accounts.Groups, name) }

func onRole(name string) subject { return onIdentity(accounts.Roles, name) }

func onIdentity(kind accounts.Kind, name string) subject { return onNew(kind, name, "") }

// onNew is about an identity that may not be there yet.
func onNew(kind accounts.Kind, name, path string) subject {
	return subject{find: func(tx *meta.Tx, caller api.Caller) (found, error) { return lookUp(tx, caller, kind, name, path) }}
}

// lookUp answers the ARN that an identity has or, if there is none, would have.
func lookUp(tx *meta.Tx, caller api.Caller, kind accounts.Kind, name, path string) (found, error) {
	record, err := kind.Find(tx, caller.Account, name)
	if errors.Is(err, accounts.ErrNotFound) {
		return found{arn: kind.ARN(caller.Account, pathOr(path), name), named: kind.Name + " " + name}, nil
	}
	body := record.Body
	return found{arn: kind.ARNOf(record), named: kind.Name + " " + name, boundary: body.Boundary, tags: accounts.TagMap(body.Tags)}, err
}

func onNewPolicy(name, path string) subject {
	return subject{find: func(_ *meta.Tx, caller api.Caller) (found, error) {
		return found{arn: accounts.PolicyARN(caller.Account, pathOr(path), name)}, nil
	}}
}

func onPolicy(arn string) subject {
	return subject{find: func(tx *meta.Tx, caller api.Caller) (found, error) {
		named := ofARN(caller, arn)
		record, err := accounts.FindPolicy(tx, arn)
		if errors.Is(err, accounts.ErrNotFound) {
			return named, nil
		}
		named.tags = accounts.TagMap(record.Body.Tags)
		return named, err
	}}
}

// onSource is about the user, group or role of a simulation.
func onSource(arn string) subject {
	return subject{find: func(_ *meta.Tx, caller api.Caller) (found, error) { return ofARN(caller, arn), nil }}
}

// ofARN says whose a resource is; AWS's own are everybody's.
func ofARN(caller api.Caller, arn string) found {
	owner := caller.Account
	if segments := strings.SplitN(arn, ":", 6); len(segments) == 6 && segments[4] != "aws" {
		owner = segments[4]
	}
	return found{arn: arn, owner: owner}
}

// noSessionToken refuses the credentials of GetSessionToken.
func noSessionToken(call service.Call) ([]policy.Request, error) {
	if call.Caller.Session == nil || call.Caller.Session.Role != nil {
		return nil, nil
	}
	if operation, ofSTS := strings.CutPrefix(call.Action, "sts:"); ofSTS {
		return nil, denied("%s cannot be called with the credentials of GetSessionToken.", operation)
	}
	return nil, denied("IAM cannot be called with the credentials of GetSessionToken.")
}

// lastingCredentials refuses all temporary ones.
func lastingCredentials(call service.Call) ([]policy.Request, error) {
	if call.Caller.Session != nil {
		return nil, denied("GetSessionToken cannot be called with temporary credentials.")
	}
	return nil, nil
}
