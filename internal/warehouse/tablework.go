package warehouse

import (
	"context"
	"errors"
	"fmt"

	"slipher/internal/fleet"
	"slipher/internal/meta"
	"slipher/internal/nodeapi"
	"slipher/internal/warehouse/scope"
	"slipher/internal/warehouse/state"
	"slipher/internal/warehouse/workflow"
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
		found, err := w.workTable(ctx, job)
		if err != nil || !found {
			return err
		}
	}
}

// tableChange is what a table restore changes when it has ended.
type tableChange = workflow.Change[state.TableRestore]

// workTable makes one try of the cluster's next table restore. It answers no error when the restore has ended, well or not.
func (w *Warehouse) workTable(ctx context.Context, job tableWork) (found bool, err error) {
	request := ""
	restore := workflow.Workflow[state.TableRestore]{
		Records: state.TableRestores,
		Begin: func(tx *meta.Tx) (record state.TableRestoreRecord, found bool, err error) {
			record, found, err = beginTable(tx, job)
			request = record.Body.RequestID
			return record, found, err
		},
		Act:  w.restoreTable,
		Same: func(worked, now state.TableRestore) bool { return now.Status == state.TableInProgress },
		Fail: w.failTable,
	}
	found, err = restore.Run(ctx, w.leases(), "tables of "+job.Cluster)
	w.Progress.Forget(request)
	if err != nil {
		err = fmt.Errorf("table restore %s: %w", request, err)
	}
	return found, err
}

// openForTables says whether the cluster is in a state to take tables.
func (w *Warehouse) openForTables(ctx context.Context, job tableWork) (ready bool, err error) {
	ctx, free, err := w.leases().Hold(ctx, clusterLease(job.Cluster))
	if err != nil {
		return false, err
	}
	defer free()
	of, err := w.readCluster(ctx, clusterWork(job))
	if err != nil || of.Body.Status != state.Available && of.Body.Status != state.FinalSnapshot {
		return false, err
	}
	return true, w.open(ctx, of)
}

// beginTable notes the try before it is made. One that was noted before and is still under way ended without telling how.
func beginTable(tx *meta.Tx, job tableWork) (record state.TableRestoreRecord, found bool, err error) {
	query := state.UnderWayIn(job.Account, job.Region, job.Cluster)
	query.Limit = 1
	next, err := state.TableRestores.List(tx, query)
	if err != nil || len(next) == 0 {
		return record, false, err
	}
	record = next[0]
	body := &record.Body
	body.Interrupted = body.Interrupted || body.Status == state.TableInProgress
	body.Status = state.TableInProgress
	return record, true, state.TableRestores.Put(tx, record)
}

func (w *Warehouse) restoreTable(ctx context.Context, record state.TableRestoreRecord) (tableChange, error) {
	body := record.Body
	store, err := w.Scopes.Node(ctx, body.Scope)
	if err != nil {
		return nil, errors.Join(errUntried, err)
	}
	share, report, end := w.follow(ctx, body.ClusterKey, body.RequestID)
	defer end()
	restored, err := w.config.Nodes.RestoreTable(ctx, body.ClusterKey, nodeapi.TableRequest{
		Store: store, Manifest: body.Manifest, Request: body.RequestID, Database: body.Cased(body.Source.Database),
		Source: body.Node(body.Source), Target: body.Node(body.Target), BytesPerSecond: share,
	}, report)
	if err != nil {
		return nil, err
	}
	return func(tx *meta.Tx, record *state.TableRestoreRecord) error {
		record.Body.TotalBytes = restored.FetchedBytes
		return endTable(tx, &record.Body, state.TableSucceeded, "")
	}, nil
}

// endTable lets the pin go.
func endTable(tx *meta.Tx, body *state.TableRestore, status, message string) error {
	name := body.Scope
	body.Status, body.Message, body.Scope, body.Manifest = status, message, "", ""
	return scope.SweepLater(tx, name)
}

// errUntried goes with a failure before the node was asked.
var errUntried = errors.New("the node was not asked")

// failTable has the job try again until it has tried often enough, or the node has said that it is of no use.
func (w *Warehouse) failTable(tx *meta.Tx, record *state.TableRestoreRecord, cause error) (workflow.Verdict, error) {
	body := &record.Body
	if errors.Is(cause, fleet.ErrNotRunning) && !errors.Is(cause, fleet.ErrLost) { // waiting for a node is no attempt
		body.Status = state.TablePending
		return workflow.Again, nil
	}
	if !countFailure(body, cause) && body.Failures < w.config.Limits.Attempts {
		return workflow.Again, nil
	}
	w.config.Log.Error("table restore failed", "request", body.RequestID, "err", cause)
	return workflow.Settled, endTable(tx, body, state.TableFailed, tableFailure(*body, cause))
}

// countFailure counts a failure, and says whether it is of no use to try again. Nothing is left of a copy that the node itself says has failed.
func countFailure(r *state.TableRestore, cause error) (hopeless bool) {
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
