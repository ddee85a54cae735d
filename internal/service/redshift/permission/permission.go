// Package permission is what Redshift's operations require of the policies of their callers, in the resources of Redshift's page of the Service
// Authorization Reference.
//
// Permissions look at the tags of what is named, and at the cluster of a snapshot that is named by its identifier alone. Whether there is anything of
// that name, a refusal does not tell: it shows the resources as the request named them.
package permission

import (
	"cmp"
	"strings"

	"slipher/internal/api"
	"slipher/internal/policy"
	"slipher/internal/service"
	"slipher/internal/warehouse/state"
)

// Given are the tags of a request that has some, or the keys of those that it is about.
type Given struct {
	Tags []state.Tag
	Keys []string
}

// About is a request for an action on a resource that has tags.
func (g Given) About(caller api.Caller, action, resource string, tags map[string]string) policy.Request {
	request := caller.Request(action, resource)
	request.Context.SetTags("aws:ResourceTag", tags)
	request.Context.SetTags("aws:RequestTag", Values(g.Tags))
	request.Context.Set("aws:TagKeys", append(tagKeys(g.Tags), g.Keys...)...)
	return request
}

// Here is the ARN of a resource of the caller's; * stands for all of the kind. Parameter groups are kept by their names in lower case.
func Here(caller api.Caller, kind, name string) state.ARN {
	if kind == "parametergroup" {
		name = strings.ToLower(name)
	}
	return state.ARN{Service: "redshift", Region: caller.Region, Account: caller.Account, Kind: kind, Name: cmp.Or(name, "*")}
}

// On requires the operation's action on a resource that may be there.
func On(kind, name string) service.Permission {
	return func(call service.Call) ([]policy.Request, error) {
		return Given{}.onTagged(call, Here(call.Caller, kind, name))
	}
}

func (g Given) onTagged(call service.Call, arn state.ARN) ([]policy.Request, error) {
	tags, err := call.Tags(arn.String())
	return []policy.Request{g.About(call.Caller, call.Action, arn.String(), tags)}, err
}

// Create requires the operation's action on a resource that is to be, and tagging it where it gets tags.
func Create(kind, name string, tags []state.Tag) service.Permission {
	return func(call service.Call) ([]policy.Request, error) {
		resource, with := Here(call.Caller, kind, name).String(), Given{Tags: tags}
		requests := []policy.Request{with.About(call.Caller, call.Action, resource, nil)}
		if len(tags) > 0 {
			requests = append(requests, with.About(call.Caller, "redshift:CreateTags", resource, nil))
		}
		return requests, nil
	}
}

// Rename requires the action on the new name of a cluster too, so that nobody gets at a name that others' policies speak of.
func Rename(cluster, renamed string) service.Permission {
	return func(call service.Call) ([]policy.Request, error) {
		if renamed == "" {
			return nil, nil
		}
		tags, err := call.Tags(Here(call.Caller, "cluster", cluster).String())
		return []policy.Request{Given{}.About(call.Caller, call.Action, Here(call.Caller, "cluster", renamed).String(), tags)}, err
	}
}

// OnNamed requires the operation's action on the resource of an ARN.
func OnNamed(name string, with Given) service.Permission {
	return func(call service.Call) ([]policy.Request, error) {
		if name == "" {
			return []policy.Request{with.About(call.Caller, call.Action, "*", nil)}, nil
		}
		arn, err := state.ParseARN(name)
		if err != nil {
			return []policy.Request{with.About(call.Caller, call.Action, name, nil)}, nil //nolint:nilerr // the operation refuses the ARN, once the policies allow as much
		}
		if located, ok := arn.Snapshot(); ok && !located.Serverless {
			return with.onLocated(call, located)
		}
		return with.onTagged(call, arn)
	}
}

func tagKeys(tags []state.Tag) []string {
	keys := make([]string, len(tags))
	for i, tag := range tags {
		keys[i] = tag.Key
	}
	return keys
}

// Values are the tags by their keys.
func Values(tags []state.Tag) map[string]string {
	values := map[string]string{}
	for _, tag := range tags {
		values[tag.Key] = tag.Value
	}
	return values
}
