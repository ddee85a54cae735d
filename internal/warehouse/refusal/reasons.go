package refusal

// The reasons, in the words that Redshift has for them.
const (
	AccessToSnapshotDenied               Reason = "AccessToSnapshotDenied"
	ClusterNotFound                      Reason = "ClusterNotFound"
	ClusterParameterGroupNotFound        Reason = "ClusterParameterGroupNotFound"
	ClusterSnapshotNotFound              Reason = "ClusterSnapshotNotFound"
	ClusterSubnetGroupNotFound           Reason = "ClusterSubnetGroupNotFound"
	InvalidRetentionPeriod               Reason = "InvalidRetentionPeriod"
	InvalidTableRestoreArgument          Reason = "InvalidTableRestoreArgument"
	InvalidTag                           Reason = "InvalidTag"
	NumberOfNodesPerClusterLimitExceeded Reason = "NumberOfNodesPerClusterLimitExceeded"
	SnapshotCopyGrantNotFound            Reason = "SnapshotCopyGrantNotFound"
	SnapshotScheduleNotFound             Reason = "SnapshotScheduleNotFound"
	TagLimitExceeded                     Reason = "TagLimitExceeded"
	UnsupportedOperation                 Reason = "UnsupportedOperation"
)

// Reasons are all of them: whoever tells callers of refusals has an answer for each.
func Reasons() []Reason {
	return []Reason{
		AccessToSnapshotDenied,
		ClusterNotFound,
		ClusterParameterGroupNotFound,
		ClusterSnapshotNotFound,
		ClusterSubnetGroupNotFound,
		InvalidRetentionPeriod,
		InvalidTableRestoreArgument,
		InvalidTag,
		NumberOfNodesPerClusterLimitExceeded,
		SnapshotCopyGrantNotFound,
		SnapshotScheduleNotFound,
		TagLimitExceeded,
		UnsupportedOperation,
	}
}
