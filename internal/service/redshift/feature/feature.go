// Package feature is the parameters of requests that ask for what slipher does not do. It promises that such a request is refused, rather than answered
// as if it had been done.
package feature

import (
	"slipher/internal/api"
	"slipher/internal/api/redshift"
)

// Option is a parameter of a request, and what is wrong with it if it asks for what slipher does not do.
type Option struct {
	asked bool
	fault error
}

// When is a parameter with the fault for where it is asked for.
func When(asked bool, fault error) Option { return Option{asked, fault} }

// Options are those of a request.
type Options []Option

// Refuse answers the fault of the first that is asked for.
func (o Options) Refuse() error {
	for _, option := range o {
		if option.asked {
			return option.fault
		}
	}
	return nil
}

// OfNewCluster are the parameters that CreateCluster and RestoreFromClusterSnapshot share.
type OfNewCluster struct {
	Encrypted, MultiAZ, ManageMasterPassword    *bool
	HsmCertificate, HsmConfiguration, ElasticIP string
	AddressType                                 string
	IdentityCenter, Catalog, SecretKey          string
	SecurityGroups                              []string
}

// Options are refused where they are asked for.
func (f OfNewCluster) Options() Options {
	return Options{
		{!api.Value(f.Encrypted, true), api.InvalidParameterValue("Amazon Redshift clusters are always encrypted: Encrypted cannot be false.")},
		{api.Value(f.MultiAZ, false), NotOffered("MultiAZ")},
		{f.SecretKey != "" && !api.Value(f.ManageMasterPassword, false), KeyOfNoSecret()},
		{f.HsmCertificate != "", redshift.HsmClientCertificateNotFound("There is no HSM client certificate %s.", f.HsmCertificate)},
		{f.HsmConfiguration != "", redshift.HsmConfigurationNotFound("There is no HSM configuration %s.", f.HsmConfiguration)},
		{f.ElasticIP != "", redshift.InvalidElasticIp("The Elastic IP %s is invalid or cannot be found.", f.ElasticIP)},
		{f.AddressType != "" && f.AddressType != "ipv4", NotOffered("IpAddressType " + f.AddressType)},
		{f.IdentityCenter != "", redshift.RedshiftIdcApplicationNotExists("There is no application %s.", f.IdentityCenter)},
		{f.Catalog != "", NotOffered("CatalogName")},
		{len(f.SecurityGroups) > 0, api.InvalidParameterValue("VPC-by-Default customers cannot use cluster security groups")},
	}
}

// NotOffered refuses a parameter.
func NotOffered(parameter string) error {
	return redshift.UnsupportedOperation("%s is not offered.", parameter)
}

// KeyOfNoSecret refuses the key of a secret that there will not be.
func KeyOfNoSecret() error {
	return api.InvalidParameterCombination("MasterPasswordSecretKmsKeyId needs ManageMasterPassword.")
}
