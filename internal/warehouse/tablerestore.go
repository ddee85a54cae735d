package warehouse

import (
	"errors"

	"slipher/internal/api"
	"slipher/internal/keys"
	"slipher/internal/meta"
	"slipher/internal/warehouse/refusal"
	"slipher/internal/warehouse/scope"
	"slipher/internal/warehouse/state"
)

// RestoreTable accepts a copy of one table of a snapshot into the cluster of the caller's that the snapshot is of.
func (w *Warehouse) RestoreTable(tx *meta.Tx, caller api.Caller, cluster, snapshot string, wanted state.TableRestore) (state.TableRestoreRecord, error) {
	none := state.TableRestoreRecord{}
	of, err := state.FindCluster(tx, caller, cluster)
	if err != nil {
		return none, err
	}
	if err := mustBe(of, "restore a table into", state.Available); err != nil {
		return none, err
	}
	source, err := findTableSource(tx, caller, of, snapshot)
	if err != nil {
		return none, err
	}
	if err := w.mustOpen(tx, source); err != nil {
		return none, err
	}
	if err := wanted.CheckDatabases(source.Body.Source.DBName, of.Body.DBName); err != nil {
		return none, err
	}
	return w.insertTableRestore(tx, of, source, wanted)
}

// findTableSource answers a snapshot of this very cluster, also if it is called otherwise now, and of no earlier cluster of its name.
func findTableSource(tx *meta.Tx, caller api.Caller, of state.ClusterRecord, identifier string) (state.SnapshotRecord, error) {
	source, err := state.FindOwnSnapshot(tx, caller, state.Locator{Owner: caller.Account, Region: caller.Region, Identifier: identifier})
	switch {
	case err != nil:
		return source, err
	case source.Body.ClusterKey != of.Body.Key:
		return source, refusal.ClusterSnapshotNotFound.Because("Snapshot not found for cluster.")
	case source.Body.Status != state.Available:
		return source, refusal.InvalidClusterSnapshotState.Because("Cannot restore a table from the snapshot %s because it is not available; its status is %s.", source.Body.Identifier, source.Body.Status)
	}
	return source, nil
}

// mustOpen refuses a snapshot whose key is gone or disabled at once.
func (w *Warehouse) mustOpen(tx *meta.Tx, source state.SnapshotRecord) error {
	_, err := w.Scopes.DataKey(tx, source.Body.Scope)
	if scope.KeyLost(err) || errors.Is(err, keys.ErrDisabled) {
		return refusal.InvalidClusterSnapshotState.Because("Cannot restore a table from the snapshot %s because its KMS key %s is disabled or was destroyed.", source.Body.Identifier, source.Body.KmsKey)
	}
	return err
}

// insertTableRestore records a wanted restore, which pins the snapshot's manifest from here on, and the job that does it.
func (w *Warehouse) insertTableRestore(tx *meta.Tx, of state.ClusterRecord, source state.SnapshotRecord, wanted state.TableRestore) (state.TableRestoreRecord, error) {
	underWay, err := state.TableRestores.Count(tx, meta.Query{Account: of.Account, Region: of.Region, Index: state.RestoringTables()})
	if err != nil {
		return state.TableRestoreRecord{}, err
	}
	if most := w.config.Limits.TableRestores; underWay >= most {
		return state.TableRestoreRecord{}, refusal.InProgressTableRestoreQuotaExceeded.Because("You have exceeded the allowed number of table restores at once, which is %d. Wait for those under way to complete.", most)
	}
	wanted.RequestID, wanted.ClusterKey, wanted.Requested = w.config.NewID(), of.Body.Key, w.Clock.Now()
	wanted.Snapshot, wanted.Scope, wanted.Manifest = source.Body.Identifier, source.Body.Scope, source.Body.Manifest
	wanted.Status = state.TablePending
	record, err := state.TableRestores.Insert(tx, meta.Key{Account: of.Account, Region: of.Region, ID: w.Clock.OrderedID()}, wanted)
	if err != nil {
		return record, err
	}
	return record, tablesLater(tx, of)
}

// forgetTableRestores goes with the cluster, and lets the pins of what was under way go.
func forgetTableRestores(tx *meta.Tx, of state.ClusterRecord) error {
	all, err := state.TableRestores.List(tx, meta.Query{Account: of.Account, Region: of.Region, Index: state.OfClusterKey(of.Body.Key)})
	if err != nil {
		return err
	}
	for _, record := range all {
		if err := state.TableRestores.Delete(tx, record.Key); err != nil && !errors.Is(err, meta.ErrNotFound) {
			return err
		}
		if record.Body.UnderWay() {
			if err := scope.SweepLater(tx, record.Body.Scope); err != nil {
				return err
			}
		}
	}
	return nil
}
