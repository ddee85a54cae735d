// Package scope keeps what snapshots are sealed with and where they lie: the data keys of scopes, the stores of regions, and the sweeps that free what
// nothing needs. It promises that a scope's data key outlives everything that needs it, and that a sweep takes nothing that a pin speaks of. It knows no
// status of a snapshot or a cluster.
package scope

import (
	"errors"
	"fmt"
	"log/slog"

	"slipher/internal/api"
	"slipher/internal/keys"
	"slipher/internal/meta"
	"slipher/internal/warehouse/placement"
	"slipher/internal/warehouse/state"
)

// Scopes are all of an installation.
type Scopes struct {
	Store  *meta.Store
	Keys   *keys.Ring
	Stores Stores
	URLs   map[string]string // of the stores, by region
	Clock  *state.Clock
	Log    *slog.Logger

	postponed placement.KeySet // scopes whose sweep gave way to a save
}

// New makes a scope with a data key of its own, wrapped by a KMS key of the region.
func (s *Scopes) New(tx *meta.Tx, region, kmsKey string) (name string, err error) {
	dataKey, err := s.Keys.NewDataKey(tx, kmsKey)
	if errors.Is(err, keys.ErrDisabled) {
		return "", api.InvalidParameterValue("The KMS key %s is disabled or waits for its deletion.", kmsKey)
	}
	if err != nil {
		return "", fmt.Errorf("make a data key for snapshots: %w", err)
	}
	name = region + "/" + s.Clock.NewID()
	_, err = state.Scopes.Insert(tx, state.ScopeKey(name), state.Scope{KmsKey: kmsKey, Wrapped: dataKey.Wrapped, Store: s.Stores.home(region)})
	return name, err
}

// DataKey opens the data key of a scope.
func (s *Scopes) DataKey(tx *meta.Tx, name string) ([]byte, error) {
	record, err := state.Scopes.Find(tx, state.ScopeKey(name))
	var key []byte
	if err == nil {
		key, err = s.Keys.Unwrap(tx, record.Body.KmsKey, record.Body.Wrapped)
	}
	if err != nil {
		return nil, fmt.Errorf("open snapshot scope %s: %w", name, err)
	}
	return key, nil
}

// KeyLost says that a scope's data key cannot be unwrapped any more, by any number of tries.
func KeyLost(err error) bool {
	return errors.Is(err, keys.ErrNotFound) || errors.Is(err, keys.ErrDamaged)
}
