package warehouse

import (
	"context"
	"errors"
	"fmt"

	"slipher/internal/meta"
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/state"
)

// workCluster does what the cluster's status asks for.
func (w *Warehouse) workCluster(ctx context.Context, job clusterWork) error {
	done, err := w.turns.take(ctx, job.Cluster)
	if err != nil {
		return err
	}
	defer done()
	record, err := w.readCluster(ctx, job)
	if err != nil {
		return meta.IgnoreNotFound(err)
	}
	work := map[string]func(context.Context, state.ClusterRecord) error{
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
	if work == nil {
		return nil
	}
	if err := work(ctx, record); err != nil {
		if what, damaged := databaseDamage(err); damaged {
			return w.noteDamage(ctx, record, what)
		}
		return fmt.Errorf("%s cluster %s: %w", record.Body.Status, record.ID, err)
	}
	return nil
}

func (w *Warehouse) readCluster(ctx context.Context, job clusterWork) (record state.ClusterRecord, err error) {
	err = w.config.Store.View(ctx, func(tx *meta.Tx) error {
		record, err = state.FindClusterByKey(tx, job.Account, job.Region, job.Cluster)
		return err
	})
	return record, err
}

// settle ends a piece of work: it changes the cluster if it still has the status that the work was for.
func (w *Warehouse) settle(ctx context.Context, worked state.ClusterRecord, change func(tx *meta.Tx, record *state.ClusterRecord) error) error {
	return w.config.Store.Update(ctx, func(tx *meta.Tx) error {
		record, err := state.FindClusterByKey(tx, worked.Account, worked.Region, worked.Body.Key)
		if errors.Is(err, meta.ErrNotFound) || err == nil && record.Body.Status != worked.Body.Status {
			return nil
		}
		if err != nil {
			return err
		}
		if err := change(tx, &record); err != nil {
			return err
		}
		return state.Clusters.Put(tx, record)
	})
}

// provision brings a new cluster up. One that has a snapshot's data is available as soon as it answers, which may be long before the data is all there.
func (w *Warehouse) provision(ctx context.Context, record state.ClusterRecord) error {
	if err := w.open(ctx, record); err != nil {
		return w.provisionFailed(ctx, record, err)
	}
	return w.settle(ctx, record, func(tx *meta.Tx, record *state.ClusterRecord) error {
		body := &record.Body
		body.Status, body.Provisioned, body.Attempts = state.Available, true, 0
		if err := w.automate(tx, record); err != nil {
			return err
		}
		if body.Restore == nil {
			return w.Events.Emit(tx, *record, event.Created, "Amazon Redshift cluster '%s' has been created at %s and is ready for use.")
		}
		return w.Events.Emit(tx, *record, event.Restored, "Amazon Redshift cluster '%s' was created at %s from snapshot '%s' and is ready for use.", body.Restore.Snapshot)
	})
}

// provisionFailed has the job try again, elsewhere if the cluster has no data yet, until it has tried often enough.
func (w *Warehouse) provisionFailed(ctx context.Context, record state.ClusterRecord, cause error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := w.stop(ctx, record.Body.Key); err != nil {
		return errors.Join(cause, err)
	}
	final := false
	err := w.settle(ctx, record, func(tx *meta.Tx, record *state.ClusterRecord) error {
		body := &record.Body
		body.Attempts++
		if final = hopeless(cause) || body.Attempts >= w.config.Limits.Attempts; !final {
			return w.assignEndpoint(tx, body)
		}
		if body.Restore == nil {
			body.Status = state.HardwareFailure
			return nil
		}
		return w.failRestore(tx, record)
	})
	switch {
	case err != nil:
		return errors.Join(cause, err)
	case final:
		return meta.Cancel(cause)
	}
	return cause
}

// keepOpen makes sure that the node of an available cluster runs, and that it has the present password.
func (w *Warehouse) keepOpen(ctx context.Context, record state.ClusterRecord) error {
	body := record.Body
	if err := w.open(ctx, record); err != nil {
		return err
	}
	if !body.PasswordPending {
		return nil
	}
	if err := w.config.Nodes.SetCredentials(ctx, body.Key, credentialsOf(body)); err != nil {
		return err
	}
	return w.settle(ctx, record, passwordSet(body))
}

// passwordSet notes that the node has the password that the work began with; one that came later has a job of its own.
func passwordSet(worked state.Cluster) func(*meta.Tx, *state.ClusterRecord) error {
	return func(_ *meta.Tx, record *state.ClusterRecord) error {
		if record.Body.Verifier == worked.Verifier {
			record.Body.PasswordPending = false
		}
		return nil
	}
}

func (w *Warehouse) reboot(ctx context.Context, record state.ClusterRecord) error {
	body := record.Body
	request, err := w.openRequest(ctx, body)
	if err != nil {
		return err
	}
	if err := w.config.Nodes.Start(ctx, w.spec(body)); err != nil {
		return err
	}
	if err := w.followLater(ctx, record); err != nil {
		return err
	}
	if err := w.config.Nodes.Reboot(ctx, body.Key, request); err != nil {
		return err
	}
	w.opened.add(body.Key)
	running := record.Body.ParametersToRun()
	return w.settle(ctx, record, func(tx *meta.Tx, record *state.ClusterRecord) error {
		record.Body.Status, record.Body.PasswordPending, record.Body.Parameters.Running = state.Available, false, running
		if err := w.automateRebooted(tx, record); err != nil {
			return err
		}
		if err := tablesLater(tx, *record); err != nil {
			return err
		}
		return w.Events.Emit(tx, *record, event.Rebooted, "Amazon Redshift cluster '%s' was rebooted at %s.")
	})
}

func (w *Warehouse) pause(ctx context.Context, record state.ClusterRecord) error {
	if err := w.stop(ctx, record.Body.Key); err != nil {
		return err
	}
	return w.settle(ctx, record, func(tx *meta.Tx, record *state.ClusterRecord) error {
		record.Body.Status = state.Paused
		return w.Events.Emit(tx, *record, event.Paused, "Amazon Redshift cluster '%s' was paused at %s.")
	})
}

func (w *Warehouse) resume(ctx context.Context, record state.ClusterRecord) error {
	if err := w.open(ctx, record); err != nil {
		return err
	}
	running := record.Body.ParametersToRun()
	return w.settle(ctx, record, func(tx *meta.Tx, record *state.ClusterRecord) error {
		record.Body.Status, record.Body.PasswordPending, record.Body.Parameters.Running = state.Available, false, running
		if err := w.automate(tx, record); err != nil {
			return err
		}
		if err := tablesLater(tx, *record); err != nil {
			return err
		}
		return w.Events.Emit(tx, *record, event.Resumed, "Amazon Redshift cluster '%s' was resumed at %s.")
	})
}

// remove deletes the data first: a record without data would be found again at the next start, data without a record never.
func (w *Warehouse) remove(ctx context.Context, record state.ClusterRecord) error {
	w.opened.remove(record.Body.Key)
	if err := w.config.Nodes.Remove(ctx, record.Body.Key); err != nil {
		return err
	}
	return w.config.Store.Update(ctx, func(tx *meta.Tx) error {
		record, err := state.FindClusterByKey(tx, record.Account, record.Region, record.Body.Key)
		if errors.Is(err, meta.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := w.orphanSnapshots(tx, record); err != nil {
			return err
		}
		if err := forgetLogins(tx, record); err != nil {
			return err
		}
		if err := forgetTableRestores(tx, record); err != nil {
			return err
		}
		if err := w.ForgetPassword(tx, &record); err != nil {
			return err
		}
		if err := w.EndSnapshotCopy(tx, &record); err != nil {
			return err
		}
		if err := state.Clusters.Delete(tx, record.Key); err != nil {
			return err
		}
		if err := w.tellDeleted(tx, record); err != nil {
			return err
		}
		if record.Body.Restoring() {
			if err := SweepLater(tx, record.Body.Restore.Scope); err != nil {
				return err
			}
		}
		return SweepLater(tx, record.Body.Scope)
	})
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
func (w *Warehouse) rotated(ctx context.Context, record state.ClusterRecord) error {
	if err := w.open(ctx, record); err != nil {
		return err
	}
	return w.settle(ctx, record, func(tx *meta.Tx, record *state.ClusterRecord) error {
		record.Body.Status = state.Available
		return tablesLater(tx, *record)
	})
}
