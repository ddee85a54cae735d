package control

import (
	"context"
	"errors"
	"slices"
	"time"

	"slipher/internal/meta"
	"slipher/internal/vault"
	"slipher/internal/warehouse/state"
)

// storeScrub reads a share of the snapshot store every day, so that damage is found before the snapshot is needed.
type storeScrub struct{}

func (storeScrub) Kind() string { return "scrub" }

func (c *Control) today() int { return int(c.config.Now().Unix() / int64(state.Day/time.Second)) }

// scrubLater schedules the next scrub: at the beginning of the day after the last one.
func (c *Control) scrubLater(tx *meta.Tx) error {
	last, err := c.lastScrub(tx)
	if err != nil {
		return err
	}
	at := time.Unix(int64(last.Body.Day+1)*int64(state.Day/time.Second), 0)
	return tx.Enqueue(storeScrub{}, meta.EnqueueOptions{Unique: true, At: at})
}

// lastScrub is the present day's for an installation that has had none.
func (c *Control) lastScrub(tx *meta.Tx) (meta.Record[state.Scrubbed], error) {
	last, err := state.Scrubs.Find(tx, state.ScrubKey)
	if errors.Is(err, meta.ErrNotFound) {
		return state.Scrubs.Insert(tx, state.ScrubKey, state.Scrubbed{Day: c.today()})
	}
	return last, err
}

// scrub checks the packs of every day since the last one.
func (c *Control) scrub(ctx context.Context, _ storeScrub) error {
	var last meta.Record[state.Scrubbed]
	scopes := map[string][]state.SnapshotRecord{}
	err := c.config.Store.Update(ctx, func(tx *meta.Tx) (err error) {
		if last, err = c.lastScrub(tx); err != nil {
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
	today := c.today()
	share := vault.Share{From: last.Body.Day + 1, Days: min(today-last.Body.Day, vault.Cycle)}
	for name, records := range scopes {
		err := c.scrubScope(ctx, name, records, share)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil { // trying again would read the other scopes again
			c.config.Log.Warn("snapshot scope not scrubbed", "scope", name, "err", err)
		}
	}
	return c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		last, err := c.lastScrub(tx)
		if err != nil {
			return err
		}
		last.Body.Day = max(last.Body.Day, today)
		if err := state.Scrubs.Put(tx, last); err != nil {
			return err
		}
		return c.scrubLater(tx)
	})
}

func (c *Control) scrubScope(ctx context.Context, name string, records []state.SnapshotRecord, share vault.Share) error {
	checked, end, err := c.checked(ctx, name)
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
	c.config.Log.Info("snapshot scope scrubbed", "scope", name, "blocks", found.Blocks, "damaged snapshots", len(found.Hurt))
	for _, record := range records {
		if cause := found.Hurt[record.Body.Manifest]; cause != nil {
			if err := c.tellDamaged(ctx, record, cause); err != nil {
				return err
			}
		}
	}
	return nil
}

// tellDamaged passes over a snapshot that was deleted meanwhile, and whose data a sweep may have taken.
func (c *Control) tellDamaged(ctx context.Context, record state.SnapshotRecord, cause error) error {
	return c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		present, err := state.Snapshots.Find(tx, record.Key)
		if err != nil {
			return meta.IgnoreNotFound(err)
		}
		c.config.Log.Error("snapshot damaged", "account", present.Account, "snapshot", present.Body.Identifier, "err", cause)
		return c.tellSnapshot(tx, present, eventSnapshotDamaged, "The cluster snapshot '%s' for Amazon Redshift cluster '%s' was found to be damaged at %s. It cannot be restored completely.")
	})
}

// checking is the name of all reading in order to check, which has one share of the bandwidth.
const checking = "checking"

// checked is a scope to be read by this process itself, with its share of the bandwidth until end.
func (c *Control) checked(ctx context.Context, name string) (v vault.Vault, end func(), err error) {
	if v, err = c.vaultOf(ctx, name); err != nil {
		return v, nil, err
	}
	v.Limiter = c.budget.beginHere(ctx, checking)
	return v, func() { c.budget.end(ctx, checking) }, nil
}
