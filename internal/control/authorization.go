package control

import (
	"context"
	"errors"
	"reflect"
	"strings"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/policy"
)

// Service is the Redshift API, with what each operation asks of the policies of its caller.
func (c *Control) Service() api.Service {
	service := c.Handlers().Service()
	service.Asks, service.Refusals = c.Asks, refusals
	return service
}

// refusals are recorded of Redshift. All other operations answer AccessDenied and the reason.
var refusals = map[string]*api.Fault{
	"RestoreFromClusterSnapshot": redshift.UnauthorizedOperation("Access Denied. Please ensure that your IAM Permissions allow this operation."),
}

// Asks answers what the policies of a caller have to allow for an operation, all of it, by the table of authorizations. It looks at the tags of what
// is named, and at the cluster of a snapshot that is named by its identifier alone. Whether there is anything of that name, a refusal does not
// tell: it shows the resources as the request named them.
func (c *Control) Asks(ctx context.Context, caller api.Caller, operation string, input any) ([]policy.Request, error) {
	a := &asking{control: c, caller: caller, action: "redshift:" + operation, input: reflect.ValueOf(input).Elem()}
	needs, known := authorizations[operation]
	if !known {
		needs = []need{everything}
	}
	err := c.config.Store.View(ctx, func(tx *meta.Tx) error {
		a.tx = tx
		for _, need := range needs {
			if err := need(a); err != nil {
				return err
			}
		}
		return nil
	})
	return a.requests, err
}

// need is a thing that an operation asks for. It adds to the requests.
type need func(a *asking) error

// asking is one call on its way through its needs.
type asking struct {
	control  *Control
	tx       *meta.Tx
	caller   api.Caller
	action   string
	input    reflect.Value // a structure
	taken    []string      // keys of tags, in the operations about them
	requests []policy.Request
}

// ask asks for an action of Redshift on a resource that is called shown in a refusal; the resource has tags, and is given those of the input.
func (a *asking) ask(action, resource, shown string, tags []redshift.Tag) {
	request := a.caller.Asks(action, resource)
	request.Named = shown
	request.Context.SetTags("aws:ResourceTag", tagValues(tags))
	given := a.tags()
	request.Context.SetTags("aws:RequestTag", tagValues(given))
	request.Context.Set("aws:TagKeys", append(tagKeys(given), a.taken...)...)
	a.requests = append(a.requests, request)
}

// here is the ARN of a resource of the caller's; * stands for all of the kind. Parameter groups are kept by their names in lower case.
func (a *asking) here(kind, name string) resourceARN {
	if kind == "parametergroup" {
		name = strings.ToLower(name)
	}
	return resourceARN{service: "redshift", region: a.caller.Region, account: a.caller.Account, kind: kind, name: or(name, "*")}
}

// everything asks for * where the reference knows no resources.
func everything(a *asking) error {
	a.ask(a.action, "*", "", nil)
	return nil
}

// on asks for a resource that may be there, which a member names.
func on(kind, member string) need {
	return func(a *asking) error {
		arn := a.here(kind, a.text(member))
		tags, err := a.tagsOf(arn)
		a.ask(a.action, arn.String(), "", tags)
		return err
	}
}

// create asks for a resource that is to be, and for tagging it where the input has tags.
func create(kind, member string) need {
	return func(a *asking) error {
		a.create(a.here(kind, a.text(member)))
		return nil
	}
}

func (a *asking) create(arn resourceARN) {
	a.ask(a.action, arn.String(), "", nil)
	if len(a.tags()) > 0 {
		a.ask("redshift:CreateTags", arn.String(), "", nil)
	}
}

// rename asks for the new name of a cluster too, so that nobody gets at a name that others' policies speak of.
func rename(a *asking) error {
	renamed := a.text("NewClusterIdentifier")
	if renamed == "" {
		return nil
	}
	tags, err := a.tagsOf(a.here("cluster", a.text("ClusterIdentifier")))
	a.ask(a.action, a.here("cluster", renamed).String(), "", tags)
	return err
}

// resourceName asks for the resource whose ARN is ResourceName.
func resourceName(a *asking) error {
	name := a.text("ResourceName")
	a.taken = a.texts("TagKeys")
	if name == "" {
		return everything(a)
	}
	arn, err := parseARN(name)
	if err != nil { // the operation refuses it, once the policies allow as much
		a.ask(a.action, name, "", nil)
		return nil
	}
	if located, ok := arn.snapshot(); ok && !located.serverless {
		return a.snapshot(a.action, located)
	}
	tags, err := a.tagsOf(arn)
	a.ask(a.action, arn.String(), "", tags)
	return err
}

// tagsOf are the tags of a resource of the caller's; none where there is no such resource.
func (a *asking) tagsOf(arn resourceARN) ([]redshift.Tag, error) {
	if arn.service != "redshift" || arn.account != a.caller.Account || arn.region != a.caller.Region {
		return nil, nil
	}
	for _, kind := range taggableKinds() {
		if kind.name != arn.kind {
			continue
		}
		found, err := kind.find(a.tx, arn)
		if errors.Is(err, meta.ErrNotFound) {
			return nil, nil
		}
		return found.tags, err
	}
	return nil, nil
}

// text is a member of the input; empty where the input has no such member.
func (a *asking) text(member string) string {
	if field := a.input.FieldByName(member); field.IsValid() {
		return field.String()
	}
	return ""
}

func (a *asking) texts(member string) []string {
	if field := a.input.FieldByName(member); field.IsValid() {
		return field.Interface().([]string)
	}
	return nil
}

// member is one that the input is known to have.
func (a *asking) member(name string) any { return a.input.FieldByName(name).Interface() }

func (a *asking) tags() []redshift.Tag {
	if field := a.input.FieldByName("Tags"); field.IsValid() {
		return field.Interface().([]redshift.Tag)
	}
	return nil
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
