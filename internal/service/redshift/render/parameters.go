package render

import (
	"strings"

	"slipher/internal/api/redshift"
	"slipher/internal/warehouse/state"
)

const (
	inSync        = "in-sync"
	pendingReboot = "pending-reboot"
	applying      = "applying"
)

func parameterGroup(c state.Cluster) redshift.ClusterParameterGroupStatus {
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
