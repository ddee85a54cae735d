// Package snapshot is the operations about the snapshots of clusters, but for those that share or restore them. The warehouse takes, keeps and deletes them.
package snapshot

import (
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service"
	house "slipher/internal/service/redshift"
	"slipher/internal/service/redshift/permission"
	"slipher/internal/service/redshift/render"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/state"
)

type family struct {
	warehouse *warehouse.Warehouse
	store     *meta.Store
	render    render.Renderer
	tags      int // of one snapshot
}

func over(w *warehouse.Warehouse) family {
	return family{w, w.Config().Store, render.New(w), w.Config().Limits.Tags}
}

// Family is the operations, and the snapshots as resources that can be tagged.
func Family(w *warehouse.Warehouse) house.Family {
	f := over(w)
	return house.Family{
		Taggable: []tagging.Kind{{Name: "snapshot", Title: "Snapshot", Find: findTaggable, List: tagging.Listing(state.Snapshots, taggable)}},
		Events:   []event.Kind{event.SnapshotStarted, event.SnapshotDeleted, event.FinalStarted, event.SnapshotComplete, event.FinalComplete, event.FinalFailed, event.SnapshotFailed, event.AutomatedFailed, event.SnapshotDamaged},
		Quotas:   []house.Quota{{Of: "manual snapshots", Most: w.Config().Limits.ManualSnapshots, Exceeded: redshift.ClusterSnapshotQuotaExceeded}},
		Family: service.Family{Name: "snapshot", Operations: []service.Operation{
			service.Offer(redshift.CreateClusterSnapshotOperation, f.create, createPermissions),
			service.Offer(redshift.DescribeClusterSnapshotsOperation, f.describe, service.Everything),
			service.Offer(redshift.CopyClusterSnapshotOperation, f.copy, copyPermissions),
			service.Offer(redshift.ModifyClusterSnapshotOperation, f.modify, func(in *redshift.ModifyClusterSnapshotMessage) []service.Permission {
				return []service.Permission{permission.OnSnapshot(permission.Snapshot{Identifier: in.SnapshotIdentifier})}
			}),
			service.Offer(redshift.DeleteClusterSnapshotOperation, f.remove, deletePermissions),
			service.Offer(redshift.BatchModifyClusterSnapshotsOperation, f.modifyBatch, modifyBatchPermissions),
			service.Offer(redshift.BatchDeleteClusterSnapshotsOperation, f.removeBatch, deleteBatchPermissions),
		}},
	}
}

func findTaggable(tx *meta.Tx, arn state.ARN) (tagging.Resource, error) {
	located, ok := arn.Snapshot()
	if !ok {
		return tagging.Resource{}, meta.ErrNotFound
	}
	record, err := located.Find(tx, arn.Region)
	return taggable(tx, record), err
}

func taggable(tx *meta.Tx, record state.SnapshotRecord) tagging.Resource {
	arn := state.SnapshotARN(record.Account, record.Region, record.Body.ClusterIdentifier, record.Body.Identifier)
	return tagging.Resource{ARN: arn, Kind: "snapshot", Tags: record.Body.Tags, Put: func(tags []state.Tag) error {
		record.Body.Tags = tags
		return state.Snapshots.Put(tx, record)
	}}
}
