package control

import (
	"context"
	"errors"
	"slices"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/keys"
	"slipher/internal/meta"
)

// AuthorizeSnapshotAccess lets another account see and restore a manual snapshot.
func (c *Control) AuthorizeSnapshotAccess(ctx context.Context, caller api.Caller, in *redshift.AuthorizeSnapshotAccessMessage) (*redshift.AuthorizeSnapshotAccessResult, error) {
	locator, err := locateShared(caller, in.SnapshotIdentifier, in.SnapshotArn, in.SnapshotClusterIdentifier, in.AccountWithRestoreAccess)
	if err != nil {
		return nil, err
	}
	var record snapshotRecord
	err = c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		if record, err = findOwnSnapshot(tx, caller, locator); err != nil {
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
	var record snapshotRecord
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
func locateShared(caller api.Caller, identifier, arn, cluster, account string) (locator, error) {
	if account == "" {
		return locator{}, api.MissingParameter("The request must contain the parameter AccountWithRestoreAccess")
	}
	located, err := locate(caller, identifier, arn, cluster)
	if err != nil {
		return locator{}, err
	}
	if account != awsSupport && !accountForm.MatchString(account) {
		return locator{}, api.InvalidParameterValue("%q is not an account: AccountWithRestoreAccess is a number of 12 digits or %s.", account, awsSupport)
	}
	return located, nil
}

func (c *Control) authorize(tx *meta.Tx, record *snapshotRecord, account string) error {
	body := &record.Body
	switch {
	case body.Type != manual:
		return redshift.InvalidClusterSnapshotState("Cannot share the snapshot %s because only manual snapshots may be shared.", body.Identifier)
	case body.Status != available:
		return redshift.InvalidClusterSnapshotState("Cannot share the snapshot %s because it is not available; its status is %s.", body.Identifier, body.Status)
	case account == record.Account:
		return ownAccount(account)
	case body.sharedWith(account):
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
		return grantFault(err)
	}
	body.Access = append(body.Access, account)
	return snapshots.Put(tx, *record)
}

// roomToShare holds the two quotas. The key's is the sum over its shared snapshots, of which there are never more than it allows.
func (c *Control) roomToShare(tx *meta.Tx, record snapshotRecord) error {
	limits := c.config.Limits
	if len(record.Body.Access) >= limits.AccountsPerSnapshot {
		return redshift.AuthorizationQuotaExceeded("Snapshot %s is shared with %d accounts, which is the most there may be.", record.Body.Identifier, limits.AccountsPerSnapshot)
	}
	shared, err := snapshots.List(tx, meta.Query{Account: record.Account, Region: record.Region, Index: sharedUnder(record.Body.KmsKey)})
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
func findForRevoke(tx *meta.Tx, caller api.Caller, l locator) (snapshotRecord, error) {
	if l.serverless {
		return snapshotRecord{}, serverlessSnapshot()
	}
	record, err := l.find(tx, caller.Region)
	switch {
	case errors.Is(err, meta.ErrNotFound):
		return record, l.notFound()
	case err == nil && record.Account != caller.Account:
		return record, accessDenied()
	}
	return record, err
}

func (c *Control) revoke(tx *meta.Tx, record *snapshotRecord, account string) error {
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
	return snapshots.Put(tx, *record)
}

func ownAccount(account string) error {
	return api.InvalidParameterValue("Account %s owns the snapshot and always has access to it: AccountWithRestoreAccess must be another account.", account)
}
