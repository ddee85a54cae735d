package warehouse

import (
	"context"
	"errors"
	"fmt"

	"slipher/internal/meta"
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/scope"
	"slipher/internal/warehouse/state"
	"slipher/internal/warehouse/workflow"
)

// clusterChange is what a piece of work on a cluster changes when it has ended.
type clusterChange = workflow.Change[state.Cluster]

// workCluster does what the cluster's status asks for.
func (w *Warehouse) workCluster(ctx context.Context, job clusterWork) error {
	work := workflow.Workflow[state.Cluster]{
		Records: state.Clusters,
		Begin: func(tx *meta.Tx) (state.ClusterRecord, bool, error) {
			record, err := state.FindClusterByKey(tx, job.Account, job.Region, job.Cluster)
			return record, err == nil, meta.IgnoreNotFound(err)
		},
		Act: w.actOnCluster,
		Find: func(tx *meta.Tx, worked state.ClusterRecord) (state.ClusterRecord, error) {
			return state.FindClusterByKey(tx, worked.Account, worked.Region, worked.Body.Key)
		},
		Same: func(worked, now state.Cluster) bool { return worked.Status == now.Status },
		Fail: w.failCluster,
	}
	if _, err := work.Run(ctx, w.leases(), clusterLease(job.Cluster)); err != nil {
		return fmt.Errorf("work on cluster %s: %w", job.Cluster, err)
	}
	return nil
}

// clusterLease is of what happens to a cluster's node, but for transfers.
func clusterLease(key string) string { return "cluster " + key }

func (w *Warehouse) actOnCluster(ctx context.Context, record state.ClusterRecord) (clusterChange, error) {
	act := map[string]func(context.Context, state.ClusterRecord) (clusterChange, error){
		state.Creating:        w.provision,
		state.Available:       w.keepOpen,
		state.FinalSnapshot:   w.keepOpen,
		state.Rebooting:       w.reboot,
		state.Pausing:         w.pause,
		state.Resuming:        w.resume,
		state.RotatingKeys:    w.rotated,
		state.HardwareFailure: w.tryDamaged,
		state.Deleting:        w.remove,
	}[record.Body.Status]
	if act == nil {
		return nil, nil
	}
	change, err := act(ctx, record)
	if err != nil {
		err = fmt.Errorf("%s cluster %s: %w", record.Body.Status, record.ID, err)
	}
	return change, err
}

// failCluster gives up a database that is damaged, and a cluster that was never up and does not come up.
func (w *Warehouse) failCluster(tx *meta.Tx, record *state.ClusterRecord, cause error) (workflow.Verdict, error) {
	what, damaged := databaseDamage(cause)
	switch {
	case record.Body.Status == state.Creating && !errors.Is(cause, errNotStopped):
		return w.failProvision(tx, record, cause)
	case damaged:
		return workflow.Settled, w.noteDamage(tx, record, what)
	}
	return workflow.Again, nil
}

func (w *Warehouse) readCluster(ctx context.Context, job clusterWork) (record state.ClusterRecord, err error) {
	err = w.config.Store.View(ctx, func(tx *meta.Tx) error {
		record, err = state.FindClusterByKey(tx, job.Account, job.Region, job.Cluster)
		return err
	})
	return record, err
}

// provision brings a new cluster up. One that has a snapshot's data is available as soon as it answers, which may be long before the data is all there.
func (w *Warehouse) provision(ctx context.Context, record state.ClusterRecord) (clusterChange, error) {
	if err := w.open(ctx, record); err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		if stopErr := w.stop(ctx, record.Body.Key); stopErr != nil {
			err = errors.Join(err, errNotStopped, stopErr)
		}
		return nil, err
	}
	return func(tx *meta.Tx, record *state.ClusterRecord) error {
		body := &record.Body
		body.Status, body.Provisioned, body.Attempts = state.Available, true, 0
		if err := w.automate(tx, record); err != nil {
			return err
		}
		if body.Restore == nil {
			return w.Events.Emit(tx, *record, event.Created, "Amazon Redshift cluster '%s' has been created at %s and is ready for use.")
		}
		return w.Events.Emit(tx, *record, event.Restored, "Amazon Redshift cluster '%s' was created at %s from snapshot '%s' and is ready for use.", body.Restore.Snapshot)
	}, nil
}

// errNotStopped goes with a failure after which the node may still run.
var errNotStopped = errors.New("the node was not stopped")

// failProvision has the job try again, elsewhere as the cluster has no data yet, until it has tried often enough.
func (w *Warehouse) failProvision(tx *meta.Tx, record *state.ClusterRecord, cause error) (workflow.Verdict, error) {
	body := &record.Body
	body.Attempts++
	if !hopeless(cause) && body.Attempts < w.config.Limits.Attempts {
		return workflow.Again, w.config.Addresses.Assign(tx, body)
	}
	if body.Restore == nil {
		body.Status = state.HardwareFailure
		return workflow.ForGood, nil
	}
	return workflow.ForGood, w.failRestore(tx, record)
}

// keepOpen makes sure that the node of an available cluster runs, and that it has the present password.
func (w *Warehouse) keepOpen(ctx context.Context, record state.ClusterRecord) (clusterChange, error) {
	body := record.Body
	if err := w.open(ctx, record); err != nil {
		return nil, err
	}
	if !body.PasswordPending {
		return nil, nil
	}
	if err := w.config.Nodes.SetCredentials(ctx, body.Key, credentialsOf(body)); err != nil {
		return nil, err
	}
	return passwordSet(body), nil
}

// passwordSet notes that the node has the password that the work began with; one that came later has a job of its own.
func passwordSet(worked state.Cluster) clusterChange {
	return func(_ *meta.Tx, record *state.ClusterRecord) error {
		if record.Body.Verifier == worked.Verifier {
			record.Body.PasswordPending = false
		}
		return nil
	}
}

func (w *Warehouse) reboot(ctx context.Context, record state.ClusterRecord) (clusterChange, error) {
	body := record.Body
	request, err := w.openRequest(ctx, body)
	if err != nil {
		return nil, err
	}
	if err := w.config.Nodes.Start(ctx, w.spec(body)); err != nil {
		return nil, err
	}
	if err := w.followLater(ctx, record); err != nil {
		return nil, err
	}
	if err := w.config.Nodes.Reboot(ctx, body.Key, request); err != nil {
		return nil, err
	}
	w.opened.Add(body.Key)
	running := record.Body.ParametersToRun()
	return func(tx *meta.Tx, record *state.ClusterRecord) error {
		record.Body.Status, record.Body.PasswordPending, record.Body.Parameters.Running = state.Available, false, running
		if err := w.automateRebooted(tx, record); err != nil {
			return err
		}
		if err := tablesLater(tx, *record); err != nil {
			return err
		}
		return w.Events.Emit(tx, *record, event.Rebooted, "Amazon Redshift cluster '%s' was rebooted at %s.")
	}, nil
}

func (w *Warehouse) pause(ctx context.Context, record state.ClusterRecord) (clusterChange, error) {
	if err := w.stop(ctx, record.Body.Key); err != nil {
		return nil, err
	}
	return func(tx *meta.Tx, record *state.ClusterRecord) error {
		record.Body.Status = state.Paused
		return w.Events.Emit(tx, *record, event.Paused, "Amazon Redshift cluster '%s' was paused at %s.")
	}, nil
}

func (w *Warehouse) resume(ctx context.Context, record state.ClusterRecord) (clusterChange, error) {
	if err := w.open(ctx, record); err != nil {
		return nil, err
	}
	running := record.Body.ParametersToRun()
	return func(tx *meta.Tx, record *state.ClusterRecord) error {
		record.Body.Status, record.Body.PasswordPending, record.Body.Parameters.Running = state.Available, false, running
		if err := w.automate(tx, record); err != nil {
			return err
		}
		if err := tablesLater(tx, *record); err != nil {
			return err
		}
		return w.Events.Emit(tx, *record, event.Resumed, "Amazon Redshift cluster '%s' was resumed at %s.")
	}, nil
}

// remove deletes the data first: a record without data would be found again at the next start, data without a record never.
func (w *Warehouse) remove(ctx context.Context, record state.ClusterRecord) (clusterChange, error) {
	w.opened.Remove(record.Body.Key)
	if err := w.config.Nodes.Remove(ctx, record.Body.Key); err != nil {
		return nil, err
	}
	return func(tx *meta.Tx, record *state.ClusterRecord) error {
		if err := w.orphanSnapshots(tx, *record); err != nil {
			return err
		}
		if err := forgetLogins(tx, *record); err != nil {
			return err
		}
		if err := forgetTableRestores(tx, *record); err != nil {
			return err
		}
		if err := w.forgetPassword(tx, record); err != nil {
			return err
		}
		if err := w.endSnapshotCopy(tx, record); err != nil {
			return err
		}
		if err := state.Clusters.Delete(tx, record.Key); err != nil {
			return err
		}
		if err := w.tellDeleted(tx, *record); err != nil {
			return err
		}
		if record.Body.Restoring() {
			if err := scope.SweepLater(tx, record.Body.Restore.Scope); err != nil {
				return err
			}
		}
		return errors.Join(scope.SweepLater(tx, record.Body.Scope), workflow.ErrDeleted)
	}, nil
}

// orphanSnapshots leaves the manual snapshots, and takes the automated ones with the cluster.
func (w *Warehouse) orphanSnapshots(tx *meta.Tx, of state.ClusterRecord) error {
	return state.EachSnapshot(tx, of, func(record state.SnapshotRecord) error {
		if record.Body.Type == state.Automated {
			return w.deleteSnapshot(tx, record)
		}
		record.Body.Orphan = true
		return state.Snapshots.Put(tx, record)
	})
}

func (w *Warehouse) tellDeleted(tx *meta.Tx, record state.ClusterRecord) error {
	if record.Body.FinalSnapshot == "" {
		return w.Events.Emit(tx, record, event.Deleted, "Amazon Redshift cluster '%s' has been deleted at %s. A final snapshot was not saved.")
	}
	return w.Events.Emit(tx, record, event.Deleted, "Amazon Redshift cluster '%s' has been deleted at %s. A final snapshot was saved as '%s'.", record.Body.FinalSnapshot)
}

// rotated is what is left to do: the cluster has its new key since the request was accepted.
func (w *Warehouse) rotated(ctx context.Context, record state.ClusterRecord) (clusterChange, error) {
	if err := w.open(ctx, record); err != nil {
		return nil, err
	}
	return func(tx *meta.Tx, record *state.ClusterRecord) error {
		record.Body.Status = state.Available
		return tablesLater(tx, *record)
	}, nil
}
