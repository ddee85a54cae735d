package cluster

import (
	"cmp"
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service/redshift/feature"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/state"
)

const (
	defaultDatabase = "dev"
	defaultPort     = 5439
)

// create accepts a new cluster; its node comes up afterwards.
func (f family) create(ctx context.Context, caller api.Caller, in *redshift.CreateClusterMessage) (*redshift.CreateClusterResult, error) {
	settings, err := f.newSettings(caller, in)
	if err != nil {
		return nil, err
	}
	// Deriving the verifier is slow by design, so it comes after everything that may be refused and before the transaction.
	verifier, err := newVerifier(in.MasterUserPassword)
	if err != nil {
		return nil, err
	}
	created, err := f.decide(ctx, func(tx *meta.Tx) (state.ClusterRecord, error) {
		return f.warehouse.CreateCluster(tx, caller, warehouse.NewCluster{
			Identifier: in.ClusterIdentifier, Settings: settings, KmsKey: in.KmsKeyId,
			Verifier: verifier, ManagePassword: api.Value(in.ManageMasterPassword, false), SecretKey: in.MasterPasswordSecretKmsKeyId,
			Surroundings: warehouse.Surroundings{SubnetGroup: in.ClusterSubnetGroupName, ParameterGroup: in.ClusterParameterGroupName, Schedule: in.SnapshotScheduleIdentifier},
		})
	})
	if err != nil {
		return nil, err
	}
	return &redshift.CreateClusterResult{Cluster: created}, nil
}

// newSettings checks a request in itself.
func (f family) newSettings(caller api.Caller, in *redshift.CreateClusterMessage) (state.Settings, error) {
	kind, err := state.FindNodeType(in.NodeType)
	if err != nil {
		return state.Settings{}, err
	}
	made := state.Settings{
		NodeType:                   kind.Name,
		DBName:                     cmp.Or(in.DBName, defaultDatabase),
		MasterUsername:             in.MasterUsername,
		Port:                       api.Value(in.Port, defaultPort),
		AvailabilityZone:           cmp.Or(in.AvailabilityZone, caller.Region+"a"),
		VpcSecurityGroups:          in.VpcSecurityGroupIds,
		MaintenanceTrack:           cmp.Or(in.MaintenanceTrackName, "current"),
		AutomatedRetention:         api.Value(in.AutomatedSnapshotRetentionPeriod, 1),
		ManualRetention:            api.Value(in.ManualSnapshotRetentionPeriod, state.Forever),
		AllowVersionUpgrade:        api.Value(in.AllowVersionUpgrade, true),
		PubliclyAccessible:         api.Value(in.PubliclyAccessible, false),
		EnhancedVpcRouting:         api.Value(in.EnhancedVpcRouting, false),
		AvailabilityZoneRelocation: api.Value(in.AvailabilityZoneRelocation, false),
		IamRoles:                   in.IamRoles,
		DefaultIamRole:             in.DefaultIamRoleArn,
		Tags:                       tagging.Given(in.Tags),
	}
	if made.NumberOfNodes, err = kind.NodeCount(in.ClusterType, in.NumberOfNodes); err != nil {
		return state.Settings{}, err
	}
	if made.MaintenanceWindow, err = state.WindowOrRandom(caller.Region, in.PreferredMaintenanceWindow, f.warehouse.Config().Random); err != nil {
		return state.Settings{}, err
	}
	return made, api.First(
		func() error { return state.CheckClusterIdentifier(in.ClusterIdentifier) },
		func() error { return state.CheckDatabase(made.DBName) },
		func() error { return state.CheckMasterUsername(made.MasterUsername) },
		func() error { return checkPasswordGiven(in) },
		func() error { return made.Check(caller.Region, f.warehouse.Config().Limits.Tags) },
		func() error { return state.CheckPort(made.Port, kind) },
		func() error { return options(in).Refuse() },
	)
}

func options(in *redshift.CreateClusterMessage) feature.Options {
	shared := feature.OfNewCluster{
		Encrypted: in.Encrypted, MultiAZ: in.MultiAZ, ManageMasterPassword: in.ManageMasterPassword,
		HsmCertificate: in.HsmClientCertificateIdentifier, HsmConfiguration: in.HsmConfigurationIdentifier, ElasticIP: in.ElasticIp,
		AddressType: in.IpAddressType, IdentityCenter: in.RedshiftIdcApplicationArn, Catalog: in.CatalogName, SecurityGroups: in.ClusterSecurityGroups,
		SecretKey: in.MasterPasswordSecretKmsKeyId,
	}
	return append(shared.Options(),
		feature.When(in.ClusterVersion != "" && in.ClusterVersion != state.ClusterVersion, api.InvalidParameterValue("There is no cluster version %s; there is %s.", in.ClusterVersion, state.ClusterVersion)),
		feature.When(in.LoadSampleData != "" && in.LoadSampleData != "NONE", feature.NotOffered("LoadSampleData")),
		feature.When(api.Value(in.ExtraComputeForAutomaticOptimization, false), feature.NotOffered("ExtraComputeForAutomaticOptimization")),
	)
}
