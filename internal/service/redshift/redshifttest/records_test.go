package redshifttest_test

import (
	"context"
	"testing"

	"slipher/internal/api"
	"slipher/internal/meta"
	"slipher/internal/testbed"
	"slipher/internal/warehouse/state"
)

// manifestsOf answers the manifest of a snapshot, and the one that the cluster's next save would begin from.
func manifestsOf(ctx context.Context, store *meta.Store, caller api.Caller, identifier string) (own, next string, err error) {
	err = store.View(ctx, func(tx *meta.Tx) error {
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

// databaseVerifiers are what is kept of the passwords that were handed out.
func databaseVerifiers(ctx context.Context, store *meta.Store) (verifiers []string, err error) {
	err = store.View(ctx, func(tx *meta.Tx) error {
		records, err := state.DatabaseLogins.List(tx, meta.Query{})
		for _, record := range records {
			verifiers = append(verifiers, record.Body.Login.Verifier)
		}
		return err
	})
	return verifiers, err
}

// scrubbedUpTo is the last day whose share of the store was scrubbed, since 1970.
func scrubbedUpTo(ctx context.Context, store *meta.Store) (day int, err error) {
	err = store.View(ctx, func(tx *meta.Tx) error {
		last, err := state.Scrubs.Find(tx, state.ScrubKey)
		day = last.Body.Day
		return err
	})
	return day, err
}

// offeredService is the service, to be looked at and not called.
func offeredService(t testing.TB) api.Service {
	return testbed.New(t, testbed.Config{}).Redshift
}
