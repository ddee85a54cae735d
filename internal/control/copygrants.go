package control

import (
	"context"
	"errors"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse/paging"
	"slipher/internal/warehouse/state"
)

// redshiftService is who gets the grant on a key.
const redshiftService = "redshift.amazonaws.com"

// CreateSnapshotCopyGrant names a key of the region for snapshots that are copied into it.
func (c *Control) CreateSnapshotCopyGrant(ctx context.Context, caller api.Caller, in *redshift.CreateSnapshotCopyGrantMessage) (*redshift.CreateSnapshotCopyGrantResult, error) {
	if err := api.First(
		func() error { return checkGrantName(in.SnapshotCopyGrantName) },
		func() error { return state.CheckTags(tagging.Given(in.Tags), c.config.Limits.Tags) },
	); err != nil {
		return nil, err
	}
	var made meta.Record[state.SnapshotCopyGrant]
	err := c.config.Store.Update(ctx, func(tx *meta.Tx) (err error) {
		made.Key = meta.Key{Account: caller.Account, Region: caller.Region, ID: in.SnapshotCopyGrantName}
		made.Body.Tags = tagging.Given(in.Tags)
		if err := c.roomForGrant(tx, made.Key); err != nil {
			return err
		}
		if made.Body.KmsKey, err = c.copyKey(tx, caller, in.KmsKeyId); err != nil {
			return err
		}
		if err := c.config.Keys.Grant(tx, made.Body.KmsKey, redshiftService, keyGrantOf(made.ID)); err != nil {
			return grantFault(err)
		}
		made, err = state.SnapshotCopyGrants.Insert(tx, made.Key, made.Body)
		return err
	})
	if err != nil {
		return nil, err
	}
	shape := copyGrantShape(made.Body, made.ID)
	return &redshift.CreateSnapshotCopyGrantResult{SnapshotCopyGrant: &shape}, nil
}

func keyGrantOf(copyGrant string) string { return "snapshot copy grant " + copyGrant }

func checkGrantName(name string) error {
	if len(name) > 63 || !state.ClusterIdentifierForm.MatchString(name) || state.BadHyphens(name) {
		return api.InvalidParameterValue("%q is not a valid snapshot copy grant name: it has 1 to 63 lower-case letters, digits and hyphens, begins with a letter, and has neither a hyphen at its end nor two in a row.", name)
	}
	return nil
}

func (c *Control) roomForGrant(tx *meta.Tx, at meta.Key) error {
	_, err := state.SnapshotCopyGrants.Find(tx, at)
	if err == nil {
		return redshift.SnapshotCopyGrantAlreadyExists("Cannot create the snapshot copy grant because a grant with the identifier '%s' already exists", at.ID)
	}
	if !errors.Is(err, meta.ErrNotFound) {
		return err
	}
	count, err := state.SnapshotCopyGrants.Count(tx, meta.Query{Account: at.Account, Region: at.Region})
	if err == nil && count >= c.config.Limits.SnapshotCopyGrants {
		err = redshift.SnapshotCopyGrantQuotaExceeded("The account has %d snapshot copy grants in %s, which is the most there may be.", count, at.Region)
	}
	return err
}

// DeleteSnapshotCopyGrant removes a grant that no cluster uses. Snapshots that were copied under it stay.
func (c *Control) DeleteSnapshotCopyGrant(ctx context.Context, caller api.Caller, in *redshift.DeleteSnapshotCopyGrantMessage) (*api.None, error) {
	return &api.None{}, c.config.Store.Update(ctx, func(tx *meta.Tx) error {
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
		if err := c.config.Keys.RetireGrant(tx, found.Body.KmsKey, redshiftService, keyGrantOf(found.ID)); err != nil {
			return err
		}
		return state.SnapshotCopyGrants.Delete(tx, found.Key)
	})
}

// DescribeSnapshotCopyGrants answers one grant, or all of the region that have one of the tags.
func (c *Control) DescribeSnapshotCopyGrants(ctx context.Context, caller api.Caller, in *redshift.DescribeSnapshotCopyGrantsMessage) (*redshift.SnapshotCopyGrantMessage, error) {
	if in.SnapshotCopyGrantName != "" && in.Marker != "" {
		return nil, api.InvalidParameterCombination("You can specify either SnapshotCopyGrantName or Marker, but not both.")
	}
	if err := state.CheckTagFilter(in.TagKeys, in.TagValues); err != nil {
		return nil, err
	}
	page, err := paging.New("snapshot copy grants", in.MaxRecords, in.Marker)
	if err != nil {
		return nil, err
	}
	wanted := func(r meta.Record[state.SnapshotCopyGrant]) bool {
		return (in.SnapshotCopyGrantName == "" || in.SnapshotCopyGrantName == r.ID) && state.Tagged(r.Body.Tags, in.TagKeys, in.TagValues)
	}
	out := &redshift.SnapshotCopyGrantMessage{SnapshotCopyGrants: []redshift.SnapshotCopyGrant{}}
	err = c.config.Store.View(ctx, func(tx *meta.Tx) error {
		if in.SnapshotCopyGrantName != "" {
			if _, err := state.FindCopyGrant(tx, caller.Account, caller.Region, in.SnapshotCopyGrantName); err != nil {
				return err
			}
		}
		found, marker, err := paging.List(tx, state.SnapshotCopyGrants, meta.Query{Account: caller.Account, Region: caller.Region}, page, wanted)
		for _, record := range found {
			out.SnapshotCopyGrants = append(out.SnapshotCopyGrants, copyGrantShape(record.Body, record.ID))
		}
		out.Marker = marker
		return err
	})
	return out, err
}

func copyGrantShape(g state.SnapshotCopyGrant, name string) redshift.SnapshotCopyGrant {
	return redshift.SnapshotCopyGrant{SnapshotCopyGrantName: name, KmsKeyId: g.KmsKey, Tags: tagging.Shapes(g.Tags)}
}
