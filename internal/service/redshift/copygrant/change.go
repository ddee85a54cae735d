package copygrant

import (
	"context"
	"errors"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/state"
)

// create names a key of the region for snapshots that are copied into it.
func (f family) create(ctx context.Context, caller api.Caller, in *redshift.CreateSnapshotCopyGrantMessage) (*redshift.CreateSnapshotCopyGrantResult, error) {
	if err := api.First(
		func() error { return checkName(in.SnapshotCopyGrantName) },
		func() error { return state.CheckTags(tagging.Given(in.Tags), f.tags) },
	); err != nil {
		return nil, err
	}
	var made meta.Record[state.SnapshotCopyGrant]
	err := f.store.Update(ctx, func(tx *meta.Tx) (err error) {
		made.Key = meta.Key{Account: caller.Account, Region: caller.Region, ID: in.SnapshotCopyGrantName}
		made.Body.Tags = tagging.Given(in.Tags)
		if err := f.checkRoom(tx, made.Key); err != nil {
			return err
		}
		if made.Body.KmsKey, err = f.warehouse.CopyKey(tx, caller, in.KmsKeyId); err != nil {
			return err
		}
		if err := f.keys.Grant(tx, made.Body.KmsKey, state.ServicePrincipal, keyGrant(made.ID)); err != nil {
			return warehouse.RefusedGrant(err)
		}
		made, err = state.SnapshotCopyGrants.Insert(tx, made.Key, made.Body)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &redshift.CreateSnapshotCopyGrantResult{SnapshotCopyGrant: new(shape(made.Body, made.ID))}, nil
}

func keyGrant(copyGrant string) string { return "snapshot copy grant " + copyGrant }

func checkName(name string) error {
	if len(name) > 63 || !state.ClusterIdentifierForm.MatchString(name) || state.BadHyphens(name) {
		return api.InvalidParameterValue("%q is not a valid snapshot copy grant name: it has 1 to 63 lower-case letters, digits and hyphens, begins with a letter, and has neither a hyphen at its end nor two in a row.", name)
	}
	return nil
}

func (f family) checkRoom(tx *meta.Tx, at meta.Key) error {
	_, err := state.SnapshotCopyGrants.Find(tx, at)
	if err == nil {
		return redshift.SnapshotCopyGrantAlreadyExists("Cannot create the snapshot copy grant because a grant with the identifier '%s' already exists", at.ID)
	}
	if !errors.Is(err, meta.ErrNotFound) {
		return err
	}
	count, err := state.SnapshotCopyGrants.Count(tx, meta.Query{Account: at.Account, Region: at.Region})
	if err != nil {
		return err
	}
	return f.quota.Room(count, at.Region)
}

// remove removes a grant that no cluster uses. Snapshots that were copied under it stay.
func (f family) remove(ctx context.Context, caller api.Caller, in *redshift.DeleteSnapshotCopyGrantMessage) (*api.None, error) {
	return &api.None{}, f.store.Update(ctx, func(tx *meta.Tx) error {
		found, err := state.FindCopyGrant(tx, caller.Account, caller.Region, in.SnapshotCopyGrantName)
		if err != nil {
			return err
		}
		users, err := state.Clusters.Count(tx, meta.Query{Account: caller.Account, Index: state.CopyingUnder(caller.Region, found.ID)})
		if err != nil {
			return err
		}
		if users > 0 {
			return redshift.InvalidSnapshotCopyGrantState("Cannot delete the snapshot copy grant %s because %d clusters use it: disable snapshot copy for them first.", found.ID, users)
		}
		if err := f.keys.RetireGrant(tx, found.Body.KmsKey, state.ServicePrincipal, keyGrant(found.ID)); err != nil {
			return err
		}
		return state.SnapshotCopyGrants.Delete(tx, found.Key)
	})
}
