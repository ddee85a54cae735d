package control

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/meta"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/state"
)

// Fits says whether a snapshot with so much data, of so many nodes of one kind, can be restored to a number of nodes of another.
func Fits(fromType string, fromNodes int, toType string, toNodes int, bytes int64) (bool, error) {
	from, err := state.FindConfiguration(fromType, fromNodes)
	if err != nil {
		return false, err
	}
	to, err := state.FindConfiguration(toType, toNodes)
	return err == nil && from.RestorableTo(to, bytes), err
}

// Manifests answers the manifest of a snapshot, and the one that the cluster's next save would begin from.
func (c *Control) Manifests(ctx context.Context, caller api.Caller, identifier string) (own, next string, err error) {
	err = c.config.Store.View(ctx, func(tx *meta.Tx) error {
		record, err := state.FindOwnSnapshot(tx, caller, state.Locator{Owner: caller.Account, Region: caller.Region, Identifier: identifier})
		if err != nil {
			return err
		}
		own = record.Body.Manifest
		next, err = state.NewestManifest(tx, record)
		return err
	})
	return own, next, err
}

// DatabaseVerifiers are what is kept of the passwords that were handed out.
func DatabaseVerifiers(ctx context.Context, store *meta.Store) (verifiers []string, err error) {
	err = store.View(ctx, func(tx *meta.Tx) error {
		records, err := state.DatabaseLogins.List(tx, meta.Query{})
		for _, record := range records {
			verifiers = append(verifiers, record.Body.Login.Verifier)
		}
		return err
	})
	return verifiers, err
}

// ScrubbedUpTo is the last day whose share of the store was scrubbed, since 1970.
func ScrubbedUpTo(ctx context.Context, store *meta.Store) (day int, err error) {
	err = store.View(ctx, func(tx *meta.Tx) error {
		last, err := state.Scrubs.Find(tx, state.ScrubKey)
		day = last.Body.Day
		return err
	})
	return day, err
}

// Offered is the service, to be looked at and not called.
func Offered() (api.Service, error) {
	return (&Control{warehouse: &warehouse.Warehouse{}}).Service()
}
