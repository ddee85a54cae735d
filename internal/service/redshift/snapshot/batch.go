package snapshot

import (
	"cmp"
	"context"
	"errors"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	house "slipher/internal/service/redshift"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/state"
)

const mostAtOnce = 100 // in a batch operation

// removeBatch deletes as many of the snapshots as DeleteClusterSnapshot would, and says of each of the others why not.
func (f family) removeBatch(ctx context.Context, caller api.Caller, in *redshift.BatchDeleteClusterSnapshotsRequest) (*redshift.BatchDeleteClusterSnapshotsResult, error) {
	if len(in.Identifiers) > mostAtOnce {
		return nil, redshift.BatchDeleteRequestSizeExceeded("The request names %d snapshots; the limit is %d.", len(in.Identifiers), mostAtOnce)
	}
	done, err := f.batch(ctx, in.Identifiers, func(tx *meta.Tx, one redshift.DeleteClusterSnapshotMessage) (state.SnapshotRecord, error) {
		return f.warehouse.DeleteSnapshot(tx, caller, named(caller, one))
	})
	return &redshift.BatchDeleteClusterSnapshotsResult{Resources: done.resources, Errors: done.errors}, err
}

// modifyBatch does for each of the snapshots what ModifyClusterSnapshot would, and says why not where it cannot.
func (f family) modifyBatch(ctx context.Context, caller api.Caller, in *redshift.BatchModifyClusterSnapshotsMessage) (*redshift.BatchModifyClusterSnapshotsOutputMessage, error) {
	if len(in.SnapshotIdentifierList) > mostAtOnce {
		return nil, redshift.BatchModifyClusterSnapshotsLimitExceeded("The request names %d snapshots; the limit is %d.", len(in.SnapshotIdentifierList), mostAtOnce)
	}
	change := warehouse.RetentionChange{Period: in.ManualSnapshotRetentionPeriod, Force: in.Force}
	if err := change.Check(); err != nil {
		return nil, err
	}
	all := make([]redshift.DeleteClusterSnapshotMessage, len(in.SnapshotIdentifierList))
	for i, identifier := range in.SnapshotIdentifierList {
		all[i].SnapshotIdentifier = identifier
	}
	done, err := f.batch(ctx, all, func(tx *meta.Tx, one redshift.DeleteClusterSnapshotMessage) (state.SnapshotRecord, error) {
		return f.warehouse.Retain(tx, caller, one.SnapshotIdentifier, change)
	})
	return &redshift.BatchModifyClusterSnapshotsOutputMessage{Resources: done.resources, Errors: append([]redshift.SnapshotErrorMessage{}, done.errors...)}, err
}

// batched is what became of the snapshots of a batch operation.
type batched struct {
	resources []string
	errors    []redshift.SnapshotErrorMessage
}

// batch applies one change to each snapshot, in one transaction: the answer is true of all or of none. A change that answers a fault must not have
// written anything.
func (f family) batch(ctx context.Context, all []redshift.DeleteClusterSnapshotMessage, change func(*meta.Tx, redshift.DeleteClusterSnapshotMessage) (state.SnapshotRecord, error)) (done batched, err error) {
	err = f.store.Update(ctx, func(tx *meta.Tx) error {
		done = batched{resources: []string{}}
		for _, one := range all {
			record, err := change(tx, one)
			var fault *api.Fault
			switch {
			case err == nil:
				done.resources = append(done.resources, record.Body.Identifier)
			case errors.As(house.FaultOf(err), &fault):
				done.errors = append(done.errors, redshift.SnapshotErrorMessage{
					SnapshotIdentifier: one.SnapshotIdentifier, SnapshotClusterIdentifier: cmp.Or(one.SnapshotClusterIdentifier, record.Body.ClusterIdentifier),
					FailureCode: fault.Code, FailureReason: fault.Message,
				})
			default:
				return err
			}
		}
		return nil
	})
	return done, err
}
