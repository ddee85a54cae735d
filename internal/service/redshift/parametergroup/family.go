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
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/state"
)

// The kinds of events of parameter groups.
var (
	eventParameterChanged = event.Kind{Source: event.ParameterGroupSource, Number: "1002", Category: event.Configuration, Severity: event.Info, Description: "The parameter <parameter name> of parameter group <parameter group name> was set to <value> at <time in UTC>."}
	eventCreated          = event.Kind{Source: event.ParameterGroupSource, Number: "1003", Category: event.Configuration, Severity: event.Info, Description: "Parameter group <parameter group name> was created at <time in UTC>."}
	eventDeleted          = event.Kind{Source: event.ParameterGroupSource, Number: "1004", Category: event.Configuration, Severity: event.Info, Description: "Parameter group <parameter group name> was deleted at <time in UTC>."}
	eventUpdated          = event.Kind{Source: event.ParameterGroupSource, Number: "1005", Category: event.Configuration, Severity: event.Info, Description: "Parameter group <parameter group name> was updated at <time in UTC>."}
)

type family struct {
	warehouse *warehouse.Warehouse
	store     *meta.Store
	quota     house.Quota
	tags      int // of one group
}

// Family is the operations, and the groups as resources that can be tagged.
func Family(w *warehouse.Warehouse) house.Family {
	config := w.Config()
	f := family{w, config.Store, house.Quota{Of: "parameter groups", Most: config.Limits.ParameterGroups, Exceeded: redshift.ClusterParameterGroupQuotaExceeded}, config.Limits.Tags}
	return house.Family{
		Taggable: []tagging.Kind{tagging.KeptByName("parametergroup", "Parameter group", state.ParameterGroups, func(g *state.ParameterGroup) *[]state.Tag { return &g.Tags })},
		Events:   []event.Kind{event.ParametersChanged, event.GroupAssociated, eventParameterChanged, eventCreated, eventDeleted, eventUpdated},
		Quotas:   []house.Quota{f.quota},
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
