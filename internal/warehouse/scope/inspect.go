package scope

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"slipher/internal/meta"
	"slipher/internal/vault"
	"slipher/internal/warehouse/pin"
	"slipher/internal/warehouse/state"
)

// Inspected is what the snapshot store holds of what the records speak of.
type Inspected struct {
	Snapshots, Restores int // looked for
	Packs               int
	Flawed              int // packs whose index object is missing or damaged, and can be written anew
	Bytes               int64
	Garbage             int       // manifests, and whole scopes, that no record knows; the next sweep of the scope removes the former
	Lost                []Missing // in the order of their names
}

// Missing is a snapshot, or the source of a restore under way, that lacks something.
type Missing struct {
	Account, Region, What string
	Damage                string
}

// Inspect looks for every available snapshot in the stores, and for what restores under way need, without reading blocks and without changing anything.
func (s *Scopes) Inspect(ctx context.Context) (Inspected, error) {
	var found Inspected
	var wants wants
	err := s.Store.View(ctx, func(tx *meta.Tx) (err error) {
		wants, err = wantsOf(tx)
		return err
	})
	if err != nil {
		return found, err
	}
	for _, name := range slices.Sorted(maps.Keys(wants)) {
		if err := s.inspect(ctx, name, wants[name], &found); err != nil {
			return found, fmt.Errorf("scope %s: %w", name, err)
		}
	}
	for _, bucket := range s.Stores {
		stored, err := vault.Scopes(ctx, bucket)
		if err != nil {
			return found, err
		}
		for _, name := range stored {
			if wants[name] == nil {
				found.Garbage++
			}
		}
	}
	slices.SortFunc(found.Lost, func(a, b Missing) int { return strings.Compare(a.What, b.What) })
	return found, nil
}

// wants is what should be in the store, by scope. It has an entry for every scope that has a key or that a record speaks of.
type wants map[string]*scopeWants

type scopeWants struct {
	must                map[string][]Missing // who would lose a manifest; the damage is still empty
	may                 []string
	snapshots, restores int
}

func (w wants) in(scope string) *scopeWants {
	if w[scope] == nil {
		w[scope] = &scopeWants{must: map[string][]Missing{}}
	}
	return w[scope]
}

func wantsOf(tx *meta.Tx) (wants, error) {
	w := wants{}
	keyed, err := state.Scopes.List(tx, meta.Query{})
	if err != nil {
		return nil, err
	}
	for _, record := range keyed {
		w.in(record.ID)
	}
	needs, err := pin.All(tx)
	for _, need := range needs {
		w.in(need.Scope).add(need)
	}
	return w, err
}

func (s *scopeWants) add(need pin.Need) {
	switch need.Use {
	case pin.Saves:
		s.may = append(s.may, need.Manifest)
	case pin.Holds:
		s.snapshots++
		s.want(need)
	case pin.Reads:
		s.restores++
		s.want(need)
	}
}

func (s *scopeWants) want(need pin.Need) {
	s.must[need.Manifest] = append(s.must[need.Manifest], Missing{Account: need.Key.Account, Region: need.Key.Region, What: need.What})
}

func (s *Scopes) inspect(ctx context.Context, name string, wants *scopeWants, found *Inspected) error {
	found.Snapshots += wants.snapshots
	found.Restores += wants.restores
	lose := func(manifest string, cause error) {
		for _, loser := range wants.must[manifest] {
			loser.Damage = cause.Error()
			found.Lost = append(found.Lost, loser)
		}
	}
	scope, err := s.Vault(ctx, name)
	if KeyLost(err) || errors.Is(err, meta.ErrNotFound) || errors.Is(err, errNoStore) {
		for manifest := range wants.must {
			lose(manifest, err)
		}
		return nil
	}
	if err != nil {
		return err
	}
	inspected, err := scope.Inspect(ctx, slices.Sorted(maps.Keys(wants.must)), wants.may)
	if err != nil {
		return err
	}
	found.Packs += inspected.Packs
	found.Flawed += inspected.Flawed
	found.Bytes += inspected.Bytes
	found.Garbage += inspected.Unknown
	for manifest, cause := range inspected.Hurt {
		lose(manifest, cause)
	}
	return nil
}
