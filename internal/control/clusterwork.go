package control

import (
	"context"
	"errors"
	"fmt"

	"slipher/internal/meta"
	"slipher/internal/warehouse/state"
)

// workCluster does what the cluster's status asks for.
func (c *Control) workCluster(ctx context.Context, job clusterWork) error {
	done, err := c.turns.take(ctx, job.Cluster)
	if err != nil {
		return err
	}
	defer done()
	record, err := c.readCluster(ctx, job)
	if err != nil {
		return meta.IgnoreNotFound(err)
	}
	work := map[string]func(context.Context, state.ClusterRecord) error{
		state.Creating:        c.provision,
		state.Available:       c.keepOpen,
		state.FinalSnapshot:   c.keepOpen,
		state.Rebooting:       c.reboot,
		state.Pausing:         c.pause,
		state.Resuming:        c.resume,
		state.RotatingKeys:    c.rotated,
		state.HardwareFailure: c.tryDamaged,
		state.Deleting:        c.remove,
	}[record.Body.Status]
	if work == nil {
		return nil
	}
	if err := work(ctx, record); err != nil {
		if what, damaged := databaseDamage(err); damaged {
			return c.noteDamage(ctx, record, what)
		}
		return fmt.Errorf("%s cluster %s: %w", record.Body.Status, record.ID, err)
	}
	return nil
}

func (c *Control) readCluster(ctx context.Context, job clusterWork) (record state.ClusterRecord, err error) {
	err = c.config.Store.View(ctx, func(tx *meta.Tx) error {
		record, err = state.FindClusterByKey(tx, job.Account, job.Region, job.Cluster)
		return err
	})
	return record, err
}

// settle ends a piece of work: it changes the cluster if it still has the status that the work was for.
func (c *Control) settle(ctx context.Context, worked state.ClusterRecord, change func(tx *meta.Tx, record *state.ClusterRecord) error) error {
	return c.config.Store.Update(ctx, func(tx *meta.Tx) error {
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
func (c *Control) provision(ctx context.Context, record state.ClusterRecord) error {
	if err := c.open(ctx, record); err != nil {
		return c.provisionFailed(ctx, record, err)
	}
	return c.settle(ctx, record, func(tx *meta.Tx, record *state.ClusterRecord) error {
		body := &record.Body
		body.Status, body.Provisioned, body.Attempts = state.Available, true, 0
		if err := c.automate(tx, record); err != nil {
			return err
		}
		if body.Restore == nil {
			return c.tell(tx, *record, eventCreated, "Amazon Redshift cluster '%s' has been created at %s and is ready for use.")
		}
		return c.tell(tx, *record, eventRestored, "Amazon Redshift cluster '%s' was created at %s from snapshot '%s' and is ready for use.", body.Restore.Snapshot)
	})
}

// provisionFailed has the job try again, elsewhere if the cluster has no data yet, until it has tried often enough.
func (c *Control) provisionFailed(ctx context.Context, record state.ClusterRecord, cause error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := c.stop(ctx, record.Body.Key); err != nil {
		return errors.Join(cause, err)
	}
	final := false
	err := c.settle(ctx, record, func(tx *meta.Tx, record *state.ClusterRecord) error {
		body := &record.Body
		body.Attempts++
		if final = hopeless(cause) || body.Attempts >= c.config.Limits.Attempts; !final {
			return c.assignEndpoint(tx, body)
		}
		if body.Restore == nil {
			body.Status = state.HardwareFailure
			return nil
		}
		return c.failRestore(tx, record)
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
func (c *Control) keepOpen(ctx context.Context, record state.ClusterRecord) error {
	body := record.Body
	if err := c.open(ctx, record); err != nil {
		return err
	}
	if !body.PasswordPending {
		return nil
	}
	if err := c.config.Nodes.SetCredentials(ctx, body.Key, credentialsOf(body)); err != nil {
		return err
	}
	return c.settle(ctx, record, passwordSet(body))
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

func (c *Control) reboot(ctx context.Context, record state.ClusterRecord) error {
	body := record.Body
	request, err := c.openRequest(ctx, body)
	if err != nil {
		return err
	}
	if err := c.config.Nodes.Start(ctx, c.spec(body)); err != nil {
		return err
	}
	if err := c.followLater(ctx, record); err != nil {
		return err
	}
	if err := c.config.Nodes.Reboot(ctx, body.Key, request); err != nil {
		return err
	}
	c.opened.add(body.Key)
	running := record.Body.ParametersToRun()
	return c.settle(ctx, record, func(tx *meta.Tx, record *state.ClusterRecord) error {
		record.Body.Status, record.Body.PasswordPending, record.Body.Parameters.Running = state.Available, false, running
		if err := c.automateRebooted(tx, record); err != nil {
			return err
		}
		if err := tablesLater(tx, *record); err != nil {
			return err
		}
		return c.tell(tx, *record, eventRebooted, "Amazon Redshift cluster '%s' was rebooted at %s.")
	})
}

func (c *Control) pause(ctx context.Context, record state.ClusterRecord) error {
	if err := c.stop(ctx, record.Body.Key); err != nil {
		return err
	}
	return c.settle(ctx, record, func(tx *meta.Tx, record *state.ClusterRecord) error {
		record.Body.Status = state.Paused
		return c.tell(tx, *record, eventPaused, "Amazon Redshift cluster '%s' was paused at %s.")
	})
}

func (c *Control) resume(ctx context.Context, record state.ClusterRecord) error {
	if err := c.open(ctx, record); err != nil {
		return err
	}
	running := record.Body.ParametersToRun()
	return c.settle(ctx, record, func(tx *meta.Tx, record *state.ClusterRecord) error {
		record.Body.Status, record.Body.PasswordPending, record.Body.Parameters.Running = state.Available, false, running
		if err := c.automate(tx, record); err != nil {
			return err
		}
		if err := tablesLater(tx, *record); err != nil {
			return err
		}
		return c.tell(tx, *record, eventResumed, "Amazon Redshift cluster '%s' was resumed at %s.")
	})
}

// remove deletes the data first: a record without data would be found again at the next start, data without a record never.
func (c *Control) remove(ctx context.Context, record state.ClusterRecord) error {
	c.opened.remove(record.Body.Key)
	if err := c.config.Nodes.Remove(ctx, record.Body.Key); err != nil {
		return err
	}
	return c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		record, err := state.FindClusterByKey(tx, record.Account, record.Region, record.Body.Key)
		if errors.Is(err, meta.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := c.orphanSnapshots(tx, record); err != nil {
			return err
		}
		if err := forgetLogins(tx, record); err != nil {
			return err
		}
		if err := forgetTableRestores(tx, record); err != nil {
			return err
		}
		if err := c.forgetPassword(tx, &record); err != nil {
			return err
		}
		if err := c.endSnapshotCopy(tx, &record); err != nil {
			return err
		}
		if err := state.Clusters.Delete(tx, record.Key); err != nil {
			return err
		}
		if err := c.tellDeleted(tx, record); err != nil {
			return err
		}
		if record.Body.Restoring() {
			if err := sweepLater(tx, record.Body.Restore.Scope); err != nil {
				return err
			}
		}
		return sweepLater(tx, record.Body.Scope)
	})
}

// orphanSnapshots leaves the manual snapshots, and takes the automated ones with the cluster.
func (c *Control) orphanSnapshots(tx *meta.Tx, of state.ClusterRecord) error {
	return state.EachSnapshot(tx, of, func(record state.SnapshotRecord) error {
		if record.Body.Type == state.Automated {
			return c.deleteSnapshot(tx, record)
		}
		record.Body.Orphan = true
		return state.Snapshots.Put(tx, record)
	})
}

func (c *Control) tellDeleted(tx *meta.Tx, record state.ClusterRecord) error {
	if record.Body.FinalSnapshot == "" {
		return c.tell(tx, record, eventDeleted, "Amazon Redshift cluster '%s' has been deleted at %s. A final snapshot was not saved.")
	}
	return c.tell(tx, record, eventDeleted, "Amazon Redshift cluster '%s' has been deleted at %s. A final snapshot was saved as '%s'.", record.Body.FinalSnapshot)
}
