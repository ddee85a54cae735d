package control

import (
	"context"
	"errors"
	"fmt"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/scram"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/state"
)

// ModifyCluster changes settings, the admin user's password, or the cluster's name. A parameter that slipher cannot change is
// refused, unless it asks for what is so already.
func (c *Control) ModifyCluster(ctx context.Context, caller api.Caller, in *redshift.ModifyClusterMessage) (*redshift.ModifyClusterResult, error) {
	verifier, err := newVerifier(in.MasterUserPassword)
	if err != nil {
		return nil, err
	}
	decide := func(tx *meta.Tx, record *state.ClusterRecord) error {
		if record.Body.Status != state.Available {
			return warehouse.NotNow(*record, "The Cluster is being modified by a concurrent operation. Please check the Cluster's status and try again.")
		}
		if err := api.First(
			func() error { return modifyOptions(in, *record).refuse() },
			func() error { return passwordOptions(in, *record).refuse() },
			func() error { return modifySettings(&record.Body, in) },
			func() error { return c.warehouse.ChangeGroup(tx, caller, record, in.ClusterParameterGroupName) },
		); err != nil {
			return err
		}
		if err := c.warehouse.FollowRetention(tx, record, in.AutomatedSnapshotRetentionPeriod); err != nil {
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
	if err := state.CheckPassword(password); err != nil {
		return "", err
	}
	verifier, err := scram.NewVerifier(password)
	if err != nil {
		return "", fmt.Errorf("derive the password's verifier: %w", err)
	}
	return verifier, nil
}

func modifySettings(c *state.Cluster, in *redshift.ModifyClusterMessage) error {
	kind, err := state.FindNodeType(c.NodeType)
	if err != nil {
		return err
	}
	if in.PreferredMaintenanceWindow != "" {
		window, err := state.ParseWindow(in.PreferredMaintenanceWindow)
		if err != nil {
			return err
		}
		c.MaintenanceWindow = window.String()
	}
	c.AutomatedRetention = api.Value(in.AutomatedSnapshotRetentionPeriod, c.AutomatedRetention)
	c.ManualRetention = api.Value(in.ManualSnapshotRetentionPeriod, c.ManualRetention)
	c.AllowVersionUpgrade = api.Value(in.AllowVersionUpgrade, c.AllowVersionUpgrade)
	c.AvailabilityZoneRelocation = api.Value(in.AvailabilityZoneRelocation, c.AvailabilityZoneRelocation)
	return api.First(
		func() error { return state.CheckRelocation(c.AvailabilityZoneRelocation, kind) },
		func() error { return state.CheckAutomatedRetention(c.AutomatedRetention, kind) },
		func() error { return state.CheckManualRetention(c.ManualRetention) },
	)
}

// rename keeps the cluster under its new identifier. Its node, its endpoint and its snapshots stay: they go by the key.
func (c *Control) rename(ctx context.Context, caller api.Caller, in *redshift.ModifyClusterMessage, decide func(*meta.Tx, *state.ClusterRecord) error) (*redshift.ModifyClusterResult, error) {
	if err := state.CheckClusterIdentifier(in.NewClusterIdentifier); err != nil {
		return nil, err
	}
	var renamed state.ClusterRecord
	err := c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		record, err := state.FindCluster(tx, caller, in.ClusterIdentifier)
		if err != nil {
			return err
		}
		if err := decide(tx, &record); err != nil {
			return err
		}
		if err := state.Clusters.Delete(tx, record.Key); err != nil {
			return err
		}
		if err := warehouse.MayBeRenamed(record); err != nil {
			return err
		}
		renamed, err = state.Clusters.Insert(tx, state.ClusterKey(caller, in.NewClusterIdentifier), record.Body)
		if errors.Is(err, meta.ErrExists) {
			return redshift.ClusterAlreadyExists("Cluster already exists")
		}
		if err != nil {
			return err
		}
		if err := warehouse.RenameInSnapshots(tx, renamed); err != nil {
			return err
		}
		if err := c.warehouse.RenameInSecret(tx, renamed); err != nil {
			return err
		}
		return c.warehouse.Events.Emit(tx, renamed, event.Renamed, "Amazon Redshift cluster '%s' was renamed at %s from '%s'.", record.ID)
	})
	if err != nil {
		return nil, err
	}
	shape := c.render.Cluster(renamed)
	return &redshift.ModifyClusterResult{Cluster: shape}, nil
}

// modifyOptions refuses changes that slipher cannot make.
func modifyOptions(in *redshift.ModifyClusterMessage, record state.ClusterRecord) options {
	body := record.Body
	cannot := func(parameter string) error {
		return redshift.UnsupportedOption("%s of a cluster cannot be changed.", parameter)
	}
	differs := func(given, present string) bool { return given != "" && given != present }
	return options{
		{differs(in.NodeType, body.NodeType), cannot("NodeType")},
		{api.Value(in.NumberOfNodes, body.NumberOfNodes) != body.NumberOfNodes, cannot("NumberOfNodes")},
		{differs(in.ClusterType, clusterTypeOf(body.NumberOfNodes)), cannot("ClusterType")},
		{len(in.ClusterSecurityGroups) > 0, api.InvalidParameterValue("VPC-by-Default customers cannot use cluster security groups")},
		{len(in.VpcSecurityGroupIds) > 0 && !sameSet(in.VpcSecurityGroupIds, body.SecurityGroups(record.Account, record.Region)), cannot("VpcSecurityGroupIds")},
		{differs(in.ClusterVersion, state.ClusterVersion), cannot("ClusterVersion")},
		{in.HsmClientCertificateIdentifier != "", redshift.HsmClientCertificateNotFound("There is no HSM client certificate %s.", in.HsmClientCertificateIdentifier)},
		{in.HsmConfigurationIdentifier != "", redshift.HsmConfigurationNotFound("There is no HSM configuration %s.", in.HsmConfigurationIdentifier)},
		{api.Value(in.PubliclyAccessible, body.PubliclyAccessible) != body.PubliclyAccessible, cannot("PubliclyAccessible")},
		{in.ElasticIp != "", redshift.InvalidElasticIp("The Elastic IP %s is invalid or cannot be found.", in.ElasticIp)},
		{api.Value(in.EnhancedVpcRouting, body.EnhancedVpcRouting) != body.EnhancedVpcRouting, cannot("EnhancedVpcRouting")},
		{differs(in.MaintenanceTrackName, body.MaintenanceTrack), cannot("MaintenanceTrackName")},
		{!api.Value(in.Encrypted, true), api.InvalidParameterValue("Amazon Redshift clusters are always encrypted: Encrypted cannot be false.")},
		{differs(in.KmsKeyId, body.KmsKey), cannot("KmsKeyId")},
		{differs(in.AvailabilityZone, body.AvailabilityZone), cannot("AvailabilityZone")},
		{api.Value(in.Port, body.Port) != body.Port, cannot("Port")},
		{differs(in.IpAddressType, "ipv4"), cannot("IpAddressType")},
		{api.Value(in.MultiAZ, false), cannot("MultiAZ")},
		{api.Value(in.ExtraComputeForAutomaticOptimization, false), cannot("ExtraComputeForAutomaticOptimization")},
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
