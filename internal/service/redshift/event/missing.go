package event

import (
	"slices"

	"slipher/internal/warehouse/event"
)

// missing are the kinds that Redshift has and no family brings: they do not occur. Why, docs/compatibility.md says.
func missing(kinds []event.Kind) []event.Kind {
	known := []event.Kind{
		{Source: event.ClusterSource, Number: "1500", Category: event.Configuration, Severity: event.Error, Description: "The VPC <VPC name> of cluster <cluster name> does not exist; the change was not made."},
		{Source: event.ClusterSource, Number: "1501", Category: event.Configuration, Severity: event.Error, Description: "The subnets of cluster subnet group <subnet group name> are invalid; cluster <cluster name> was not created."},
		{Source: event.ClusterSource, Number: "1502", Category: event.Configuration, Severity: event.Error, Description: "The subnets of cluster subnet group <subnet group name> have no free address; cluster <cluster name> was not created."},
		{Source: event.ClusterSource, Number: "1503", Category: event.Configuration, Severity: event.Error, Description: "The VPC <VPC name> of cluster <cluster name> has no internet gateway; the change was not made."},
		{Source: event.ClusterSource, Number: "1504", Category: event.Configuration, Severity: event.Error, Description: "Cluster <cluster name> cannot reach its HSM."},
		{Source: event.ClusterSource, Number: "1505", Category: event.Configuration, Severity: event.Error, Description: "Cluster <cluster name> could not be registered with its HSM."},
		{Source: event.ClusterSource, Number: "1506", Category: event.Configuration, Severity: event.Error, Description: "The account's limit of network interfaces is reached; cluster <cluster name> needs more."},
		{Source: event.ClusterSource, Number: "1509", Category: event.Configuration, Severity: event.Error, Description: "The limit of VPC endpoints is reached; cluster <cluster name> needs more."},
		{Source: event.ClusterSource, Number: "2002", Category: event.Management, Severity: event.Info, Description: "The VPC security groups of cluster <cluster name> were updated at <time in UTC>."},
		{Source: event.ClusterSource, Number: "2003", Category: event.Management, Severity: event.Info, Description: "Maintenance of cluster <cluster name> started at <time in UTC>."},
		{Source: event.ClusterSource, Number: "2004", Category: event.Management, Severity: event.Info, Description: "Maintenance of cluster <cluster name> was completed at <time in UTC>."},
		{Source: event.ClusterSource, Number: "2006", Category: event.Management, Severity: event.Info, Description: "The resize of cluster <cluster name> started at <time in UTC>; until it ends the cluster can only be read."},
		{Source: event.ClusterSource, Number: "2007", Category: event.Management, Severity: event.Info, Description: "The resize of cluster <cluster name> was accepted."},
		{Source: event.ClusterSource, Number: "2025", Category: event.Pending, Severity: event.Info, Description: "The database of cluster <cluster name> will be updated between <time in UTC> and <time in UTC>."},
		{Source: event.ClusterSource, Number: "3001", Category: event.Monitoring, Severity: event.Info, Description: "A node of cluster <cluster name> was replaced at <time in UTC>."},
		{Source: event.ClusterSource, Number: "3002", Category: event.Monitoring, Severity: event.Info, Description: "The resize of cluster <cluster name> was completed at <time in UTC>."},
		{Source: event.ClusterSource, Number: "3500", Category: event.Monitoring, Severity: event.Error, Description: "The resize of cluster <cluster name> failed at <time in UTC>."},
		{Source: event.ClusterSource, Number: "3507", Category: event.Monitoring, Severity: event.Error, Description: "The Elastic IP <address> is in use; cluster <cluster name> was not created."},
		{Source: event.ClusterSource, Number: "3508", Category: event.Monitoring, Severity: event.Error, Description: "The Elastic IP <address> was not found; cluster <cluster name> was not created."},
		{Source: event.ClusterSource, Number: "3509", Category: event.Monitoring, Severity: event.Error, Description: "Cluster <cluster name> does not copy its snapshots to another region."},
		{Source: event.ClusterSource, Number: "3625", Category: event.Monitoring, Severity: event.Info, Description: "Cluster <cluster name> gets a new network interface, as it cannot be resumed with <network interface>."},
		{Source: event.ClusterSource, Number: "4001", Category: event.Security, Severity: event.Info, Description: "The security group of cluster <cluster name> was modified at <time in UTC>."},
		{Source: event.ClusterSource, Number: "4500", Category: event.Security, Severity: event.Error, Description: "A VPC security group of cluster <cluster name> is invalid; the change was not made."},
		{Source: event.ClusterSource, Number: "4501", Category: event.Security, Severity: event.Error, Description: "The EC2 security group <security group name> was not found; access to cluster <cluster name> was not given."},
		{Source: event.SecurityGroupSource, Number: "4002", Category: event.Security, Severity: event.Info, Description: "Cluster security group <security group name> was created at <time in UTC>."},
		{Source: event.SecurityGroupSource, Number: "4003", Category: event.Security, Severity: event.Info, Description: "Cluster security group <security group name> was deleted at <time in UTC>."},
		{Source: event.SecurityGroupSource, Number: "4004", Category: event.Security, Severity: event.Info, Description: "Cluster security group <security group name> was changed at <time in UTC>."},
		{Source: event.SnapshotSource, Number: "2010", Category: event.Management, Severity: event.Info, Description: "Snapshot <snapshot name> of cluster <cluster name> was cancelled at <time in UTC>."},
		{Source: event.SnapshotSource, Number: "3006", Category: event.Monitoring, Severity: event.Info, Description: "The final snapshot <snapshot name> of cluster <cluster name> was cancelled at <time in UTC>."},
		{Source: event.ScheduledActionSource, Number: "3614", Category: event.Management, Severity: event.Info, Description: "The scheduled action <scheduled action name> was created at <time in UTC>."},
		{Source: event.ScheduledActionSource, Number: "3627", Category: event.Management, Severity: event.Info, Description: "The scheduled action <scheduled action name> was deleted at <time in UTC>."},
	}
	return slices.DeleteFunc(known, func(kind event.Kind) bool {
		return slices.ContainsFunc(kinds, func(brought event.Kind) bool { return brought.Number == kind.Number })
	})
}
