package warehouse

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sync/semaphore"

	"slipher/internal/api"
	"slipher/internal/fleet"
	"slipher/internal/meta"
	"slipher/internal/nodeapi"
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/scope"
	"slipher/internal/warehouse/state"
	"slipher/internal/warehouse/workflow"
)

// workSnapshot takes a snapshot that is not taken yet. Each of a scope has the one before for its parent, so there is one at a time.
func (w *Warehouse) workSnapshot(ctx context.Context, job snapshotWork) error {
	scope, err := w.scopeToSave(ctx, job)
	if err != nil || scope == "" {
		return err
	}
	parent := ""
	save := w.snapshotWorkflow(w.saves)
	save.Begin = func(tx *meta.Tx) (record state.SnapshotRecord, found bool, err error) {
		record, parent, err = w.beginSave(tx, job)
		return record, record.Body.InProgress(), err
	}
	save.Act = func(ctx context.Context, record state.SnapshotRecord) (snapshotChange, error) {
		return w.save(ctx, record, parent)
	}
	save.Fail = w.failSave
	return w.workInScope(ctx, save, job, scope)
}

// snapshotChange is what a save or a copy changes when it has ended.
type snapshotChange = workflow.Change[state.Snapshot]

// snapshotWorkflow is what saves and copies have in common.
func (w *Warehouse) snapshotWorkflow(places *semaphore.Weighted) workflow.Workflow[state.Snapshot] {
	return workflow.Workflow[state.Snapshot]{
		Records: state.Snapshots,
		Places:  places,
		Same:    func(worked, now state.Snapshot) bool { return now.Manifest == worked.Manifest && now.InProgress() },
	}
}

func (w *Warehouse) workInScope(ctx context.Context, work workflow.Workflow[state.Snapshot], job snapshotWork, scope string) error {
	defer w.Progress.Forget(job.Snapshot)
	found, err := work.Run(ctx, w.leases(), "scope "+scope)
	if found {
		err = errors.Join(err, w.Scopes.SweepPostponed(ctx, scope))
	}
	if err != nil {
		return fmt.Errorf("snapshot %s: %w", job.Snapshot, err)
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
func (w *Warehouse) beginSave(tx *meta.Tx, job snapshotWork) (record state.SnapshotRecord, parent string, err error) {
	record, err = state.FindSnapshotByID(tx, job.Account, job.Region, job.Snapshot)
	if err != nil || !record.Body.InProgress() {
		return record, "", meta.IgnoreNotFound(err)
	}
	if record.Body.Tries > 0 {
		record.Body.Manifest = w.config.NewID()
	}
	record.Body.Tries++
	if err := state.Snapshots.Put(tx, record); err != nil {
		return record, "", err
	}
	parent, err = state.NewestManifest(tx, record)
	return record, parent, err
}

func (w *Warehouse) save(ctx context.Context, record state.SnapshotRecord, parent string) (snapshotChange, error) {
	store, err := w.Scopes.Node(ctx, record.Body.Scope)
	if err != nil {
		return nil, err
	}
	if err := w.openToSave(ctx, record); err != nil {
		return nil, err
	}
	share, report, end := w.follow(ctx, record.Body.ClusterKey, record.ID)
	defer end()
	saved, err := w.config.Nodes.Save(ctx, record.Body.ClusterKey, nodeapi.SaveRequest{
		Store: store, Manifest: record.Body.Manifest, Parent: parent, BytesPerSecond: share,
	}, report)
	if err != nil {
		return nil, err
	}
	return w.saved(saved), nil
}

// openToSave is for the time after a restart, when the cluster's own job may come later. A node that is open, and to which nothing is done at the moment,
// costs no lease.
func (w *Warehouse) openToSave(ctx context.Context, record state.SnapshotRecord) error {
	if w.opened.Has(record.Body.ClusterKey) {
		if free, err := w.leases().Free(ctx, clusterLease(record.Body.ClusterKey)); err != nil || free {
			return err
		}
	}
	ctx, free, err := w.leases().Hold(ctx, clusterLease(record.Body.ClusterKey))
	if err != nil {
		return err
	}
	defer free()
	cluster, err := w.readCluster(ctx, clusterWork{record.Account, record.Region, record.Body.ClusterKey})
	if err != nil {
		return err
	}
	return w.open(ctx, cluster)
}

func (w *Warehouse) saved(saved nodeapi.Saved) snapshotChange {
	return func(tx *meta.Tx, record *state.SnapshotRecord) error {
		body := &record.Body
		body.Status = state.Available
		body.Taken = time.UnixMilli(saved.BeganUnixMS).UTC()
		body.Completed = w.Clock.Now()
		body.TotalBytes, body.StoredBytes, body.Seconds = saved.TotalBytes, saved.StoredBytes, saved.Seconds
		if body.Tries > 1 {
			// Earlier tries may have left manifests that nobody knows.
			if err := scope.SweepLater(tx, body.Scope); err != nil {
				return err
			}
		}
		return w.becameAvailable(tx, *record)
	}
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
	if err := w.begin(tx, &cluster, state.Deleting); err != nil {
		return err
	}
	if err := state.Clusters.Put(tx, cluster); err != nil {
		return err
	}
	return w.Events.EmitOfSnapshot(tx, record, event.FinalComplete, "The final cluster snapshot '%s' for Amazon Redshift cluster '%s' completed at %s.")
}

// failSave has the job try again until it has tried often enough.
func (w *Warehouse) failSave(tx *meta.Tx, record *state.SnapshotRecord, cause error) (workflow.Verdict, error) {
	record.Body.Failures++
	record.Body.Failure = cut(cause.Error())
	if !hopeless(cause) && !noRoom(cause) && record.Body.Failures < w.config.Limits.Attempts {
		return workflow.Again, nil
	}
	progress, _ := w.Progress.Get(record.ID)
	record.Body.Status, record.Body.Seconds = state.Failed, progress.Seconds
	return workflow.ForGood, w.tellFailed(tx, *record, cause)
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
	if err := scope.SweepLater(tx, record.Body.Scope); err != nil {
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
