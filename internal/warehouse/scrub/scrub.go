// Package scrub reads back what snapshots are made of: a share of every scope each day, and whole snapshots when somebody asks. It promises that damage
// is told as an event of the snapshot that it hurts, and that reading keeps to the bandwidth which all transfers share. It changes no snapshot's record.
package scrub

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"slipher/internal/meta"
	"slipher/internal/vault"
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/placement"
	"slipher/internal/warehouse/scope"
	"slipher/internal/warehouse/state"
)

// Scrubber reads the snapshots of an installation.
type Scrubber struct {
	Store  *meta.Store
	Scopes *scope.Scopes
	Budget *placement.Budget
	Clock  *state.Clock
	Events *event.Log
	Log    *slog.Logger
}

// Job reads a share of the snapshot store every day, so that damage is found before the snapshot is needed.
type Job struct{}

// Kind is the job's name among the kept ones.
func (Job) Kind() string { return "scrub" }

func (s *Scrubber) today() int { return int(s.Clock.Now().Unix() / int64(state.Day/time.Second)) }

// Later schedules the next scrub: at the beginning of the day after the last one.
func (s *Scrubber) Later(tx *meta.Tx) error {
	last, err := s.lastScrub(tx)
	if err != nil {
		return err
	}
	at := time.Unix(int64(last.Body.Day+1)*int64(state.Day/time.Second), 0)
	return tx.Enqueue(Job{}, meta.EnqueueOptions{Unique: true, At: at})
}

// lastScrub is the present day's for an installation that has had none.
func (s *Scrubber) lastScrub(tx *meta.Tx) (meta.Record[state.Scrubbed], error) {
	last, err := state.Scrubs.Find(tx, state.ScrubKey)
	if errors.Is(err, meta.ErrNotFound) {
		return state.Scrubs.Insert(tx, state.ScrubKey, state.Scrubbed{Day: s.today()})
	}
	return last, err
}

// Scrub checks the packs of every day since the last one.
func (s *Scrubber) Scrub(ctx context.Context, _ Job) error {
	var last meta.Record[state.Scrubbed]
	scopes := map[string][]state.SnapshotRecord{}
	err := s.Store.Update(ctx, func(tx *meta.Tx) (err error) {
		if last, err = s.lastScrub(tx); err != nil {
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
	today := s.today()
	share := vault.Share{From: last.Body.Day + 1, Days: min(today-last.Body.Day, vault.Cycle)}
	for name, records := range scopes {
		err := s.scrubScope(ctx, name, records, share)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil { // trying again would read the other scopes again
			s.Log.Warn("snapshot scope not scrubbed", "scope", name, "err", err)
		}
	}
	return s.Store.Update(ctx, func(tx *meta.Tx) error {
		last, err := s.lastScrub(tx)
		if err != nil {
			return err
		}
		last.Body.Day = max(last.Body.Day, today)
		if err := state.Scrubs.Put(tx, last); err != nil {
			return err
		}
		return s.Later(tx)
	})
}

func (s *Scrubber) scrubScope(ctx context.Context, name string, records []state.SnapshotRecord, share vault.Share) error {
	checked, end, err := s.checked(ctx, name)
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
	s.Log.Info("snapshot scope scrubbed", "scope", name, "blocks", found.Blocks, "damaged snapshots", len(found.Hurt))
	for _, record := range records {
		if cause := found.Hurt[record.Body.Manifest]; cause != nil {
			if err := s.tellDamaged(ctx, record, cause); err != nil {
				return err
			}
		}
	}
	return nil
}

// tellDamaged passes over a snapshot that was deleted meanwhile, and whose data a sweep may have taken.
func (s *Scrubber) tellDamaged(ctx context.Context, record state.SnapshotRecord, cause error) error {
	return s.Store.Update(ctx, func(tx *meta.Tx) error {
		present, err := state.Snapshots.Find(tx, record.Key)
		if err != nil {
			return meta.IgnoreNotFound(err)
		}
		s.Log.Error("snapshot damaged", "account", present.Account, "snapshot", present.Body.Identifier, "err", cause)
		return s.Events.EmitOfSnapshot(tx, present, event.SnapshotDamaged, "The cluster snapshot '%s' for Amazon Redshift cluster '%s' was found to be damaged at %s. It cannot be restored completely.")
	})
}

// checking is the name of all reading in order to check, which has one share of the bandwidth.
const checking = "checking"

// checked is a scope to be read by this process itself, with its share of the bandwidth until end.
func (s *Scrubber) checked(ctx context.Context, name string) (v vault.Vault, end func(), err error) {
	if v, err = s.Scopes.Vault(ctx, name); err != nil {
		return v, nil, err
	}
	v.Limiter = s.Budget.BeginHere(ctx, checking)
	return v, func() { s.Budget.End(ctx, checking) }, nil
}
