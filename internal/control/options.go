package control

import (
	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/warehouse/state"
)

// option is a parameter of a request, and what is wrong with it if it asks for what slipher does not do.
type option struct {
	asked bool
	fault error
}

type options []option

func (o options) refuse() error {
	for _, option := range o {
		if option.asked {
			return option.fault
		}
	}
	return nil
}

// features are the parameters that CreateCluster and RestoreFromClusterSnapshot share.
type features struct {
	encrypted, multiAZ, manageMasterPassword    *bool
	hsmCertificate, hsmConfiguration, elasticIP string
	addressType                                 string
	identityCenter, catalog, secretKey          string
	securityGroups                              []string
}

func createOptions(in *redshift.CreateClusterMessage) options {
	shared := features{
		encrypted: in.Encrypted, multiAZ: in.MultiAZ, manageMasterPassword: in.ManageMasterPassword,
		hsmCertificate: in.HsmClientCertificateIdentifier, hsmConfiguration: in.HsmConfigurationIdentifier, elasticIP: in.ElasticIp,
		addressType: in.IpAddressType, identityCenter: in.RedshiftIdcApplicationArn, catalog: in.CatalogName, securityGroups: in.ClusterSecurityGroups,
		secretKey: in.MasterPasswordSecretKmsKeyId,
	}
	return append(shared.options(),
		option{in.ClusterVersion != "" && in.ClusterVersion != state.ClusterVersion, api.InvalidParameterValue("There is no cluster version %s; there is %s.", in.ClusterVersion, state.ClusterVersion)},
		option{in.LoadSampleData != "" && in.LoadSampleData != "NONE", notOffered("LoadSampleData")},
		option{api.Value(in.ExtraComputeForAutomaticOptimization, false), notOffered("ExtraComputeForAutomaticOptimization")},
	)
}

func restoreOptions(in *redshift.RestoreFromClusterSnapshotMessage) options {
	shared := features{
		encrypted: in.Encrypted, multiAZ: in.MultiAZ, manageMasterPassword: in.ManageMasterPassword,
		hsmCertificate: in.HsmClientCertificateIdentifier, hsmConfiguration: in.HsmConfigurationIdentifier, elasticIP: in.ElasticIp,
		addressType: in.IpAddressType, identityCenter: in.RedshiftIdcApplicationArn, catalog: in.CatalogName, securityGroups: in.ClusterSecurityGroups,
		secretKey: in.MasterPasswordSecretKmsKeyId,
	}
	return append(shared.options(),
		option{in.ReservedNodeId != "", redshift.ReservedNodeNotFound("There is no reserved node %s.", in.ReservedNodeId)},
		option{in.TargetReservedNodeOfferingId != "", redshift.ReservedNodeOfferingNotFound("There is no reserved node offering %s.", in.TargetReservedNodeOfferingId)},
	)
}

func (f features) options() options {
	return options{
		{!api.Value(f.encrypted, true), api.InvalidParameterValue("Amazon Redshift clusters are always encrypted: Encrypted cannot be false.")},
		{api.Value(f.multiAZ, false), notOffered("MultiAZ")},
		{f.secretKey != "" && !api.Value(f.manageMasterPassword, false), keyOfNoSecret()},
		{f.hsmCertificate != "", redshift.HsmClientCertificateNotFound("There is no HSM client certificate %s.", f.hsmCertificate)},
		{f.hsmConfiguration != "", redshift.HsmConfigurationNotFound("There is no HSM configuration %s.", f.hsmConfiguration)},
		{f.elasticIP != "", redshift.InvalidElasticIp("The Elastic IP %s is invalid or cannot be found.", f.elasticIP)},
		{f.addressType != "" && f.addressType != "ipv4", notOffered("IpAddressType " + f.addressType)},
		{f.identityCenter != "", redshift.RedshiftIdcApplicationNotExists("There is no application %s.", f.identityCenter)},
		{f.catalog != "", notOffered("CatalogName")},
		{len(f.securityGroups) > 0, api.InvalidParameterValue("VPC-by-Default customers cannot use cluster security groups")},
	}
}

func notOffered(parameter string) error {
	return redshift.UnsupportedOperation("%s is not offered.", parameter)
}
