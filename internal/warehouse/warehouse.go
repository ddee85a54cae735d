// Package warehouse is what is below the services: it knows what there is, what is happening to it and what must not be swept, and durable jobs in it
// carry clusters and snapshots from state to state.
//
// It promises that each decision is one transaction, that whatever was accepted is carried on after a crash, and that a snapshot is restored by its owner
// and by the accounts that the owner has authorised, and by nobody else. It speaks no API's shapes: it takes what is wanted and answers records or
// refusals. It knows neither processes nor blocks.
package warehouse

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/semaphore"

	"slipher/internal/warehouse/delivery"
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/placement"
	"slipher/internal/warehouse/scope"
	"slipher/internal/warehouse/scrub"
	"slipher/internal/warehouse/state"
	"slipher/internal/warehouse/workflow"
)

// Warehouse makes the decisions and works the jobs.
type Warehouse struct {
	Clock  *state.Clock
	Events event.Log

	config     Config
	Scopes     scope.Scopes
	opened     placement.KeySet    // clusters whose node serves SQL
	saves      *semaphore.Weighted // the saves that run at once; who waits for one has the lease of its scope already
	copies     *semaphore.Weighted // the copies to other regions that run at once
	Progress   placement.Transfers // of saves and copies by snapshot, of restores by cluster, of table restores by request
	budget     placement.Budget
	deliveries delivery.Deliveries
	Scrubber   scrub.Scrubber
	began      time.Time // this process
}

// New opens the snapshot stores and registers the jobs. Resume belongs after it, and the store's Run after that.
func New(config Config) (*Warehouse, error) {
	if config.Store == nil || config.Keys == nil || config.Secrets == nil || config.Nodes == nil || config.Accounts == nil || config.Now == nil {
		return nil, errors.New("the warehouse needs a store, keys, secrets, nodes, accounts and a clock")
	}
	urls := scope.URLs(config.Snapshots, config.SnapshotsIn)
	stores, err := scope.OpenStores(context.Background(), urls, config.Now)
	if err != nil {
		return nil, err
	}
	if err := stores.HoldEverything(context.Background(), config.Store); err != nil {
		return nil, errors.Join(err, stores.Close())
	}
	config = config.withDefaults()
	clock := &state.Clock{Time: config.Now, NewID: config.NewID}
	w := &Warehouse{config: config, began: config.Now(), Clock: clock, Events: event.Log{Clock: clock}}
	w.Scopes = scope.Scopes{Store: config.Store, Keys: config.Keys, Stores: stores, URLs: urls, Clock: clock, Log: config.Log}
	if err := w.Scopes.KeepPlaces(context.Background(), config.OwnSnapshots); err != nil {
		return nil, errors.Join(err, stores.Close())
	}
	w.budget = placement.Budget{Total: config.Bandwidth, Nodes: config.Nodes, Log: config.Log}
	w.deliveries = delivery.Deliveries{Store: config.Store, Clock: clock, Logs: config.Logs, LogBucket: config.LogBucket, Events: &w.Events, Log: config.Log}
	w.Scrubber = scrub.Scrubber{Store: config.Store, Scopes: &w.Scopes, Budget: &w.budget, Clock: clock, Events: &w.Events, Log: config.Log}
	w.saves = semaphore.NewWeighted(int64(config.Limits.Saves))
	w.copies = semaphore.NewWeighted(int64(config.Limits.Copies))
	config.Secrets.Own(w.mayRotate)
	w.registerJobs()
	return w, nil
}

// Config is what the warehouse was made of, with its defaults filled in.
func (w *Warehouse) Config() Config { return w.config }

func (w *Warehouse) leases() workflow.Leases {
	return workflow.Leases{Store: w.config.Store, Now: w.config.Now, Log: w.config.Log}
}

// Close releases the snapshot stores. The jobs must have ended before.
func (w *Warehouse) Close() error { return w.Scopes.Stores.Close() }
