// Package parametergroup is the operations about cluster parameter groups. A change of a group is one of what its clusters are to have, in one decision.
package parametergroup

import (
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service"
	house "slipher/internal/service/redshift"
	"slipher/internal/service/redshift/permission"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/state"
)

// The numbers of the events of parameter groups.
const (
	EventParameterChanged = "1002"
	EventCreated          = "1003"
	EventDeleted          = "1004"
	EventUpdated          = "1005"
)

type family struct {
	warehouse *warehouse.Warehouse
	store     *meta.Store
	quota     int // groups of an account in a region, beside the default ones
	tags      int // of one group
}

// Family is the operations, and the groups as resources that can be tagged.
func Family(w *warehouse.Warehouse) house.Family {
	config := w.Config()
	f := family{w, config.Store, config.Limits.ParameterGroups, config.Limits.Tags}
	return house.Family{
		Taggable: []tagging.Kind{tagging.KeptByName("parametergroup", "Parameter group", state.ParameterGroups, func(g *state.ParameterGroup) *[]state.Tag { return &g.Tags })},
		Family: service.Family{Name: "parameter group", Operations: []service.Operation{
			service.Offer(redshift.CreateClusterParameterGroupOperation, f.create, func(in *redshift.CreateClusterParameterGroupMessage) []service.Permission {
				return []service.Permission{permission.Create("parametergroup", in.ParameterGroupName, tagging.Given(in.Tags))}
			}),
			service.Offer(redshift.ModifyClusterParameterGroupOperation, f.modify, func(in *redshift.ModifyClusterParameterGroupMessage) []service.Permission {
				return on(in.ParameterGroupName)
			}),
			service.Offer(redshift.ResetClusterParameterGroupOperation, f.reset, func(in *redshift.ResetClusterParameterGroupMessage) []service.Permission {
				return on(in.ParameterGroupName)
			}),
			service.Offer(redshift.DeleteClusterParameterGroupOperation, f.remove, func(in *redshift.DeleteClusterParameterGroupMessage) []service.Permission {
				return on(in.ParameterGroupName)
			}),
			service.Offer(redshift.DescribeClusterParametersOperation, f.describeParameters, func(in *redshift.DescribeClusterParametersMessage) []service.Permission {
				return on(in.ParameterGroupName)
			}),
			service.Offer(redshift.DescribeClusterParameterGroupsOperation, f.describe, service.Everything),
			service.Offer(redshift.DescribeDefaultClusterParametersOperation, f.describeDefaults, service.Everything),
		}},
	}
}

func on(name string) []service.Permission {
	return []service.Permission{permission.On("parametergroup", name)}
}
