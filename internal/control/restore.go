package control

import (
	"context"
	"errors"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/keys"
	"slipher/internal/meta"
)

// RestoreFromClusterSnapshot accepts a new cluster with a snapshot's data. What was accepted does not depend on the snapshot any
// more: the cluster's record pins the data.
func (c *Control) RestoreFromClusterSnapshot(ctx context.Context, caller api.Caller, in *redshift.RestoreFromClusterSnapshotMessage) (*redshift.RestoreFromClusterSnapshotResult, error) {
	if err := first(
		func() error { return checkClusterIdentifier(in.ClusterIdentifier) },
		func() error { return restoreOptions(in).refuse() },
	); err != nil {
		return nil, err
	}
	located, err := locateToRestore(caller, in.SnapshotIdentifier, in.SnapshotArn, in.SnapshotClusterIdentifier, in.OwnerAccount)
	if err != nil {
		return nil, err
	}
	var record clusterRecord
	err = c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		source, err := c.findRestorable(tx, caller, located)
		if err != nil {
			return err
		}
		if err := c.mayDecrypt(tx, source); err != nil {
			return err
		}
		if err := c.mayUseKeyOf(tx, caller, source); err != nil {
			return err
		}
		if record, err = c.restoredCluster(tx, caller, in, source); err != nil {
			return err
		}
		if err := record.Body.Parameters.startWith(tx, caller, in.ClusterParameterGroupName); err != nil {
			return err
		}
		if err := c.scheduleNew(tx, &record, in.SnapshotScheduleIdentifier); err != nil {
			return err
		}
		if record, err = c.insertCluster(tx, record); err != nil {
			return err
		}
		return c.tell(tx, record, eventRestoreStarted, "The restore of Amazon Redshift cluster '%s' was started at %s from snapshot '%s'.", source.Body.Identifier)
	})
	if err != nil {
		return nil, err
	}
	shape := c.clusterShape(record)
	return &redshift.RestoreFromClusterSnapshotResult{Cluster: &shape}, nil
}

// locateToRestore looks where OwnerAccount says, which is the caller's own account by default: the same identifier may exist in both.
func locateToRestore(caller api.Caller, identifier, arn, cluster, owner string) (locator, error) {
	located, err := locate(caller, identifier, arn, cluster)
	switch {
	case err != nil:
		return located, err
	case located.serverless:
		return located, serverlessSnapshot()
	case owner == "":
		return located, nil
	case !accountForm.MatchString(owner):
		return located, api.InvalidParameterValue("%q is not an account: OwnerAccount is a number of 12 digits.", owner)
	case arn != "" && owner != located.owner:
		return located, api.InvalidParameterCombination("OwnerAccount %s is not the account of SnapshotArn %s.", owner, arn)
	}
	located.owner = owner
	return located, nil
}

func (c *Control) findRestorable(tx *meta.Tx, caller api.Caller, located locator) (snapshotRecord, error) {
	source, err := located.find(tx, caller.Region)
	if errors.Is(err, meta.ErrNotFound) {
		return source, redshift.ClusterSnapshotNotFound("Snapshot not found for cluster.")
	}
	if err != nil {
		return source, err
	}
	if err := c.mayRestore(tx, caller, source); err != nil {
		return source, err
	}
	if source.Body.Status != available {
		return source, redshift.InvalidClusterSnapshotState("Cannot restore the snapshot %s because it is not available; its status is %s.", source.Body.Identifier, source.Body.Status)
	}
	return source, nil
}

// mayDecrypt refuses a snapshot whose key is gone at once, rather than with a cluster that never gets its data.
func (c *Control) mayDecrypt(tx *meta.Tx, source snapshotRecord) error {
	_, err := c.dataKey(tx, source.Body.Scope)
	if keyLost(err) {
		return redshift.DependentServiceAccessDenied("Cannot restore the snapshot %s because the KMS key %s does not open it: it was destroyed, or is another key now.",
			source.Body.Identifier, source.Body.KmsKey)
	}
	if errors.Is(err, keys.ErrDisabled) {
		return redshift.DependentServiceAccessDenied("Cannot restore the snapshot %s because its KMS key %s is disabled or waits for its deletion.", source.Body.Identifier, source.Body.KmsKey)
	}
	return err
}

func (c *Control) mayRestore(tx *meta.Tx, caller api.Caller, source snapshotRecord) error {
	if source.Account == caller.Account {
		return nil
	}
	active, err := c.config.Accounts.Active(tx, source.Account)
	if err != nil {
		return err
	}
	if !active || !source.Body.sharedWith(caller.Account) {
		return accessDenied()
	}
	return nil
}

// restoredCluster is the snapshot's cluster with what the request changes.
func (c *Control) restoredCluster(tx *meta.Tx, caller api.Caller, in *redshift.RestoreFromClusterSnapshotMessage, source snapshotRecord) (clusterRecord, error) {
	record := clusterRecord{Key: clusterKey(caller, in.ClusterIdentifier), Body: cluster{
		Key: c.config.NewID(), Status: creating, Created: c.now(), settings: source.Body.Source,
		Restore: &restore{
			Status: restoreRunning, Snapshot: source.Body.Identifier, Scope: source.Body.Scope, Manifest: source.Body.Manifest,
			TotalBytes: source.Body.TotalBytes, Began: c.now(),
		},
	}}
	body := &record.Body
	if source.Account != caller.Account {
		body.Tags, body.VpcSecurityGroups, body.IamRoles, body.DefaultIamRole = nil, nil, nil, ""
	}
	err := first(
		func() error { return body.placeNodes(in, source) },
		func() error { return c.overrideSettings(caller, body, in) },
		func() (err error) { body.KmsKey, err = c.restoreKey(tx, caller, in.KmsKeyId, source); return err },
		func() error { return c.restorePassword(tx, caller, in, &record, source) },
	)
	return record, err
}

// placeNodes says which nodes the cluster has, and on which port they are.
func (b *cluster) placeNodes(in *redshift.RestoreFromClusterSnapshotMessage, source snapshotRecord) error {
	from, err := findConfiguration(b.NodeType, b.NumberOfNodes)
	if err != nil {
		return err
	}
	to, err := findConfiguration(or(in.NodeType, b.NodeType), value(in.NumberOfNodes, b.NumberOfNodes))
	if err != nil {
		return err
	}
	if !from.restorableTo(to, source.Body.TotalBytes) {
		return api.InvalidParameterValue("Snapshot %s does not fit into cluster of node type %s with %d node(s) due to technical limitations. Try to restore to a cluster with a different node configuration.", source.Body.Identifier, to.kind.name, to.nodes)
	}
	b.NodeType, b.NumberOfNodes = to.kind.name, to.nodes
	return b.takePort(in.Port, from.kind, to.kind)
}

// takePort keeps the snapshot's port unless the request has another. A port of a node type with local disks may be none for managed storage; one of
// managed storage is kept in any case, since where clusters share a host it may be the next that was free.
func (b *cluster) takePort(asked *int, from, to nodeType) error {
	if asked != nil {
		b.Port = *asked
		return checkPort(b.Port, to)
	}
	if from.local() && checkPort(b.Port, to) != nil {
		return api.InvalidParameterValue("The snapshot's port %d is not valid for node type %s: give a Port within 5431-5455 or 8191-8215.", b.Port, to.name)
	}
	return nil
}

func (c *Control) overrideSettings(caller api.Caller, body *cluster, in *redshift.RestoreFromClusterSnapshotMessage) error {
	kind, err := findNodeType(body.NodeType)
	if err != nil {
		return err
	}
	if in.PreferredMaintenanceWindow != "" {
		if body.MaintenanceWindow, err = c.window(caller.Region, in.PreferredMaintenanceWindow); err != nil {
			return err
		}
	}
	body.AutomatedRetention = value(in.AutomatedSnapshotRetentionPeriod, body.AutomatedRetention)
	body.ManualRetention = value(in.ManualSnapshotRetentionPeriod, body.ManualRetention)
	if checkManualRetention(body.ManualRetention) != nil { // the operation declares no InvalidRetentionPeriodFault
		return api.InvalidParameterValue("ManualSnapshotRetentionPeriod must be -1 or between 1 and 3,653 days, not %d.", body.ManualRetention)
	}
	body.AvailabilityZone = or(in.AvailabilityZone, body.AvailabilityZone)
	body.MaintenanceTrack = or(in.MaintenanceTrackName, body.MaintenanceTrack)
	body.AllowVersionUpgrade = value(in.AllowVersionUpgrade, true)
	body.PubliclyAccessible = value(in.PubliclyAccessible, false)
	body.EnhancedVpcRouting = value(in.EnhancedVpcRouting, false)
	if len(in.VpcSecurityGroupIds) > 0 {
		body.VpcSecurityGroups = in.VpcSecurityGroupIds
	}
	body.AvailabilityZoneRelocation = value(in.AvailabilityZoneRelocation, body.AvailabilityZoneRelocation && !kind.local())
	body.takeRoles(in.IamRoles, in.DefaultIamRoleArn)
	return c.checkSettings(caller, body.settings, kind)
}

// restoreKey is what the restored cluster's own snapshots will be sealed under: the key that the request names, or else the snapshot's own key for its
// owner, and the aws/redshift key of everybody else.
func (c *Control) restoreKey(tx *meta.Tx, caller api.Caller, name string, source snapshotRecord) (string, error) {
	if name == "" && source.Account == caller.Account {
		return source.Body.KmsKey, nil
	}
	return c.encryptionKey(tx, caller, name)
}
