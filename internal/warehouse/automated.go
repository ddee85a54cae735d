package warehouse

import (
	"context"
	"hash/fnv"
	"time"

	"slipher/internal/meta"
	"slipher/internal/warehouse/state"
)

// How often Redshift takes automated snapshots by itself, as its guide to snapshots says; settledAfter, lookAgain and spreadOver are slipher's own.
const (
	automatedEvery   = 8 * time.Hour
	automatedAtLeast = 15 * time.Minute // between two
	changesPerNode   = 5 << 30          // bytes after which one is taken before its time
	settledAfter     = 5 * time.Minute  // from when a cluster is available to its first
	lookAgain        = time.Minute      // while something else is under way in the cluster
	spreadOver       = time.Minute      // what would otherwise begin in one second
)

// automationWork takes the automated snapshots of one cluster. It enqueues itself for the next time.
type automationWork struct{ Account, Region, Cluster string }

func (automationWork) Kind() string { return "automation" }

func automationLater(tx *meta.Tx, record state.ClusterRecord, at time.Time) error {
	return tx.Enqueue(automationWork{record.Account, record.Region, record.Body.Key}, meta.EnqueueOptions{Unique: true, At: at})
}

// automate begins the automated snapshots of a cluster that has become available.
func (w *Warehouse) automate(tx *meta.Tx, record *state.ClusterRecord) error {
	record.Body.Automation.Since = w.Clock.Now()
	return w.planAutomated(tx, record)
}

// automateRebooted is for a cluster that had never come up before; others go on with their times.
func (w *Warehouse) automateRebooted(tx *meta.Tx, record *state.ClusterRecord) error {
	if record.Body.Provisioned {
		return nil
	}
	record.Body.Provisioned = true
	return w.automate(tx, record)
}

// planAutomated notes when the next automated snapshot is due. It belongs after every change of what that depends on.
func (w *Warehouse) planAutomated(tx *meta.Tx, record *state.ClusterRecord) error {
	due, err := nextAutomated(tx, *record)
	if err != nil {
		return err
	}
	record.Body.Automation.Due = due
	if record.Body.Automation.Schedule != "" {
		record.Body.Automation.ScheduleState = state.ScheduleActive
	}
	return automationLater(tx, *record, due)
}

func nextAutomated(tx *meta.Tx, record state.ClusterRecord) (time.Time, error) {
	done := record.Body.Automation
	next := done.Taken.Add(automatedEvery)
	if done.Schedule != "" {
		times, err := state.ScheduleOf(tx, record)
		if err != nil {
			return next, err
		}
		next = times.Next(later(done.Scheduled, done.Taken.Add(automatedAtLeast))).Add(spread(record))
	}
	return later(next, done.Since.Add(settledAfter+spread(record))), nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// spread keeps apart what is due for many clusters at once; for one cluster it is always the same.
func spread(record state.ClusterRecord) time.Duration {
	hash := fnv.New32a()
	hash.Write([]byte(record.Account + "/" + record.Region + "/" + record.ID))
	return time.Duration(hash.Sum32()%uint32(spreadOver/time.Second)) * time.Second
}

// workAutomation takes the cluster's next automated snapshot if its time has come or enough has changed.
func (w *Warehouse) workAutomation(ctx context.Context, job automationWork) error {
	written := w.written(ctx, job)
	return w.config.Store.Update(ctx, func(tx *meta.Tx) error {
		record, err := state.FindClusterByKey(tx, job.Account, job.Region, job.Cluster)
		if err != nil {
			return meta.IgnoreNotFound(err)
		}
		if record.Body.Automation.ScheduleState == state.ScheduleModifying {
			return w.activateSchedule(tx, record)
		}
		if !record.Body.Automated() {
			return nil
		}
		if !w.automatedDue(record, written) {
			return automationLater(tx, record, w.nextLook(record))
		}
		busy, err := state.IsSaving(tx, record)
		if err != nil {
			return err
		}
		if busy || record.Body.Status != state.Available || record.Body.Restoring() {
			return automationLater(tx, record, w.Clock.Now().Add(lookAgain))
		}
		return w.takeAutomated(tx, record, written)
	})
}

func (w *Warehouse) activateSchedule(tx *meta.Tx, record state.ClusterRecord) error {
	if err := w.planAutomated(tx, &record); err != nil {
		return err
	}
	return state.Clusters.Put(tx, record)
}

// written asks the cluster's node how much it has written since it was started. A node that does not answer has written nothing that is known.
func (w *Warehouse) written(ctx context.Context, job automationWork) int64 {
	if !w.opened.Has(job.Cluster) {
		return 0
	}
	status, err := w.config.Nodes.Status(ctx, job.Cluster)
	if err != nil {
		w.config.Log.Warn("node not asked for its changes", "cluster", job.Cluster, "err", err)
	}
	return status.WrittenBytes
}

// automatedDue makes up for all times that were missed while slipher did not run by one snapshot, and not for all clusters in the first second.
func (w *Warehouse) automatedDue(record state.ClusterRecord, written int64) bool {
	now := w.Clock.Now()
	if now.Before(w.resumed(record)) {
		return false
	}
	done := record.Body.Automation
	if !done.Due.After(now) {
		return true
	}
	if done.Schedule != "" {
		return false
	}
	changed := written - done.Written
	if changed < 0 { // the node was started anew meanwhile
		changed = written
	}
	return !done.Taken.IsZero() && !now.Before(done.Taken.Add(automatedAtLeast)) && changed >= changesPerNode*int64(record.Body.NumberOfNodes)
}

func (w *Warehouse) resumed(record state.ClusterRecord) time.Time { return w.began.Add(spread(record)) }

func (w *Warehouse) nextLook(record state.ClusterRecord) time.Time {
	done := record.Body.Automation
	next := done.Due
	if poll := w.Clock.Now().Add(automatedAtLeast); poll.Before(next) && done.Schedule == "" && !done.Taken.IsZero() {
		next = poll
	}
	return later(next, w.resumed(record))
}

func (w *Warehouse) takeAutomated(tx *meta.Tx, of state.ClusterRecord, written int64) error {
	wanted := w.newSnapshot(of)
	wanted.Identifier = "rs:" + of.ID + w.Clock.Now().Format("-2006-01-02-15-04-05")
	wanted.Type, wanted.Retention = state.Automated, of.Body.AutomatedRetention
	if _, err := w.saveLater(tx, of, wanted); err != nil {
		return err
	}
	of.Body.Automation.Taken, of.Body.Automation.Written = w.Clock.Now(), written
	var err error
	if of.Body.Automation.Due, err = nextAutomated(tx, of); err != nil {
		return err
	}
	if err := state.Clusters.Put(tx, of); err != nil {
		return err
	}
	return automationLater(tx, of, w.nextLook(of))
}
