package subnetgroup

import (
	"context"
	"slices"
	"strings"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse/paging"
	"slipher/internal/warehouse/state"
)

// describe answers one group, or all that have one of the tags: the caller's own and the default one.
func (f family) describe(ctx context.Context, caller api.Caller, in *redshift.DescribeClusterSubnetGroupsMessage) (*redshift.ClusterSubnetGroupMessage, error) {
	if in.ClusterSubnetGroupName != "" && in.Marker != "" {
		return nil, api.InvalidParameterCombination("You can specify either ClusterSubnetGroupName or Marker, but not both.")
	}
	if err := state.CheckTagFilter(in.TagKeys, in.TagValues); err != nil {
		return nil, err
	}
	page, err := paging.New("subnet groups", in.MaxRecords, in.Marker)
	if err != nil {
		return nil, err
	}
	out := &redshift.ClusterSubnetGroupMessage{ClusterSubnetGroups: []redshift.ClusterSubnetGroup{}}
	return out, f.store.View(ctx, func(tx *meta.Tx) error {
		groups, err := named(tx, caller, in.ClusterSubnetGroupName)
		if err != nil {
			return err
		}
		groups = slices.DeleteFunc(groups, func(r state.SubnetGroupRecord) bool { return !state.Tagged(r.Body.Tags, in.TagKeys, in.TagValues) })
		shown, marker, err := paging.Cut(groups, page)
		for _, record := range shown {
			out.ClusterSubnetGroups = append(out.ClusterSubnetGroups, shape(record))
		}
		out.Marker = marker
		return err
	})
}

// named are all groups of the caller if the name is empty, in the order of their names.
func named(tx *meta.Tx, caller api.Caller, name string) ([]state.SubnetGroupRecord, error) {
	if name != "" {
		found, err := state.FindSubnetGroup(tx, caller.Account, caller.Region, name)
		return []state.SubnetGroupRecord{found}, err
	}
	all, err := state.SubnetGroups.List(tx, meta.Query{Account: caller.Account, Region: caller.Region})
	all = append(all, state.DefaultSubnetGroup(caller.Account, caller.Region))
	slices.SortFunc(all, func(a, b state.SubnetGroupRecord) int { return strings.Compare(a.ID, b.ID) })
	return all, err
}

func shape(record state.SubnetGroupRecord) redshift.ClusterSubnetGroup {
	shown := redshift.ClusterSubnetGroup{
		ClusterSubnetGroupName: record.ID, Description: record.Body.Description, VpcId: state.NetworkID("vpc", record.Account, record.Region),
		SubnetGroupStatus: "Complete", Subnets: []redshift.Subnet{}, Tags: tagging.Shapes(record.Body.Tags), SupportedClusterIpAddressTypes: []string{"ipv4"},
	}
	for i, subnet := range record.Body.Subnets {
		zone := record.Region + string(rune('a'+i%3))
		shown.Subnets = append(shown.Subnets, redshift.Subnet{
			SubnetIdentifier: subnet, SubnetAvailabilityZone: &redshift.AvailabilityZone{Name: zone}, SubnetStatus: "Active",
		})
	}
	return shown
}
