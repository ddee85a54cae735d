package control

import (
	"strings"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse/state"
)

// changeGroup gives the cluster another parameter group, which it takes over when it is rebooted.
func (c *Control) changeGroup(tx *meta.Tx, caller api.Caller, record *state.ClusterRecord, name string) error {
	if name == "" || strings.EqualFold(name, record.Body.Parameters.Wanted.Name()) {
		return nil
	}
	wanted, err := state.ParametersIn(tx, caller, name)
	if err != nil {
		return err
	}
	record.Body.Parameters.Wanted = wanted
	return c.tell(tx, *record, eventGroupAssociated, "Amazon Redshift cluster '%s' was given the parameter group '%[3]s' at %[2]s.", wanted.Name())
}

const (
	inSync        = "in-sync"
	pendingReboot = "pending-reboot"
	applying      = "applying"
)

func parameterGroupShape(c state.Cluster) redshift.ClusterParameterGroupStatus {
	wanted, running := c.Parameters.Wanted, c.Parameters.Running
	shape := redshift.ClusterParameterGroupStatus{ParameterGroupName: wanted.Name(), ParameterApplyStatus: inSync}
	if wanted.Group != running.Group {
		shape.ParameterApplyStatus = notApplied(c)
	}
	if strings.HasPrefix(wanted.Name(), state.DefaultGroupPrefix) {
		return shape
	}
	for _, parameter := range state.ParameterTable {
		status := inSync
		// Of another group all are still to be applied, whatever their values.
		if wanted.Group != running.Group || wanted.Values[parameter.Name] != running.Values[parameter.Name] {
			status = notApplied(c)
			shape.ParameterApplyStatus = status
		}
		shape.ClusterParameterStatusList = append(shape.ClusterParameterStatusList, redshift.ClusterParameterStatus{ParameterName: parameter.Name, ParameterApplyStatus: status})
	}
	return shape
}

func notApplied(c state.Cluster) string {
	if c.TakesOverParameters() {
		return applying
	}
	return pendingReboot
}
