// Package service is what every service is made of: families of operations. A family is a value that brings all that the house
// must know of it, so that adding an operation touches its family alone.
//
// It promises that a service starts only when each of its operations comes once, with a handler and with what it requires of the
// policies of its callers. It knows no operation itself.
package service

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"slipher/internal/api"
	"slipher/internal/meta"
	"slipher/internal/policy"
)

// Family is a group of operations that belong together.
type Family struct {
	Name       string
	Operations []Operation
}

// Operation is one that is offered.
type Operation struct {
	row      api.Operation
	requires func(input any) []Permission // nil: nobody has said
}

// Offer is an operation with its handler and the permissions that it requires for an input.
func Offer[In, Out any](of api.Descriptor[In, Out], handle func(context.Context, api.Caller, *In) (*Out, error), permissions func(in *In) []Permission) Operation {
	offered := Operation{row: of.Row()}
	if handle != nil {
		offered.row = of.Bind(handle)
	}
	if permissions != nil {
		offered.requires = func(input any) []Permission { return permissions(input.(*In)) }
	}
	return offered
}

// Refusing answers a fault, where policies do not allow the operation, in the place of AccessDenied with the reason.
func (o Operation) Refusing(fault *api.Fault) Operation {
	o.row.Refusal = fault
	return o
}

// Anybody is what an operation requires that every caller may call.
func Anybody[In any](*In) []Permission { return nil }

// HandlerDecides is what an operation requires whose handler asks the policies itself, since it knows only in its own transaction what about.
func HandlerDecides[In any](*In) []Permission { return nil }

// Permission is something that the policies of a caller have to allow. It answers the requests that they decide.
type Permission func(call Call) ([]policy.Request, error)

// Call is a call of an operation whose permissions are looked up, all of them in one transaction.
type Call struct {
	Caller api.Caller
	Action string // of the operation, e.g. redshift:CreateCluster
	Tx     *meta.Tx
	find   TagFinder
}

// TagFinder answers the tags of a resource of the caller's; none where there is no such resource.
type TagFinder func(call Call, resource string) (map[string]string, error)

// Tags are those of a resource of the caller's, by its ARN; none where there is no such resource.
func (c Call) Tags(resource string) (map[string]string, error) { return c.find(c, resource) }

// Lookup is where permissions are looked up.
type Lookup struct {
	Store *meta.Store
	Tags  TagFinder // nil where no permission asks for tags by ARN
}

// Everything requires the operation's action on *, where the Service Authorization Reference knows no resources.
func Everything[In any](*In) []Permission { return []Permission{onEverything} }

func onEverything(call Call) ([]policy.Request, error) {
	return []policy.Request{call.Caller.Request(call.Action, "*")}, nil
}

// Join is the service that offers the operations of the families. It refuses to make one in which an operation comes twice, or without its
// permissions or handler.
func Join(table api.Service, lookup Lookup, families ...Family) (api.Service, error) {
	j := joint{table: table, lookup: lookup, family: map[string]string{}}
	var problems []error
	for _, family := range families {
		for _, operation := range family.Operations {
			if err := j.add(family.Name, operation); err != nil {
				problems = append(problems, fmt.Errorf("join the service %s: %w", table.Name, err))
			}
		}
	}
	return j.table, errors.Join(problems...)
}

// joint is a service in the making.
type joint struct {
	table  api.Service
	lookup Lookup
	family map[string]string // by the operation
}

func (j joint) add(family string, offered Operation) error {
	name := offered.row.Name
	at := slices.IndexFunc(j.table.Operations, func(row api.Operation) bool { return row.Name == name })
	first, twice := j.family[name]
	switch {
	case at < 0:
		return fmt.Errorf("%s of %s is no operation of it", name, family)
	case twice:
		return fmt.Errorf("%s comes twice, from %s and %s", name, first, family)
	case offered.row.Call == nil:
		return fmt.Errorf("%s of %s comes without a handler", name, family)
	case offered.requires == nil:
		return fmt.Errorf("%s of %s comes without its permissions", name, family)
	}
	j.family[name] = family
	j.table.Operations[at] = j.authorized(offered)
	return nil
}

// authorized is the row whose permissions are looked up in one transaction.
func (j joint) authorized(offered Operation) api.Operation {
	row, action := offered.row, j.table.Name+":"+offered.row.Name
	row.Permissions = func(ctx context.Context, caller api.Caller, input any) (requests []policy.Request, err error) {
		required := offered.requires(input)
		if len(required) == 0 {
			return nil, nil
		}
		err = j.lookup.Store.View(ctx, func(tx *meta.Tx) error {
			requests, err = requestsOf(required, Call{Caller: caller, Action: action, Tx: tx, find: j.lookup.Tags})
			return err
		})
		return requests, err
	}
	return row
}

func requestsOf(required []Permission, call Call) (requests []policy.Request, err error) {
	for _, permission := range required {
		more, err := permission(call)
		if err != nil {
			return nil, err
		}
		requests = append(requests, more...)
	}
	return requests, nil
}
