package control

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
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
	return c.render.Cluster(changed), nil
}
