package cluster

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse/paging"
	"slipher/internal/warehouse/state"
)

// describe answers one cluster of the caller's, or all of them page by page.
func (f family) describe(ctx context.Context, caller api.Caller, in *redshift.DescribeClustersMessage) (*redshift.ClustersMessage, error) {
	if in.ClusterIdentifier != "" && in.Marker != "" {
		return nil, api.InvalidParameterCombination("You can specify either ClusterIdentifier or Marker, but not both.")
	}
	if err := state.CheckTagFilter(in.TagKeys, in.TagValues); err != nil {
		return nil, err
	}
	page, err := paging.New("clusters", in.MaxRecords, in.Marker)
	if err != nil {
		return nil, err
	}
	out := &redshift.ClustersMessage{Clusters: []redshift.Cluster{}}
	err = f.store.View(ctx, func(tx *meta.Tx) error {
		found, marker, err := find(tx, caller, in, page)
		for _, record := range found {
			out.Clusters = append(out.Clusters, *f.render.Cluster(record))
		}
		out.Marker = marker
		return err
	})
	return out, err
}

func find(tx *meta.Tx, caller api.Caller, in *redshift.DescribeClustersMessage, page paging.Page) ([]state.ClusterRecord, string, error) {
	matches := func(record state.ClusterRecord) bool { return state.Tagged(record.Body.Tags, in.TagKeys, in.TagValues) }
	if in.ClusterIdentifier == "" {
		return paging.List(tx, state.Clusters, meta.Query{Account: caller.Account, Region: caller.Region}, page, matches)
	}
	record, err := state.FindCluster(tx, caller, in.ClusterIdentifier)
	if err != nil || !matches(record) {
		return nil, "", err
	}
	return []state.ClusterRecord{record}, "", nil
}
