package redshift

import (
	"context"
	"errors"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/warehouse/refusal"
)

// faults are the answers to the reasons for which the warehouse refuses.
var faults = map[refusal.Reason]func(format string, args ...any) *api.Fault{
	refusal.AccessToSnapshotDenied:               redshift.AccessToSnapshotDenied,
	refusal.AuthorizationAlreadyExists:           redshift.AuthorizationAlreadyExists,
	refusal.AuthorizationNotFound:                redshift.AuthorizationNotFound,
	refusal.AuthorizationQuotaExceeded:           redshift.AuthorizationQuotaExceeded,
	refusal.BucketNotFound:                       redshift.BucketNotFound,
	refusal.ClusterAlreadyExists:                 redshift.ClusterAlreadyExists,
	refusal.ClusterNotFound:                      redshift.ClusterNotFound,
	refusal.ClusterParameterGroupNotFound:        redshift.ClusterParameterGroupNotFound,
	refusal.ClusterSnapshotAlreadyExists:         redshift.ClusterSnapshotAlreadyExists,
	refusal.ClusterSnapshotNotFound:              redshift.ClusterSnapshotNotFound,
	refusal.ClusterSnapshotQuotaExceeded:         redshift.ClusterSnapshotQuotaExceeded,
	refusal.ClusterSubnetGroupNotFound:           redshift.ClusterSubnetGroupNotFound,
	refusal.CopyToRegionDisabled:                 redshift.CopyToRegionDisabled,
	refusal.DependentServiceAccessDenied:         redshift.DependentServiceAccessDenied,
	refusal.DependentServiceRequestThrottling:    redshift.DependentServiceRequestThrottling,
	refusal.InProgressTableRestoreQuotaExceeded:  redshift.InProgressTableRestoreQuotaExceeded,
	refusal.InsufficientS3BucketPolicy:           redshift.InsufficientS3BucketPolicy,
	refusal.InvalidClusterSnapshotScheduleState:  redshift.InvalidClusterSnapshotScheduleState,
	refusal.InvalidClusterSnapshotState:          redshift.InvalidClusterSnapshotState,
	refusal.InvalidClusterState:                  redshift.InvalidClusterState,
	refusal.InvalidClusterTrack:                  redshift.InvalidClusterTrack,
	refusal.InvalidRetentionPeriod:               redshift.InvalidRetentionPeriod,
	refusal.InvalidTableRestoreArgument:          redshift.InvalidTableRestoreArgument,
	refusal.InvalidTag:                           redshift.InvalidTag,
	refusal.LimitExceeded:                        redshift.LimitExceeded,
	refusal.NumberOfNodesPerClusterLimitExceeded: redshift.NumberOfNodesPerClusterLimitExceeded,
	refusal.NumberOfNodesQuotaExceeded:           redshift.NumberOfNodesQuotaExceeded,
	refusal.SnapshotCopyAlreadyDisabled:          redshift.SnapshotCopyAlreadyDisabled,
	refusal.SnapshotCopyAlreadyEnabled:           redshift.SnapshotCopyAlreadyEnabled,
	refusal.SnapshotCopyDisabled:                 redshift.SnapshotCopyDisabled,
	refusal.SnapshotCopyGrantNotFound:            redshift.SnapshotCopyGrantNotFound,
	refusal.SnapshotScheduleNotFound:             redshift.SnapshotScheduleNotFound,
	refusal.TagLimitExceeded:                     redshift.TagLimitExceeded,
	refusal.UnknownSnapshotCopyRegion:            redshift.UnknownSnapshotCopyRegion,
	refusal.UnsupportedOperation:                 redshift.UnsupportedOperation,
}

// FaultOf is the fault for what the warehouse refused. All other errors stay what they are.
func FaultOf(err error) error {
	refused, ok := errors.AsType[*refusal.Refusal](err)
	if !ok {
		return err
	}
	fault, known := faults[refused.Reason]
	if !known {
		return err
	}
	return fault("%s", refused.Message)
}

// answering has every operation of the service answer with faults where the warehouse refuses.
func answering(service api.Service) api.Service {
	for i, operation := range service.Operations {
		if operation.Call == nil {
			continue
		}
		service.Operations[i].Call = func(ctx context.Context, caller api.Caller, input any) (any, error) {
			output, err := operation.Call(ctx, caller, input)
			return output, FaultOf(err)
		}
	}
	return service
}
