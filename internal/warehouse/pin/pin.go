// Package pin is the one list of what keeps data in the snapshot stores: which scopes and manifests each record needs, and what for. The sweep spares
// what is on it, and the doctor looks for what is on it.
//
// It promises that whatever a committed record needs is on the list in every transaction that sees the record. It refuses to know blocks and stores.
package pin

import (
	"slices"

	"slipher/internal/meta"
	"slipher/internal/warehouse/state"
)

// Use is what a record needs a scope for.
type Use int

// The uses. The sweep spares the scope for all of them; the doctor misses a manifest only where it must be there.
const (
	Keeps Use = iota // the scope alone: something may still be saved in it, or has failed to be
	Saves            // a manifest that is being written, and may be there
	Holds            // the manifest of a snapshot that is there
	Reads            // a manifest that a restore or a copy under way reads
)

// Need is one thing that a record needs.
type Need struct {
	Key             meta.Key // of the record
	What            string   // in the doctor's words
	Scope, Manifest string
	Use             Use
}

// Kind is a kind of record that needs something.
type Kind struct {
	Record string // the type in package state
	list   func(tx *meta.Tx, at ...meta.Query) ([]Need, error)
}

// Kinds are all of them.
func Kinds() []Kind {
	return []Kind{
		kind("Cluster", state.Clusters, needsOfCluster),
		kind("Snapshot", state.Snapshots, needsOfSnapshot),
		kind("TableRestore", state.TableRestores, needsOfTableRestore),
	}
}

// kind registers records by the function that says what each of them needs. Their entries InScope and Pinning have to name every scope of it.
func kind[T any](record string, records meta.Records[T], needs func(meta.Record[T]) []Need) Kind {
	return Kind{Record: record, list: func(tx *meta.Tx, at ...meta.Query) (all []Need, err error) {
		for _, query := range at {
			found, err := records.List(tx, query)
			if err != nil {
				return nil, err
			}
			for _, one := range found {
				all = append(all, keyed(needs(one), one.Key)...)
			}
		}
		return all, nil
	}}
}

func keyed(needs []Need, key meta.Key) []Need {
	for i := range needs {
		needs[i].Key = key
	}
	return needs
}

func needsOfCluster(record state.ClusterRecord) []Need {
	c := record.Body
	needs := []Need{{Scope: c.Scope, What: "cluster " + record.ID, Use: Keeps}}
	if c.SnapshotCopy != nil {
		needs = append(needs, Need{Scope: c.SnapshotCopy.Scope, What: "the snapshot copy of cluster " + record.ID, Use: Keeps})
	}
	if c.Restore != nil && c.Restore.Scope != "" {
		needs = append(needs, Need{Scope: c.Restore.Scope, Manifest: c.Restore.Manifest, What: "the restore of cluster " + record.ID, Use: Reads})
	}
	return needs
}

func needsOfSnapshot(record state.SnapshotRecord) []Need {
	s := record.Body
	own := Need{Scope: s.Scope, Manifest: s.Manifest, What: "snapshot " + s.Identifier, Use: Saves}
	switch s.Status {
	case state.Available:
		own.Use = Holds
	case state.Failed: // what it left is garbage
		own.Manifest, own.Use = "", Keeps
	}
	needs := []Need{own}
	if s.InProgress() && s.Origin != nil {
		needs = append(needs, Need{Scope: s.Origin.Scope, Manifest: s.Origin.Manifest, What: "the source of snapshot " + s.Identifier, Use: Reads})
	}
	return needs
}

func needsOfTableRestore(record state.TableRestoreRecord) []Need {
	r := record.Body
	if r.Scope == "" { // it has ended
		return nil
	}
	return []Need{{Scope: r.Scope, Manifest: r.Manifest, What: "the restore of table " + r.Source.Name, Use: Reads}}
}

// All are the needs of all records.
func All(tx *meta.Tx) (all []Need, err error) {
	return list(tx, meta.Query{})
}

// InScope are the needs of a scope. Nothing needs it when there are none.
func InScope(tx *meta.Tx, scope string) ([]Need, error) {
	all, err := list(tx, meta.Query{Index: state.InScope(scope)}, meta.Query{Index: state.Pinning(scope)})
	return slices.DeleteFunc(all, func(need Need) bool { return need.Scope != scope }), err
}

func list(tx *meta.Tx, at ...meta.Query) (all []Need, err error) {
	for _, kind := range Kinds() {
		needs, err := kind.list(tx, at...)
		if err != nil {
			return nil, err
		}
		all = append(all, needs...)
	}
	return all, nil
}

// Manifests are those of the needs, each once.
func Manifests(needs []Need) []string {
	var manifests []string
	for _, need := range needs {
		if need.Manifest != "" {
			manifests = append(manifests, need.Manifest)
		}
	}
	slices.Sort(manifests)
	return slices.Compact(manifests)
}
