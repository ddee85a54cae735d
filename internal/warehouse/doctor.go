package warehouse

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"slipher/internal/keys"
	"slipher/internal/meta"
	"slipher/internal/vault"
	"slipher/internal/warehouse/pin"
	"slipher/internal/warehouse/state"
)

// KnownCluster is what the records say of a cluster, for one who looks at its folder.
type KnownCluster struct {
	Account, Region, Identifier string
	Key                         string // names its folder
	Status                      string
	Database                    string   // its name
	Damaged                     bool     // slipher has found that its database has lost something
	HasData                     bool     // the folder must be there
	Restoring                   []string // snapshots whose data is still being restored into it
}

// KnownClusters are the clusters of all accounts.
func KnownClusters(ctx context.Context, store *meta.Store) ([]KnownCluster, error) {
	var known []KnownCluster
	err := store.View(ctx, func(tx *meta.Tx) error {
		copying, err := state.TableRestores.List(tx, meta.Query{})
		if err != nil {
			return err
		}
		records, err := state.Clusters.List(tx, meta.Query{})
		for _, record := range records {
			body := record.Body
			one := KnownCluster{
				Account: record.Account, Region: record.Region, Identifier: record.ID, Key: body.Key, Status: body.Status, Database: body.DBName, Damaged: body.Lost(),
				HasData: body.Provisioned && body.Status != state.Deleting,
			}
			if body.Restoring() {
				one.Restoring = append(one.Restoring, body.Restore.Snapshot)
			}
			for _, restore := range copying {
				if restore.Body.ClusterKey == body.Key && restore.Body.Manifest != "" {
					one.Restoring = append(one.Restoring, restore.Body.Snapshot)
				}
			}
			known = append(known, one)
		}
		return err
	})
	return known, err
}

// InspectedStore is what the snapshot store holds of what the records speak of.
type InspectedStore struct {
	Snapshots, Restores int // looked for
	Packs               int
	Bytes               int64
	Garbage             int    // manifests, and whole scopes, that no record knows; the next sweep of the scope removes the former
	Lost                []Lost // in the order of their names
}

// Lost is a snapshot, or the source of a restore under way, that lacks something.
type Lost struct {
	Account, Region, What string
	Damage                string
}

// Inspect looks for every available snapshot in the stores, and for what restores under way need, without reading blocks and without changing anything.
func Inspect(ctx context.Context, store *meta.Store, ring *keys.Ring, stores Stores) (InspectedStore, error) {
	// Of the warehouse no more than its reading half is needed.
	w := &Warehouse{config: Config{Store: store, Keys: ring}, Stores: stores}
	var found InspectedStore
	var wants wants
	err := store.View(ctx, func(tx *meta.Tx) (err error) {
		wants, err = wantsOf(tx)
		return err
	})
	if err != nil {
		return found, err
	}
	for _, name := range slices.Sorted(maps.Keys(wants)) {
		if err := w.inspectScope(ctx, name, wants[name], &found); err != nil {
			return found, fmt.Errorf("scope %s: %w", name, err)
		}
	}
	for _, bucket := range stores {
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
	slices.SortFunc(found.Lost, func(a, b Lost) int { return strings.Compare(a.What, b.What) })
	return found, nil
}

// wants is what should be in the store, by scope. It has an entry for every scope that has a key or that a record speaks of.
type wants map[string]*scopeWants

type scopeWants struct {
	must                map[string][]Lost // who would lose a manifest; the damage is still empty
	may                 []string
	snapshots, restores int
}

func (w wants) in(scope string) *scopeWants {
	if w[scope] == nil {
		w[scope] = &scopeWants{must: map[string][]Lost{}}
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
	s.must[need.Manifest] = append(s.must[need.Manifest], Lost{Account: need.Key.Account, Region: need.Key.Region, What: need.What})
}

func (w *Warehouse) inspectScope(ctx context.Context, name string, wants *scopeWants, found *InspectedStore) error {
	found.Snapshots += wants.snapshots
	found.Restores += wants.restores
	lose := func(manifest string, cause error) {
		for _, loser := range wants.must[manifest] {
			loser.Damage = cause.Error()
			found.Lost = append(found.Lost, loser)
		}
	}
	scope, err := w.vaultOf(ctx, name)
	if keyLost(err) || errors.Is(err, meta.ErrNotFound) || errors.Is(err, errNoStore) {
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
	found.Bytes += inspected.Bytes
	found.Garbage += inspected.Unknown
	for manifest, cause := range inspected.Hurt {
		lose(manifest, cause)
	}
	return nil
}
