package control

import (
	"strings"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
)

// clusterParameters are what a cluster's databases are set to. A restart of the node that was asked for takes over what is wanted; one that was not
// keeps what is running.
type clusterParameters struct {
	Wanted  parameterSet // as its group has them
	Running parameterSet // as its node has them
}

// parameterSet is a group's name and the values of all its parameters. The zero value is the default group.
type parameterSet struct {
	Group  string            `json:",omitempty"`
	Values map[string]string `json:",omitempty"`
}

func (s parameterSet) name() string { return or(s.Group, defaultParameterGroup) }

func (s parameterSet) all() map[string]string {
	if s.Group == "" {
		return standardValues(firstFamily)
	}
	return s.Values
}

func inParameterGroup(name string) meta.Entry {
	return meta.Entry{Name: "parameter group", Value: name}
}

// parametersIn is what a cluster of the named group has to have; without a name that is the default group.
func parametersIn(tx *meta.Tx, caller api.Caller, name string) (parameterSet, error) {
	if name == "" {
		return parameterSet{}, nil
	}
	group, err := findParameterGroup(tx, caller, name)
	if err != nil || group.ID == defaultParameterGroup {
		return parameterSet{}, err
	}
	return parameterSet{group.ID, group.Body.values()}, nil
}

// startWith gives a new cluster its parameter group.
func (p *clusterParameters) startWith(tx *meta.Tx, caller api.Caller, group string) (err error) {
	p.Wanted, err = parametersIn(tx, caller, group)
	p.Running = p.Wanted
	return err
}

// changeGroup gives the cluster another parameter group, which it takes over when it is rebooted.
func (c *Control) changeGroup(tx *meta.Tx, caller api.Caller, record *clusterRecord, name string) error {
	if name == "" || strings.EqualFold(name, record.Body.Parameters.Wanted.name()) {
		return nil
	}
	wanted, err := parametersIn(tx, caller, name)
	if err != nil {
		return err
	}
	record.Body.Parameters.Wanted = wanted
	return c.tell(tx, *record, eventGroupAssociated, "Amazon Redshift cluster '%s' was given the parameter group '%[3]s' at %[2]s.", wanted.name())
}

// takesOverParameters says that the cluster's node is restarted on purpose.
func (c cluster) takesOverParameters() bool { return c.Status == rebooting || c.Status == resuming }

// parametersToRun are those that a node which starts now has to have.
func (c cluster) parametersToRun() parameterSet {
	if c.takesOverParameters() {
		return c.Parameters.Wanted
	}
	return c.Parameters.Running
}

// forNode are the values in the words of SHOW, but for the queues of workload management, which the node does not have.
func (s parameterSet) forNode() map[string]string {
	values, shown := s.all(), map[string]string{}
	for _, parameter := range parameterTable {
		value := values[parameter.name]
		switch {
		case parameter.name == workloads:
			continue
		case parameter.kind == logical && value == "true":
			value = "on"
		case parameter.kind == logical:
			value = "off"
		}
		shown[parameter.name] = value
	}
	return shown
}

const (
	inSync        = "in-sync"
	pendingReboot = "pending-reboot"
	applying      = "applying"
)

func (c cluster) parameterGroupShape() redshift.ClusterParameterGroupStatus {
	wanted, running := c.Parameters.Wanted, c.Parameters.Running
	shape := redshift.ClusterParameterGroupStatus{ParameterGroupName: wanted.name(), ParameterApplyStatus: inSync}
	if wanted.Group != running.Group {
		shape.ParameterApplyStatus = c.notApplied()
	}
	if strings.HasPrefix(wanted.name(), defaultGroupPrefix) {
		return shape
	}
	for _, parameter := range parameterTable {
		status := inSync
		// Of another group all are still to be applied, whatever their values.
		if wanted.Group != running.Group || wanted.Values[parameter.name] != running.Values[parameter.name] {
			status = c.notApplied()
			shape.ParameterApplyStatus = status
		}
		shape.ClusterParameterStatusList = append(shape.ClusterParameterStatusList, redshift.ClusterParameterStatus{ParameterName: parameter.name, ParameterApplyStatus: status})
	}
	return shape
}

func (c cluster) notApplied() string {
	if c.takesOverParameters() {
		return applying
	}
	return pendingReboot
}
