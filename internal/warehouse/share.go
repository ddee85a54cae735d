package warehouse

import (
	"errors"
	"slices"

	"slipher/internal/api"
	"slipher/internal/keys"
	"slipher/internal/meta"
	"slipher/internal/warehouse/refusal"
	"slipher/internal/warehouse/scope"
	"slipher/internal/warehouse/state"
)

// Authorize lets an account restore a manual snapshot of the caller's, and answers the snapshot.
func (w *Warehouse) Authorize(tx *meta.Tx, caller api.Caller, located state.Locator, account string) (state.SnapshotRecord, error) {
	record, err := state.FindOwnSnapshot(tx, caller, located)
	if err != nil {
		return record, err
	}
	err = w.authorize(tx, &record, account)
	return record, err
}

func (w *Warehouse) authorize(tx *meta.Tx, record *state.SnapshotRecord, account string) error {
	body := &record.Body
	switch {
	case body.Type != state.Manual:
		return refusal.InvalidClusterSnapshotState.Because("Cannot share the snapshot %s because only manual snapshots may be shared.", body.Identifier)
	case body.Status != state.Available:
		return refusal.InvalidClusterSnapshotState.Because("Cannot share the snapshot %s because it is not available; its status is %s.", body.Identifier, body.Status)
	case account == record.Account:
		return ownAccount(account)
	case body.SharedWith(account):
		return refusal.AuthorizationAlreadyExists.Because("Account %s is already authorized to restore snapshot %s.", account, body.Identifier)
	}
	if err := w.roomToShare(tx, *record); err != nil {
		return err
	}
	err := w.config.Keys.Grant(tx, body.KmsKey, account, record.ID)
	if scope.KeyLost(err) {
		return refusal.InvalidClusterSnapshotState.Because("Cannot share the snapshot %s because its KMS key %s was destroyed.", body.Identifier, body.KmsKey)
	}
	if errors.Is(err, keys.ErrDisabled) {
		return refusal.InvalidClusterSnapshotState.Because("Cannot share the snapshot %s because its KMS key %s is disabled or waits for its deletion.", body.Identifier, body.KmsKey)
	}
	if err != nil {
		return RefusedGrant(err)
	}
	body.Access = append(body.Access, account)
	return state.Snapshots.Put(tx, *record)
}

// roomToShare holds the two quotas. The key's is the sum over its shared snapshots, of which there are never more than it allows.
func (w *Warehouse) roomToShare(tx *meta.Tx, record state.SnapshotRecord) error {
	limits := w.config.Limits
	if len(record.Body.Access) >= limits.AccountsPerSnapshot {
		return refusal.AuthorizationQuotaExceeded.Because("Snapshot %s is shared with %d accounts, which is the most there may be.", record.Body.Identifier, limits.AccountsPerSnapshot)
	}
	shared, err := state.Snapshots.List(tx, meta.Query{Account: record.Account, Region: record.Region, Index: state.SharedUnder(record.Body.KmsKey)})
	if err != nil {
		return err
	}
	accounts := 0
	for _, other := range shared {
		accounts += len(other.Body.Access)
	}
	if accounts >= limits.AccountsPerKey {
		return refusal.AuthorizationQuotaExceeded.Because("The snapshots encrypted by %s are shared with %d accounts, which is the most there may be for one key.", record.Body.KmsKey, limits.AccountsPerKey)
	}
	return nil
}

// Revoke takes the authorisation of an account back, and answers the snapshot. Restores that the account has begun go on.
func (w *Warehouse) Revoke(tx *meta.Tx, caller api.Caller, located state.Locator, account string) (state.SnapshotRecord, error) {
	record, err := findForRevoke(tx, caller, located)
	if err != nil {
		return record, err
	}
	err = w.revoke(tx, &record, account)
	return record, err
}

// findForRevoke differs from FindOwnSnapshot in one thing: an account that names somebody else's snapshot by its ARN is told that
// it has no access to it.
func findForRevoke(tx *meta.Tx, caller api.Caller, l state.Locator) (state.SnapshotRecord, error) {
	if l.Serverless {
		return state.SnapshotRecord{}, state.ServerlessSnapshot()
	}
	record, err := l.Find(tx, caller.Region)
	switch {
	case errors.Is(err, meta.ErrNotFound):
		return record, l.NotFound()
	case err == nil && record.Account != caller.Account:
		return record, state.AccessDenied()
	}
	return record, err
}

func (w *Warehouse) revoke(tx *meta.Tx, record *state.SnapshotRecord, account string) error {
	body := &record.Body
	if account == record.Account {
		return ownAccount(account)
	}
	at := slices.Index(body.Access, account)
	if at < 0 {
		return refusal.AuthorizationNotFound.Because("Account %s is not authorized to restore snapshot %s.", account, body.Identifier)
	}
	if err := w.config.Keys.RetireGrant(tx, body.KmsKey, account, record.ID); err != nil {
		return err
	}
	body.Access = slices.Delete(body.Access, at, at+1)
	return state.Snapshots.Put(tx, *record)
}

func ownAccount(account string) error {
	return api.InvalidParameterValue("Account %s owns the snapshot and always has access to it: AccountWithRestoreAccess must be another account.", account)
}
