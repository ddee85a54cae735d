package warehouse

import (
	"errors"

	"slipher/internal/api"
	"slipher/internal/keys"
	"slipher/internal/meta"
	"slipher/internal/warehouse/refusal"
	"slipher/internal/warehouse/scope"
	"slipher/internal/warehouse/state"
)

// FindRestorable answers an available snapshot that the caller may restore: one of his own, or one that was shared with him.
func (w *Warehouse) FindRestorable(tx *meta.Tx, caller api.Caller, located state.Locator) (state.SnapshotRecord, error) {
	source, err := located.Find(tx, caller.Region)
	if errors.Is(err, meta.ErrNotFound) {
		return source, refusal.ClusterSnapshotNotFound.Because("Snapshot not found for cluster.")
	}
	if err != nil {
		return source, err
	}
	if err := w.mayRestore(tx, caller, source); err != nil {
		return source, err
	}
	if source.Body.Status != state.Available {
		return source, refusal.InvalidClusterSnapshotState.Because("Cannot restore the snapshot %s because it is not available; its status is %s.", source.Body.Identifier, source.Body.Status)
	}
	return source, nil
}

// mayDecrypt refuses a snapshot whose key is gone at once, rather than with a cluster that never gets its data.
func (w *Warehouse) mayDecrypt(tx *meta.Tx, source state.SnapshotRecord) error {
	_, err := w.Scopes.DataKey(tx, source.Body.Scope)
	if scope.KeyLost(err) {
		return refusal.DependentServiceAccessDenied.Because("Cannot restore the snapshot %s because the KMS key %s does not open it: it was destroyed, or is another key now.",
			source.Body.Identifier, source.Body.KmsKey)
	}
	if errors.Is(err, keys.ErrDisabled) {
		return refusal.DependentServiceAccessDenied.Because("Cannot restore the snapshot %s because its KMS key %s is disabled or waits for its deletion.", source.Body.Identifier, source.Body.KmsKey)
	}
	return err
}

func (w *Warehouse) mayRestore(tx *meta.Tx, caller api.Caller, source state.SnapshotRecord) error {
	if source.Account == caller.Account {
		return nil
	}
	active, err := w.config.Accounts.Active(tx, source.Account)
	if err != nil {
		return err
	}
	if !active || !source.Body.SharedWith(caller.Account) {
		return state.AccessDenied()
	}
	return nil
}

// restoreKey is what the restored cluster's own snapshots will be sealed under: the key that the request names, or else the snapshot's own key for its
// owner, and the aws/redshift key of everybody else.
func (w *Warehouse) restoreKey(tx *meta.Tx, caller api.Caller, name string, source state.SnapshotRecord) (string, error) {
	if name == "" && source.Account == caller.Account {
		return source.Body.KmsKey, nil
	}
	return w.encryptionKey(tx, caller, name)
}
