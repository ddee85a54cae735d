package redshift

import (
	"context"
	"errors"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/keys"
	"slipher/internal/warehouse/refusal"
)

// faults are the answers to the reasons for which the warehouse refuses.
var faults = map[refusal.Reason]func(format string, args ...any) *api.Fault{
	refusal.AccessToSnapshotDenied:               redshift.AccessToSnapshotDenied,
	refusal.ClusterNotFound:                      redshift.ClusterNotFound,
	refusal.ClusterParameterGroupNotFound:        redshift.ClusterParameterGroupNotFound,
	refusal.ClusterSnapshotNotFound:              redshift.ClusterSnapshotNotFound,
	refusal.ClusterSubnetGroupNotFound:           redshift.ClusterSubnetGroupNotFound,
	refusal.InvalidRetentionPeriod:               redshift.InvalidRetentionPeriod,
	refusal.InvalidTableRestoreArgument:          redshift.InvalidTableRestoreArgument,
	refusal.InvalidTag:                           redshift.InvalidTag,
	refusal.NumberOfNodesPerClusterLimitExceeded: redshift.NumberOfNodesPerClusterLimitExceeded,
	refusal.SnapshotCopyGrantNotFound:            redshift.SnapshotCopyGrantNotFound,
	refusal.SnapshotScheduleNotFound:             redshift.SnapshotScheduleNotFound,
	refusal.TagLimitExceeded:                     redshift.TagLimitExceeded,
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

// KeyFaultOf turns the limits of a key into the faults that Redshift has for them.
func KeyFaultOf(err error) error {
	switch {
	case errors.Is(err, keys.ErrGrantLimit):
		return redshift.LimitExceeded("The encryption key has exceeded its grant limit in AWS KMS.")
	case errors.Is(err, keys.ErrThrottled):
		return redshift.DependentServiceRequestThrottling("The request cannot be completed because a dependent service is throttling requests made by Amazon Redshift on your behalf. Wait and retry the request.")
	}
	return err
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
