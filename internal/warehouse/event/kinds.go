package event

// Kind is one line of Redshift's table of events, or of slipher's own. The description shows what a message fills in between angle brackets.
type Kind struct{ Source, Number, Category, Severity, Description string }

// ID is how answers name it.
func (k Kind) ID() string { return IDOf(k.Number) }

// IDOf is how answers name the kind of a number.
func IDOf(number string) string { return "REDSHIFT-EVENT-" + number }

// The categories and severities.
const (
	Info  = "INFO"
	Error = "ERROR"

	Configuration = "configuration"
	Management    = "management"
	Monitoring    = "monitoring"
	Pending       = "pending"
	Security      = "security"
)

// Sources is the order in which DescribeEventCategories shows them.
var Sources = []string{
	ClusterSource, SecurityGroupSource, ParameterGroupSource,
	SnapshotSource, ScheduledActionSource,
}

// The kinds of events that the warehouse emits. Each is a family's, which shows it to whoever asks what kinds there are.
var (
	ParametersChanged = Kind{ClusterSource, "1000", Configuration, Info, "The parameter group of cluster <cluster name> was changed at <time in UTC>."}
	GroupAssociated   = Kind{ClusterSource, "1001", Configuration, Info, "Cluster <cluster name> was given parameter group <parameter group name> at <time in UTC>."}
	Created           = Kind{ClusterSource, "2000", Management, Info, "Cluster <cluster name> was created at <time in UTC>."}
	Deleted           = Kind{ClusterSource, "2001", Management, Info, "Cluster <cluster name> was deleted at <time in UTC>, with or without a final snapshot."}
	RestoreStarted    = Kind{ClusterSource, "2008", Management, Info, "The restore of cluster <cluster name> from snapshot <snapshot name> started at <time in UTC>."}
	SnapshotStarted   = Kind{SnapshotSource, "2009", Management, Info, "Snapshot <snapshot name> of cluster <cluster name> was started at <time in UTC>."}
	SnapshotDeleted   = Kind{SnapshotSource, "2011", Management, Info, "Snapshot <snapshot name> of cluster <cluster name> was deleted at <time in UTC>."}
	FinalStarted      = Kind{SnapshotSource, "2012", Management, Info, "The final snapshot <snapshot name> of cluster <cluster name> was started at <time in UTC>."}
	Renamed           = Kind{ClusterSource, "2013", Management, Info, "The cluster was renamed to <new cluster name> at <time in UTC>."}
	SnapshotDamaged   = Kind{SnapshotSource, "2990", Management, Error, "Snapshot <snapshot name> of cluster <cluster name> was found damaged at <time in UTC>."} // slipher's own
	Rebooted          = Kind{ClusterSource, "3000", Monitoring, Info, "Cluster <cluster name> was rebooted at <time in UTC>."}
	Restored          = Kind{ClusterSource, "3003", Monitoring, Info, "Cluster <cluster name> was restored from snapshot <snapshot name> at <time in UTC>."}
	SnapshotComplete  = Kind{SnapshotSource, "3004", Monitoring, Info, "Snapshot <snapshot name> of cluster <cluster name> was completed at <time in UTC>."}
	FinalComplete     = Kind{SnapshotSource, "3005", Monitoring, Info, "The final snapshot <snapshot name> of cluster <cluster name> was completed at <time in UTC>."}
	Copied            = Kind{ClusterSource, "3007", Monitoring, Info, "Snapshot <snapshot name> was copied from <source region> to <destination region> at <time in UTC>."}
	RestoreFailed     = Kind{ClusterSource, "3501", Monitoring, Error, "The restore of cluster <cluster name> from snapshot <snapshot name> failed at <time in UTC>."}
	FinalFailed       = Kind{SnapshotSource, "3502", Monitoring, Error, "The final snapshot <snapshot name> of cluster <cluster name> failed at <time in UTC>."}
	SnapshotFailed    = Kind{SnapshotSource, "3503", Monitoring, Error, "Snapshot <snapshot name> of cluster <cluster name> failed at <time in UTC>."}
	LogsFailed        = Kind{ClusterSource, "3504", Monitoring, Error, "Cluster <cluster name> can no longer write its logs to the bucket <bucket name>."}
	LogsRefused       = Kind{ClusterSource, "3505", Monitoring, Error, "The bucket <bucket name> does not allow cluster <cluster name> to write its logs."}
	LogsBucketMissing = Kind{ClusterSource, "3506", Monitoring, Error, "The bucket <bucket name> for the logs of cluster <cluster name> does not exist."}
	Transferred       = Kind{ClusterSource, "3537", Monitoring, Info, "The data of cluster <cluster name> was transferred completely at <time in UTC>."}
	Damaged           = Kind{ClusterSource, "3592", Monitoring, Error, "The database of cluster <cluster name> was found damaged at <time in UTC>."}                                  // slipher's own
	AutomatedFailed   = Kind{SnapshotSource, "3590", Monitoring, Error, "The automated snapshot <snapshot name> of cluster <cluster name> failed at <time in UTC>."}                  // slipher's own
	CopyFailed        = Kind{ClusterSource, "3591", Monitoring, Error, "Snapshot <snapshot name> could not be copied from <source region> to <destination region> at <time in UTC>."} // slipher's own
	PauseStarted      = Kind{ClusterSource, "3618", Monitoring, Info, "The pause of cluster <cluster name> started at <time in UTC>."}
	Paused            = Kind{ClusterSource, "3619", Monitoring, Info, "Cluster <cluster name> was paused at <time in UTC>."}
	Resumed           = Kind{ClusterSource, "3622", Monitoring, Info, "Cluster <cluster name> was resumed at <time in UTC>."}
	Credentials       = Kind{ClusterSource, "4000", Security, Info, "The admin credentials of cluster <cluster name> were updated at <time in UTC>."}
)
