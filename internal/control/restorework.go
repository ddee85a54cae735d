package control

import (
	"context"
	"errors"

	"slipher/internal/meta"
	"slipher/internal/nodeapi"
	"slipher/internal/warehouse/state"
)

// followLater has a job follow the restore of the cluster, if one is under way.
func (c *Control) followLater(ctx context.Context, record state.ClusterRecord) error {
	if !record.Body.Restoring() {
		return nil
	}
	return c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		return tx.Enqueue(restoreWork{record.Account, record.Region, record.Body.Key}, meta.EnqueueOptions{Unique: true})
	})
}

// workRestore follows a restore until all its data is there. The cluster may be in use for long by then. A node that stops meanwhile leaves the rest
// to the next one, and a store that is out of reach is asked again.
func (c *Control) workRestore(ctx context.Context, job restoreWork) error {
	record, err := c.readCluster(ctx, clusterWork(job))
	switch {
	case errors.Is(err, meta.ErrNotFound), err == nil && !record.Body.Restoring():
		c.progress.forget(job.Cluster)
		return nil
	case err != nil || record.Body.NeedsNoNode():
		return err
	}
	share, report, end := c.follow(ctx, record.Body.Key, record.Body.Key)
	defer end()
	request, err := c.restoreRequest(ctx, record.Body, share)
	if err == nil {
		err = c.config.Nodes.Restore(ctx, record.Body.Key, request, report)
	}
	switch {
	case err == nil:
		return c.settleRestore(ctx, record, c.completeRestore)
	case hopeless(err):
		return c.restoreLost(ctx, record, err)
	}
	return err
}

func (c *Control) restoreRequest(ctx context.Context, body state.Cluster, bytesPerSecond int64) (nodeapi.RestoreRequest, error) {
	store, err := c.storeOf(ctx, body.Restore.Scope)
	return nodeapi.RestoreRequest{Store: store, Manifest: body.Restore.Manifest, BytesPerSecond: bytesPerSecond}, err
}

// settleRestore ends a restore, if it is still the one under way.
func (c *Control) settleRestore(ctx context.Context, worked state.ClusterRecord, change func(tx *meta.Tx, record *state.ClusterRecord) error) error {
	err := c.config.Store.Update(ctx, func(tx *meta.Tx) error {
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
		c.progress.forget(worked.Body.Key)
	}
	return err
}

func (c *Control) completeRestore(tx *meta.Tx, record *state.ClusterRecord) error {
	if err := c.endRestore(tx, &record.Body, state.RestoreCompleted); err != nil {
		return err
	}
	if kind, err := state.FindNodeType(record.Body.NodeType); err != nil || !kind.Local() {
		return err // their data stays in managed storage, so Redshift tells of no transfer
	}
	return c.tell(tx, *record, eventTransferred, "The data transfer of Amazon Redshift cluster '%s' was completed at %s.")
}

// restoreLost gives the cluster up: the snapshot is damaged or its key destroyed, and no other try would find what is missing.
func (c *Control) restoreLost(ctx context.Context, record state.ClusterRecord, cause error) error {
	c.config.Log.Error("restore failed", "cluster", record.ID, "err", cause)
	if err := c.stop(ctx, record.Body.Key); err != nil {
		return err
	}
	return c.settleRestore(ctx, record, func(tx *meta.Tx, record *state.ClusterRecord) error {
		if record.Body.Status == state.Deleting {
			return nil
		}
		return c.failRestore(tx, record)
	})
}

func (c *Control) failRestore(tx *meta.Tx, record *state.ClusterRecord) error {
	record.Body.Status = state.IncompatibleRestore
	if record.Body.Restoring() {
		if err := c.endRestore(tx, &record.Body, state.RestoreFailed); err != nil {
			return err
		}
	}
	return c.tell(tx, *record, eventRestoreFailed, "The restore of Amazon Redshift cluster '%s' failed at %s: the data of snapshot '%s' could not be restored.", record.Body.Restore.Snapshot)
}

// endRestore lets the pin go; what only it kept is swept.
func (c *Control) endRestore(tx *meta.Tx, body *state.Cluster, status string) error {
	scope := body.Restore.Scope
	body.Restore.Status, body.Restore.Ended = status, c.now()
	body.Restore.Scope, body.Restore.Manifest = "", ""
	return sweepLater(tx, scope)
}
