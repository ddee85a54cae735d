package warehouse

import (
	"errors"
	"slices"

	"slipher/internal/api"
	"slipher/internal/meta"
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/refusal"
	"slipher/internal/warehouse/state"
)

// CopySnapshot makes a manual snapshot of an automated one of the caller's, which both keep the data of.
func (w *Warehouse) CopySnapshot(tx *meta.Tx, caller api.Caller, named state.Locator, wanted WantedSnapshot) (state.SnapshotRecord, error) {
	source, err := findCopied(tx, caller, named)
	if err != nil {
		return source, err
	}
	if err := mayBeCopied(tx, source); err != nil {
		return source, err
	}
	return w.insertCopy(tx, source, wanted)
}

// findCopied answers ClusterNotFound where the request names a cluster that is neither the snapshot's nor any other of the caller's.
func findCopied(tx *meta.Tx, caller api.Caller, named state.Locator) (state.SnapshotRecord, error) {
	source, err := named.Find(tx, caller.Region)
	if !errors.Is(err, meta.ErrNotFound) {
		return source, err
	}
	if named.Cluster != "" {
		if _, err := state.FindCluster(tx, caller, named.Cluster); err != nil {
			return source, err
		}
	}
	return source, named.NotFound()
}

// mayBeCopied is for CopyClusterSnapshot, which makes a manual snapshot of an automated one.
func mayBeCopied(tx *meta.Tx, source state.SnapshotRecord) error {
	body := source.Body
	switch {
	case body.Type != state.Automated:
		return refusal.InvalidClusterSnapshotState.Because("Cannot copy the snapshot %s because only automated snapshots may be copied.", body.Identifier)
	case body.Status != state.Available:
		return refusal.InvalidClusterSnapshotState.Because("Cannot copy the snapshot %s because it is not available; its status is %s.", body.Identifier, body.Status)
	}
	cluster, err := state.FindClusterByKey(tx, source.Account, source.Region, body.ClusterKey)
	if err != nil {
		return meta.IgnoreNotFound(err)
	}
	if status := cluster.Body.Status; status != state.Pausing && status != state.Paused {
		return nil
	}
	newest, err := state.IsNewestAutomated(tx, source)
	if err == nil && newest {
		err = refusal.InvalidClusterSnapshotState.Because("Cannot copy the snapshot %s because it is the latest automated snapshot of the cluster %s, which is %s. Resume the cluster first.", body.Identifier, cluster.ID, cluster.Body.Status)
	}
	return err
}

// insertCopy records the copy. It holds the source's point in time and tags, and begins a retention period of its own.
func (w *Warehouse) insertCopy(tx *meta.Tx, source state.SnapshotRecord, wanted WantedSnapshot) (state.SnapshotRecord, error) {
	if err := w.roomForSnapshot(tx, source.Key, wanted.Identifier); err != nil {
		return state.SnapshotRecord{}, err
	}
	retention, err := defaultRetention(tx, source)
	if err != nil {
		return state.SnapshotRecord{}, err
	}
	body := source.Body
	body.Identifier, body.Type, body.Outlasted = wanted.Identifier, state.Manual, false
	body.Retention = api.Value(wanted.Retention, retention)
	body.Requested, body.Completed = w.Clock.Now(), w.Clock.Now()
	body.StoredBytes, body.Seconds = 0, 0
	body.Tags = slices.Clone(body.Tags)
	record, err := state.Snapshots.Insert(tx, meta.Key{Account: source.Account, Region: source.Region, ID: w.Clock.OrderedID()}, body)
	if err != nil {
		return record, err
	}
	return record, api.First(
		func() error { return expireLater(tx, body) },
		func() error { return w.copyAbroad(tx, record) },
		func() error {
			return w.Events.EmitOfSnapshot(tx, record, event.SnapshotStarted, "The cluster snapshot '%s' for Amazon Redshift cluster '%s' was started at %s.")
		},
		func() error {
			return w.Events.EmitOfSnapshot(tx, record, event.SnapshotComplete, "The cluster snapshot '%s' for Amazon Redshift cluster '%s' completed at %s.")
		},
	)
}

// defaultRetention is that of the cluster's manual snapshots; of a cluster in another region, what it was when the snapshot was taken.
func defaultRetention(tx *meta.Tx, source state.SnapshotRecord) (days int, err error) {
	cluster, err := state.FindClusterByKey(tx, source.Account, source.Region, source.Body.ClusterKey)
	if errors.Is(err, meta.ErrNotFound) {
		return source.Body.Source.ManualRetention, nil
	}
	return cluster.Body.ManualRetention, err
}
