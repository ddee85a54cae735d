package warehouse

import (
	"context"
	"errors"

	"slipher/internal/meta"
	"slipher/internal/nodeapi"
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/state"
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
	record, err := w.readCluster(ctx, clusterWork(job))
	switch {
	case errors.Is(err, meta.ErrNotFound), err == nil && !record.Body.Restoring():
		w.Progress.forget(job.Cluster)
		return nil
	case err != nil || record.Body.NeedsNoNode():
		return err
	}
	share, report, end := w.follow(ctx, record.Body.Key, record.Body.Key)
	defer end()
	request, err := w.restoreRequest(ctx, record.Body, share)
	if err == nil {
		err = w.config.Nodes.Restore(ctx, record.Body.Key, request, report)
	}
	switch {
	case err == nil:
		return w.settleRestore(ctx, record, w.completeRestore)
	case hopeless(err):
		return w.restoreLost(ctx, record, err)
	}
	return err
}

func (w *Warehouse) restoreRequest(ctx context.Context, body state.Cluster, bytesPerSecond int64) (nodeapi.RestoreRequest, error) {
	store, err := w.storeOf(ctx, body.Restore.Scope)
	return nodeapi.RestoreRequest{Store: store, Manifest: body.Restore.Manifest, BytesPerSecond: bytesPerSecond}, err
}

// settleRestore ends a restore, if it is still the one under way.
func (w *Warehouse) settleRestore(ctx context.Context, worked state.ClusterRecord, change func(tx *meta.Tx, record *state.ClusterRecord) error) error {
	err := w.config.Store.Update(ctx, func(tx *meta.Tx) error {
		record, err := state.FindClusterByKey(tx, worked.Account, worked.Region, worked.Body.Key)
		if err != nil || !record.Body.Restoring() {
			return meta.IgnoreNotFound(err)
		}
		if err := change(tx, &record); err != nil {
			return err
		}
		return state.Clusters.Put(tx, record)
	})
	if err == nil {
		w.Progress.forget(worked.Body.Key)
	}
	return err
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

// restoreLost gives the cluster up: the snapshot is damaged or its key destroyed, and no other try would find what is missing.
func (w *Warehouse) restoreLost(ctx context.Context, record state.ClusterRecord, cause error) error {
	w.config.Log.Error("restore failed", "cluster", record.ID, "err", cause)
	if err := w.stop(ctx, record.Body.Key); err != nil {
		return err
	}
	return w.settleRestore(ctx, record, func(tx *meta.Tx, record *state.ClusterRecord) error {
		if record.Body.Status == state.Deleting {
			return nil
		}
		return w.failRestore(tx, record)
	})
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
	scope := body.Restore.Scope
	body.Restore.Status, body.Restore.Ended = status, w.Clock.Now()
	body.Restore.Scope, body.Restore.Manifest = "", ""
	return SweepLater(tx, scope)
}
