package warehouse

import (
	"context"
	"errors"
	"slices"
	"time"

	"slipher/internal/meta"
	"slipher/internal/vault"
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/state"
)

// storeScrub reads a share of the snapshot store every day, so that damage is found before the snapshot is needed.
type storeScrub struct{}

func (storeScrub) Kind() string { return "scrub" }

func (w *Warehouse) today() int { return int(w.config.Now().Unix() / int64(state.Day/time.Second)) }

// scrubLater schedules the next scrub: at the beginning of the day after the last one.
func (w *Warehouse) scrubLater(tx *meta.Tx) error {
	last, err := w.lastScrub(tx)
	if err != nil {
		return err
	}
	at := time.Unix(int64(last.Body.Day+1)*int64(state.Day/time.Second), 0)
	return tx.Enqueue(storeScrub{}, meta.EnqueueOptions{Unique: true, At: at})
}

// lastScrub is the present day's for an installation that has had none.
func (w *Warehouse) lastScrub(tx *meta.Tx) (meta.Record[state.Scrubbed], error) {
	last, err := state.Scrubs.Find(tx, state.ScrubKey)
	if errors.Is(err, meta.ErrNotFound) {
		return state.Scrubs.Insert(tx, state.ScrubKey, state.Scrubbed{Day: w.today()})
	}
	return last, err
}

// scrub checks the packs of every day since the last one.
func (w *Warehouse) scrub(ctx context.Context, _ storeScrub) error {
	var last meta.Record[state.Scrubbed]
	scopes := map[string][]state.SnapshotRecord{}
	err := w.config.Store.Update(ctx, func(tx *meta.Tx) (err error) {
		if last, err = w.lastScrub(tx); err != nil {
			return err
		}
		all, err := state.Snapshots.List(tx, meta.Query{})
		for _, record := range all {
			if record.Body.Status == state.Available {
				scopes[record.Body.Scope] = append(scopes[record.Body.Scope], record)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	today := w.today()
	share := vault.Share{From: last.Body.Day + 1, Days: min(today-last.Body.Day, vault.Cycle)}
	for name, records := range scopes {
		err := w.scrubScope(ctx, name, records, share)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil { // trying again would read the other scopes again
			w.config.Log.Warn("snapshot scope not scrubbed", "scope", name, "err", err)
		}
	}
	return w.config.Store.Update(ctx, func(tx *meta.Tx) error {
		last, err := w.lastScrub(tx)
		if err != nil {
			return err
		}
		last.Body.Day = max(last.Body.Day, today)
		if err := state.Scrubs.Put(tx, last); err != nil {
			return err
		}
		return w.scrubLater(tx)
	})
}

func (w *Warehouse) scrubScope(ctx context.Context, name string, records []state.SnapshotRecord, share vault.Share) error {
	checked, end, err := w.checked(ctx, name)
	if err != nil {
		return err
	}
	defer end()
	ids := make([]string, 0, len(records))
	for _, record := range records {
		ids = append(ids, record.Body.Manifest)
	}
	slices.Sort(ids)
	found, err := checked.Scrub(ctx, slices.Compact(ids), share)
	if err != nil {
		return err
	}
	w.config.Log.Info("snapshot scope scrubbed", "scope", name, "blocks", found.Blocks, "damaged snapshots", len(found.Hurt))
	for _, record := range records {
		if cause := found.Hurt[record.Body.Manifest]; cause != nil {
			if err := w.tellDamaged(ctx, record, cause); err != nil {
				return err
			}
		}
	}
	return nil
}

// tellDamaged passes over a snapshot that was deleted meanwhile, and whose data a sweep may have taken.
func (w *Warehouse) tellDamaged(ctx context.Context, record state.SnapshotRecord, cause error) error {
	return w.config.Store.Update(ctx, func(tx *meta.Tx) error {
		present, err := state.Snapshots.Find(tx, record.Key)
		if err != nil {
			return meta.IgnoreNotFound(err)
		}
		w.config.Log.Error("snapshot damaged", "account", present.Account, "snapshot", present.Body.Identifier, "err", cause)
		return w.Events.EmitOfSnapshot(tx, present, event.SnapshotDamaged, "The cluster snapshot '%s' for Amazon Redshift cluster '%s' was found to be damaged at %s. It cannot be restored completely.")
	})
}

// checking is the name of all reading in order to check, which has one share of the bandwidth.
const checking = "checking"

// checked is a scope to be read by this process itself, with its share of the bandwidth until end.
func (w *Warehouse) checked(ctx context.Context, name string) (v vault.Vault, end func(), err error) {
	if v, err = w.Scopes.Vault(ctx, name); err != nil {
		return v, nil, err
	}
	v.Limiter = w.budget.BeginHere(ctx, checking)
	return v, func() { w.budget.End(ctx, checking) }, nil
}
