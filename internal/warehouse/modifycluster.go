package warehouse

import (
	"cmp"
	"errors"

	"slipher/internal/api"
	"slipher/internal/meta"
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/refusal"
	"slipher/internal/warehouse/state"
)

// ClusterChange is what is to change of a cluster. What is empty or nil stays.
type ClusterChange struct {
	Identifier, NewIdentifier                       string
	MaintenanceWindow                               string
	AutomatedRetention, ManualRetention             *int
	AllowVersionUpgrade, AvailabilityZoneRelocation *bool
	ParameterGroup                                  string
	Verifier                                        string                          // of a new admin password
	ManagePassword                                  bool                            // from now on
	SecretKey                                       string                          // of the secret of a managed password
	Refuse                                          func(state.ClusterRecord) error // what is asked for that no cluster, or not this one, can become
}

// ModifyCluster changes a cluster of the caller's that is available.
func (w *Warehouse) ModifyCluster(tx *meta.Tx, caller api.Caller, change ClusterChange) (state.ClusterRecord, error) {
	modify := func(record *state.ClusterRecord) error { return w.modify(tx, caller, record, change) }
	if change.NewIdentifier != "" && change.NewIdentifier != change.Identifier {
		return w.rename(tx, caller, change, modify)
	}
	return changeCluster(tx, caller, change.Identifier, modify)
}

func (w *Warehouse) modify(tx *meta.Tx, caller api.Caller, record *state.ClusterRecord, change ClusterChange) error {
	if record.Body.Status != state.Available {
		return notNow(*record, "The Cluster is being modified by a concurrent operation. Please check the Cluster's status and try again.")
	}
	return api.First(
		func() error { return change.Refuse(*record) },
		func() error { return change.settings(&record.Body) },
		func() error { return w.changeGroup(tx, caller, record, change.ParameterGroup) },
		func() error { return w.followRetention(tx, record, change.AutomatedRetention) },
		func() error { return w.modifyPassword(tx, caller, record, change) },
	)
}

func (change ClusterChange) settings(c *state.Cluster) error {
	kind, err := state.FindNodeType(c.NodeType)
	if err != nil {
		return err
	}
	if change.MaintenanceWindow != "" {
		window, err := state.ParseWindow(change.MaintenanceWindow)
		if err != nil {
			return err
		}
		c.MaintenanceWindow = window.String()
	}
	c.AutomatedRetention = api.Value(change.AutomatedRetention, c.AutomatedRetention)
	c.ManualRetention = api.Value(change.ManualRetention, c.ManualRetention)
	c.AllowVersionUpgrade = api.Value(change.AllowVersionUpgrade, c.AllowVersionUpgrade)
	c.AvailabilityZoneRelocation = api.Value(change.AvailabilityZoneRelocation, c.AvailabilityZoneRelocation)
	return api.First(
		func() error { return state.CheckRelocation(c.AvailabilityZoneRelocation, kind) },
		func() error { return state.CheckAutomatedRetention(c.AutomatedRetention, kind) },
		func() error { return state.CheckManualRetention(c.ManualRetention) },
	)
}

// rename keeps the cluster under its new identifier. Its node, its endpoint and its snapshots stay: they go by the key.
func (w *Warehouse) rename(tx *meta.Tx, caller api.Caller, change ClusterChange, modify func(*state.ClusterRecord) error) (renamed state.ClusterRecord, err error) {
	if err := state.CheckClusterIdentifier(change.NewIdentifier); err != nil {
		return renamed, err
	}
	record, err := state.FindCluster(tx, caller, change.Identifier)
	if err != nil {
		return record, err
	}
	if err := modify(&record); err != nil {
		return record, err
	}
	if err := state.Clusters.Delete(tx, record.Key); err != nil {
		return record, err
	}
	if err := mayBeRenamed(record); err != nil {
		return record, err
	}
	renamed, err = state.Clusters.Insert(tx, state.ClusterKey(caller, change.NewIdentifier), record.Body)
	if errors.Is(err, meta.ErrExists) {
		return record, refusal.ClusterAlreadyExists.Because("Cluster already exists")
	}
	if err != nil {
		return record, err
	}
	return renamed, api.First(
		func() error { return renameInSnapshots(tx, renamed) },
		func() error { return w.renameInSecret(tx, renamed) },
		func() error {
			return w.Events.Emit(tx, renamed, event.Renamed, "Amazon Redshift cluster '%s' was renamed at %s from '%s'.", record.ID)
		},
	)
}

// modifyPassword begins or ends the management of the admin password, gives its secret another key, or changes a password that nobody manages.
func (w *Warehouse) modifyPassword(tx *meta.Tx, caller api.Caller, record *state.ClusterRecord, change ClusterChange) error {
	kmsKey, err := w.secretKey(tx, caller, change.SecretKey)
	if err != nil {
		return err
	}
	verifier := change.Verifier
	switch {
	case record.Body.Managed() && change.SecretKey != "":
		return w.changeSecretKey(tx, record, kmsKey)
	case record.Body.Managed() && verifier != "":
		if err := w.forgetPassword(tx, record); err != nil {
			return err
		}
	case !record.Body.Managed() && change.ManagePassword:
		if err := w.managePassword(tx, record, cmp.Or(change.NewIdentifier, record.ID), kmsKey); err != nil {
			return err
		}
		verifier = record.Body.Verifier
	}
	return w.changePassword(tx, record, verifier)
}
