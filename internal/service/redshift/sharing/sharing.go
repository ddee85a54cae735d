// Package sharing is the operations by which the owner of a snapshot lets other accounts see and restore it.
package sharing

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service"
	house "slipher/internal/service/redshift"
	"slipher/internal/service/redshift/permission"
	"slipher/internal/service/redshift/render"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/state"
)

type family struct {
	warehouse *warehouse.Warehouse
	store     *meta.Store
	render    render.Renderer
}

// Family is the operations.
func Family(w *warehouse.Warehouse) house.Family {
	f := family{w, w.Config().Store, render.New(w)}
	return house.Family{
		Quotas: []house.Quota{
			{Of: "accounts that it is shared with", In: "a snapshot", Most: w.Config().Limits.AccountsPerSnapshot, Exceeded: redshift.AuthorizationQuotaExceeded},
			{Of: "accounts that snapshots under it are shared with", In: "a KMS key", Most: w.Config().Limits.AccountsPerKey, Exceeded: redshift.AuthorizationQuotaExceeded},
		},
		Family: service.Family{Name: "sharing", Operations: []service.Operation{
			service.Offer(redshift.AuthorizeSnapshotAccessOperation, f.authorize, func(in *redshift.AuthorizeSnapshotAccessMessage) []service.Permission {
				return []service.Permission{permission.OnSnapshot(permission.Snapshot{Identifier: in.SnapshotIdentifier, Cluster: in.SnapshotClusterIdentifier, ARN: in.SnapshotArn})}
			}),
			service.Offer(redshift.RevokeSnapshotAccessOperation, f.revoke, func(in *redshift.RevokeSnapshotAccessMessage) []service.Permission {
				return []service.Permission{permission.OnSnapshot(permission.Snapshot{Identifier: in.SnapshotIdentifier, Cluster: in.SnapshotClusterIdentifier, ARN: in.SnapshotArn})}
			}),
		}},
	}
}

// authorize lets another account see and restore a manual snapshot.
func (f family) authorize(ctx context.Context, caller api.Caller, in *redshift.AuthorizeSnapshotAccessMessage) (*redshift.AuthorizeSnapshotAccessResult, error) {
	located, err := locate(caller, in.SnapshotIdentifier, in.SnapshotArn, in.SnapshotClusterIdentifier, in.AccountWithRestoreAccess)
	if err != nil {
		return nil, err
	}
	shared, err := meta.Decide(ctx, f.store, func(tx *meta.Tx) (state.SnapshotRecord, error) {
		return f.warehouse.Authorize(tx, caller, located, in.AccountWithRestoreAccess)
	})
	if err != nil {
		return nil, err
	}
	return &redshift.AuthorizeSnapshotAccessResult{Snapshot: f.render.Snapshot(shared, caller.Account)}, nil
}

// revoke takes the authorisation back. Restores that the account has begun go on.
func (f family) revoke(ctx context.Context, caller api.Caller, in *redshift.RevokeSnapshotAccessMessage) (*redshift.RevokeSnapshotAccessResult, error) {
	located, err := locate(caller, in.SnapshotIdentifier, in.SnapshotArn, in.SnapshotClusterIdentifier, in.AccountWithRestoreAccess)
	if err != nil {
		return nil, err
	}
	revoked, err := meta.Decide(ctx, f.store, func(tx *meta.Tx) (state.SnapshotRecord, error) {
		return f.warehouse.Revoke(tx, caller, located, in.AccountWithRestoreAccess)
	})
	if err != nil {
		return nil, err
	}
	return &redshift.RevokeSnapshotAccessResult{Snapshot: f.render.Snapshot(revoked, caller.Account)}, nil
}

// locate checks what the two operations check before they look at anything.
func locate(caller api.Caller, identifier, arn, cluster, account string) (state.Locator, error) {
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
