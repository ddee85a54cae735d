package control

import (
	"cmp"
	"errors"
	"strings"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/policy"
	"slipher/internal/service"
	"slipher/internal/warehouse/state"
)

// The permissions look at the tags of what is named, and at the cluster of a snapshot that is named by its identifier alone. Whether there is anything of
// that name, a refusal does not tell: it shows the resources as the request named them.

type required = []service.Permission

// given are the tags of a request that has some, or the keys of those that it is about.
type given struct {
	tags []redshift.Tag
	keys []string
}

// aboutResource is a request for an action on a resource that has tags.
func (g given) aboutResource(caller api.Caller, action, resource string, tags []redshift.Tag) policy.Request {
	request := caller.Request(action, resource)
	request.Context.SetTags("aws:ResourceTag", tagValues(tags))
	request.Context.SetTags("aws:RequestTag", tagValues(g.tags))
	request.Context.Set("aws:TagKeys", append(tagKeys(g.tags), g.keys...)...)
	return request
}

// here is the ARN of a resource of the caller's; * stands for all of the kind. Parameter groups are kept by their names in lower case.
func here(caller api.Caller, kind, name string) state.ARN {
	if kind == "parametergroup" {
		name = strings.ToLower(name)
	}
	return state.ARN{Service: "redshift", Region: caller.Region, Account: caller.Account, Kind: kind, Name: cmp.Or(name, "*")}
}

// on requires the operation's action on a resource that may be there.
func on(kind, name string) service.Permission {
	return func(call service.Call) ([]policy.Request, error) {
		return given{}.onTagged(call, here(call.Caller, kind, name))
	}
}

func (g given) onTagged(call service.Call, arn state.ARN) ([]policy.Request, error) {
	tags, err := tagsOf(call, arn)
	return []policy.Request{g.aboutResource(call.Caller, call.Action, arn.String(), tags)}, err
}

// create requires the operation's action on a resource that is to be, and tagging it where it gets tags.
func create(kind, name string, tags []redshift.Tag) service.Permission {
	return func(call service.Call) ([]policy.Request, error) {
		resource, with := here(call.Caller, kind, name).String(), given{tags: tags}
		requests := []policy.Request{with.aboutResource(call.Caller, call.Action, resource, nil)}
		if len(tags) > 0 {
			requests = append(requests, with.aboutResource(call.Caller, "redshift:CreateTags", resource, nil))
		}
		return requests, nil
	}
}

// rename requires the action on the new name of a cluster too, so that nobody gets at a name that others' policies speak of.
func rename(cluster, renamed string) service.Permission {
	return func(call service.Call) ([]policy.Request, error) {
		if renamed == "" {
			return nil, nil
		}
		tags, err := tagsOf(call, here(call.Caller, "cluster", cluster))
		return []policy.Request{given{}.aboutResource(call.Caller, call.Action, here(call.Caller, "cluster", renamed).String(), tags)}, err
	}
}

// onNamed requires the operation's action on the resource of an ARN.
func onNamed(name string, with given) service.Permission {
	return func(call service.Call) ([]policy.Request, error) {
		if name == "" {
			return []policy.Request{with.aboutResource(call.Caller, call.Action, "*", nil)}, nil
		}
		arn, err := state.ParseARN(name)
		if err != nil { // the operation refuses it, once the policies allow as much
			return []policy.Request{with.aboutResource(call.Caller, call.Action, name, nil)}, nil
		}
		if located, ok := arn.Snapshot(); ok && !located.Serverless {
			return with.onLocated(call, located)
		}
		return with.onTagged(call, arn)
	}
}

// tagsOf are the tags of a resource of the caller's; none where there is no such resource.
func tagsOf(call service.Call, arn state.ARN) ([]redshift.Tag, error) {
	if arn.Service != "redshift" || arn.Account != call.Caller.Account || arn.Region != call.Caller.Region {
		return nil, nil
	}
	for _, kind := range taggableKinds() {
		if kind.name != arn.Kind {
			continue
		}
		found, err := kind.find(call.Tx, arn)
		if errors.Is(err, meta.ErrNotFound) {
			return nil, nil
		}
		return tagsShape(found.tags), err
	}
	return nil, nil
}

func tagKeys(tags []redshift.Tag) []string {
	keys := make([]string, len(tags))
	for i, tag := range tags {
		keys[i] = tag.Key
	}
	return keys
}

func tagValues(tags []redshift.Tag) map[string]string {
	values := map[string]string{}
	for _, tag := range tags {
		values[tag.Key] = tag.Value
	}
	return values
}
