package scope

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"

	"slipher/internal/meta"
	"slipher/internal/warehouse/state"
)

// place is where a store of the installation was when it was used last. The store that is a part of the installation, and moves with it, has no URL.
type place struct{ URL string }

var places = meta.Records[place]{Kind: "snapshot store"}

func placeKey(region string) meta.Key { return meta.Key{ID: "store " + region} }

// Places are the URLs of the stores that the installation keeps its snapshots in, by region, as far as they are known. Own is that of the
// store that is a part of it.
func Places(ctx context.Context, store *meta.Store, own string) (map[string]string, error) {
	urls := map[string]string{}
	err := store.View(ctx, func(tx *meta.Tx) error {
		all, err := places.List(tx, meta.Query{})
		for _, record := range all {
			at := record.Body.URL
			if at == "" {
				at = own
			}
			urls[record.ID[len("store "):]] = at
		}
		return err
	})
	return urls, err
}

// KeepPlaces refuses stores which do not have what the installation has kept in others, and remembers those that do.
func (s *Scopes) KeepPlaces(ctx context.Context, own string) error {
	known, err := Places(ctx, s.Store, own)
	if err != nil {
		return err
	}
	for _, region := range slices.Sorted(maps.Keys(s.URLs)) {
		before, isKnown := known[region]
		at := s.URLs[region]
		if isKnown && before == at {
			continue
		}
		missing, all, err := s.missing(ctx, region)
		switch {
		case err != nil:
			return fmt.Errorf("look for the snapshots in %s: %w", shown(at), err)
		case isKnown && missing > 0:
			return elsewhere(region, before, at, own, missing, all)
		case missing > 0 && missing == all: // of an installation that did not remember its stores
			s.Log.Warn("none of the snapshots is in the store: if they are kept elsewhere, start with that as --snapshots", "store", shown(at), "snapshots", all)
			continue
		}
		if err := s.remember(ctx, region, at, own); err != nil {
			return err
		}
	}
	return nil
}

func elsewhere(region, before, at, own string, missing, all int) error {
	start := "--snapshots " + shown(before)
	switch {
	case region != commonStore:
		start = "--snapshots-in " + region + "=" + shown(before)
	case before == own:
		start = "no --snapshots, which is " + shown(before)
	}
	return fmt.Errorf("this installation keeps its snapshots in another store, and %d of %d are not in %s: start with %s. "+
		"To move them, copy everything in the old store to the new one while slipher is stopped, and start with the new one then", missing, all, shown(at), start)
}

// shown is a URL without a password.
func shown(at string) string {
	parsed, err := url.Parse(at)
	if err != nil {
		return "the store"
	}
	return parsed.Redacted()
}

// missing counts the manifests that have to be in a region's store, and those of them that are not whole there.
func (s *Scopes) missing(ctx context.Context, region string) (missing, all int, err error) {
	var wanted wants
	var kept []meta.Record[state.Scope]
	err = s.Store.View(ctx, func(tx *meta.Tx) (err error) {
		if wanted, err = wantsOf(tx); err == nil {
			kept, err = state.Scopes.List(tx, meta.Query{})
		}
		return err
	})
	for _, scope := range kept {
		must := slices.Sorted(maps.Keys(wanted.in(scope.ID).must))
		if scope.Body.Store != region || len(must) == 0 {
			continue
		}
		opened, err := s.Vault(ctx, scope.ID)
		if KeyLost(err) { // and so everywhere
			continue
		}
		if err != nil {
			return 0, 0, err
		}
		inspected, err := opened.Inspect(ctx, must, wanted.in(scope.ID).may)
		if err != nil {
			return 0, 0, err
		}
		missing, all = missing+len(inspected.Hurt), all+len(must)
	}
	return missing, all, err
}

func (s *Scopes) remember(ctx context.Context, region, at, own string) error {
	if at == own {
		at = ""
	}
	return s.Store.Update(ctx, func(tx *meta.Tx) error {
		record, err := places.Find(tx, placeKey(region))
		if errors.Is(err, meta.ErrNotFound) {
			_, err = places.Insert(tx, placeKey(region), place{URL: at})
			return err
		}
		if err != nil {
			return err
		}
		record.Body.URL = at
		return places.Put(tx, record)
	})
}
