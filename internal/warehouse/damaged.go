package warehouse

import (
	"context"
	"errors"

	"slipher/internal/fleet"
	"slipher/internal/meta"
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/state"
)

// databaseDamage says what a cluster's database has lost, if that is why its node did not open it.
func databaseDamage(err error) (what string, damaged bool) {
	refused, told := errors.AsType[*fleet.NodeError](err)
	if !told || !refused.DatabaseDamaged {
		return "", false
	}
	return refused.Message, true
}

// noteDamage gives the cluster the status that stops its automated snapshots and keeps those it has. Its node stays, and says so to clients.
func (w *Warehouse) noteDamage(tx *meta.Tx, record *state.ClusterRecord, what string) error {
	w.config.Log.Error("database damaged", "cluster", record.ID, "damage", what)
	if record.Body.Status == state.HardwareFailure {
		return nil
	}
	record.Body.Status = state.HardwareFailure
	return w.Events.Emit(tx, *record, event.Damaged, "The database of Amazon Redshift cluster '%s' was found damaged at %s: %s. Restore the newest good snapshot to a new cluster.", what)
}

// tryDamaged opens a damaged database again: somebody may have put its files back, or accepted what is left of it.
func (w *Warehouse) tryDamaged(ctx context.Context, record state.ClusterRecord) (clusterChange, error) {
	if !record.Body.Lost() {
		return nil, nil
	}
	if err := w.open(ctx, record); err != nil {
		return nil, err
	}
	return func(tx *meta.Tx, record *state.ClusterRecord) error {
		record.Body.Status = state.Available
		if err := w.automate(tx, record); err != nil {
			return err
		}
		return w.Events.Emit(tx, *record, event.Rebooted, "Amazon Redshift cluster '%s' was rebooted at %s.")
	}, nil
}

// NodeDamaged is told by whatever runs the nodes that one which came back by itself has found its cluster's database damaged.
func (w *Warehouse) NodeDamaged(ctx context.Context, key string) error {
	w.opened.Remove(key)
	return w.config.Store.Update(ctx, func(tx *meta.Tx) error {
		found, err := state.FindClusterByKey(tx, "", "", key) // whose it is, the key alone says
		if err != nil {
			return meta.IgnoreNotFound(err)
		}
		return w.workLater(tx, found)
	})
}

// ofLostCluster says whether the snapshot may be the last good one of its cluster.
func ofLostCluster(tx *meta.Tx, record state.SnapshotRecord) (bool, error) {
	of, err := state.FindClusterByKey(tx, record.Account, record.Region, record.Body.ClusterKey)
	return of.Body.Lost(), meta.IgnoreNotFound(err)
}
