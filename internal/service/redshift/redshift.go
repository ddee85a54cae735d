// Package redshift is the Redshift API: families of operations over the warehouse, each in a folder of its own. What they share is here: the names of faults
// for what the warehouse refuses, permissions, and tags.
//
// It promises that a family is whole, or that nothing starts. It knows no family: the wiring lists them.
package redshift

import (
	"errors"
	"fmt"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service"
	"slipher/internal/service/redshift/permission"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/state"
)

// Family is one of Redshift: its operations, and what else the house must know of it.
type Family struct {
	service.Family
	Taggable []tagging.Kind // the kinds of resource that it has which can be tagged
	Events   []event.Kind   // that it is about, whoever emits them
	Quotas   []Quota
}

// New joins families to the service. It refuses what is not whole.
func New(store *meta.Store, families ...Family) (api.Service, error) {
	all := make([]service.Family, 0, len(families))
	for _, family := range families {
		all = append(all, family.Family)
	}
	joined, err := service.Join(redshift.Table(), service.Lookup{Store: store, Tags: tagsOf(Taggable(families))}, all...)
	return answering(joined), errors.Join(err, checkEvents(families), checkQuotas(families))
}

// Taggable are the kinds that the families declare.
func Taggable(families []Family) (kinds []tagging.Kind) {
	for _, family := range families {
		kinds = append(kinds, family.Taggable...)
	}
	return kinds
}

// Events are the kinds that the families declare.
func Events(families []Family) (kinds []event.Kind) {
	for _, family := range families {
		kinds = append(kinds, family.Events...)
	}
	return kinds
}

// checkEvents refuses a kind of event that is two families'.
func checkEvents(families []Family) error {
	first := map[string]string{}
	for _, family := range families {
		for _, kind := range family.Events {
			if other, twice := first[kind.Number]; twice {
				return fmt.Errorf("event %s comes twice, from %s and %s", kind.Number, other, family.Name)
			}
			first[kind.Number] = family.Name
		}
	}
	return nil
}

// tagsOf finds the tags of resources of those kinds.
func tagsOf(kinds []tagging.Kind) service.TagFinder {
	return func(call service.Call, resource string) (map[string]string, error) {
		arn, err := state.ParseARN(resource)
		if err != nil || arn.Service != "redshift" || arn.Account != call.Caller.Account || arn.Region != call.Caller.Region {
			return nil, nil //nolint:nilerr // what is no resource of the caller's has no tags
		}
		for _, kind := range kinds {
			if kind.Name != arn.Kind {
				continue
			}
			found, err := kind.Find(call.Tx, arn)
			if errors.Is(err, meta.ErrNotFound) {
				return nil, nil
			}
			return permission.Values(found.Tags), err
		}
		return nil, nil
	}
}
