package warehouse

import (
	"context"

	"slipher/internal/meta"
	"slipher/internal/warehouse/state"
)

// SaveState is what the operator is told of a snapshot beside what its owner sees.
type SaveState struct {
	WaitsFor string // the snapshot of the same cluster that is saved before it
	Failure  string // why the last try to save it failed
}

// SaveState says how it is with the account's snapshot of this name.
func (w *Warehouse) SaveState(ctx context.Context, at meta.Key) (found SaveState, err error) {
	err = w.config.Store.View(ctx, func(tx *meta.Tx) error {
		named, err := state.Snapshots.List(tx, meta.Query{Account: at.Account, Region: at.Region, Index: state.SnapshotNamed(at.ID)})
		if err != nil || len(named) == 0 {
			return err
		}
		found.Failure = named[0].Body.Failure
		if _, saving := w.Progress.Get(named[0].ID); saving || !named[0].Body.InProgress() {
			return nil
		}
		found.WaitsFor, err = w.savedBefore(tx, named[0])
		return err
	})
	return found, err
}

func (w *Warehouse) savedBefore(tx *meta.Tx, waiting state.SnapshotRecord) (string, error) {
	others, err := state.Snapshots.List(tx, meta.Query{Account: waiting.Account, Region: waiting.Region, Index: state.InScope(waiting.Body.Scope)})
	for _, other := range others {
		if _, saving := w.Progress.Get(other.ID); saving && other.Body.InProgress() {
			return other.Body.Identifier, err
		}
	}
	return "", err
}

// longestFailure is how much of an error is kept.
const longestFailure = 400

func cut(text string) string {
	if len(text) <= longestFailure {
		return text
	}
	return text[:longestFailure] + "…"
}
