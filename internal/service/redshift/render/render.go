// Package render is the shapes in which Redshift's API shows clusters and snapshots, for the families that answer one.
//
// It promises that a cluster or a snapshot looks the same in whichever answer, and that only its owner sees what is for the owner. It decides nothing.
package render

import (
	"slipher/internal/api/redshift"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/state"
)

// Renderer renders records, and what the running process knows of them: the time, how far a transfer has come, where an endpoint is.
type Renderer struct{ warehouse *warehouse.Warehouse }

// New is over the warehouse that the records are of.
func New(w *warehouse.Warehouse) Renderer { return Renderer{w} }

// ChangedCluster is the cluster that a decision has answered.
func (r Renderer) ChangedCluster(record state.ClusterRecord, err error) (*redshift.Cluster, error) {
	if err != nil {
		return nil, err
	}
	return r.Cluster(record), nil
}

// ChangedSnapshot is the snapshot that a decision has answered, for its owner.
func (r Renderer) ChangedSnapshot(record state.SnapshotRecord, err error) (*redshift.Snapshot, error) {
	if err != nil {
		return nil, err
	}
	return r.Snapshot(record, record.Account), nil
}
