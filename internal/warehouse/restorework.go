package warehouse

import (
	"context"
	"errors"

	"slipher/internal/meta"
	"slipher/internal/nodeapi"
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/scope"
	"slipher/internal/warehouse/state"
	"slipher/internal/warehouse/workflow"
)

// followLater has a job follow the restore of the cluster, if one is under way.
func (w *Warehouse) followLater(ctx context.Context, record state.ClusterRecord) error {
	if !record.Body.Restoring() {
		return nil
	}
	return w.config.Store.Update(ctx, func(tx *meta.Tx) error {
		return tx.Enqueue(restoreWork{record.Account, record.Region, record.Body.Key}, meta.EnqueueOptions{Unique: true})
	})
}

// workRestore follows a restore until all its data is there. The cluster may be in use for long by then. A node that stops meanwhile leaves the rest
// to the next one, and a store that is out of reach is asked again.
func (w *Warehouse) workRestore(ctx context.Context, job restoreWork) error {
	ended := false
	restore := workflow.Workflow[state.Cluster]{
		Records: state.Clusters,
		Begin: func(tx *meta.Tx) (state.ClusterRecord, bool, error) {
			record, err := state.FindClusterByKey(tx, job.Account, job.Region, job.Cluster)
			ended = errors.Is(err, meta.ErrNotFound) || err == nil && !record.Body.Restoring()
			return record, err == nil && !ended && !record.Body.NeedsNoNode(), meta.IgnoreNotFound(err)
		},
		Act: w.followRestore,
		Find: func(tx *meta.Tx, worked state.ClusterRecord) (state.ClusterRecord, error) {
			return state.FindClusterByKey(tx, worked.Account, worked.Region, worked.Body.Key)
		},
		Same: func(_, now state.Cluster) bool { return now.Restoring() },
		Fail: w.failLostRestore,
	}
	found, err := restore.Run(ctx, w.leases(), "restore of cluster "+job.Cluster)
	if ended || found && err == nil {
		w.Progress.Forget(job.Cluster)
	}
	return err
}

// followRestore stops the node when the data is lost: no other try would find it.
func (w *Warehouse) followRestore(ctx context.Context, record state.ClusterRecord) (clusterChange, error) {
	share, report, end := w.follow(ctx, record.Body.Key, record.Body.Key)
	defer end()
	request, err := w.restoreRequest(ctx, record.Body, share)
	if err == nil {
		err = w.config.Nodes.Restore(ctx, record.Body.Key, request, report)
	}
	if err == nil {
		return w.completeRestore, nil
	}
	if hopeless(err) {
		if stopErr := w.stop(ctx, record.Body.Key); stopErr != nil {
			err = errors.Join(err, errNotStopped, stopErr)
		}
	}
	return nil, err
}

func (w *Warehouse) restoreRequest(ctx context.Context, body state.Cluster, bytesPerSecond int64) (nodeapi.RestoreRequest, error) {
	store, err := w.Scopes.Node(ctx, body.Restore.Scope)
	return nodeapi.RestoreRequest{Store: store, Manifest: body.Restore.Manifest, BytesPerSecond: bytesPerSecond}, err
}

func (w *Warehouse) completeRestore(tx *meta.Tx, record *state.ClusterRecord) error {
	if err := w.endRestore(tx, &record.Body, state.RestoreCompleted); err != nil {
		return err
	}
	if kind, err := state.FindNodeType(record.Body.NodeType); err != nil || !kind.Local() {
		return err // their data stays in managed storage, so Redshift tells of no transfer
	}
	return w.Events.Emit(tx, *record, event.Transferred, "The data transfer of Amazon Redshift cluster '%s' was completed at %s.")
}

// failLostRestore gives the cluster up: the snapshot is damaged or its key destroyed.
func (w *Warehouse) failLostRestore(tx *meta.Tx, record *state.ClusterRecord, cause error) (workflow.Verdict, error) {
	if !hopeless(cause) || errors.Is(cause, errNotStopped) {
		return workflow.Again, nil
	}
	w.config.Log.Error("restore failed", "cluster", record.ID, "err", cause)
	if record.Body.Status == state.Deleting {
		return workflow.Settled, nil
	}
	return workflow.Settled, w.failRestore(tx, record)
}

func (w *Warehouse) failRestore(tx *meta.Tx, record *state.ClusterRecord) error {
	record.Body.Status = state.IncompatibleRestore
	if record.Body.Restoring() {
		if err := w.endRestore(tx, &record.Body, state.RestoreFailed); err != nil {
			return err
		}
	}
	return w.Events.Emit(tx, *record, event.RestoreFailed, "The restore of Amazon Redshift cluster '%s' failed at %s: the data of snapshot '%s' could not be restored.", record.Body.Restore.Snapshot)
}

// endRestore lets the pin go; what only it kept is swept.
func (w *Warehouse) endRestore(tx *meta.Tx, body *state.Cluster, status string) error {
	name := body.Restore.Scope
	body.Restore.Status, body.Restore.Ended = status, w.Clock.Now()
	body.Restore.Scope, body.Restore.Manifest = "", ""
	return scope.SweepLater(tx, name)
}
