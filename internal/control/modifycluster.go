package control

import (
	"context"
	"errors"
	"fmt"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/scram"
)

// ModifyCluster changes settings, the admin user's password, or the cluster's name. A parameter that slipher cannot change is
// refused, unless it asks for what is so already.
func (c *Control) ModifyCluster(ctx context.Context, caller api.Caller, in *redshift.ModifyClusterMessage) (*redshift.ModifyClusterResult, error) {
	verifier, err := newVerifier(in.MasterUserPassword)
	if err != nil {
		return nil, err
	}
	decide := func(tx *meta.Tx, record *clusterRecord) error {
		if record.Body.Status != available {
			return redshift.InvalidClusterState("The Cluster is being modified by a concurrent operation. Please check the Cluster's status and try again.")
		}
		if err := first(
			func() error { return modifyOptions(in, *record).refuse() },
			func() error { return passwordOptions(in, *record).refuse() },
			func() error { return record.Body.modify(in) },
			func() error { return c.changeGroup(tx, caller, record, in.ClusterParameterGroupName) },
		); err != nil {
			return err
		}
		if err := c.followRetention(tx, record, in.AutomatedSnapshotRetentionPeriod); err != nil {
			return err
		}
		return c.modifyPassword(tx, caller, record, in, verifier)
	}
	if in.NewClusterIdentifier != "" && in.NewClusterIdentifier != in.ClusterIdentifier {
		return c.rename(ctx, caller, in, decide)
	}
	shape, err := c.change(ctx, caller, in.ClusterIdentifier, decide)
	if err != nil {
		return nil, err
	}
	return &redshift.ModifyClusterResult{Cluster: shape}, nil
}

// newVerifier is empty for no password.
func newVerifier(password string) (string, error) {
	if password == "" {
		return "", nil
	}
	if err := checkPassword(password); err != nil {
		return "", err
	}
	verifier, err := scram.NewVerifier(password)
	if err != nil {
		return "", fmt.Errorf("derive the password's verifier: %w", err)
	}
	return verifier, nil
}

func (c *cluster) modify(in *redshift.ModifyClusterMessage) error {
	kind, err := findNodeType(c.NodeType)
	if err != nil {
		return err
	}
	if in.PreferredMaintenanceWindow != "" {
		window, err := parseWindow(in.PreferredMaintenanceWindow)
		if err != nil {
			return err
		}
		c.MaintenanceWindow = window.String()
	}
	c.AutomatedRetention = value(in.AutomatedSnapshotRetentionPeriod, c.AutomatedRetention)
	c.ManualRetention = value(in.ManualSnapshotRetentionPeriod, c.ManualRetention)
	c.AllowVersionUpgrade = value(in.AllowVersionUpgrade, c.AllowVersionUpgrade)
	c.AvailabilityZoneRelocation = value(in.AvailabilityZoneRelocation, c.AvailabilityZoneRelocation)
	return first(
		func() error { return checkRelocation(c.AvailabilityZoneRelocation, kind) },
		func() error { return checkAutomatedRetention(c.AutomatedRetention, kind) },
		func() error { return checkManualRetention(c.ManualRetention) },
	)
}

// followRetention applies a new retention period of automated snapshots to those that are there and those to come.
func (c *Control) followRetention(tx *meta.Tx, record *clusterRecord, asked *int) error {
	if asked == nil {
		return nil
	}
	if err := c.retainAutomated(tx, *record); err != nil {
		return err
	}
	return c.planAutomated(tx, record)
}

// changePassword keeps the new verifier at once, so that a node which is opened anew gets it, and has a job tell the node that runs.
func (c *Control) changePassword(tx *meta.Tx, record *clusterRecord, verifier string) error {
	if verifier == "" {
		return nil
	}
	record.Body.Verifier, record.Body.PasswordPending = verifier, true
	if err := c.tell(tx, *record, eventCredentials, "The admin credentials for your Amazon Redshift cluster '%s' were updated at %s."); err != nil {
		return err
	}
	return c.workLater(tx, *record)
}

// rename keeps the cluster under its new identifier. Its node, its endpoint and its snapshots stay: they go by the key.
func (c *Control) rename(ctx context.Context, caller api.Caller, in *redshift.ModifyClusterMessage, decide func(*meta.Tx, *clusterRecord) error) (*redshift.ModifyClusterResult, error) {
	if err := checkClusterIdentifier(in.NewClusterIdentifier); err != nil {
		return nil, err
	}
	var renamed clusterRecord
	err := c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		record, err := findCluster(tx, caller, in.ClusterIdentifier)
		if err != nil {
			return err
		}
		if err := decide(tx, &record); err != nil {
			return err
		}
		if err := clusters.Delete(tx, record.Key); err != nil {
			return err
		}
		if err := mayBeRenamed(record); err != nil {
			return err
		}
		renamed, err = clusters.Insert(tx, clusterKey(caller, in.NewClusterIdentifier), record.Body)
		if errors.Is(err, meta.ErrExists) {
			return redshift.ClusterAlreadyExists("Cluster already exists")
		}
		if err != nil {
			return err
		}
		if err := renameInSnapshots(tx, renamed); err != nil {
			return err
		}
		if err := c.renameInSecret(tx, renamed); err != nil {
			return err
		}
		return c.tell(tx, renamed, eventRenamed, "Amazon Redshift cluster '%s' was renamed at %s from '%s'.", record.ID)
	})
	if err != nil {
		return nil, err
	}
	shape := c.clusterShape(renamed)
	return &redshift.ModifyClusterResult{Cluster: &shape}, nil
}

func renameInSnapshots(tx *meta.Tx, of clusterRecord) error {
	return eachSnapshot(tx, of, func(record snapshotRecord) error {
		record.Body.ClusterIdentifier = of.ID
		return snapshots.Put(tx, record)
	})
}

// eachSnapshot visits every snapshot of the cluster.
func eachSnapshot(tx *meta.Tx, of clusterRecord, visit func(snapshotRecord) error) error {
	found, err := snapshots.List(tx, meta.Query{Account: of.Account, Region: of.Region, Index: ofClusterKey(of.Body.Key)})
	if err != nil {
		return err
	}
	for _, record := range found {
		if err := visit(record); err != nil {
			return err
		}
	}
	return nil
}

// modifyOptions refuses changes that slipher cannot make.
func modifyOptions(in *redshift.ModifyClusterMessage, record clusterRecord) options {
	body := record.Body
	cannot := func(parameter string) error {
		return redshift.UnsupportedOption("%s of a cluster cannot be changed.", parameter)
	}
	differs := func(given, present string) bool { return given != "" && given != present }
	return options{
		{differs(in.NodeType, body.NodeType), cannot("NodeType")},
		{value(in.NumberOfNodes, body.NumberOfNodes) != body.NumberOfNodes, cannot("NumberOfNodes")},
		{differs(in.ClusterType, clusterTypeOf(body.NumberOfNodes)), cannot("ClusterType")},
		{len(in.ClusterSecurityGroups) > 0, api.InvalidParameterValue("VPC-by-Default customers cannot use cluster security groups")},
		{len(in.VpcSecurityGroupIds) > 0 && !sameSet(in.VpcSecurityGroupIds, body.securityGroups(record.Account, record.Region)), cannot("VpcSecurityGroupIds")},
		{differs(in.ClusterVersion, clusterVersion), cannot("ClusterVersion")},
		{in.HsmClientCertificateIdentifier != "", redshift.HsmClientCertificateNotFound("There is no HSM client certificate %s.", in.HsmClientCertificateIdentifier)},
		{in.HsmConfigurationIdentifier != "", redshift.HsmConfigurationNotFound("There is no HSM configuration %s.", in.HsmConfigurationIdentifier)},
		{value(in.PubliclyAccessible, body.PubliclyAccessible) != body.PubliclyAccessible, cannot("PubliclyAccessible")},
		{in.ElasticIp != "", redshift.InvalidElasticIp("The Elastic IP %s is invalid or cannot be found.", in.ElasticIp)},
		{value(in.EnhancedVpcRouting, body.EnhancedVpcRouting) != body.EnhancedVpcRouting, cannot("EnhancedVpcRouting")},
		{differs(in.MaintenanceTrackName, body.MaintenanceTrack), cannot("MaintenanceTrackName")},
		{!value(in.Encrypted, true), api.InvalidParameterValue("Amazon Redshift clusters are always encrypted: Encrypted cannot be false.")},
		{differs(in.KmsKeyId, body.KmsKey), cannot("KmsKeyId")},
		{differs(in.AvailabilityZone, body.AvailabilityZone), cannot("AvailabilityZone")},
		{value(in.Port, body.Port) != body.Port, cannot("Port")},
		{differs(in.IpAddressType, "ipv4"), cannot("IpAddressType")},
		{value(in.MultiAZ, false), cannot("MultiAZ")},
		{value(in.ExtraComputeForAutomaticOptimization, false), cannot("ExtraComputeForAutomaticOptimization")},
	}
}

func clusterTypeOf(nodes int) string {
	if nodes == 1 {
		return singleNode
	}
	return multiNode
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
