// Package parametergroup is the operations about cluster parameter groups. A change of a group is one of what its clusters are to have, in one decision.
package parametergroup

import (
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service"
	house "slipher/internal/service/redshift"
	"slipher/internal/service/redshift/permission"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse/state"
)

// Config is what the family needs.
type Config struct {
	Store *meta.Store
	Quota int // groups of an account in a region, beside the default ones
	Tags  int // of one group
	// Emit records an event of what has a key. The message's verbs are filled with its name, the time, and more.
	Emit      func(tx *meta.Tx, at meta.Key, sourceType, number, format string, more ...any) error
	OfCluster string // number of the event of a cluster whose group was changed
}

// The numbers of the events of parameter groups.
const (
	EventParameterChanged = "1002"
	EventCreated          = "1003"
	EventDeleted          = "1004"
	EventUpdated          = "1005"
)

type family struct{ Config }

// Family is the operations, and the groups as resources that can be tagged.
func Family(config Config) house.Family {
	f := family{config}
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
