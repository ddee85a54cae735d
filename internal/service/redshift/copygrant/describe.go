package copygrant

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse/paging"
	"slipher/internal/warehouse/state"
)

// describe answers one grant, or all of the region that have one of the tags.
func (f family) describe(ctx context.Context, caller api.Caller, in *redshift.DescribeSnapshotCopyGrantsMessage) (*redshift.SnapshotCopyGrantMessage, error) {
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
	err = f.store.View(ctx, func(tx *meta.Tx) error {
		if in.SnapshotCopyGrantName != "" {
			if _, err := state.FindCopyGrant(tx, caller.Account, caller.Region, in.SnapshotCopyGrantName); err != nil {
				return err
			}
		}
		found, marker, err := paging.List(tx, state.SnapshotCopyGrants, meta.Query{Account: caller.Account, Region: caller.Region}, page, wanted)
		for _, record := range found {
			out.SnapshotCopyGrants = append(out.SnapshotCopyGrants, shape(record.Body, record.ID))
		}
		out.Marker = marker
		return err
	})
	return out, err
}

func shape(g state.SnapshotCopyGrant, name string) redshift.SnapshotCopyGrant {
	return redshift.SnapshotCopyGrant{SnapshotCopyGrantName: name, KmsKeyId: g.KmsKey, Tags: tagging.Shapes(g.Tags)}
}
