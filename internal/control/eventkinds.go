package control

import (
	"context"
	"fmt"
	"slices"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/service/redshift/parametergroup"
)

// The numbers of the events that slipher records. Each has its line in eventKinds.
const (
	eventParametersChanged = "1000"
	eventGroupAssociated   = "1001"
	eventCreated           = "2000"
	eventDeleted           = "2001"
	eventRestoreStarted    = "2008"
	eventSnapshotStarted   = "2009"
	eventSnapshotDeleted   = "2011"
	eventFinalStarted      = "2012"
	eventRenamed           = "2013"
	eventSnapshotDamaged   = "2990" // slipher's own
	eventRebooted          = "3000"
	eventRestored          = "3003"
	eventSnapshotComplete  = "3004"
	eventFinalComplete     = "3005"
	eventCopied            = "3007"
	eventRestoreFailed     = "3501"
	eventFinalFailed       = "3502"
	eventSnapshotFailed    = "3503"
	eventLogsFailed        = "3504"
	eventLogsRefused       = "3505"
	eventLogsBucketMissing = "3506"
	eventTransferred       = "3537"
	eventDamaged           = "3592" // slipher's own
	eventAutomatedFailed   = "3590" // slipher's own
	eventCopyFailed        = "3591" // slipher's own
	eventPauseStarted      = "3618"
	eventPaused            = "3619"
	eventResumed           = "3622"
	eventCredentials       = "4000"
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

// eventKind is one line of Redshift's table of events. The description shows what a message fills in between angle brackets.
type eventKind struct{ number, category, severity, description string }

// eventKinds is Redshift's table of events by the type of their source, as far as it is public, and slipher's own. What slipher
// tells, and what cannot happen here, is in docs/compatibility.md.
var eventKinds = map[string][]eventKind{
	redshift.SourceTypeCluster: {
		{eventParametersChanged, configuration, info, "The parameter group of cluster <cluster name> was changed at <time in UTC>."},
		{eventGroupAssociated, configuration, info, "Cluster <cluster name> was given parameter group <parameter group name> at <time in UTC>."},
		{"1500", configuration, wrong, "The VPC <VPC name> of cluster <cluster name> does not exist; the change was not made."},
		{"1501", configuration, wrong, "The subnets of cluster subnet group <subnet group name> are invalid; cluster <cluster name> was not created."},
		{"1502", configuration, wrong, "The subnets of cluster subnet group <subnet group name> have no free address; cluster <cluster name> was not created."},
		{"1503", configuration, wrong, "The VPC <VPC name> of cluster <cluster name> has no internet gateway; the change was not made."},
		{"1504", configuration, wrong, "Cluster <cluster name> cannot reach its HSM."},
		{"1505", configuration, wrong, "Cluster <cluster name> could not be registered with its HSM."},
		{"1506", configuration, wrong, "The account's limit of network interfaces is reached; cluster <cluster name> needs more."},
		{"1509", configuration, wrong, "The limit of VPC endpoints is reached; cluster <cluster name> needs more."},
		{eventCreated, management, info, "Cluster <cluster name> was created at <time in UTC>."},
		{eventDeleted, management, info, "Cluster <cluster name> was deleted at <time in UTC>, with or without a final snapshot."},
		{"2002", management, info, "The VPC security groups of cluster <cluster name> were updated at <time in UTC>."},
		{"2003", management, info, "Maintenance of cluster <cluster name> started at <time in UTC>."},
		{"2004", management, info, "Maintenance of cluster <cluster name> was completed at <time in UTC>."},
		{"2006", management, info, "The resize of cluster <cluster name> started at <time in UTC>; until it ends the cluster can only be read."},
		{"2007", management, info, "The resize of cluster <cluster name> was accepted."},
		{eventRestoreStarted, management, info, "The restore of cluster <cluster name> from snapshot <snapshot name> started at <time in UTC>."},
		{eventRenamed, management, info, "The cluster was renamed to <new cluster name> at <time in UTC>."},
		{"2025", pending, info, "The database of cluster <cluster name> will be updated between <time in UTC> and <time in UTC>."},
		{eventRebooted, monitoring, info, "Cluster <cluster name> was rebooted at <time in UTC>."},
		{"3001", monitoring, info, "A node of cluster <cluster name> was replaced at <time in UTC>."},
		{"3002", monitoring, info, "The resize of cluster <cluster name> was completed at <time in UTC>."},
		{eventRestored, monitoring, info, "Cluster <cluster name> was restored from snapshot <snapshot name> at <time in UTC>."},
		{eventCopied, monitoring, info, "Snapshot <snapshot name> was copied from <source region> to <destination region> at <time in UTC>."},
		{"3500", monitoring, wrong, "The resize of cluster <cluster name> failed at <time in UTC>."},
		{eventRestoreFailed, monitoring, wrong, "The restore of cluster <cluster name> from snapshot <snapshot name> failed at <time in UTC>."},
		{eventLogsFailed, monitoring, wrong, "Cluster <cluster name> can no longer write its logs to the bucket <bucket name>."},
		{eventLogsRefused, monitoring, wrong, "The bucket <bucket name> does not allow cluster <cluster name> to write its logs."},
		{eventLogsBucketMissing, monitoring, wrong, "The bucket <bucket name> for the logs of cluster <cluster name> does not exist."},
		{"3507", monitoring, wrong, "The Elastic IP <address> is in use; cluster <cluster name> was not created."},
		{"3508", monitoring, wrong, "The Elastic IP <address> was not found; cluster <cluster name> was not created."},
		{"3509", monitoring, wrong, "Cluster <cluster name> does not copy its snapshots to another region."},
		{eventCopyFailed, monitoring, wrong, "Snapshot <snapshot name> could not be copied from <source region> to <destination region> at <time in UTC>."},
		{eventDamaged, monitoring, wrong, "The database of cluster <cluster name> was found damaged at <time in UTC>."},
		{eventTransferred, monitoring, info, "The data of cluster <cluster name> was transferred completely at <time in UTC>."},
		{eventPauseStarted, monitoring, info, "The pause of cluster <cluster name> started at <time in UTC>."},
		{eventPaused, monitoring, info, "Cluster <cluster name> was paused at <time in UTC>."},
		{eventResumed, monitoring, info, "Cluster <cluster name> was resumed at <time in UTC>."},
		{"3625", monitoring, info, "Cluster <cluster name> gets a new network interface, as it cannot be resumed with <network interface>."},
		{eventCredentials, security, info, "The admin credentials of cluster <cluster name> were updated at <time in UTC>."},
		{"4001", security, info, "The security group of cluster <cluster name> was modified at <time in UTC>."},
		{"4500", security, wrong, "A VPC security group of cluster <cluster name> is invalid; the change was not made."},
		{"4501", security, wrong, "The EC2 security group <security group name> was not found; access to cluster <cluster name> was not given."},
	},
	redshift.SourceTypeClusterParameterGroup: {
		{parametergroup.EventParameterChanged, configuration, info, "The parameter <parameter name> of parameter group <parameter group name> was set to <value> at <time in UTC>."},
		{parametergroup.EventCreated, configuration, info, "Parameter group <parameter group name> was created at <time in UTC>."},
		{parametergroup.EventDeleted, configuration, info, "Parameter group <parameter group name> was deleted at <time in UTC>."},
		{parametergroup.EventUpdated, configuration, info, "Parameter group <parameter group name> was updated at <time in UTC>."},
	},
	redshift.SourceTypeClusterSecurityGroup: {
		{"4002", security, info, "Cluster security group <security group name> was created at <time in UTC>."},
		{"4003", security, info, "Cluster security group <security group name> was deleted at <time in UTC>."},
		{"4004", security, info, "Cluster security group <security group name> was changed at <time in UTC>."},
	},
	redshift.SourceTypeClusterSnapshot: {
		{eventSnapshotStarted, management, info, "Snapshot <snapshot name> of cluster <cluster name> was started at <time in UTC>."},
		{"2010", management, info, "Snapshot <snapshot name> of cluster <cluster name> was cancelled at <time in UTC>."},
		{eventSnapshotDeleted, management, info, "Snapshot <snapshot name> of cluster <cluster name> was deleted at <time in UTC>."},
		{eventFinalStarted, management, info, "The final snapshot <snapshot name> of cluster <cluster name> was started at <time in UTC>."},
		{eventSnapshotDamaged, management, wrong, "Snapshot <snapshot name> of cluster <cluster name> was found damaged at <time in UTC>."},
		{eventSnapshotComplete, monitoring, info, "Snapshot <snapshot name> of cluster <cluster name> was completed at <time in UTC>."},
		{eventFinalComplete, monitoring, info, "The final snapshot <snapshot name> of cluster <cluster name> was completed at <time in UTC>."},
		{"3006", monitoring, info, "The final snapshot <snapshot name> of cluster <cluster name> was cancelled at <time in UTC>."},
		{eventFinalFailed, monitoring, wrong, "The final snapshot <snapshot name> of cluster <cluster name> failed at <time in UTC>."},
		{eventSnapshotFailed, monitoring, wrong, "Snapshot <snapshot name> of cluster <cluster name> failed at <time in UTC>."},
		{eventAutomatedFailed, monitoring, wrong, "The automated snapshot <snapshot name> of cluster <cluster name> failed at <time in UTC>."},
	},
	redshift.SourceTypeScheduledAction: {
		{"3614", management, info, "The scheduled action <scheduled action name> was created at <time in UTC>."},
		{"3627", management, info, "The scheduled action <scheduled action name> was deleted at <time in UTC>."},
	},
}

// eventSources is the order in which DescribeEventCategories shows them.
var eventSources = []string{
	redshift.SourceTypeCluster, redshift.SourceTypeClusterSecurityGroup, redshift.SourceTypeClusterParameterGroup,
	redshift.SourceTypeClusterSnapshot, redshift.SourceTypeScheduledAction,
}

// kindOf answers the line of the table for an event of that source type; one that has none is a mistake of ours.
func kindOf(sourceType, number string) (eventKind, error) {
	for _, kind := range eventKinds[sourceType] {
		if kind.number == number {
			return kind, nil
		}
	}
	return eventKind{}, fmt.Errorf("event %s of a %s is not in the table of events", number, sourceType)
}

// DescribeEventCategories answers the table of events, or the part of it for one type of source.
func (c *Control) DescribeEventCategories(_ context.Context, _ api.Caller, in *redshift.DescribeEventCategoriesMessage) (*redshift.EventCategoriesMessage, error) {
	sources := eventSources
	if in.SourceType != "" {
		if err := checkSourceType(in.SourceType); err != nil {
			return nil, err
		}
		sources = []string{in.SourceType}
	}
	out := &redshift.EventCategoriesMessage{EventCategoriesMapList: []redshift.EventCategoriesMap{}}
	for _, source := range sources {
		out.EventCategoriesMapList = append(out.EventCategoriesMapList, redshift.EventCategoriesMap{SourceType: source, Events: eventInfo(eventKinds[source])})
	}
	return out, nil
}

func checkSourceType(kind string) error {
	if !slices.Contains(eventSources, kind) {
		return api.InvalidParameterValue("%q is not a source type: it must be one of cluster, cluster-parameter-group, cluster-security-group, cluster-snapshot and scheduled-action.", kind)
	}
	return nil
}

func eventInfo(kinds []eventKind) []redshift.EventInfoMap {
	shown := make([]redshift.EventInfoMap, len(kinds))
	for i, kind := range kinds {
		shown[i] = redshift.EventInfoMap{
			EventId: eventID(kind.number), EventCategories: []string{kind.category}, EventDescription: kind.description, Severity: kind.severity,
		}
	}
	return shown
}

func eventID(number string) string { return "REDSHIFT-EVENT-" + number }
