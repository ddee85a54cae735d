// Package subnetgroup is the operations about cluster subnet groups. There are no networks behind them: a group has the subnets that a request names,
// and clusters show it.
package subnetgroup

import (
	"strings"

	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service"
	house "slipher/internal/service/redshift"
	"slipher/internal/service/redshift/permission"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/state"
)

// The quotas of Redshift.
const (
	mostGroups  = 20 // of an account in a region, beside the default one
	mostSubnets = 20 // of a group
)

type family struct {
	store *meta.Store
	quota house.Quota
	tags  int // of one group
}

// Family is the operations, and the groups as resources that can be tagged.
func Family(w *warehouse.Warehouse) house.Family {
	f := family{w.Config().Store, house.Quota{Of: "subnet groups", Most: mostGroups, Exceeded: redshift.ClusterSubnetGroupQuotaExceeded}, w.Config().Limits.Tags}
	return house.Family{
		Taggable: []tagging.Kind{tagging.KeptByName("subnetgroup", "Subnet group", state.SubnetGroups, func(g *state.SubnetGroup) *[]state.Tag { return &g.Tags })},
		Quotas:   []house.Quota{f.quota, {Of: "subnets", In: "a subnet group", Most: mostSubnets, Exceeded: redshift.ClusterSubnetQuotaExceeded}},
		Family: service.Family{Name: "subnet group", Operations: []service.Operation{
			service.Offer(redshift.CreateClusterSubnetGroupOperation, f.create, func(in *redshift.CreateClusterSubnetGroupMessage) []service.Permission {
				return []service.Permission{permission.Create("subnetgroup", strings.ToLower(in.ClusterSubnetGroupName), tagging.Given(in.Tags))}
			}),
			service.Offer(redshift.ModifyClusterSubnetGroupOperation, f.modify, func(in *redshift.ModifyClusterSubnetGroupMessage) []service.Permission {
				return on(in.ClusterSubnetGroupName)
			}),
			service.Offer(redshift.DeleteClusterSubnetGroupOperation, f.remove, func(in *redshift.DeleteClusterSubnetGroupMessage) []service.Permission {
				return on(in.ClusterSubnetGroupName)
			}),
			service.Offer(redshift.DescribeClusterSubnetGroupsOperation, f.describe, service.Everything),
		}},
	}
}

func on(name string) []service.Permission {
	return []service.Permission{permission.On("subnetgroup", strings.ToLower(name))}
}
