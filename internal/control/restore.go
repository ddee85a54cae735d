package control

import (
	"cmp"
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/state"
)

// RestoreFromClusterSnapshot accepts a new cluster with a snapshot's data. What was accepted does not depend on the snapshot any
// more: the cluster's record pins the data.
func (c *Control) RestoreFromClusterSnapshot(ctx context.Context, caller api.Caller, in *redshift.RestoreFromClusterSnapshotMessage) (*redshift.RestoreFromClusterSnapshotResult, error) {
	if err := api.First(
		func() error { return state.CheckClusterIdentifier(in.ClusterIdentifier) },
		func() error { return restoreOptions(in).refuse() },
	); err != nil {
		return nil, err
	}
	located, err := locateToRestore(caller, in.SnapshotIdentifier, in.SnapshotArn, in.SnapshotClusterIdentifier, in.OwnerAccount)
	if err != nil {
		return nil, err
	}
	var record state.ClusterRecord
	err = c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		source, err := c.warehouse.FindRestorable(tx, caller, located)
		if err != nil {
			return err
		}
		if err := c.warehouse.MayDecrypt(tx, source); err != nil {
			return err
		}
		if err := c.warehouse.MayUseKeyOf(tx, caller, source); err != nil {
			return err
		}
		if record, err = c.restoredCluster(tx, caller, in, source); err != nil {
			return err
		}
		if record.Body.SubnetGroup, err = state.SubnetGroupFor(tx, caller.Account, caller.Region, in.ClusterSubnetGroupName); err != nil {
			return err
		}
		if err := record.Body.Parameters.StartWith(tx, caller, in.ClusterParameterGroupName); err != nil {
			return err
		}
		if err := c.warehouse.ScheduleNew(tx, &record, in.SnapshotScheduleIdentifier); err != nil {
			return err
		}
		if record, err = c.warehouse.InsertCluster(tx, record); err != nil {
			return err
		}
		return c.warehouse.Events.Emit(tx, record, event.RestoreStarted, "The restore of Amazon Redshift cluster '%s' was started at %s from snapshot '%s'.", source.Body.Identifier)
	})
	if err != nil {
		return nil, err
	}
	shape := c.render.Cluster(record)
	return &redshift.RestoreFromClusterSnapshotResult{Cluster: shape}, nil
}

// locateToRestore looks where OwnerAccount says, which is the caller's own account by default: the same identifier may exist in both.
func locateToRestore(caller api.Caller, identifier, arn, cluster, owner string) (state.Locator, error) {
	located, err := state.Locate(caller, identifier, arn, cluster)
	switch {
	case err != nil:
		return located, err
	case located.Serverless:
		return located, state.ServerlessSnapshot()
	case owner == "":
		return located, nil
	case !state.AccountForm.MatchString(owner):
		return located, api.InvalidParameterValue("%q is not an account: OwnerAccount is a number of 12 digits.", owner)
	case arn != "" && owner != located.Owner:
		return located, api.InvalidParameterCombination("OwnerAccount %s is not the account of SnapshotArn %s.", owner, arn)
	}
	located.Owner = owner
	return located, nil
}

// restoredCluster is the snapshot's cluster with what the request changes.
func (c *Control) restoredCluster(tx *meta.Tx, caller api.Caller, in *redshift.RestoreFromClusterSnapshotMessage, source state.SnapshotRecord) (state.ClusterRecord, error) {
	record := state.ClusterRecord{Key: state.ClusterKey(caller, in.ClusterIdentifier), Body: state.Cluster{
		Key: c.config.NewID(), Status: state.Creating, Created: c.warehouse.Clock.Now(), Settings: source.Body.Source,
		Restore: &state.RestoreOrigin{
			Status: state.RestoreRunning, Snapshot: source.Body.Identifier, Scope: source.Body.Scope, Manifest: source.Body.Manifest,
			TotalBytes: source.Body.TotalBytes, Began: c.warehouse.Clock.Now(),
		},
	}}
	body := &record.Body
	if source.Account != caller.Account {
		body.Tags, body.VpcSecurityGroups, body.IamRoles, body.DefaultIamRole = nil, nil, nil, ""
	}
	err := api.First(
		func() error { return placeNodes(body, in, source) },
		func() error { return c.overrideSettings(caller, body, in) },
		func() (err error) {
			body.KmsKey, err = c.warehouse.RestoreKey(tx, caller, in.KmsKeyId, source)
			return err
		},
		func() error { return c.restorePassword(tx, caller, in, &record, source) },
	)
	return record, err
}

// placeNodes says which nodes the cluster has, and on which port they are.
func placeNodes(b *state.Cluster, in *redshift.RestoreFromClusterSnapshotMessage, source state.SnapshotRecord) error {
	from, err := state.FindConfiguration(b.NodeType, b.NumberOfNodes)
	if err != nil {
		return err
	}
	to, err := state.FindConfiguration(cmp.Or(in.NodeType, b.NodeType), api.Value(in.NumberOfNodes, b.NumberOfNodes))
	if err != nil {
		return err
	}
	if !from.RestorableTo(to, source.Body.TotalBytes) {
		return api.InvalidParameterValue("Snapshot %s does not fit into cluster of node type %s with %d node(s) due to technical limitations. Try to restore to a cluster with a different node configuration.", source.Body.Identifier, to.Kind.Name, to.Nodes)
	}
	b.NodeType, b.NumberOfNodes = to.Kind.Name, to.Nodes
	return takePort(b, in.Port, from.Kind, to.Kind)
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

func (c *Control) overrideSettings(caller api.Caller, body *state.Cluster, in *redshift.RestoreFromClusterSnapshotMessage) error {
	kind, err := state.FindNodeType(body.NodeType)
	if err != nil {
		return err
	}
	if in.PreferredMaintenanceWindow != "" {
		if body.MaintenanceWindow, err = c.window(caller.Region, in.PreferredMaintenanceWindow); err != nil {
			return err
		}
	}
	body.AutomatedRetention = api.Value(in.AutomatedSnapshotRetentionPeriod, body.AutomatedRetention)
	body.ManualRetention = api.Value(in.ManualSnapshotRetentionPeriod, body.ManualRetention)
	if state.CheckManualRetention(body.ManualRetention) != nil { // the operation declares no InvalidRetentionPeriodFault
		return api.InvalidParameterValue("ManualSnapshotRetentionPeriod must be -1 or between 1 and 3,653 days, not %d.", body.ManualRetention)
	}
	body.AvailabilityZone = cmp.Or(in.AvailabilityZone, body.AvailabilityZone)
	body.MaintenanceTrack = cmp.Or(in.MaintenanceTrackName, body.MaintenanceTrack)
	body.AllowVersionUpgrade = api.Value(in.AllowVersionUpgrade, true)
	body.PubliclyAccessible = api.Value(in.PubliclyAccessible, false)
	body.EnhancedVpcRouting = api.Value(in.EnhancedVpcRouting, false)
	if len(in.VpcSecurityGroupIds) > 0 {
		body.VpcSecurityGroups = in.VpcSecurityGroupIds
	}
	body.AvailabilityZoneRelocation = api.Value(in.AvailabilityZoneRelocation, body.AvailabilityZoneRelocation && !kind.Local())
	body.TakeRoles(in.IamRoles, in.DefaultIamRoleArn)
	return c.checkSettings(caller, body.Settings, kind)
}
