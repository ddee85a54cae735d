package control

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

const snapshotsAtOnce = 100 // in a batch operation

// BatchDeleteClusterSnapshots deletes as many of the snapshots as DeleteClusterSnapshot would, and says of each of the others why not.
func (c *Control) BatchDeleteClusterSnapshots(ctx context.Context, caller api.Caller, in *redshift.BatchDeleteClusterSnapshotsRequest) (*redshift.BatchDeleteClusterSnapshotsResult, error) {
	if len(in.Identifiers) > snapshotsAtOnce {
		return nil, redshift.BatchDeleteRequestSizeExceeded("The request names %d snapshots; the limit is %d.", len(in.Identifiers), snapshotsAtOnce)
	}
	done, err := c.batch(ctx, in.Identifiers, func(tx *meta.Tx, named redshift.DeleteClusterSnapshotMessage) (state.SnapshotRecord, error) {
		return c.findAndDelete(tx, caller, named)
	})
	return &redshift.BatchDeleteClusterSnapshotsResult{Resources: done.resources, Errors: done.errors}, err
}

// BatchModifyClusterSnapshots does for each of the snapshots what ModifyClusterSnapshot would, and says why not where it cannot.
func (c *Control) BatchModifyClusterSnapshots(ctx context.Context, caller api.Caller, in *redshift.BatchModifyClusterSnapshotsMessage) (*redshift.BatchModifyClusterSnapshotsOutputMessage, error) {
	if len(in.SnapshotIdentifierList) > snapshotsAtOnce {
		return nil, redshift.BatchModifyClusterSnapshotsLimitExceeded("The request names %d snapshots; the limit is %d.", len(in.SnapshotIdentifierList), snapshotsAtOnce)
	}
	change := warehouse.RetentionChange{Period: in.ManualSnapshotRetentionPeriod, Force: in.Force}
	if err := change.Check(); err != nil {
		return nil, err
	}
	named := make([]redshift.DeleteClusterSnapshotMessage, len(in.SnapshotIdentifierList))
	for i, identifier := range in.SnapshotIdentifierList {
		named[i].SnapshotIdentifier = identifier
	}
	done, err := c.batch(ctx, named, func(tx *meta.Tx, named redshift.DeleteClusterSnapshotMessage) (state.SnapshotRecord, error) {
		return c.warehouse.Retain(tx, caller, named.SnapshotIdentifier, change)
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
func (c *Control) batch(ctx context.Context, all []redshift.DeleteClusterSnapshotMessage, change func(*meta.Tx, redshift.DeleteClusterSnapshotMessage) (state.SnapshotRecord, error)) (done batched, err error) {
	err = c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		done = batched{resources: []string{}}
		for _, named := range all {
			record, err := change(tx, named)
			var fault *api.Fault
			switch {
			case err == nil:
				done.resources = append(done.resources, record.Body.Identifier)
			case errors.As(house.FaultOf(err), &fault):
				done.errors = append(done.errors, redshift.SnapshotErrorMessage{
					SnapshotIdentifier: named.SnapshotIdentifier, SnapshotClusterIdentifier: cmp.Or(named.SnapshotClusterIdentifier, record.Body.ClusterIdentifier),
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
