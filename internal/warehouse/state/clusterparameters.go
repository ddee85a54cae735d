package state

import (
	"cmp"

	"slipher/internal/api"
	"slipher/internal/meta"
)

// ClusterParameters are what a cluster's databases are set to. A restart of the node that was asked for takes over what is wanted; one that was not
// keeps what is running.
type ClusterParameters struct {
	Wanted  ParameterSet // as its group has them
	Running ParameterSet // as its node has them
}

// ParameterSet is a group's name and the values of all its parameters. The zero value is the default group.
type ParameterSet struct {
	Group  string            `json:",omitempty"`
	Values map[string]string `json:",omitempty"`
}

// Name is that of the group; a set without one is that of the default group.
func (s ParameterSet) Name() string { return cmp.Or(s.Group, defaultParameterGroup) }

func (s ParameterSet) all() map[string]string {
	if s.Group == "" {
		return StandardValues(firstFamily)
	}
	return s.Values
}

// InParameterGroup finds the clusters of a group other than the default one.
func InParameterGroup(name string) meta.Entry {
	return meta.Entry{Name: "parameter group", Value: name}
}

// ParametersIn is what a cluster of the named group has to have; without a name that is the default group.
func ParametersIn(tx *meta.Tx, caller api.Caller, name string) (ParameterSet, error) {
	if name == "" {
		return ParameterSet{}, nil
	}
	group, err := FindParameterGroup(tx, caller, name)
	if err != nil || group.ID == defaultParameterGroup {
		return ParameterSet{}, err
	}
	return ParameterSet{group.ID, group.Body.AllValues()}, nil
}

// StartWith gives a new cluster its parameter group.
func (p *ClusterParameters) StartWith(tx *meta.Tx, caller api.Caller, group string) (err error) {
	p.Wanted, err = ParametersIn(tx, caller, group)
	p.Running = p.Wanted
	return err
}

// TakesOverParameters says that the cluster's node is restarted on purpose.
func (c Cluster) TakesOverParameters() bool { return c.Status == Rebooting || c.Status == Resuming }

// ParametersToRun are those that a node which starts now has to have.
func (c Cluster) ParametersToRun() ParameterSet {
	if c.TakesOverParameters() {
		return c.Parameters.Wanted
	}
	return c.Parameters.Running
}

// ForNode are the values in the words of SHOW, but for the queues of workload management, which the node does not have.
func (s ParameterSet) ForNode() map[string]string {
	values, shown := s.all(), map[string]string{}
	for _, parameter := range ParameterTable {
		value := values[parameter.Name]
		switch {
		case parameter.Name == Workloads:
			continue
		case parameter.Kind == Logical && value == "true":
			value = "on"
		case parameter.Kind == Logical:
			value = "off"
		}
		shown[parameter.Name] = value
	}
	return shown
}
