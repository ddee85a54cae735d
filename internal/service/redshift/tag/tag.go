// Package tag is the operations about tags, over the kinds of resource that the families declare.
package tag

import (
	"context"
	"slices"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service"
	house "slipher/internal/service/redshift"
	"slipher/internal/service/redshift/permission"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/state"
)

// Family is CreateTags, DeleteTags and DescribeTags, over the kinds that the other families have, in that order.
func Family(w *warehouse.Warehouse, kinds []tagging.Kind) house.Family {
	f := family{w.Config().Store, w.Config().Limits.Tags, append(slices.Clone(kinds), missing(kinds)...)}
	return house.Family{Quotas: []house.Quota{{Of: "tags", In: "a resource", Most: f.quota, Exceeded: redshift.TagLimitExceeded}}, Family: service.Family{Name: "tag", Operations: []service.Operation{
		service.Offer(redshift.CreateTagsOperation, f.CreateTags, func(in *redshift.CreateTagsMessage) []service.Permission {
			return []service.Permission{permission.OnNamed(in.ResourceName, permission.Given{Tags: tagging.Given(in.Tags)})}
		}),
		service.Offer(redshift.DeleteTagsOperation, f.DeleteTags, func(in *redshift.DeleteTagsMessage) []service.Permission {
			return []service.Permission{permission.OnNamed(in.ResourceName, permission.Given{Keys: in.TagKeys})}
		}),
		service.Offer(redshift.DescribeTagsOperation, f.DescribeTags, func(in *redshift.DescribeTagsMessage) []service.Permission {
			return []service.Permission{permission.OnNamed(in.ResourceName, permission.Given{Keys: in.TagKeys})}
		}),
	}}}
}

type family struct {
	store *meta.Store
	quota int // tags of one resource
	all   []tagging.Kind
}

// missing are the kinds that Redshift has tags for and no family brings: there are none of them.
func missing(kinds []tagging.Kind) []tagging.Kind {
	known := []tagging.Kind{
		tagging.None("subnetgroup", "Subnet group"),
		tagging.None("securitygroup", "Cluster security group"),
		tagging.None("securitygroupingress", "CIDR/IP"),
		tagging.None("securitygroupingress", "EC2 security group"),
		tagging.None("hsmconfiguration", "HSM connection"),
		tagging.None("hsmclientcertificate", "HSM certificate"),
		tagging.None("eventsubscription", ""),
		tagging.None("usagelimit", ""),
		tagging.None("integration", "Integration"),
		tagging.None("redshiftidcapplication", ""),
	}
	return slices.DeleteFunc(known, func(kind tagging.Kind) bool {
		return slices.ContainsFunc(kinds, func(brought tagging.Kind) bool { return brought.Name == kind.Name })
	})
}

func (f family) check(tags []state.Tag) error { return state.CheckTags(tags, f.quota) }

// CreateTags adds tags to a resource; a key that it has already gets the new value.
func (f family) CreateTags(ctx context.Context, caller api.Caller, in *redshift.CreateTagsMessage) (*api.None, error) {
	if err := f.check(tagging.Given(in.Tags)); err != nil {
		return nil, err
	}
	return &api.None{}, f.retag(ctx, caller, in.ResourceName, func(resource tagging.Resource) ([]state.Tag, error) {
		merged := state.WithTags(resource.Tags, tagging.Given(in.Tags))
		return merged, api.First(func() error { return resource.Closed }, func() error { return f.check(merged) })
	})
}

// DeleteTags removes tags by their keys; keys that are not there are ignored.
func (f family) DeleteTags(ctx context.Context, caller api.Caller, in *redshift.DeleteTagsMessage) (*api.None, error) {
	if err := state.CheckTagFilter(in.TagKeys, nil); err != nil {
		return nil, err
	}
	return &api.None{}, f.retag(ctx, caller, in.ResourceName, func(resource tagging.Resource) ([]state.Tag, error) {
		return slices.DeleteFunc(slices.Clone(resource.Tags), func(tag state.Tag) bool { return slices.Contains(in.TagKeys, tag.Key) }), nil
	})
}

func (f family) retag(ctx context.Context, caller api.Caller, arn string, change func(tagging.Resource) ([]state.Tag, error)) error {
	return f.store.Update(ctx, func(tx *meta.Tx) error {
		found, err := f.find(tx, caller, arn)
		if err != nil {
			return err
		}
		tags, err := change(found)
		if err != nil {
			return err
		}
		return found.Put(tags)
	})
}
