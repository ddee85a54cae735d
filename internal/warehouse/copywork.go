package warehouse

import (
	"context"
	"errors"
	"fmt"

	"slipher/internal/api"
	"slipher/internal/meta"
	"slipher/internal/nodeapi"
	"slipher/internal/vault"
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/scope"
	"slipher/internal/warehouse/state"
	"slipher/internal/warehouse/workflow"
)

// workCopy brings a snapshot from another region. No node has a part in it.
func (w *Warehouse) workCopy(ctx context.Context, job copyWork) error {
	scope, err := w.scopeToSave(ctx, snapshotWork(job))
	if err != nil || scope == "" {
		return err
	}
	var earlier []vault.Copied
	bring := w.snapshotWorkflow(w.copies)
	bring.Begin = func(tx *meta.Tx) (record state.SnapshotRecord, found bool, err error) {
		record, err = state.FindSnapshotByID(tx, job.Account, job.Region, job.Snapshot)
		if err != nil || !record.Body.InProgress() {
			return record, false, meta.IgnoreNotFound(err)
		}
		earlier, err = earlierCopy(tx, record)
		return record, true, err
	}
	bring.Act = func(ctx context.Context, record state.SnapshotRecord) (snapshotChange, error) {
		return w.bring(ctx, record, earlier)
	}
	bring.Fail = w.failCopy
	return w.workInScope(ctx, bring, snapshotWork(job), scope)
}

// earlierCopy is the newest copy in the scope whose source is still there too: by these two the vault knows blocks without reading them.
func earlierCopy(tx *meta.Tx, of state.SnapshotRecord) ([]vault.Copied, error) {
	sources, err := state.Snapshots.List(tx, meta.Query{Index: state.InScope(of.Body.Origin.Scope)})
	if err != nil {
		return nil, err
	}
	there := map[string]bool{}
	for _, source := range sources {
		there[source.Body.Manifest] = source.Body.Status == state.Available
	}
	copies, err := state.Snapshots.List(tx, meta.Query{Index: state.InScope(of.Body.Scope)})
	var newest []vault.Copied
	for _, made := range copies {
		if made.Body.Status == state.Available && made.Body.Origin != nil && there[made.Body.Origin.Manifest] {
			newest = []vault.Copied{{Source: made.Body.Origin.Manifest, Copy: made.Body.Manifest}}
		}
	}
	return newest, err
}

func (w *Warehouse) bring(ctx context.Context, record state.SnapshotRecord, earlier []vault.Copied) (snapshotChange, error) {
	from, err := w.Scopes.Vault(ctx, record.Body.Origin.Scope)
	if err != nil {
		return nil, err
	}
	into, err := w.Scopes.Vault(ctx, record.Body.Scope)
	if err != nil {
		return nil, err
	}
	into.Limiter = w.budget.BeginHere(ctx, record.ID)
	defer w.budget.End(ctx, record.ID)
	saved, err := w.config.Copy(ctx, into, from, vault.CopyRequest{
		Source: record.Body.Origin.Manifest, Manifest: record.Body.Manifest, Earlier: earlier,
		Progress: func(p vault.Progress) { w.Progress.Set(record.ID, nodeapi.Progress(p)) },
	})
	if err != nil {
		return nil, err
	}
	return w.copied(saved), nil
}

func (w *Warehouse) copied(saved vault.Saved) snapshotChange {
	return func(tx *meta.Tx, record *state.SnapshotRecord) error {
		body := &record.Body
		body.Status, body.Completed = state.Available, w.Clock.Now()
		body.TotalBytes, body.StoredBytes, body.Seconds = saved.TotalBytes, saved.StoredBytes, saved.Seconds
		if err := api.First(
			func() error { return expireLater(tx, *body) },
			func() error { return scope.SweepLater(tx, body.Origin.Scope) }, // the source may have been deleted meanwhile
		); err != nil {
			return err
		}
		return w.emitOfCopy(tx, *record, event.Copied, "The cluster snapshot '%s' for Amazon Redshift cluster '%s' was copied from %s to %s at %s.")
	}
}

// failCopy has the job try again for as long as that may help and copies are wanted.
func (w *Warehouse) failCopy(tx *meta.Tx, record *state.SnapshotRecord, cause error) (workflow.Verdict, error) {
	wanted, err := w.copyWanted(tx, *record)
	if err != nil || wanted && !copyHopeless(cause) {
		return workflow.Again, err
	}
	record.Body.Status = state.Failed
	return workflow.ForGood, api.First(
		func() error { return scope.SweepLater(tx, record.Body.Origin.Scope) },
		func() error { return scope.SweepLater(tx, record.Body.Scope) },
		func() error { return expireLater(tx, record.Body) },
		func() error {
			return w.emitOfCopy(tx, *record, event.CopyFailed, "The copy of the cluster snapshot '%s' for Amazon Redshift cluster '%s' from %s to %s failed at %s.")
		},
	)
}

// copyHopeless says that the source is damaged, or that one of the two keys is gone.
func copyHopeless(err error) bool {
	return hopeless(err) || errors.Is(err, vault.ErrDamaged) || errors.Is(err, vault.ErrNotFound)
}

// copyWanted says whether the cluster's snapshots are still copied to where this one goes. A deleted cluster's last snapshots are.
func (w *Warehouse) copyWanted(tx *meta.Tx, record state.SnapshotRecord) (bool, error) {
	of, err := state.FindClusterByKey(tx, record.Account, record.Body.Origin.Region, record.Body.ClusterKey)
	if errors.Is(err, meta.ErrNotFound) {
		return true, nil
	}
	return of.Body.SnapshotCopy != nil && of.Body.SnapshotCopy.Region == record.Region, err
}

// emitOfCopy records an event of the cluster, in the region where that is.
func (w *Warehouse) emitOfCopy(tx *meta.Tx, record state.SnapshotRecord, kind event.Kind, format string) error {
	body := record.Body
	message := fmt.Sprintf(format, body.Origin.Snapshot, body.ClusterIdentifier, body.Origin.Region, record.Region, w.Events.Minute())
	at := meta.Key{Account: record.Account, Region: body.Origin.Region}
	return w.Events.Insert(tx, at, kind, event.Event{Source: body.ClusterIdentifier, Message: message})
}
