package warehouse

import (
	"strings"

	"slipher/internal/api"
	"slipher/internal/meta"
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/refusal"
	"slipher/internal/warehouse/state"
)

// operationRunning are the words that Terraform's provider and other deployers take for a reason to try again.
const operationRunning = "There is an operation running on the Cluster. "

// notNow refuses what the cluster's status does not allow; that it is busy, if it is.
func notNow(record state.ClusterRecord, format string, args ...any) error {
	if record.Body.Busy() {
		format = operationRunning + format
	}
	return refusal.InvalidClusterState.Because(format, args...)
}

// mayBeDeleted refuses a cluster with which something is under way, a snapshot of it among that.
func mayBeDeleted(tx *meta.Tx, record state.ClusterRecord) error {
	busy := refusal.InvalidClusterState.Because(operationRunning + "Please try to delete it at a later time.")
	switch record.Body.Status {
	case state.Available, state.Paused, state.IncompatibleRestore, state.HardwareFailure:
	default:
		return busy
	}
	if savingNow, err := state.IsSaving(tx, record); err != nil || !savingNow {
		return err
	}
	return busy
}

// changeCluster lets a decision alter a cluster of the caller's, and answers it as it is then.
func changeCluster(tx *meta.Tx, caller api.Caller, identifier string, decide func(*state.ClusterRecord) error) (state.ClusterRecord, error) {
	record, err := state.FindCluster(tx, caller, identifier)
	if err != nil {
		return record, err
	}
	if err := decide(&record); err != nil {
		return record, err
	}
	return record, state.Clusters.Put(tx, record)
}

// mustBe refuses a cluster with another status than these; what is the verb of the refusal.
func mustBe(record state.ClusterRecord, what string, statuses ...string) error {
	for _, status := range statuses {
		if record.Body.Status == status {
			return nil
		}
	}
	return notNow(record, "Cannot %s cluster %s because its status is %s.", what, record.ID, record.Body.Status)
}

// mustNotBeSaving refuses what would take the node away from a snapshot in the making; what is the verb of the refusal.
func mustNotBeSaving(tx *meta.Tx, record state.ClusterRecord, what string) error {
	savingNow, err := state.IsSaving(tx, record)
	if err == nil && savingNow {
		err = refusal.InvalidClusterState.Because(operationRunning+"Cannot %s cluster %s because a snapshot of it is being created.", what, record.ID)
	}
	return err
}

// followRetention applies a new retention period of automated snapshots to those that are there and those to come.
func (w *Warehouse) followRetention(tx *meta.Tx, record *state.ClusterRecord, asked *int) error {
	if asked == nil {
		return nil
	}
	if err := w.retainAutomated(tx, *record); err != nil {
		return err
	}
	return w.planAutomated(tx, record)
}

// changePassword keeps the new verifier at once, so that a node which is opened anew gets it, and has a job tell the node that runs.
func (w *Warehouse) changePassword(tx *meta.Tx, record *state.ClusterRecord, verifier string) error {
	if verifier == "" {
		return nil
	}
	record.Body.Verifier, record.Body.PasswordPending = verifier, true
	if err := w.Events.Emit(tx, *record, event.Credentials, "The admin credentials for your Amazon Redshift cluster '%s' were updated at %s."); err != nil {
		return err
	}
	return w.workLater(tx, *record)
}

// renameInSnapshots has the cluster's snapshots follow its new name: they are found and listed by it.
func renameInSnapshots(tx *meta.Tx, of state.ClusterRecord) error {
	return state.EachSnapshot(tx, of, func(record state.SnapshotRecord) error {
		record.Body.ClusterIdentifier = of.ID
		return state.Snapshots.Put(tx, record)
	})
}

// mayBeRenamed refuses what would leave copies behind under another name than the next ones have.
func mayBeRenamed(record state.ClusterRecord) error {
	if record.Body.SnapshotCopy == nil {
		return nil
	}
	return refusal.InvalidClusterState.Because("Cannot rename the cluster %s because its snapshots are copied to %s: disable snapshot copy first.", record.ID, record.Body.SnapshotCopy.Region)
}

// changeGroup gives the cluster another parameter group, which it takes over when it is rebooted.
func (w *Warehouse) changeGroup(tx *meta.Tx, caller api.Caller, record *state.ClusterRecord, name string) error {
	if name == "" || strings.EqualFold(name, record.Body.Parameters.Wanted.Name()) {
		return nil
	}
	wanted, err := state.ParametersIn(tx, caller, name)
	if err != nil {
		return err
	}
	record.Body.Parameters.Wanted = wanted
	return w.Events.Emit(tx, *record, event.GroupAssociated, "Amazon Redshift cluster '%s' was given the parameter group '%[3]s' at %[2]s.", wanted.Name())
}
