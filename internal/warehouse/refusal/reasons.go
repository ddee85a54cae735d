package refusal

// The reasons, in the words that Redshift has for them.
const (
	AccessToSnapshotDenied               Reason = "AccessToSnapshotDenied"
	AuthorizationAlreadyExists           Reason = "AuthorizationAlreadyExists"
	AuthorizationNotFound                Reason = "AuthorizationNotFound"
	AuthorizationQuotaExceeded           Reason = "AuthorizationQuotaExceeded"
	BucketNotFound                       Reason = "BucketNotFound"
	ClusterAlreadyExists                 Reason = "ClusterAlreadyExists"
	ClusterNotFound                      Reason = "ClusterNotFound"
	ClusterParameterGroupNotFound        Reason = "ClusterParameterGroupNotFound"
	ClusterSnapshotAlreadyExists         Reason = "ClusterSnapshotAlreadyExists"
	ClusterSnapshotNotFound              Reason = "ClusterSnapshotNotFound"
	ClusterSnapshotQuotaExceeded         Reason = "ClusterSnapshotQuotaExceeded"
	ClusterSubnetGroupNotFound           Reason = "ClusterSubnetGroupNotFound"
	CopyToRegionDisabled                 Reason = "CopyToRegionDisabled"
	DependentServiceAccessDenied         Reason = "DependentServiceAccessDenied"
	DependentServiceRequestThrottling    Reason = "DependentServiceRequestThrottling"
	InProgressTableRestoreQuotaExceeded  Reason = "InProgressTableRestoreQuotaExceeded"
	InsufficientS3BucketPolicy           Reason = "InsufficientS3BucketPolicy"
	InvalidClusterSnapshotScheduleState  Reason = "InvalidClusterSnapshotScheduleState"
	InvalidClusterSnapshotState          Reason = "InvalidClusterSnapshotState"
	InvalidClusterState                  Reason = "InvalidClusterState"
	InvalidClusterTrack                  Reason = "InvalidClusterTrack"
	InvalidRetentionPeriod               Reason = "InvalidRetentionPeriod"
	InvalidTableRestoreArgument          Reason = "InvalidTableRestoreArgument"
	InvalidTag                           Reason = "InvalidTag"
	LimitExceeded                        Reason = "LimitExceeded"
	NumberOfNodesPerClusterLimitExceeded Reason = "NumberOfNodesPerClusterLimitExceeded"
	NumberOfNodesQuotaExceeded           Reason = "NumberOfNodesQuotaExceeded"
	SnapshotCopyAlreadyDisabled          Reason = "SnapshotCopyAlreadyDisabled"
	SnapshotCopyAlreadyEnabled           Reason = "SnapshotCopyAlreadyEnabled"
	SnapshotCopyDisabled                 Reason = "SnapshotCopyDisabled"
	SnapshotCopyGrantNotFound            Reason = "SnapshotCopyGrantNotFound"
	SnapshotScheduleNotFound             Reason = "SnapshotScheduleNotFound"
	TagLimitExceeded                     Reason = "TagLimitExceeded"
	UnknownSnapshotCopyRegion            Reason = "UnknownSnapshotCopyRegion"
	UnsupportedOperation                 Reason = "UnsupportedOperation"
)

// Reasons are all of them: whoever tells callers of refusals has an answer for each.
func Reasons() []Reason {
	return []Reason{
		AccessToSnapshotDenied,
		AuthorizationAlreadyExists,
		AuthorizationNotFound,
		AuthorizationQuotaExceeded,
		BucketNotFound,
		ClusterAlreadyExists,
		ClusterNotFound,
		ClusterParameterGroupNotFound,
		ClusterSnapshotAlreadyExists,
		ClusterSnapshotNotFound,
		ClusterSnapshotQuotaExceeded,
		ClusterSubnetGroupNotFound,
		CopyToRegionDisabled,
		DependentServiceAccessDenied,
		DependentServiceRequestThrottling,
		InProgressTableRestoreQuotaExceeded,
		InsufficientS3BucketPolicy,
		InvalidClusterSnapshotScheduleState,
		InvalidClusterSnapshotState,
		InvalidClusterState,
		InvalidClusterTrack,
		InvalidRetentionPeriod,
		InvalidTableRestoreArgument,
		InvalidTag,
		LimitExceeded,
		NumberOfNodesPerClusterLimitExceeded,
		NumberOfNodesQuotaExceeded,
		SnapshotCopyAlreadyDisabled,
		SnapshotCopyAlreadyEnabled,
		SnapshotCopyDisabled,
		SnapshotCopyGrantNotFound,
		SnapshotScheduleNotFound,
		TagLimitExceeded,
		UnknownSnapshotCopyRegion,
		UnsupportedOperation,
	}
}
