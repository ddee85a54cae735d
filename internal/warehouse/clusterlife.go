package warehouse

import (
	"slipher/internal/api"
	"slipher/internal/meta"
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/refusal"
	"slipher/internal/warehouse/scope"
	"slipher/internal/warehouse/state"
)

// Reboot restarts the node of a cluster of the caller's.
func (w *Warehouse) Reboot(tx *meta.Tx, caller api.Caller, identifier string) (state.ClusterRecord, error) {
	return changeCluster(tx, caller, identifier, func(record *state.ClusterRecord) error {
		return api.First(
			func() error { return mustBe(*record, "reboot", state.Available, state.HardwareFailure) },
			func() error { return w.mustHaveKey(tx, *record, "reboot") },
			func() error { return w.begin(tx, record, state.Rebooting) },
		)
	})
}

// Pause stops the node of a cluster of the caller's and keeps its data.
func (w *Warehouse) Pause(tx *meta.Tx, caller api.Caller, identifier string) (state.ClusterRecord, error) {
	return changeCluster(tx, caller, identifier, func(record *state.ClusterRecord) error {
		return api.First(
			func() error { return mustBe(*record, "pause", state.Available) },
			func() error { return mustNotBeSaving(tx, *record, "pause") },
			func() error { return mustHaveAutomated(*record) },
			func() error {
				return w.Events.Emit(tx, *record, event.PauseStarted, "The pause of Amazon Redshift cluster '%s' was started at %s.")
			},
			func() error { return w.begin(tx, record, state.Pausing) },
		)
	})
}

func mustHaveAutomated(record state.ClusterRecord) error {
	if record.Body.AutomatedRetention > 0 {
		return nil
	}
	return refusal.UnsupportedOperation.Because("Cluster %s cannot be paused because its automated snapshots are disabled.", record.ID)
}

// Unpause starts the node of a paused cluster of the caller's.
func (w *Warehouse) Unpause(tx *meta.Tx, caller api.Caller, identifier string) (state.ClusterRecord, error) {
	return changeCluster(tx, caller, identifier, func(record *state.ClusterRecord) error {
		return api.First(
			func() error { return mustBe(*record, "resume", state.Paused) },
			func() error { return w.mustHaveKey(tx, *record, "resume") },
			func() error { return w.begin(tx, record, state.Resuming) },
		)
	})
}

// DeleteCluster removes a cluster of the caller's and its data, after a final snapshot if there is to be one.
func (w *Warehouse) DeleteCluster(tx *meta.Tx, caller api.Caller, identifier string, final *WantedSnapshot) (state.ClusterRecord, error) {
	return changeCluster(tx, caller, identifier, func(record *state.ClusterRecord) error {
		if err := mayBeDeleted(tx, *record); err != nil {
			return err
		}
		if final == nil {
			return w.begin(tx, record, state.Deleting)
		}
		return w.beginFinalSnapshot(tx, record, *final)
	})
}

// RotateKey gives a cluster of the caller's a new data key, wrapped by the same KMS key. What was saved stays sealed by the earlier one.
func (w *Warehouse) RotateKey(tx *meta.Tx, caller api.Caller, identifier string) (state.ClusterRecord, error) {
	const what = "rotate the encryption keys of"
	return changeCluster(tx, caller, identifier, func(record *state.ClusterRecord) error {
		earlier := record.Body.Scope
		return api.First(
			func() error { return mustBe(*record, what, state.Available) },
			func() error { return mustNotBeSaving(tx, *record, what) },
			func() error { return w.mustHaveKey(tx, *record, what) },
			func() error { return w.openScope(tx, record) },
			func() error { return scope.SweepLater(tx, earlier) },
			func() error { return w.begin(tx, record, state.RotatingKeys) },
		)
	})
}

// MayBeTagged says why a cluster takes no tags any more.
func MayBeTagged(record state.ClusterRecord) error {
	if record.Body.Status == state.Deleting {
		return notNow(record, "Cannot tag the cluster %s because it is being deleted.", record.ID)
	}
	return nil
}
