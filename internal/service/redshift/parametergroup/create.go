package parametergroup

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse/state"
)

// create makes a group whose values are its family's defaults.
func (f family) create(ctx context.Context, caller api.Caller, in *redshift.CreateClusterParameterGroupMessage) (*redshift.CreateClusterParameterGroupResult, error) {
	if err := api.First(
		func() error { return checkName(in.ParameterGroupName) },
		func() error { return state.CheckFamily(in.ParameterGroupFamily) },
		func() error { return state.CheckTags(tagging.Given(in.Tags), f.tags) },
	); err != nil {
		return nil, err
	}
	var made state.ParameterGroupRecord
	err := f.store.Update(ctx, func(tx *meta.Tx) (err error) {
		at := meta.Key{Account: caller.Account, Region: caller.Region, ID: strings.ToLower(in.ParameterGroupName)}
		if err := f.checkRoom(tx, at); err != nil {
			return err
		}
		made, err = state.ParameterGroups.Insert(tx, at, state.ParameterGroup{Family: in.ParameterGroupFamily, Description: in.Description, Tags: tagging.Given(in.Tags)})
		if err != nil {
			return err
		}
		return f.warehouse.Events.EmitOf(tx, at, eventCreated, "Cluster parameter group '%s' was created at %s.")
	})
	if err != nil {
		return nil, err
	}
	return &redshift.CreateClusterParameterGroupResult{ClusterParameterGroup: new(shape(made.Body, made.ID))}, nil
}

var nameForm = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9-]*$`)

func checkName(name string) error {
	if len(name) > 255 || !nameForm.MatchString(name) || state.BadHyphens(name) {
		return api.InvalidParameterValue("%q is not a valid parameter group name: it has 1 to 255 letters, digits and hyphens, begins with a letter, and has neither a hyphen at its end nor two in a row.", name)
	}
	return nil
}

func (f family) checkRoom(tx *meta.Tx, at meta.Key) error {
	_, err := state.ParameterGroups.Find(tx, at)
	if err == nil {
		return redshift.ClusterParameterGroupAlreadyExists("Parameter group %s already exists", at.ID)
	}
	if !errors.Is(err, meta.ErrNotFound) {
		return err
	}
	count, err := state.ParameterGroups.Count(tx, meta.Query{Account: at.Account, Region: at.Region})
	if err != nil {
		return err
	}
	return f.quota.Room(count, at.Region)
}

// remove removes a group that no cluster has.
func (f family) remove(ctx context.Context, caller api.Caller, in *redshift.DeleteClusterParameterGroupMessage) (*api.None, error) {
	return &api.None{}, f.store.Update(ctx, func(tx *meta.Tx) error {
		found, err := state.FindOwnParameterGroup(tx, caller, in.ParameterGroupName, "deleted")
		if err != nil {
			return err
		}
		users, err := state.Clusters.Count(tx, meta.Query{Account: caller.Account, Region: caller.Region, Index: state.InParameterGroup(found.ID)})
		if err != nil {
			return err
		}
		if users > 0 {
			return redshift.InvalidClusterParameterGroupState("Cannot delete the parameter group %s because %d clusters have it: give them another one first.", found.ID, users)
		}
		if err := state.ParameterGroups.Delete(tx, found.Key); err != nil {
			return err
		}
		return f.warehouse.Events.EmitOf(tx, found.Key, eventDeleted, "Cluster parameter group '%s' was deleted at %s.")
	})
}
