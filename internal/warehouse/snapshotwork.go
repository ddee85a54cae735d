package warehouse

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"slipher/internal/api"
	"slipher/internal/fleet"
	"slipher/internal/meta"
	"slipher/internal/nodeapi"
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/state"
)

// workSnapshot takes a snapshot that is not taken yet.
func (w *Warehouse) workSnapshot(ctx context.Context, job snapshotWork) error {
	scope, err := w.scopeToSave(ctx, job)
	if err != nil || scope == "" {
		return err
	}
	done, err := w.scopes.take(ctx, scope)
	if err != nil {
		return err
	}
	defer done()
	if err := w.saves.Acquire(ctx, 1); err != nil {
		return err
	}
	defer w.saves.Release(1)
	record, parent, err := w.beginSave(ctx, job)
	if err != nil || !record.Body.InProgress() {
		return err
	}
	err = errors.Join(w.save(ctx, record, parent), w.sweepPostponed(ctx, scope))
	if err != nil {
		return fmt.Errorf("snapshot %s: %w", record.Body.Identifier, err)
	}
	return nil
}

// scopeToSave is empty when there is nothing to save.
func (w *Warehouse) scopeToSave(ctx context.Context, job snapshotWork) (scope string, err error) {
	err = w.config.Store.View(ctx, func(tx *meta.Tx) error {
		record, err := state.FindSnapshotByID(tx, job.Account, job.Region, job.Snapshot)
		if record.Body.InProgress() {
			scope = record.Body.Scope
		}
		return meta.IgnoreNotFound(err)
	})
	return scope, err
}

// beginSave notes the try before it is made. One that may have been made before gets another manifest: the first may have been
// finished when the process died, and it would hold an earlier point in time than the snapshot is said to.
func (w *Warehouse) beginSave(ctx context.Context, job snapshotWork) (record state.SnapshotRecord, parent string, err error) {
	err = w.config.Store.Update(ctx, func(tx *meta.Tx) error {
		record, err = state.FindSnapshotByID(tx, job.Account, job.Region, job.Snapshot)
		if err != nil || !record.Body.InProgress() {
			return meta.IgnoreNotFound(err)
		}
		if record.Body.Tries > 0 {
			record.Body.Manifest = w.config.NewID()
		}
		record.Body.Tries++
		if err := state.Snapshots.Put(tx, record); err != nil {
			return err
		}
		parent, err = state.NewestManifest(tx, record)
		return err
	})
	return record, parent, err
}

func (w *Warehouse) save(ctx context.Context, record state.SnapshotRecord, parent string) error {
	store, err := w.storeOf(ctx, record.Body.Scope)
	if err != nil {
		return w.saveFailed(ctx, record, err)
	}
	if err := w.openToSave(ctx, record); err != nil {
		return w.saveFailed(ctx, record, err)
	}
	share, report, end := w.follow(ctx, record.Body.ClusterKey, record.ID)
	defer w.Progress.forget(record.ID)
	defer end()
	saved, err := w.config.Nodes.Save(ctx, record.Body.ClusterKey, nodeapi.SaveRequest{
		Store: store, Manifest: record.Body.Manifest, Parent: parent, BytesPerSecond: share,
	}, report)
	if err != nil {
		return w.saveFailed(ctx, record, err)
	}
	return w.saved(ctx, record, saved)
}

// openToSave is for the time after a restart, when the cluster's own job may come later.
func (w *Warehouse) openToSave(ctx context.Context, record state.SnapshotRecord) error {
	done, err := w.turns.take(ctx, record.Body.ClusterKey)
	if err != nil {
		return err
	}
	defer done()
	cluster, err := w.readCluster(ctx, clusterWork{record.Account, record.Region, record.Body.ClusterKey})
	if err != nil {
		return err
	}
	return w.open(ctx, cluster)
}

// settleSnapshot ends a save, if it is still the one under way.
func (w *Warehouse) settleSnapshot(ctx context.Context, worked state.SnapshotRecord, change func(tx *meta.Tx, record *state.SnapshotRecord) error) error {
	return w.config.Store.Update(ctx, func(tx *meta.Tx) error {
		record, err := state.Snapshots.Find(tx, worked.Key)
		if err != nil || record.Body.Manifest != worked.Body.Manifest || !record.Body.InProgress() {
			return meta.IgnoreNotFound(err)
		}
		if err := change(tx, &record); err != nil {
			return err
		}
		return state.Snapshots.Put(tx, record)
	})
}

func (w *Warehouse) saved(ctx context.Context, record state.SnapshotRecord, saved nodeapi.Saved) error {
	return w.settleSnapshot(ctx, record, func(tx *meta.Tx, record *state.SnapshotRecord) error {
		body := &record.Body
		body.Status = state.Available
		body.Taken = time.UnixMilli(saved.BeganUnixMS).UTC()
		body.Completed = w.Clock.Now()
		body.TotalBytes, body.StoredBytes, body.Seconds = saved.TotalBytes, saved.StoredBytes, saved.Seconds
		if body.Tries > 1 {
			// Earlier tries may have left manifests that nobody knows.
			if err := SweepLater(tx, body.Scope); err != nil {
				return err
			}
		}
		return w.becameAvailable(tx, *record)
	})
}

// becameAvailable is everything that follows from a snapshot's end in the same transaction.
func (w *Warehouse) becameAvailable(tx *meta.Tx, record state.SnapshotRecord) error {
	if err := api.First(
		func() error { return expireLater(tx, record.Body) },
		func() error { return w.replaceOutlasted(tx, record) },
		func() error { return w.copyAbroad(tx, record) },
	); err != nil {
		return err
	}
	switch {
	case record.Body.Final:
		return w.finalSaved(tx, record)
	case record.Body.Type == state.Automated: // Redshift has no event of it
		return nil
	}
	return w.Events.EmitOfSnapshot(tx, record, event.SnapshotComplete, "The cluster snapshot '%s' for Amazon Redshift cluster '%s' completed at %s.")
}

// finalSaved lets the deletion of the cluster go on.
func (w *Warehouse) finalSaved(tx *meta.Tx, record state.SnapshotRecord) error {
	cluster, err := state.FindClusterByKey(tx, record.Account, record.Region, record.Body.ClusterKey)
	if err != nil {
		return err
	}
	if err := w.Begin(tx, &cluster, state.Deleting); err != nil {
		return err
	}
	if err := state.Clusters.Put(tx, cluster); err != nil {
		return err
	}
	return w.Events.EmitOfSnapshot(tx, record, event.FinalComplete, "The final cluster snapshot '%s' for Amazon Redshift cluster '%s' completed at %s.")
}

// saveFailed has the job try again until it has tried often enough.
func (w *Warehouse) saveFailed(ctx context.Context, record state.SnapshotRecord, cause error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	progress, _ := w.Progress.Get(record.ID)
	final := false
	err := w.settleSnapshot(ctx, record, func(tx *meta.Tx, record *state.SnapshotRecord) error {
		record.Body.Failures++
		if final = hopeless(cause) || noRoom(cause) || record.Body.Failures >= w.config.Limits.Attempts; !final {
			return nil
		}
		record.Body.Status, record.Body.Seconds = state.Failed, progress.Seconds
		return w.tellFailed(tx, *record, cause)
	})
	switch {
	case err != nil:
		return errors.Join(cause, err)
	case final:
		return meta.Cancel(cause)
	}
	return cause
}

// noRoom says that the store's disk is full: a save that waited for room would keep everybody from making some.
func noRoom(err error) bool {
	refused, told := errors.AsType[*fleet.NodeError](err)
	return told && refused.NoRoom
}

func (w *Warehouse) tellFailed(tx *meta.Tx, record state.SnapshotRecord, cause error) error {
	reason := ""
	if refused, told := errors.AsType[*fleet.NodeError](cause); told && (refused.Damaged || refused.NoRoom) {
		reason = " The reason: " + strings.ReplaceAll(refused.Message, "%", "%%") + "."
	}
	if err := SweepLater(tx, record.Body.Scope); err != nil {
		return err
	}
	if err := expireLater(tx, record.Body); err != nil {
		return err
	}
	switch {
	case record.Body.Final:
		return w.finalFailed(tx, record)
	case record.Body.Type == state.Automated:
		return w.Events.EmitOfSnapshot(tx, record, event.AutomatedFailed, "The automated snapshot '%s' of Amazon Redshift cluster '%s' failed at %s. The next one is taken at its time."+reason)
	}
	return w.Events.EmitOfSnapshot(tx, record, event.SnapshotFailed, "The cluster snapshot '%s' for Amazon Redshift cluster '%s' failed at %s."+reason)
}

// finalFailed gives the cluster back: deleting it without the snapshot that was asked for would lose its data.
func (w *Warehouse) finalFailed(tx *meta.Tx, record state.SnapshotRecord) error {
	cluster, err := state.FindClusterByKey(tx, record.Account, record.Region, record.Body.ClusterKey)
	if err != nil {
		return err
	}
	if cluster.Body.FinalSnapshot = ""; cluster.Body.Status == state.FinalSnapshot {
		cluster.Body.Status = state.Available
	}
	if err := state.Clusters.Put(tx, cluster); err != nil {
		return err
	}
	return w.Events.EmitOfSnapshot(tx, record, event.FinalFailed, "The final cluster snapshot '%s' for Amazon Redshift cluster '%s' failed at %s. The cluster was not deleted.")
}
