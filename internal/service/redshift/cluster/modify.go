package cluster

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service/redshift/feature"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/state"
)

// modify changes settings, the admin user's password, or the cluster's name. A parameter that slipher cannot change is refused, unless it asks for what is
// so already.
func (f family) modify(ctx context.Context, caller api.Caller, in *redshift.ModifyClusterMessage) (*redshift.ModifyClusterResult, error) {
	verifier, err := newVerifier(in.MasterUserPassword)
	if err != nil {
		return nil, err
	}
	changed, err := f.decide(ctx, func(tx *meta.Tx) (state.ClusterRecord, error) {
		return f.warehouse.ModifyCluster(tx, caller, warehouse.ClusterChange{
			Identifier: in.ClusterIdentifier, NewIdentifier: in.NewClusterIdentifier, MaintenanceWindow: in.PreferredMaintenanceWindow,
			AutomatedRetention: in.AutomatedSnapshotRetentionPeriod, ManualRetention: in.ManualSnapshotRetentionPeriod,
			AllowVersionUpgrade: in.AllowVersionUpgrade, AvailabilityZoneRelocation: in.AvailabilityZoneRelocation, ParameterGroup: in.ClusterParameterGroupName,
			Verifier: verifier, ManagePassword: api.Value(in.ManageMasterPassword, false), SecretKey: in.MasterPasswordSecretKmsKeyId,
			Refuse: func(record state.ClusterRecord) error {
				return append(modifyOptions(in, record), passwordOptions(in, record)...).Refuse()
			},
		})
	})
	if err != nil {
		return nil, err
	}
	return &redshift.ModifyClusterResult{Cluster: changed}, nil
}

// modifyOptions refuses changes that slipher cannot make.
func modifyOptions(in *redshift.ModifyClusterMessage, record state.ClusterRecord) feature.Options {
	body := record.Body
	cannot := func(parameter string) error {
		return redshift.UnsupportedOption("%s of a cluster cannot be changed.", parameter)
	}
	differs := func(given, present string) bool { return given != "" && given != present }
	return feature.Options{
		feature.When(differs(in.NodeType, body.NodeType), cannot("NodeType")),
		feature.When(api.Value(in.NumberOfNodes, body.NumberOfNodes) != body.NumberOfNodes, cannot("NumberOfNodes")),
		feature.When(differs(in.ClusterType, clusterTypeOf(body.NumberOfNodes)), cannot("ClusterType")),
		feature.When(len(in.ClusterSecurityGroups) > 0, api.InvalidParameterValue("VPC-by-Default customers cannot use cluster security groups")),
		feature.When(len(in.VpcSecurityGroupIds) > 0 && !sameSet(in.VpcSecurityGroupIds, body.SecurityGroups(record.Account, record.Region)), cannot("VpcSecurityGroupIds")),
		feature.When(differs(in.ClusterVersion, state.ClusterVersion), cannot("ClusterVersion")),
		feature.When(in.HsmClientCertificateIdentifier != "", redshift.HsmClientCertificateNotFound("There is no HSM client certificate %s.", in.HsmClientCertificateIdentifier)),
		feature.When(in.HsmConfigurationIdentifier != "", redshift.HsmConfigurationNotFound("There is no HSM configuration %s.", in.HsmConfigurationIdentifier)),
		feature.When(api.Value(in.PubliclyAccessible, body.PubliclyAccessible) != body.PubliclyAccessible, cannot("PubliclyAccessible")),
		feature.When(in.ElasticIp != "", redshift.InvalidElasticIp("The Elastic IP %s is invalid or cannot be found.", in.ElasticIp)),
		feature.When(api.Value(in.EnhancedVpcRouting, body.EnhancedVpcRouting) != body.EnhancedVpcRouting, cannot("EnhancedVpcRouting")),
		feature.When(differs(in.MaintenanceTrackName, body.MaintenanceTrack), cannot("MaintenanceTrackName")),
		feature.When(!api.Value(in.Encrypted, true), api.InvalidParameterValue("Amazon Redshift clusters are always encrypted: Encrypted cannot be false.")),
		feature.When(differs(in.KmsKeyId, body.KmsKey), cannot("KmsKeyId")),
		feature.When(differs(in.AvailabilityZone, body.AvailabilityZone), cannot("AvailabilityZone")),
		feature.When(api.Value(in.Port, body.Port) != body.Port, cannot("Port")),
		feature.When(differs(in.IpAddressType, "ipv4"), cannot("IpAddressType")),
		feature.When(api.Value(in.MultiAZ, false), cannot("MultiAZ")),
		feature.When(api.Value(in.ExtraComputeForAutomaticOptimization, false), cannot("ExtraComputeForAutomaticOptimization")),
	}
}

func clusterTypeOf(nodes int) string {
	if nodes == 1 {
		return state.SingleNode
	}
	return state.MultiNode
}

func sameSet(a, b []string) bool {
	counts := map[string]int{}
	for _, one := range a {
		counts[one]++
	}
	for _, one := range b {
		counts[one]--
	}
	for _, count := range counts {
		if count != 0 {
			return false
		}
	}
	return true
}
