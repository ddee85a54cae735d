package control

import (
	"context"
	"errors"
	"slices"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/keys"
	"slipher/internal/meta"
	house "slipher/internal/service/redshift"
	"slipher/internal/warehouse/state"
)

// AuthorizeSnapshotAccess lets another account see and restore a manual snapshot.
func (c *Control) AuthorizeSnapshotAccess(ctx context.Context, caller api.Caller, in *redshift.AuthorizeSnapshotAccessMessage) (*redshift.AuthorizeSnapshotAccessResult, error) {
	locator, err := locateShared(caller, in.SnapshotIdentifier, in.SnapshotArn, in.SnapshotClusterIdentifier, in.AccountWithRestoreAccess)
	if err != nil {
		return nil, err
	}
	var record state.SnapshotRecord
	err = c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		if record, err = state.FindOwnSnapshot(tx, caller, locator); err != nil {
			return err
		}
		return c.authorize(tx, &record, in.AccountWithRestoreAccess)
	})
	if err != nil {
		return nil, err
	}
	shape := c.snapshotShape(record, view{account: caller.Account})
	return &redshift.AuthorizeSnapshotAccessResult{Snapshot: &shape}, nil
}

// RevokeSnapshotAccess takes the authorisation back. Restores that the account has begun go on.
func (c *Control) RevokeSnapshotAccess(ctx context.Context, caller api.Caller, in *redshift.RevokeSnapshotAccessMessage) (*redshift.RevokeSnapshotAccessResult, error) {
	locator, err := locateShared(caller, in.SnapshotIdentifier, in.SnapshotArn, in.SnapshotClusterIdentifier, in.AccountWithRestoreAccess)
	if err != nil {
		return nil, err
	}
	var record state.SnapshotRecord
	err = c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		if record, err = findForRevoke(tx, caller, locator); err != nil {
			return err
		}
		return c.revoke(tx, &record, in.AccountWithRestoreAccess)
	})
	if err != nil {
		return nil, err
	}
	shape := c.snapshotShape(record, view{account: caller.Account})
	return &redshift.RevokeSnapshotAccessResult{Snapshot: &shape}, nil
}

// locateShared checks what the two operations check before they look at anything.
func locateShared(caller api.Caller, identifier, arn, cluster, account string) (state.Locator, error) {
	if account == "" {
		return state.Locator{}, api.MissingParameter("The request must contain the parameter AccountWithRestoreAccess")
	}
	located, err := state.Locate(caller, identifier, arn, cluster)
	if err != nil {
		return state.Locator{}, err
	}
	if account != state.AwsSupport && !state.AccountForm.MatchString(account) {
		return state.Locator{}, api.InvalidParameterValue("%q is not an account: AccountWithRestoreAccess is a number of 12 digits or %s.", account, state.AwsSupport)
	}
	return located, nil
}

func (c *Control) authorize(tx *meta.Tx, record *state.SnapshotRecord, account string) error {
	body := &record.Body
	switch {
	case body.Type != state.Manual:
		return redshift.InvalidClusterSnapshotState("Cannot share the snapshot %s because only manual snapshots may be shared.", body.Identifier)
	case body.Status != state.Available:
		return redshift.InvalidClusterSnapshotState("Cannot share the snapshot %s because it is not available; its status is %s.", body.Identifier, body.Status)
	case account == record.Account:
		return ownAccount(account)
	case body.SharedWith(account):
		return redshift.AuthorizationAlreadyExists("Account %s is already authorized to restore snapshot %s.", account, body.Identifier)
	}
	if err := c.roomToShare(tx, *record); err != nil {
		return err
	}
	err := c.config.Keys.Grant(tx, body.KmsKey, account, record.ID)
	if keyLost(err) {
		return redshift.InvalidClusterSnapshotState("Cannot share the snapshot %s because its KMS key %s was destroyed.", body.Identifier, body.KmsKey)
	}
	if errors.Is(err, keys.ErrDisabled) {
		return redshift.InvalidClusterSnapshotState("Cannot share the snapshot %s because its KMS key %s is disabled or waits for its deletion.", body.Identifier, body.KmsKey)
	}
	if err != nil {
		return house.KeyFaultOf(err)
	}
	body.Access = append(body.Access, account)
	return state.Snapshots.Put(tx, *record)
}

// roomToShare holds the two quotas. The key's is the sum over its shared snapshots, of which there are never more than it allows.
func (c *Control) roomToShare(tx *meta.Tx, record state.SnapshotRecord) error {
	limits := c.config.Limits
	if len(record.Body.Access) >= limits.AccountsPerSnapshot {
		return redshift.AuthorizationQuotaExceeded("Snapshot %s is shared with %d accounts, which is the most there may be.", record.Body.Identifier, limits.AccountsPerSnapshot)
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
		return redshift.AuthorizationQuotaExceeded("The snapshots encrypted by %s are shared with %d accounts, which is the most there may be for one key.", record.Body.KmsKey, limits.AccountsPerKey)
	}
	return nil
}

// findForRevoke differs from findOwnSnapshot in one thing: an account that names somebody else's snapshot by its ARN is told that
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

func (c *Control) revoke(tx *meta.Tx, record *state.SnapshotRecord, account string) error {
	body := &record.Body
	if account == record.Account {
		return ownAccount(account)
	}
	at := slices.Index(body.Access, account)
	if at < 0 {
		return redshift.AuthorizationNotFound("Account %s is not authorized to restore snapshot %s.", account, body.Identifier)
	}
	if err := c.config.Keys.RetireGrant(tx, body.KmsKey, account, record.ID); err != nil {
		return err
	}
	body.Access = slices.Delete(body.Access, at, at+1)
	return state.Snapshots.Put(tx, *record)
}

func ownAccount(account string) error {
	return api.InvalidParameterValue("Account %s owns the snapshot and always has access to it: AccountWithRestoreAccess must be another account.", account)
}
