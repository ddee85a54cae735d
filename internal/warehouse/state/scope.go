package state

import (
	"slices"

	"slipher/internal/meta"
)

// Scope is one data key and everything that it seals in the snapshot store: the snapshots of one cluster under one KMS key. It is
// kept as long as the cluster, a snapshot or a restore under way needs it; without it the blocks are noise.
type Scope struct {
	KmsKey  string
	Wrapped []byte // the data key, wrapped by KmsKey
	Store   string `json:",omitempty"` // the region in whose own store it lies; empty is the common store
}

// Scopes belong to no account: their names are unique in the installation.
var Scopes = meta.Records[Scope]{Kind: "snapshot scope"}

// ScopeKey is the place of the scope with this name.
func ScopeKey(name string) meta.Key { return meta.Key{ID: name} }

// ScopesOf lists the scopes that an account's clusters and snapshots are in.
func ScopesOf(tx *meta.Tx, here meta.Query) ([]string, error) {
	var names []string
	owners, err := Clusters.List(tx, here)
	if err != nil {
		return nil, err
	}
	for _, record := range owners {
		names = append(names, record.Body.Scope)
	}
	owned, err := Snapshots.List(tx, here)
	if err != nil {
		return nil, err
	}
	for _, record := range owned {
		names = append(names, record.Body.Scope)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
