package warehouse

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/meta"
	"slipher/internal/warehouse/state"
)

// DataSize is how much data a cluster holds.
type DataSize struct {
	Settings state.Settings // of the cluster
	Bytes    int64
	Known    bool // of a cluster that does not run it is not
}

// DataOf asks the node of a cluster of the caller's how large its database is. While a restore runs, the snapshot tells that better.
func (w *Warehouse) DataOf(ctx context.Context, caller api.Caller, identifier string) (DataSize, error) {
	record, err := meta.Read(ctx, w.config.Store, func(tx *meta.Tx) (state.ClusterRecord, error) {
		return state.FindCluster(tx, caller, identifier)
	})
	if err != nil {
		return DataSize{}, err
	}
	if body := record.Body; body.Restoring() {
		return DataSize{body.Settings, body.Restore.TotalBytes, true}, nil
	}
	status, err := w.config.Nodes.Status(ctx, record.Body.Key)
	return DataSize{record.Body.Settings, status.DatabaseBytes, err == nil}, nil
}
