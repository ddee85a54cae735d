package scope

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"slipher/internal/meta"
	"slipher/internal/nodeapi"
	"slipher/internal/vault"
	"slipher/internal/vault/store"
	"slipher/internal/warehouse/state"
)

// Stores are where snapshots are kept, by region: the empty region's store is that of all which have none of their own.
type Stores map[string]store.Bucket

// commonStore stands for no region.
const commonStore = ""

// errNoStore says that a scope lies in a store which slipher was not told of.
var errNoStore = errors.New("a region's snapshot store is not known")

// URLs has the common store and those of the regions that have one of their own.
func URLs(common string, regions map[string]string) map[string]string {
	urls := map[string]string{commonStore: common}
	maps.Copy(urls, regions)
	return urls
}

// OpenStores also asks each store for an answer: one that cannot be used should be found now, and not by the first snapshot.
func OpenStores(ctx context.Context, urls map[string]string, now func() time.Time) (Stores, error) {
	stores := Stores{}
	for _, region := range slices.Sorted(maps.Keys(urls)) {
		if region != commonStore && !state.RegionForm.MatchString(region) {
			return nil, errors.Join(fmt.Errorf("%q is not a region; one looks like us-east-1", region), stores.Close())
		}
		bucket, err := store.Open(ctx, urls[region], now)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("open the snapshot store: %w", err), stores.Close())
		}
		stores[region] = bucket
		if err := store.Reach(ctx, bucket, urls[region]); err != nil {
			return nil, errors.Join(err, stores.Close())
		}
	}
	return stores, nil
}

// Close releases all of them.
func (s Stores) Close() error {
	failures := make([]error, 0, len(s))
	for _, bucket := range s {
		failures = append(failures, bucket.Close())
	}
	return errors.Join(failures...)
}

// home is the store that a region's new scopes are put in.
func (s Stores) home(region string) string {
	if s[region] == nil {
		return commonStore
	}
	return region
}

func (s Stores) find(name string) (store.Bucket, error) {
	if bucket := s[name]; bucket != nil {
		return bucket, nil
	}
	if name == commonStore {
		return nil, errNoStore
	}
	return nil, fmt.Errorf("%w: start slipher with --snapshots-in %s=URL", errNoStore, name)
}

// HoldEverything refuses a start without a store that scopes lie in: their snapshots would seem to be lost.
func (s Stores) HoldEverything(ctx context.Context, store *meta.Store) error {
	return store.View(ctx, func(tx *meta.Tx) error {
		all, err := state.Scopes.List(tx, meta.Query{})
		for _, scope := range all {
			if _, err := s.find(scope.Body.Store); err != nil {
				return fmt.Errorf("snapshots of %s lie in a store of their own: %w", scope.Body.Store, err)
			}
		}
		return err
	})
}

// Node tells a node where a scope is and how it is sealed.
func (s *Scopes) Node(ctx context.Context, name string) (nodeapi.Store, error) {
	opened, err := s.opened(ctx, name)
	return nodeapi.Store{URL: s.URLs[opened.store], Scope: name, Key: opened.key}, err
}

// Vault is a scope as this process itself reads and writes it.
func (s *Scopes) Vault(ctx context.Context, name string) (vault.Vault, error) {
	opened, err := s.opened(ctx, name)
	if err != nil {
		return vault.Vault{}, err
	}
	bucket, err := s.Stores.find(opened.store)
	return vault.Vault{Bucket: bucket, Scope: name, Key: opened.key, Now: s.Clock.Now}, err
}

// openedScope is a scope with its data key.
type openedScope struct {
	store string
	key   []byte
}

func (s *Scopes) opened(ctx context.Context, name string) (opened openedScope, err error) {
	err = s.Store.View(ctx, func(tx *meta.Tx) error {
		if opened.key, err = s.DataKey(tx, name); err != nil {
			return err
		}
		record, err := state.Scopes.Find(tx, state.ScopeKey(name))
		opened.store = record.Body.Store
		return err
	})
	return opened, err
}

// Bucket needs no key. It answers meta.ErrNotFound for a scope that is closed.
func (s *Scopes) Bucket(ctx context.Context, name string) (bucket store.Bucket, err error) {
	err = s.Store.View(ctx, func(tx *meta.Tx) error {
		record, err := state.Scopes.Find(tx, state.ScopeKey(name))
		if err == nil {
			bucket, err = s.Stores.find(record.Body.Store)
		}
		return err
	})
	return bucket, err
}
