package warehouse

import (
	"slices"

	"slipher/internal/api"
	"slipher/internal/meta"
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/refusal"
	"slipher/internal/warehouse/state"
)

// beginFinalSnapshot is for DeleteCluster: the cluster is deleted when the snapshot is available.
func (w *Warehouse) beginFinalSnapshot(tx *meta.Tx, record *state.ClusterRecord, final WantedSnapshot) error {
	if record.Body.Status != state.Available {
		return notNow(*record, "Cluster %s is not available, so no final snapshot can be taken; its status is %s.", record.ID, record.Body.Status)
	}
	if err := w.mustHaveKey(tx, *record, "take a final snapshot of"); err != nil {
		return err
	}
	taken, err := w.insertSnapshot(tx, *record, final)
	if err != nil {
		return err
	}
	record.Body.Status, record.Body.FinalSnapshot = state.FinalSnapshot, final.Identifier
	return w.Events.EmitOfSnapshot(tx, taken, event.FinalStarted, "The final cluster snapshot '%s' for Amazon Redshift cluster '%s' was started at %s.")
}

// WantedSnapshot is a manual snapshot as it is asked for.
type WantedSnapshot struct {
	Identifier string
	Retention  *int // nil takes the cluster's default
	Tags       []state.Tag
	Final      bool
}

// Check refuses names and periods that no snapshot can have. Whether the name is free InsertSnapshot tells.
func (w WantedSnapshot) Check() error {
	return api.First(
		func() error { return state.CheckSnapshotIdentifier(w.Identifier) },
		func() error { return state.CheckManualRetention(api.Value(w.Retention, state.Forever)) },
	)
}

// TakeSnapshot accepts a manual snapshot of a cluster of the caller's; a job takes it.
func (w *Warehouse) TakeSnapshot(tx *meta.Tx, caller api.Caller, identifier string, wanted WantedSnapshot) (state.SnapshotRecord, error) {
	of, err := state.FindCluster(tx, caller, identifier)
	if err != nil {
		return state.SnapshotRecord{}, err
	}
	if of.Body.Status != state.Available {
		return state.SnapshotRecord{}, notNow(of, "Cannot create a snapshot because the cluster %s is not in the available state; its status is %s.", of.ID, of.Body.Status)
	}
	if err := w.mustHaveKey(tx, of, "create a snapshot of"); err != nil {
		return state.SnapshotRecord{}, err
	}
	taken, err := w.insertSnapshot(tx, of, wanted)
	if err != nil {
		return taken, err
	}
	return taken, w.Events.EmitOfSnapshot(tx, taken, event.SnapshotStarted, "The cluster snapshot '%s' for Amazon Redshift cluster '%s' was started at %s.")
}

// insertSnapshot records the snapshot of a cluster and the job that takes it.
func (w *Warehouse) insertSnapshot(tx *meta.Tx, of state.ClusterRecord, wanted WantedSnapshot) (state.SnapshotRecord, error) {
	if err := w.roomForSnapshot(tx, of.Key, wanted.Identifier); err != nil {
		return state.SnapshotRecord{}, err
	}
	body := w.newSnapshot(of)
	body.Identifier, body.Type, body.Tags = wanted.Identifier, state.Manual, slices.Clone(wanted.Tags)
	body.Retention = api.Value(wanted.Retention, of.Body.ManualRetention)
	if wanted.Final {
		body.Status, body.Final = state.SavingFinal, true
	}
	return w.saveLater(tx, of, body)
}

// newSnapshot is what all snapshots of a cluster have in common before they are taken.
func (w *Warehouse) newSnapshot(of state.ClusterRecord) state.Snapshot {
	return state.Snapshot{
		ClusterKey:        of.Body.Key,
		ClusterIdentifier: of.ID,
		ClusterCreated:    of.Body.Created,
		Status:            state.Creating,
		Source:            of.Body.Settings,
		Requested:         w.Clock.Now(),
		KmsKey:            of.Body.KmsKey,
		Scope:             of.Body.Scope,
		Manifest:          w.config.NewID(),
	}
}

func (w *Warehouse) saveLater(tx *meta.Tx, of state.ClusterRecord, body state.Snapshot) (state.SnapshotRecord, error) {
	record, err := state.Snapshots.Insert(tx, meta.Key{Account: of.Account, Region: of.Region, ID: w.Clock.OrderedID()}, body)
	if err != nil {
		return record, err
	}
	return record, tx.Enqueue(snapshotWork{record.Account, record.Region, record.ID}, meta.EnqueueOptions{Unique: true})
}

func (w *Warehouse) roomForSnapshot(tx *meta.Tx, at meta.Key, identifier string) error {
	same, err := state.Snapshots.Count(tx, meta.Query{Account: at.Account, Region: at.Region, Index: state.SnapshotNamed(identifier)})
	if err != nil {
		return err
	}
	if same > 0 {
		return refusal.ClusterSnapshotAlreadyExists.Because("Cannot create the snapshot because a snapshot with the identifier %s already exists", identifier)
	}
	count, err := state.Snapshots.Count(tx, meta.Query{Account: at.Account, Region: at.Region, Index: state.OfType(state.Manual)})
	if err != nil {
		return err
	}
	if count >= w.config.Limits.ManualSnapshots {
		return refusal.ClusterSnapshotQuotaExceeded.Because("The request would result in the user exceeding the allowed number of cluster snapshots, which is %d.", w.config.Limits.ManualSnapshots)
	}
	return nil
}
