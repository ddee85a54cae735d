package warehouse

import (
	"context"
	"errors"

	"slipher/internal/fleet"
	"slipher/internal/meta"
	"slipher/internal/nodeapi"
	"slipher/internal/warehouse/refusal"
	"slipher/internal/warehouse/state"
)

// begin puts the cluster into a status and enqueues the work that the status stands for.
func (w *Warehouse) begin(tx *meta.Tx, record *state.ClusterRecord, status string) error {
	record.Body.Status, record.Body.Attempts = status, 0
	return w.workLater(tx, *record)
}

func (w *Warehouse) workLater(tx *meta.Tx, record state.ClusterRecord) error {
	return tx.Enqueue(clusterWork{record.Account, record.Region, record.Body.Key}, meta.EnqueueOptions{Unique: true})
}

func (w *Warehouse) spec(body state.Cluster) fleet.Spec {
	return fleet.Spec{
		Cluster: body.Key,
		Address: w.config.Addresses.Bind(body.Address),
		Port:    body.Port, MemoryLimit: w.config.Memory, Threads: w.config.Threads,
	}
}

// openRequest names the restore as long as the node may need it.
func (w *Warehouse) openRequest(ctx context.Context, body state.Cluster) (nodeapi.OpenRequest, error) {
	request := nodeapi.OpenRequest{Database: body.DBName, Create: !body.Provisioned && body.Restore == nil, AdminUser: body.MasterUsername, Verifier: body.Verifier, Parameters: body.ParametersToRun().ForNode(), SingleNode: body.NumberOfNodes == 1}
	logins, err := w.loginsOf(ctx, body.Key)
	if request.Logins = logins; err != nil || !body.Restoring() {
		return request, err
	}
	restoring, err := w.restoreRequest(ctx, body, w.config.Bandwidth)
	request.Restore = &restoring
	return request, err
}

func credentialsOf(c state.Cluster) nodeapi.Credentials {
	return nodeapi.Credentials{AdminUser: c.MasterUsername, Verifier: c.Verifier}
}

// insertCluster is what CreateCluster and RestoreFromClusterSnapshot have in common once it is clear what the cluster will be.
func (w *Warehouse) insertCluster(tx *meta.Tx, record state.ClusterRecord) (state.ClusterRecord, error) {
	if _, err := state.Clusters.Find(tx, record.Key); !errors.Is(err, meta.ErrNotFound) {
		if err == nil {
			err = refusal.ClusterAlreadyExists.Because("Cluster already exists")
		}
		return record, err
	}
	if err := w.roomForNodes(tx, record); err != nil {
		return record, err
	}
	if err := w.openScope(tx, &record); err != nil {
		return record, err
	}
	if err := w.config.Addresses.Assign(tx, &record.Body); err != nil {
		return record, err
	}
	record, err := state.Clusters.Insert(tx, record.Key, record.Body)
	if err != nil {
		return record, err
	}
	return record, w.workLater(tx, record)
}

func (w *Warehouse) roomForNodes(tx *meta.Tx, record state.ClusterRecord) error {
	others, err := state.Clusters.List(tx, meta.Query{Account: record.Account, Region: record.Region})
	if err != nil {
		return err
	}
	nodes := record.Body.NumberOfNodes
	for _, other := range others {
		nodes += other.Body.NumberOfNodes
	}
	if nodes > w.config.Limits.Nodes {
		return refusal.NumberOfNodesQuotaExceeded.Because("The account would have %d nodes in %s; its quota is %d.", nodes, record.Region, w.config.Limits.Nodes)
	}
	return nil
}

// openScope gives a new cluster a data key of its own.
func (w *Warehouse) openScope(tx *meta.Tx, record *state.ClusterRecord) (err error) {
	record.Body.Scope, err = w.Scopes.New(tx, record.Region, record.Body.KmsKey)
	return err
}
