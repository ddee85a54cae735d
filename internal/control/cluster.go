package control

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/fleet"
	"slipher/internal/meta"
	"slipher/internal/nodeapi"
	"slipher/internal/warehouse/state"
)

// change lets a decision alter the caller's cluster in one transaction, and answers it as it is then.
func (c *Control) change(ctx context.Context, caller api.Caller, identifier string, decide func(tx *meta.Tx, record *state.ClusterRecord) error) (*redshift.Cluster, error) {
	var changed state.ClusterRecord
	err := c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		record, err := state.FindCluster(tx, caller, identifier)
		if err != nil {
			return err
		}
		if err := decide(tx, &record); err != nil {
			return err
		}
		changed = record
		return state.Clusters.Put(tx, record)
	})
	if err != nil {
		return nil, err
	}
	shape := c.clusterShape(changed)
	return &shape, nil
}

// begin puts the cluster into a status and enqueues the work that the status stands for.
func (c *Control) begin(tx *meta.Tx, record *state.ClusterRecord, status string) error {
	record.Body.Status, record.Body.Attempts = status, 0
	return c.workLater(tx, *record)
}

func (c *Control) workLater(tx *meta.Tx, record state.ClusterRecord) error {
	return tx.Enqueue(clusterWork{record.Account, record.Region, record.Body.Key}, meta.EnqueueOptions{Unique: true})
}

func (c *Control) spec(body state.Cluster) fleet.Spec {
	return fleet.Spec{
		Cluster: body.Key,
		Address: c.config.Addresses.bind(body.Address),
		Port:    body.Port, MemoryLimit: c.config.Memory, Threads: c.config.Threads,
	}
}

// openRequest names the restore as long as the node may need it.
func (c *Control) openRequest(ctx context.Context, body state.Cluster) (nodeapi.OpenRequest, error) {
	request := nodeapi.OpenRequest{Database: body.DBName, Create: !body.Provisioned && body.Restore == nil, AdminUser: body.MasterUsername, Verifier: body.Verifier, Parameters: body.ParametersToRun().ForNode()}
	logins, err := c.loginsOf(ctx, body.Key)
	if request.Logins = logins; err != nil || !body.Restoring() {
		return request, err
	}
	restoring, err := c.restoreRequest(ctx, body, c.config.Bandwidth)
	request.Restore = &restoring
	return request, err
}

func credentialsOf(c state.Cluster) nodeapi.Credentials {
	return nodeapi.Credentials{AdminUser: c.MasterUsername, Verifier: c.Verifier}
}
