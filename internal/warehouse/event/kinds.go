package event

import (
	"fmt"
)

// The numbers of the events that the warehouse emits. Each has its line in Kinds; so have those of the families.
const (
	ParametersChanged = "1000"
	GroupAssociated   = "1001"
	Created           = "2000"
	Deleted           = "2001"
	RestoreStarted    = "2008"
	SnapshotStarted   = "2009"
	SnapshotDeleted   = "2011"
	FinalStarted      = "2012"
	Renamed           = "2013"
	SnapshotDamaged   = "2990" // slipher's own
	Rebooted          = "3000"
	Restored          = "3003"
	SnapshotComplete  = "3004"
	FinalComplete     = "3005"
	Copied            = "3007"
	RestoreFailed     = "3501"
	FinalFailed       = "3502"
	SnapshotFailed    = "3503"
	LogsFailed        = "3504"
	LogsRefused       = "3505"
	LogsBucketMissing = "3506"
	Transferred       = "3537"
	Damaged           = "3592" // slipher's own
	AutomatedFailed   = "3590" // slipher's own
	CopyFailed        = "3591" // slipher's own
	PauseStarted      = "3618"
	Paused            = "3619"
	Resumed           = "3622"
	Credentials       = "4000"
)

const (
	info  = "INFO"
	wrong = "ERROR"

	configuration = "configuration"
	management    = "management"
	monitoring    = "monitoring"
	pending       = "pending"
	security      = "security"
)

// Kind is one line of Redshift's table of events. The description shows what a message fills in between angle brackets.
type Kind struct{ Number, Category, Severity, Description string }

// Kinds is Redshift's table of events by the type of their source, as far as it is public, and slipher's own. What slipher
// tells, and what cannot happen here, is in docs/compatibility.md.
var Kinds = map[string][]Kind{
	ClusterSource: {
		{ParametersChanged, configuration, info, "The parameter group of cluster <cluster name> was changed at <time in UTC>."},
		{GroupAssociated, configuration, info, "Cluster <cluster name> was given parameter group <parameter group name> at <time in UTC>."},
		{"1500", configuration, wrong, "The VPC <VPC name> of cluster <cluster name> does not exist; the change was not made."},
		{"1501", configuration, wrong, "The subnets of cluster subnet group <subnet group name> are invalid; cluster <cluster name> was not created."},
		{"1502", configuration, wrong, "The subnets of cluster subnet group <subnet group name> have no free address; cluster <cluster name> was not created."},
		{"1503", configuration, wrong, "The VPC <VPC name> of cluster <cluster name> has no internet gateway; the change was not made."},
		{"1504", configuration, wrong, "Cluster <cluster name> cannot reach its HSM."},
		{"1505", configuration, wrong, "Cluster <cluster name> could not be registered with its HSM."},
		{"1506", configuration, wrong, "The account's limit of network interfaces is reached; cluster <cluster name> needs more."},
		{"1509", configuration, wrong, "The limit of VPC endpoints is reached; cluster <cluster name> needs more."},
		{Created, management, info, "Cluster <cluster name> was created at <time in UTC>."},
		{Deleted, management, info, "Cluster <cluster name> was deleted at <time in UTC>, with or without a final snapshot."},
		{"2002", management, info, "The VPC security groups of cluster <cluster name> were updated at <time in UTC>."},
		{"2003", management, info, "Maintenance of cluster <cluster name> started at <time in UTC>."},
		{"2004", management, info, "Maintenance of cluster <cluster name> was completed at <time in UTC>."},
		{"2006", management, info, "The resize of cluster <cluster name> started at <time in UTC>; until it ends the cluster can only be read."},
		{"2007", management, info, "The resize of cluster <cluster name> was accepted."},
		{RestoreStarted, management, info, "The restore of cluster <cluster name> from snapshot <snapshot name> started at <time in UTC>."},
		{Renamed, management, info, "The cluster was renamed to <new cluster name> at <time in UTC>."},
		{"2025", pending, info, "The database of cluster <cluster name> will be updated between <time in UTC> and <time in UTC>."},
		{Rebooted, monitoring, info, "Cluster <cluster name> was rebooted at <time in UTC>."},
		{"3001", monitoring, info, "A node of cluster <cluster name> was replaced at <time in UTC>."},
		{"3002", monitoring, info, "The resize of cluster <cluster name> was completed at <time in UTC>."},
		{Restored, monitoring, info, "Cluster <cluster name> was restored from snapshot <snapshot name> at <time in UTC>."},
		{Copied, monitoring, info, "Snapshot <snapshot name> was copied from <source region> to <destination region> at <time in UTC>."},
		{"3500", monitoring, wrong, "The resize of cluster <cluster name> failed at <time in UTC>."},
		{RestoreFailed, monitoring, wrong, "The restore of cluster <cluster name> from snapshot <snapshot name> failed at <time in UTC>."},
		{LogsFailed, monitoring, wrong, "Cluster <cluster name> can no longer write its logs to the bucket <bucket name>."},
		{LogsRefused, monitoring, wrong, "The bucket <bucket name> does not allow cluster <cluster name> to write its logs."},
		{LogsBucketMissing, monitoring, wrong, "The bucket <bucket name> for the logs of cluster <cluster name> does not exist."},
		{"3507", monitoring, wrong, "The Elastic IP <address> is in use; cluster <cluster name> was not created."},
		{"3508", monitoring, wrong, "The Elastic IP <address> was not found; cluster <cluster name> was not created."},
		{"3509", monitoring, wrong, "Cluster <cluster name> does not copy its snapshots to another region."},
		{CopyFailed, monitoring, wrong, "Snapshot <snapshot name> could not be copied from <source region> to <destination region> at <time in UTC>."},
		{Damaged, monitoring, wrong, "The database of cluster <cluster name> was found damaged at <time in UTC>."},
		{Transferred, monitoring, info, "The data of cluster <cluster name> was transferred completely at <time in UTC>."},
		{PauseStarted, monitoring, info, "The pause of cluster <cluster name> started at <time in UTC>."},
		{Paused, monitoring, info, "Cluster <cluster name> was paused at <time in UTC>."},
		{Resumed, monitoring, info, "Cluster <cluster name> was resumed at <time in UTC>."},
		{"3625", monitoring, info, "Cluster <cluster name> gets a new network interface, as it cannot be resumed with <network interface>."},
		{Credentials, security, info, "The admin credentials of cluster <cluster name> were updated at <time in UTC>."},
		{"4001", security, info, "The security group of cluster <cluster name> was modified at <time in UTC>."},
		{"4500", security, wrong, "A VPC security group of cluster <cluster name> is invalid; the change was not made."},
		{"4501", security, wrong, "The EC2 security group <security group name> was not found; access to cluster <cluster name> was not given."},
	},
	ParameterGroupSource: {
		{"1002", configuration, info, "The parameter <parameter name> of parameter group <parameter group name> was set to <value> at <time in UTC>."},
		{"1003", configuration, info, "Parameter group <parameter group name> was created at <time in UTC>."},
		{"1004", configuration, info, "Parameter group <parameter group name> was deleted at <time in UTC>."},
		{"1005", configuration, info, "Parameter group <parameter group name> was updated at <time in UTC>."},
	},
	SecurityGroupSource: {
		{"4002", security, info, "Cluster security group <security group name> was created at <time in UTC>."},
		{"4003", security, info, "Cluster security group <security group name> was deleted at <time in UTC>."},
		{"4004", security, info, "Cluster security group <security group name> was changed at <time in UTC>."},
	},
	SnapshotSource: {
		{SnapshotStarted, management, info, "Snapshot <snapshot name> of cluster <cluster name> was started at <time in UTC>."},
		{"2010", management, info, "Snapshot <snapshot name> of cluster <cluster name> was cancelled at <time in UTC>."},
		{SnapshotDeleted, management, info, "Snapshot <snapshot name> of cluster <cluster name> was deleted at <time in UTC>."},
		{FinalStarted, management, info, "The final snapshot <snapshot name> of cluster <cluster name> was started at <time in UTC>."},
		{SnapshotDamaged, management, wrong, "Snapshot <snapshot name> of cluster <cluster name> was found damaged at <time in UTC>."},
		{SnapshotComplete, monitoring, info, "Snapshot <snapshot name> of cluster <cluster name> was completed at <time in UTC>."},
		{FinalComplete, monitoring, info, "The final snapshot <snapshot name> of cluster <cluster name> was completed at <time in UTC>."},
		{"3006", monitoring, info, "The final snapshot <snapshot name> of cluster <cluster name> was cancelled at <time in UTC>."},
		{FinalFailed, monitoring, wrong, "The final snapshot <snapshot name> of cluster <cluster name> failed at <time in UTC>."},
		{SnapshotFailed, monitoring, wrong, "Snapshot <snapshot name> of cluster <cluster name> failed at <time in UTC>."},
		{AutomatedFailed, monitoring, wrong, "The automated snapshot <snapshot name> of cluster <cluster name> failed at <time in UTC>."},
	},
	ScheduledActionSource: {
		{"3614", management, info, "The scheduled action <scheduled action name> was created at <time in UTC>."},
		{"3627", management, info, "The scheduled action <scheduled action name> was deleted at <time in UTC>."},
	},
}

// Sources is the order in which DescribeEventCategories shows them.
var Sources = []string{
	ClusterSource, SecurityGroupSource, ParameterGroupSource,
	SnapshotSource, ScheduledActionSource,
}

// kindOf answers the line of the table for an event of that source type; one that has none is a mistake of ours.
func kindOf(sourceType, number string) (Kind, error) {
	for _, kind := range Kinds[sourceType] {
		if kind.Number == number {
			return kind, nil
		}
	}
	return Kind{}, fmt.Errorf("event %s of a %s is not in the table of events", number, sourceType)
}

// IDOf is the number as DescribeEvents answers it.
func IDOf(number string) string { return "REDSHIFT-EVENT-" + number }
