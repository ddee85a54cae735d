package warehouse

import (
	"context"
	"errors"
	"fmt"

	"slipher/internal/fleet"
	"slipher/internal/meta"
	"slipher/internal/nodeapi"
	"slipher/internal/warehouse/state"
)

// tablesLater has the cluster's table restores worked one by one, if there are any: equal unique jobs never run side by side.
func tablesLater(tx *meta.Tx, of state.ClusterRecord) error {
	underWay, err := state.TableRestores.Count(tx, state.UnderWayIn(of.Account, of.Region, of.Body.Key))
	if err != nil || underWay == 0 {
		return err
	}
	return tx.Enqueue(tableWork{of.Account, of.Region, of.Body.Key}, meta.EnqueueOptions{Unique: true})
}

// workTables restores what the cluster was asked for, in that order. Whatever makes a cluster available brings the job back that found it was not.
func (w *Warehouse) workTables(ctx context.Context, job tableWork) error {
	for {
		ready, err := w.openForTables(ctx, job)
		if err != nil || !ready {
			return meta.IgnoreNotFound(err)
		}
		record, found, err := w.beginTable(ctx, job)
		if err != nil || !found {
			return err
		}
		if err := w.restoreTable(ctx, record); err != nil {
			return fmt.Errorf("table restore %s: %w", record.Body.RequestID, err)
		}
	}
}

// openForTables says whether the cluster is in a state to take tables.
func (w *Warehouse) openForTables(ctx context.Context, job tableWork) (ready bool, err error) {
	done, err := w.turns.take(ctx, job.Cluster)
	if err != nil {
		return false, err
	}
	defer done()
	of, err := w.readCluster(ctx, clusterWork(job))
	if err != nil || of.Body.Status != state.Available && of.Body.Status != state.FinalSnapshot {
		return false, err
	}
	return true, w.open(ctx, of)
}

// beginTable notes the try before it is made. One that was noted before and is still under way ended without telling how.
func (w *Warehouse) beginTable(ctx context.Context, job tableWork) (record state.TableRestoreRecord, found bool, err error) {
	query := state.UnderWayIn(job.Account, job.Region, job.Cluster)
	query.Limit = 1
	err = w.config.Store.Update(ctx, func(tx *meta.Tx) error {
		next, err := state.TableRestores.List(tx, query)
		if found = len(next) > 0; err != nil || !found {
			return err
		}
		body := &next[0].Body
		body.Interrupted = body.Interrupted || body.Status == state.TableInProgress
		body.Status = state.TableInProgress
		record = next[0]
		return state.TableRestores.Put(tx, record)
	})
	return record, found, err
}

// restoreTable makes one try. It answers nil when the restore has ended, well or not.
func (w *Warehouse) restoreTable(ctx context.Context, record state.TableRestoreRecord) error {
	body := record.Body
	store, err := w.storeOf(ctx, body.Scope)
	if err != nil {
		return w.tableFailed(ctx, record, errors.Join(errUntried, err))
	}
	share, report, end := w.follow(ctx, body.ClusterKey, body.RequestID)
	defer w.Progress.forget(body.RequestID)
	defer end()
	restored, err := w.config.Nodes.RestoreTable(ctx, body.ClusterKey, nodeapi.TableRequest{
		Store: store, Manifest: body.Manifest, Request: body.RequestID, Database: body.Cased(body.Source.Database),
		Source: body.Node(body.Source), Target: body.Node(body.Target), BytesPerSecond: share,
	}, report)
	if err != nil {
		return w.tableFailed(ctx, record, err)
	}
	return w.settleTable(ctx, record, func(tx *meta.Tx, body *state.TableRestore) error {
		body.TotalBytes = restored.FetchedBytes
		return endTable(tx, body, state.TableSucceeded, "")
	})
}

// settleTable ends a try, unless the cluster is gone.
func (w *Warehouse) settleTable(ctx context.Context, worked state.TableRestoreRecord, change func(tx *meta.Tx, body *state.TableRestore) error) error {
	return w.config.Store.Update(ctx, func(tx *meta.Tx) error {
		record, err := state.TableRestores.Find(tx, worked.Key)
		if err != nil {
			return meta.IgnoreNotFound(err)
		}
		if err := change(tx, &record.Body); err != nil {
			return err
		}
		return state.TableRestores.Put(tx, record)
	})
}

// endTable lets the pin go.
func endTable(tx *meta.Tx, body *state.TableRestore, status, message string) error {
	scope := body.Scope
	body.Status, body.Message, body.Scope, body.Manifest = status, message, "", ""
	return SweepLater(tx, scope)
}

// errUntried goes with a failure before the node was asked.
var errUntried = errors.New("the node was not asked")

// tableFailed has the job try again until it has tried often enough, or the node has said that it is of no use.
func (w *Warehouse) tableFailed(ctx context.Context, record state.TableRestoreRecord, cause error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	waiting := errors.Is(cause, fleet.ErrNotRunning) && !errors.Is(cause, fleet.ErrLost)
	final := false
	err := w.settleTable(ctx, record, func(tx *meta.Tx, body *state.TableRestore) error {
		if waiting { // for a node is no attempt
			body.Status = state.TablePending
			return nil
		}
		if final = failTable(body, cause) || body.Failures >= w.config.Limits.Attempts; final {
			return endTable(tx, body, state.TableFailed, tableFailure(*body, cause))
		}
		return nil
	})
	if err != nil || !final {
		return errors.Join(cause, err)
	}
	w.config.Log.Error("table restore failed", "request", record.Body.RequestID, "err", cause)
	return nil
}

// failTable counts a failure, and says whether it is of no use to try again. Nothing is left of a copy that the node itself says has failed.
func failTable(r *state.TableRestore, cause error) (hopeless bool) {
	refused, told := errors.AsType[*fleet.NodeError](cause)
	r.Failures++
	r.Status = state.TablePending
	r.Interrupted = r.Interrupted || !told && !errors.Is(cause, errUntried)
	return told && (refused.Damaged || refused.Code != "")
}

// tableExists is the SQLSTATE of a name that is taken.
const tableExists = "42P07"

// tableFailure tells the client what the last try came to. A table under the new name is never taken for the restored one: after an interruption it may as
// well be the client's own.
func tableFailure(r state.TableRestore, cause error) string {
	refused, told := errors.AsType[*fleet.NodeError](cause)
	switch {
	case told && refused.Damaged:
		return fmt.Sprintf("The data of snapshot %s could not be restored.", r.Snapshot)
	case told && refused.Code != "" && !(refused.Code == tableExists && r.Interrupted):
		return refused.Message
	case r.Interrupted:
		return fmt.Sprintf("The restore was interrupted. If there is a table %s in the schema %s now, it is the restored one unless somebody else has made it.", r.Target.Name, r.Target.Schema)
	}
	return fmt.Sprintf("The table could not be copied in %d attempts.", r.Failures)
}
