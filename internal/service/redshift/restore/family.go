// Package restore is the operations that bring back what a snapshot holds: a cluster, or a table of one, and which nodes a cluster could have then.
package restore

import (
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service"
	house "slipher/internal/service/redshift"
	"slipher/internal/service/redshift/permission"
	"slipher/internal/service/redshift/render"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/event"
)

type family struct {
	warehouse *warehouse.Warehouse
	store     *meta.Store
	render    render.Renderer
}

// Family is the operations.
func Family(w *warehouse.Warehouse) house.Family {
	f := family{w, w.Config().Store, render.New(w)}
	return house.Family{
		Events: []event.Kind{event.RestoreStarted, event.Restored, event.RestoreFailed, event.Transferred},
		Quotas: []house.Quota{{Of: "table restores at once", Most: w.Config().Limits.TableRestores, Exceeded: redshift.InProgressTableRestoreQuotaExceeded}},
		Family: service.Family{Name: "restore", Operations: []service.Operation{
			service.Offer(redshift.RestoreFromClusterSnapshotOperation, f.restoreCluster, f.permissions).Refusing(refused),
			service.Offer(redshift.RestoreTableFromClusterSnapshotOperation, f.restoreTable, func(in *redshift.RestoreTableFromClusterSnapshotMessage) []service.Permission {
				return []service.Permission{permission.On("cluster", in.ClusterIdentifier), permission.OnSnapshot(permission.Snapshot{Identifier: in.SnapshotIdentifier, Cluster: in.ClusterIdentifier})}
			}),
			service.Offer(redshift.DescribeTableRestoreStatusOperation, f.describeTables, service.Everything),
			service.Offer(redshift.DescribeNodeConfigurationOptionsOperation, f.describeNodeOptions, service.Everything),
		}},
	}
}

// refused is recorded of Redshift. All other operations answer AccessDenied and the reason.
var refused = redshift.UnauthorizedOperation("Access Denied. Please ensure that your IAM Permissions allow this operation.")
