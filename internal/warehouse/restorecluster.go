package warehouse

import (
	"cmp"

	"slipher/internal/api"
	"slipher/internal/meta"
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/state"
)

// RestoreOrder is a new cluster as it is asked for, with a snapshot's data. What is empty or nil is as the snapshot has it.
type RestoreOrder struct {
	Surroundings
	Identifier                                            string
	Source                                                state.Locator
	NodeType                                              string
	NumberOfNodes, Port                                   *int
	MaintenanceWindow, AvailabilityZone, MaintenanceTrack string
	AutomatedRetention, ManualRetention                   *int
	AvailabilityZoneRelocation                            *bool
	VpcSecurityGroups, IamRoles                           []string
	DefaultIamRole                                        string
	KmsKey                                                string // by ARN, id or alias; empty is the snapshot's own for its owner, and else the account's
	SecretKey                                             string // of the secret of a managed password

	// Whatever the snapshot has.
	AllowVersionUpgrade, PubliclyAccessible, EnhancedVpcRouting bool
	ManagePassword                                              bool // it is managed as well where that of the snapshot's cluster was
}

// Restore accepts a new cluster with the data of a snapshot that the caller may restore. From then on the cluster's record pins the data.
func (w *Warehouse) Restore(tx *meta.Tx, caller api.Caller, order RestoreOrder) (record state.ClusterRecord, err error) {
	source, err := w.FindRestorable(tx, caller, order.Source)
	if err != nil {
		return record, err
	}
	if err := w.mayDecrypt(tx, source); err != nil {
		return record, err
	}
	if err := w.mayUseKeyOf(tx, caller, source); err != nil {
		return record, err
	}
	if record, err = w.restored(tx, caller, order, source); err != nil {
		return record, err
	}
	if record, err = w.insertInto(tx, caller, record, order.Surroundings); err != nil {
		return record, err
	}
	return record, w.Events.Emit(tx, record, event.RestoreStarted, "The restore of Amazon Redshift cluster '%s' was started at %s from snapshot '%s'.", source.Body.Identifier)
}

// restored is the snapshot's cluster with what the order changes.
func (w *Warehouse) restored(tx *meta.Tx, caller api.Caller, order RestoreOrder, source state.SnapshotRecord) (state.ClusterRecord, error) {
	record := state.ClusterRecord{Key: state.ClusterKey(caller, order.Identifier), Body: state.Cluster{
		Key: w.config.NewID(), Status: state.Creating, Created: w.Clock.Now(), Settings: source.Body.Source,
		Restore: &state.RestoreOrigin{
			Status: state.RestoreRunning, Snapshot: source.Body.Identifier, Scope: source.Body.Scope, Manifest: source.Body.Manifest,
			TotalBytes: source.Body.TotalBytes, Began: w.Clock.Now(),
		},
	}}
	body := &record.Body
	if source.Account != caller.Account {
		body.Tags, body.VpcSecurityGroups, body.IamRoles, body.DefaultIamRole = nil, nil, nil, ""
	}
	err := api.First(
		func() error { return order.placeNodes(body, source) },
		func() error { return order.overrideSettings(body, caller.Region, w.config.Limits.Tags) },
		func() (err error) {
			body.KmsKey, err = w.restoreKey(tx, caller, order.KmsKey, source)
			return err
		},
		func() error { return w.restorePassword(tx, caller, order, &record, source) },
	)
	return record, err
}

// placeNodes says which nodes the cluster has, and on which port they are.
func (order RestoreOrder) placeNodes(b *state.Cluster, source state.SnapshotRecord) error {
	from, err := state.FindConfiguration(b.NodeType, b.NumberOfNodes)
	if err != nil {
		return err
	}
	to, err := state.FindConfiguration(cmp.Or(order.NodeType, b.NodeType), api.Value(order.NumberOfNodes, b.NumberOfNodes))
	if err != nil {
		return err
	}
	if !from.RestorableTo(to, source.Body.TotalBytes) {
		return api.InvalidParameterValue("Snapshot %s does not fit into cluster of node type %s with %d node(s) due to technical limitations. Try to restore to a cluster with a different node configuration.", source.Body.Identifier, to.Kind.Name, to.Nodes)
	}
	b.NodeType, b.NumberOfNodes = to.Kind.Name, to.Nodes
	return takePort(b, order.Port, from.Kind, to.Kind)
}

// takePort keeps the snapshot's port unless the request has another. A port of a node type with local disks may be none for managed storage; one of
// managed storage is kept in any case, since where clusters share a host it may be the next that was free.
func takePort(b *state.Cluster, asked *int, from, to state.NodeType) error {
	if asked != nil {
		b.Port = *asked
		return state.CheckPort(b.Port, to)
	}
	if from.Local() && state.CheckPort(b.Port, to) != nil {
		return api.InvalidParameterValue("The snapshot's port %d is not valid for node type %s: give a Port within 5431-5455 or 8191-8215.", b.Port, to.Name)
	}
	return nil
}

func (order RestoreOrder) overrideSettings(body *state.Cluster, region string, tags int) error {
	kind, err := state.FindNodeType(body.NodeType)
	if err != nil {
		return err
	}
	if order.MaintenanceWindow != "" {
		window, err := state.ParseWindow(order.MaintenanceWindow)
		if err != nil {
			return err
		}
		body.MaintenanceWindow = window.String()
	}
	body.AutomatedRetention = api.Value(order.AutomatedRetention, body.AutomatedRetention)
	body.ManualRetention = api.Value(order.ManualRetention, body.ManualRetention)
	if state.CheckManualRetention(body.ManualRetention) != nil { // the operation declares no InvalidRetentionPeriodFault
		return api.InvalidParameterValue("ManualSnapshotRetentionPeriod must be -1 or between 1 and 3,653 days, not %d.", body.ManualRetention)
	}
	body.AvailabilityZone = cmp.Or(order.AvailabilityZone, body.AvailabilityZone)
	body.MaintenanceTrack = cmp.Or(order.MaintenanceTrack, body.MaintenanceTrack)
	body.AllowVersionUpgrade = order.AllowVersionUpgrade
	body.PubliclyAccessible = order.PubliclyAccessible
	body.EnhancedVpcRouting = order.EnhancedVpcRouting
	if len(order.VpcSecurityGroups) > 0 {
		body.VpcSecurityGroups = order.VpcSecurityGroups
	}
	body.AvailabilityZoneRelocation = api.Value(order.AvailabilityZoneRelocation, body.AvailabilityZoneRelocation && !kind.Local())
	body.TakeRoles(order.IamRoles, order.DefaultIamRole)
	return body.Settings.Check(region, tags)
}
