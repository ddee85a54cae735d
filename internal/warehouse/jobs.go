package warehouse

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"slipher/internal/fleet"
	"slipher/internal/meta"
	"slipher/internal/warehouse/scope"
	"slipher/internal/warehouse/state"
)

// The jobs hold no more than what they work on: what is to be done, the record's status says. So a job may run twice, and one
// that a crash interrupted finds its place again.
type (
	clusterWork  struct{ Account, Region, Cluster string }  // Cluster is the key that never changes
	snapshotWork struct{ Account, Region, Snapshot string } // Snapshot is the record's id
	restoreWork  struct{ Account, Region, Cluster string }
	tableWork    struct{ Account, Region, Cluster string }  // all table restores of the cluster
	copyWork     struct{ Account, Region, Snapshot string } // of the copy
)

func (clusterWork) Kind() string  { return "cluster" }
func (snapshotWork) Kind() string { return "snapshot" }
func (restoreWork) Kind() string  { return "restore" }
func (tableWork) Kind() string    { return "table" }
func (copyWork) Kind() string     { return "copy" }

func (w *Warehouse) registerJobs() {
	register(w, w.workCluster)
	register(w, w.workSnapshot)
	register(w, w.workRestore)
	register(w, w.workTables)
	register(w, w.workCopy)
	register(w, w.Scopes.Sweep)
	register(w, w.Scrubber.Scrub)
	register(w, w.workAutomation)
	register(w, w.workExpiry)
	register(w, w.workSecret)
	register(w, w.workLoginExpiry)
	register(w, w.deliveries.Work)
}

func register[J meta.Job](w *Warehouse, work func(context.Context, J) error) {
	meta.Handle(w.config.Store, func(ctx context.Context, job J) error {
		defer w.config.Worked()
		return work(ctx, job)
	})
}

// hopeless says that trying again will not help: what is stored is damaged, or its key is gone.
func hopeless(err error) bool {
	var refused *fleet.NodeError
	return errors.As(err, &refused) && (refused.Damaged || refused.DatabaseDamaged) || scope.KeyLost(err)
}

const (
	resumedAtOnce = 8 // nodes that start side by side
)

// Resume brings the nodes of all running clusters back after a restart: when it returns their SQL sockets are open, and jobs open
// the databases behind them. A node that does not start is tried again by its job.
func (w *Warehouse) Resume(ctx context.Context) error {
	running, err := w.enqueueRunning(ctx)
	if err != nil {
		return fmt.Errorf("resume the clusters: %w", err)
	}
	if err := w.config.Store.Update(ctx, func(tx *meta.Tx) error {
		return errors.Join(state.ReindexSnapshots(tx), w.Scrubber.Later(tx), expireNext(tx))
	}); err != nil {
		return fmt.Errorf("schedule the scrub and the expiry: %w", err)
	}
	places := make(chan struct{}, resumedAtOnce)
	var starting sync.WaitGroup
	for _, record := range running {
		starting.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			if err := w.config.Nodes.Start(ctx, w.spec(record.Body)); err != nil {
				w.config.Log.Warn("node not started", slog.String("cluster", record.ID), slog.Any("err", err))
			}
		})
	}
	starting.Wait()
	return ctx.Err()
}

// enqueueRunning makes sure that every cluster which is not at rest has a job, and answers those that serve SQL.
func (w *Warehouse) enqueueRunning(ctx context.Context) (running []state.ClusterRecord, err error) {
	err = w.config.Store.Update(ctx, func(tx *meta.Tx) error {
		all, err := state.Clusters.List(tx, meta.Query{})
		if err != nil {
			return err
		}
		for _, record := range all {
			if record.Body.AtRest() && !record.Body.Lost() {
				continue
			}
			if record.Body.Serves() || record.Body.Lost() {
				running = append(running, record)
			}
			if err := w.workLater(tx, record); err != nil {
				return err
			}
			if err := automationLater(tx, record, record.Body.Automation.Due); err != nil {
				return err
			}
		}
		return nil
	})
	return running, err
}
