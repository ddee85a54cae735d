package restore

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service/redshift/feature"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/state"
)

// restoreCluster accepts a new cluster with a snapshot's data. What was accepted does not depend on the snapshot any more: the cluster's record pins the
// data.
func (f family) restoreCluster(ctx context.Context, caller api.Caller, in *redshift.RestoreFromClusterSnapshotMessage) (*redshift.RestoreFromClusterSnapshotResult, error) {
	if err := api.First(
		func() error { return state.CheckClusterIdentifier(in.ClusterIdentifier) },
		func() error { return options(in).Refuse() },
	); err != nil {
		return nil, err
	}
	located, err := locate(caller, in.SnapshotIdentifier, in.SnapshotArn, in.SnapshotClusterIdentifier, in.OwnerAccount)
	if err != nil {
		return nil, err
	}
	restored, err := f.render.ChangedCluster(meta.Decide(ctx, f.store, func(tx *meta.Tx) (state.ClusterRecord, error) {
		return f.warehouse.Restore(tx, caller, order(in, located))
	}))
	if err != nil {
		return nil, err
	}
	return &redshift.RestoreFromClusterSnapshotResult{Cluster: restored}, nil
}

func order(in *redshift.RestoreFromClusterSnapshotMessage, source state.Locator) warehouse.RestoreOrder {
	return warehouse.RestoreOrder{
		Identifier: in.ClusterIdentifier, Source: source,
		NodeType: in.NodeType, NumberOfNodes: in.NumberOfNodes, Port: in.Port,
		MaintenanceWindow: in.PreferredMaintenanceWindow, AvailabilityZone: in.AvailabilityZone, MaintenanceTrack: in.MaintenanceTrackName,
		AutomatedRetention: in.AutomatedSnapshotRetentionPeriod, ManualRetention: in.ManualSnapshotRetentionPeriod,
		AllowVersionUpgrade: api.Value(in.AllowVersionUpgrade, true), PubliclyAccessible: api.Value(in.PubliclyAccessible, false),
		EnhancedVpcRouting: api.Value(in.EnhancedVpcRouting, false), AvailabilityZoneRelocation: in.AvailabilityZoneRelocation,
		VpcSecurityGroups: in.VpcSecurityGroupIds, IamRoles: in.IamRoles, DefaultIamRole: in.DefaultIamRoleArn,
		KmsKey: in.KmsKeyId, ManagePassword: api.Value(in.ManageMasterPassword, false), SecretKey: in.MasterPasswordSecretKmsKeyId,
		Surroundings: warehouse.Surroundings{SubnetGroup: in.ClusterSubnetGroupName, ParameterGroup: in.ClusterParameterGroupName, Schedule: in.SnapshotScheduleIdentifier},
	}
}

// locate looks where OwnerAccount says, which is the caller's own account by default: the same identifier may exist in both.
func locate(caller api.Caller, identifier, arn, cluster, owner string) (state.Locator, error) {
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

func options(in *redshift.RestoreFromClusterSnapshotMessage) feature.Options {
	shared := feature.OfNewCluster{
		Encrypted: in.Encrypted, MultiAZ: in.MultiAZ, ManageMasterPassword: in.ManageMasterPassword,
		HsmCertificate: in.HsmClientCertificateIdentifier, HsmConfiguration: in.HsmConfigurationIdentifier, ElasticIP: in.ElasticIp,
		AddressType: in.IpAddressType, IdentityCenter: in.RedshiftIdcApplicationArn, Catalog: in.CatalogName, SecurityGroups: in.ClusterSecurityGroups,
		SecretKey: in.MasterPasswordSecretKmsKeyId,
	}
	return append(shared.Options(),
		feature.When(in.ReservedNodeId != "", redshift.ReservedNodeNotFound("There is no reserved node %s.", in.ReservedNodeId)),
		feature.When(in.TargetReservedNodeOfferingId != "", redshift.ReservedNodeOfferingNotFound("There is no reserved node offering %s.", in.TargetReservedNodeOfferingId)),
	)
}
