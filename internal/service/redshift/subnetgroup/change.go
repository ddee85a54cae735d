package subnetgroup

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

func (f family) create(ctx context.Context, caller api.Caller, in *redshift.CreateClusterSubnetGroupMessage) (*redshift.CreateClusterSubnetGroupResult, error) {
	group := state.SubnetGroup{Description: in.Description, Subnets: in.SubnetIds, Tags: tagging.Given(in.Tags)}
	if err := api.First(
		func() error { return checkName(in.ClusterSubnetGroupName) },
		func() error { return checkSubnets(in.SubnetIds) },
		func() error { return state.CheckTags(group.Tags, f.tags) },
	); err != nil {
		return nil, err
	}
	at := meta.Key{Account: caller.Account, Region: caller.Region, ID: strings.ToLower(in.ClusterSubnetGroupName)}
	err := f.store.Update(ctx, func(tx *meta.Tx) error {
		if err := f.checkRoom(tx, at); err != nil {
			return err
		}
		_, err := state.SubnetGroups.Insert(tx, at, group)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &redshift.CreateClusterSubnetGroupResult{ClusterSubnetGroup: new(shape(state.SubnetGroupRecord{Key: at, Body: group}))}, nil
}

var (
	nameForm   = regexp.MustCompile(`^[a-zA-Z0-9-]+$`)
	subnetForm = regexp.MustCompile(`^subnet-([0-9a-f]{8}|[0-9a-f]{17})$`)
)

func checkName(name string) error {
	switch {
	case len(name) > 255 || !nameForm.MatchString(name):
		return api.InvalidParameterValue("%q is not a valid subnet group name: it has 1 to 255 letters, digits and hyphens.", name)
	case strings.EqualFold(name, state.DefaultSubnetGroupName):
		return api.InvalidParameterValue("A subnet group cannot be called %s: every account has one of that name.", name)
	}
	return nil
}

func checkSubnets(subnets []string) error {
	switch {
	case len(subnets) == 0:
		return redshift.InvalidSubnet("A subnet group has at least one subnet.")
	case len(subnets) > mostSubnets:
		return redshift.ClusterSubnetQuotaExceeded("A subnet group has at most %d subnets, not %d.", mostSubnets, len(subnets))
	}
	seen := map[string]bool{}
	for _, subnet := range subnets {
		if !subnetForm.MatchString(subnet) || seen[subnet] {
			return redshift.InvalidSubnet("The subnet %q is not valid, or is given twice.", subnet)
		}
		seen[subnet] = true
	}
	return nil
}

func (f family) checkRoom(tx *meta.Tx, at meta.Key) error {
	_, err := state.SubnetGroups.Find(tx, at)
	if err == nil {
		return redshift.ClusterSubnetGroupAlreadyExists("Subnet group %s already exists.", at.ID)
	}
	if !errors.Is(err, meta.ErrNotFound) {
		return err
	}
	count, err := state.SubnetGroups.Count(tx, meta.Query{Account: at.Account, Region: at.Region})
	if err != nil {
		return err
	}
	return f.quota.Room(count, at.Region)
}

// modify replaces the subnets, and the description where the request has one.
func (f family) modify(ctx context.Context, caller api.Caller, in *redshift.ModifyClusterSubnetGroupMessage) (*redshift.ModifyClusterSubnetGroupResult, error) {
	if err := checkSubnets(in.SubnetIds); err != nil {
		return nil, err
	}
	var changed state.SubnetGroupRecord
	err := f.store.Update(ctx, func(tx *meta.Tx) (err error) {
		changed, err = state.FindSubnetGroup(tx, caller.Account, caller.Region, in.ClusterSubnetGroupName)
		if err != nil {
			return err
		}
		if changed.ID == state.DefaultSubnetGroupName {
			return api.InvalidParameterValue("The default subnet group cannot be modified: every account has it as it is.")
		}
		changed.Body.Subnets = in.SubnetIds
		if in.Description != "" {
			changed.Body.Description = in.Description
		}
		return state.SubnetGroups.Put(tx, changed)
	})
	if err != nil {
		return nil, err
	}
	return &redshift.ModifyClusterSubnetGroupResult{ClusterSubnetGroup: new(shape(changed))}, nil
}

// remove deletes a group that no cluster is in.
func (f family) remove(ctx context.Context, caller api.Caller, in *redshift.DeleteClusterSubnetGroupMessage) (*api.None, error) {
	return &api.None{}, f.store.Update(ctx, func(tx *meta.Tx) error {
		found, err := state.FindSubnetGroup(tx, caller.Account, caller.Region, in.ClusterSubnetGroupName)
		if err != nil {
			return err
		}
		if found.ID == state.DefaultSubnetGroupName {
			return redshift.InvalidClusterSubnetGroupState("The default subnet group cannot be deleted.")
		}
		users, err := state.Clusters.Count(tx, meta.Query{Account: caller.Account, Region: caller.Region, Index: state.InSubnetGroup(found.ID)})
		if err != nil {
			return err
		}
		if users > 0 {
			return redshift.InvalidClusterSubnetGroupState("Cannot delete the subnet group %s because %d clusters are in it.", found.ID, users)
		}
		return state.SubnetGroups.Delete(tx, found.Key)
	})
}
