package control

import (
	"context"
	"errors"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
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
		return c.warehouse.Authorize(tx, &record, in.AccountWithRestoreAccess)
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
		return c.warehouse.Revoke(tx, &record, in.AccountWithRestoreAccess)
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
