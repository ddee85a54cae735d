package warehouse

import (
	"time"

	"slipher/internal/api"
	"slipher/internal/meta"
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/refusal"
	"slipher/internal/warehouse/scope"
	"slipher/internal/warehouse/state"
)

// DeleteSnapshot deletes a manual snapshot of the caller's, and answers it as it was.
func (w *Warehouse) DeleteSnapshot(tx *meta.Tx, caller api.Caller, named state.Locator) (state.SnapshotRecord, error) {
	record, err := state.FindOwnSnapshot(tx, caller, named)
	if err != nil {
		return record, err
	}
	return record, w.deleteManual(tx, record)
}

// deleteManual deletes a snapshot as its owner asks for.
func (w *Warehouse) deleteManual(tx *meta.Tx, record state.SnapshotRecord) error {
	return api.First(
		func() error { return mayDeleteSnapshot(record.Body) },
		func() error {
			return w.Events.EmitOfSnapshot(tx, record, event.SnapshotDeleted, "The cluster snapshot '%s' for Amazon Redshift cluster '%s' was deleted at %s.")
		},
		func() error { return w.deleteSnapshot(tx, record) },
	)
}

func mayDeleteSnapshot(s state.Snapshot) error {
	switch {
	case s.Type != state.Manual:
		return refusal.InvalidClusterSnapshotState.Because("Cannot delete the snapshot %s because only manual snapshots may be deleted", s.Identifier)
	case s.InProgress():
		return refusal.InvalidClusterSnapshotState.Because("Cannot delete the snapshot %s because it is still being created; its status is %s.", s.Identifier, s.Status)
	case len(s.Access) > 0:
		return refusal.InvalidClusterSnapshotState.Because("Cannot delete the snapshot %s because other accounts still have access to it.", s.Identifier)
	}
	return nil
}

func (w *Warehouse) deleteSnapshot(tx *meta.Tx, record state.SnapshotRecord) error {
	if err := state.Snapshots.Delete(tx, record.Key); err != nil {
		return err
	}
	return scope.SweepLater(tx, record.Body.Scope)
}

// RetentionChange is what may change of a manual snapshot.
type RetentionChange struct {
	Period *int // days, or forever; nil changes nothing
	Force  bool // delete what is outside of the period
}

// Check refuses periods that a manual snapshot cannot have, whatever the snapshot.
func (r RetentionChange) Check() error {
	return state.CheckManualRetention(api.Value(r.Period, state.Forever))
}

// Retain answers the snapshot as it is now, with the status deleted if it is no more.
func (w *Warehouse) Retain(tx *meta.Tx, caller api.Caller, identifier string, change RetentionChange) (state.SnapshotRecord, error) {
	record, err := state.FindOwnSnapshot(tx, caller, state.Locator{Owner: caller.Account, Region: caller.Region, Identifier: identifier})
	if err != nil {
		return record, err
	}
	body := &record.Body
	switch {
	case body.Type != state.Manual:
		return record, refusal.InvalidClusterSnapshotState.Because("Cannot modify the snapshot %s because only manual snapshots may be modified; the retention period of automated snapshots is the cluster's.", body.Identifier)
	case body.Status != state.Available:
		return record, refusal.InvalidClusterSnapshotState.Because("Cannot modify the snapshot %s because it is not available; its status is %s.", body.Identifier, body.Status)
	case change.Period == nil:
		return record, nil
	}
	body.Retention = *change.Period
	switch at := body.Expires(); {
	case at.IsZero() || at.After(w.Clock.Now()):
		return record, api.First(
			func() error { return state.Snapshots.Put(tx, record) },
			func() error { return expireLater(tx, *body) },
		)
	case !change.Force:
		return record, refusal.InvalidRetentionPeriod.Because("The retention period specified is in the past: the one of snapshot %s began on %s. Use Force to delete the snapshot.", body.Identifier, body.Completed.Format(time.DateOnly))
	}
	err = w.deleteManual(tx, record)
	body.Status = state.Deleted
	return record, err
}
