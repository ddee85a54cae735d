package control

import (
	"slipher/internal/meta"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/state"
)

func clusterTags() tagging.Kind {
	return tagging.Kind{Name: "cluster", Title: "Cluster", Find: findTaggableCluster, List: tagging.Listing(state.Clusters, taggableCluster)}
}

func snapshotTags() tagging.Kind {
	return tagging.Kind{Name: "snapshot", Title: "Snapshot", Find: findTaggableSnapshot, List: tagging.Listing(state.Snapshots, taggableSnapshot)}
}

func findTaggableCluster(tx *meta.Tx, arn state.ARN) (tagging.Resource, error) {
	record, err := state.Clusters.Find(tx, arn.Key())
	return taggableCluster(tx, record), err
}

func taggableCluster(tx *meta.Tx, record state.ClusterRecord) tagging.Resource {
	found := tagging.Resource{ARN: state.ARNOf(record.Key, "cluster"), Kind: "cluster", Tags: record.Body.Tags, Put: func(tags []state.Tag) error {
		record.Body.Tags = tags
		return state.Clusters.Put(tx, record)
	}}
	if record.Body.Status == state.Deleting {
		found.Closed = warehouse.NotNow(record, "Cannot tag the cluster %s because it is being deleted.", record.ID)
	}
	return found
}

func findTaggableSnapshot(tx *meta.Tx, arn state.ARN) (tagging.Resource, error) {
	located, ok := arn.Snapshot()
	if !ok {
		return tagging.Resource{}, meta.ErrNotFound
	}
	record, err := located.Find(tx, arn.Region)
	return taggableSnapshot(tx, record), err
}

func taggableSnapshot(tx *meta.Tx, record state.SnapshotRecord) tagging.Resource {
	arn := state.SnapshotARN(record.Account, record.Region, record.Body.ClusterIdentifier, record.Body.Identifier)
	return tagging.Resource{ARN: arn, Kind: "snapshot", Tags: record.Body.Tags, Put: func(tags []state.Tag) error {
		record.Body.Tags = tags
		return state.Snapshots.Put(tx, record)
	}}
}
