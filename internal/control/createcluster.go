package control

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/scram"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse/state"
)

const (
	defaultDatabase = "dev"
	defaultPort     = 5439
)

// CreateCluster accepts a new cluster; its node comes up afterwards.
func (c *Control) CreateCluster(ctx context.Context, caller api.Caller, in *redshift.CreateClusterMessage) (*redshift.CreateClusterResult, error) {
	body, err := c.newCluster(caller, in)
	if err != nil {
		return nil, err
	}
	record := state.ClusterRecord{Key: state.ClusterKey(caller, in.ClusterIdentifier), Body: body}
	err = c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		if record.Body.KmsKey, err = c.warehouse.EncryptionKey(tx, caller, in.KmsKeyId); err != nil {
			return err
		}
		if record.Body.SubnetGroup, err = state.SubnetGroupFor(tx, caller.Account, caller.Region, in.ClusterSubnetGroupName); err != nil {
			return err
		}
		if err := record.Body.Parameters.StartWith(tx, caller, in.ClusterParameterGroupName); err != nil {
			return err
		}
		if err := c.manageNewPassword(tx, caller, in, &record); err != nil {
			return err
		}
		if err := c.warehouse.ScheduleNew(tx, &record, in.SnapshotScheduleIdentifier); err != nil {
			return err
		}
		record, err = c.warehouse.InsertCluster(tx, record)
		return err
	})
	if err != nil {
		return nil, err
	}
	shape := c.render.Cluster(record)
	return &redshift.CreateClusterResult{Cluster: shape}, nil
}

// newCluster checks a request in itself and makes the cluster of it that nothing else has to be asked for.
func (c *Control) newCluster(caller api.Caller, in *redshift.CreateClusterMessage) (state.Cluster, error) {
	body := state.Cluster{Key: c.config.NewID(), Status: state.Creating, Created: c.warehouse.Clock.Now()}
	var err error
	if body.Settings, err = c.newSettings(caller, in); err != nil {
		return body, err
	}
	if api.Value(in.ManageMasterPassword, false) {
		return body, nil
	}
	// Deriving the verifier is slow by design, so it comes after everything that may be refused and before the transaction.
	if body.Verifier, err = scram.NewVerifier(in.MasterUserPassword); err != nil {
		return body, fmt.Errorf("derive the password's verifier: %w", err)
	}
	return body, nil
}

func (c *Control) newSettings(caller api.Caller, in *redshift.CreateClusterMessage) (state.Settings, error) {
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
	if made.MaintenanceWindow, err = c.window(caller.Region, in.PreferredMaintenanceWindow); err != nil {
		return state.Settings{}, err
	}
	return made, api.First(
		func() error { return state.CheckClusterIdentifier(in.ClusterIdentifier) },
		func() error { return state.CheckDatabase(made.DBName) },
		func() error { return state.CheckMasterUsername(made.MasterUsername) },
		func() error { return checkPasswordGiven(in) },
		func() error { return c.checkSettings(caller, made, kind) },
		func() error { return state.CheckPort(made.Port, kind) },
		func() error { return createOptions(in).refuse() },
	)
}

// checkSettings checks what CreateCluster and RestoreFromClusterSnapshot take alike.
func (c *Control) checkSettings(caller api.Caller, made state.Settings, kind state.NodeType) error {
	return api.First(
		func() error { return state.CheckAutomatedRetention(made.AutomatedRetention, kind) },
		func() error { return state.CheckManualRetention(made.ManualRetention) },
		func() error { return checkZone(made.AvailabilityZone, caller.Region) },
		func() error { return checkTrack(made.MaintenanceTrack) },
		func() error { return state.CheckRelocation(made.AvailabilityZoneRelocation, kind) },
		func() error { return state.CheckRoles(made.IamRoles, made.DefaultIamRole) },
		func() error { return state.CheckTags(made.Tags, c.config.Limits.Tags) },
	)
}

func checkZone(zone, region string) error {
	if len(zone) != len(region)+1 || zone[:len(region)] != region {
		return api.InvalidParameterValue("%q is not an Availability Zone of %s.", zone, region)
	}
	return nil
}

func checkTrack(name string) error {
	if !slices.Contains([]string{"current", "trailing"}, name) {
		return redshift.InvalidClusterTrack("There is no maintenance track %q; there are current and trailing.", name)
	}
	return nil
}

// window is the one asked for in Redshift's lower-case form, or a random one.
func (c *Control) window(region, preferred string) (string, error) {
	if preferred == "" {
		window, err := state.RandomWindow(region, c.config.Random)
		return window.String(), err
	}
	window, err := state.ParseWindow(preferred)
	if err != nil {
		return "", err
	}
	return window.String(), nil
}
