// Package cluster is the operations that make, show, change and remove clusters. What a change sets off is the warehouse's.
package cluster

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
}

// Family is the operations, and the clusters as resources that can be tagged.
func Family(w *warehouse.Warehouse) house.Family {
	f := family{w, w.Config().Store, render.New(w)}
	return house.Family{
		Taggable: []tagging.Kind{{Name: "cluster", Title: "Cluster", Find: findTaggable, List: tagging.Listing(state.Clusters, taggable)}},
		Events:   []event.Kind{event.Created, event.Deleted, event.Renamed, event.Rebooted, event.PauseStarted, event.Paused, event.Resumed, event.Credentials, event.Damaged},
		Quotas:   []house.Quota{{Of: "nodes of all clusters", Most: w.Config().Limits.Nodes, Exceeded: redshift.NumberOfNodesQuotaExceeded}},
		Family: service.Family{Name: "cluster", Operations: []service.Operation{
			service.Offer(redshift.CreateClusterOperation, f.create, f.createPermissions),
			service.Offer(redshift.ModifyClusterOperation, f.modify, f.modifyPermissions),
			service.Offer(redshift.DescribeClustersOperation, f.describe, func(in *redshift.DescribeClustersMessage) []service.Permission {
				return on(in.ClusterIdentifier)
			}),
			service.Offer(redshift.DeleteClusterOperation, f.remove, func(in *redshift.DeleteClusterMessage) []service.Permission {
				return on(in.ClusterIdentifier)
			}),
			service.Offer(redshift.RebootClusterOperation, f.reboot, func(in *redshift.RebootClusterMessage) []service.Permission {
				return on(in.ClusterIdentifier)
			}),
			service.Offer(redshift.PauseClusterOperation, f.pause, func(in *redshift.PauseClusterMessage) []service.Permission {
				return on(in.ClusterIdentifier)
			}),
			service.Offer(redshift.ResumeClusterOperation, f.resume, func(in *redshift.ResumeClusterMessage) []service.Permission {
				return on(in.ClusterIdentifier)
			}),
			service.Offer(redshift.RotateEncryptionKeyOperation, f.rotateKey, func(in *redshift.RotateEncryptionKeyMessage) []service.Permission {
				return on(in.ClusterIdentifier)
			}),
		}},
	}
}

func on(cluster string) []service.Permission {
	return []service.Permission{permission.On("cluster", cluster)}
}

func findTaggable(tx *meta.Tx, arn state.ARN) (tagging.Resource, error) {
	record, err := state.Clusters.Find(tx, arn.Key())
	return taggable(tx, record), err
}

func taggable(tx *meta.Tx, record state.ClusterRecord) tagging.Resource {
	return tagging.Resource{
		ARN: state.ARNOf(record.Key, "cluster"), Kind: "cluster", Tags: record.Body.Tags, Closed: warehouse.MayBeTagged(record),
		Put: func(tags []state.Tag) error {
			record.Body.Tags = tags
			return state.Clusters.Put(tx, record)
		},
	}
}
