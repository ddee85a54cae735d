// Package redshift is the Redshift API: families of operations over the warehouse, each in a folder of its own. What they share is here: the names of faults
// for what the warehouse refuses, permissions, and tags.
//
// It promises that a family is whole, or that nothing starts. It knows no family: the wiring lists them.
package redshift

import (
	"errors"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service"
	"slipher/internal/service/redshift/permission"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse/state"
)

// Family is one of Redshift: its operations, and the kinds of resource that it has which can be tagged.
type Family struct {
	service.Family
	Taggable []tagging.Kind
}

// New joins families to the service. It refuses what is not whole.
func New(store *meta.Store, families ...Family) (api.Service, error) {
	var all []service.Family
	for _, family := range families {
		all = append(all, family.Family)
	}
	joined, err := service.Join(redshift.Table(), service.Lookup{Store: store, Tags: tagsOf(Taggable(families))}, all...)
	return answering(joined), err
}

// Taggable are the kinds that the families declare.
func Taggable(families []Family) (kinds []tagging.Kind) {
	for _, family := range families {
		kinds = append(kinds, family.Taggable...)
	}
	return kinds
}

// tagsOf finds the tags of resources of those kinds.
func tagsOf(kinds []tagging.Kind) service.TagFinder {
	return func(call service.Call, resource string) (map[string]string, error) {
		arn, err := state.ParseARN(resource)
		if err != nil || arn.Service != "redshift" || arn.Account != call.Caller.Account || arn.Region != call.Caller.Region {
			return nil, nil
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
