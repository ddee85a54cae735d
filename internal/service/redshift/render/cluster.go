package render

import (
	"cmp"
	"fmt"
	"math"
	"net"
	"time"

	"slipher/internal/api/redshift"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse/state"
)

// Cluster is the cluster as the API shows it.
func (r Renderer) Cluster(record state.ClusterRecord) *redshift.Cluster {
	body := record.Body
	shape := redshift.Cluster{
		ClusterIdentifier:                record.ID,
		NodeType:                         body.NodeType,
		NumberOfNodes:                    body.NumberOfNodes,
		ClusterStatus:                    body.Status,
		ClusterAvailabilityStatus:        availability(body.Status),
		MasterUsername:                   body.MasterUsername,
		DBName:                           body.DBName,
		AutomatedSnapshotRetentionPeriod: body.AutomatedRetention,
		ManualSnapshotRetentionPeriod:    body.ManualRetention,
		ClusterVersion:                   state.ClusterVersion,
		ClusterRevisionNumber:            state.Revision,
		AllowVersionUpgrade:              body.AllowVersionUpgrade,
		PubliclyAccessible:               body.PubliclyAccessible,
		EnhancedVpcRouting:               body.EnhancedVpcRouting,
		Encrypted:                        true,
		KmsKeyId:                         body.KmsKey,
		MaintenanceTrackName:             body.MaintenanceTrack,
		PreferredMaintenanceWindow:       body.MaintenanceWindow,
		Tags:                             tagging.Shapes(body.Tags),
		PendingModifiedValues:            pending(body),
		RestoreStatus:                    r.restoreStatus(body),
		ClusterSnapshotCopyStatus:        snapshotCopy(body.SnapshotCopy),
		ClusterNamespaceArn:              state.NamespaceARN(record.Account, record.Region, body.Key),
		DefaultIamRoleArn:                body.DefaultIamRole,
		IpAddressType:                    "ipv4",
		MultiAZ:                          "disabled",
		AvailabilityZoneRelocationStatus: enabledOrDisabled(body.AvailabilityZoneRelocation),
		AquaConfiguration:                &redshift.AquaConfiguration{AquaStatus: redshift.AquaStatusDisabled, AquaConfigurationStatus: redshift.AquaConfigurationStatusAuto},
		DeferredMaintenanceWindows:       []redshift.DeferredMaintenanceWindow{},
	}
	shape.MasterPasswordSecretArn, shape.MasterPasswordSecretKmsKeyId = body.ManagedPassword.Shown()
	showNextSnapshot(body, &shape, r.warehouse.Clock.Now())
	showSurroundings(body, &shape, record.Account, record.Region)
	if window, err := state.ParseWindow(body.MaintenanceWindow); err == nil {
		shape.NextMaintenanceWindowStartTime = window.Next(r.warehouse.Clock.Now())
	}
	if kind, err := state.FindNodeType(body.NodeType); err == nil {
		capacity := kind.Capacity(body.NumberOfNodes)
		shape.TotalStorageCapacityInMegaBytes = &capacity
	}
	r.showWhereabouts(&shape, body)
	return &shape
}

func enabledOrDisabled(on bool) string {
	if on {
		return "enabled"
	}
	return "disabled"
}

func availability(status string) string {
	switch status {
	case state.Available, state.FinalSnapshot:
		return "Available"
	case state.Paused:
		return "Paused"
	case state.Rebooting:
		return "Unavailable"
	case state.IncompatibleRestore, state.HardwareFailure:
		return "Failed"
	default:
		return "Modifying"
	}
}

func pending(c state.Cluster) *redshift.PendingModifiedValues {
	values := &redshift.PendingModifiedValues{}
	if c.PasswordPending || c.Status == state.Creating && c.Restore == nil {
		values.MasterUserPassword = "****"
	}
	return values
}

// showNextSnapshot says when the next automated snapshot is expected, and by which schedule.
func showNextSnapshot(c state.Cluster, shape *redshift.Cluster, now time.Time) {
	shape.SnapshotScheduleIdentifier, shape.SnapshotScheduleState = c.Automation.Schedule, c.Automation.ScheduleState
	due := c.Automation.Due
	if !c.Automated() || due.IsZero() {
		return
	}
	shape.ExpectedNextSnapshotScheduleTime, shape.ExpectedNextSnapshotScheduleTimeStatus = due, "OnTrack"
	if !due.After(now) {
		shape.ExpectedNextSnapshotScheduleTimeStatus = "Pending"
	}
}

// showSurroundings are the groups and roles around a cluster. Each account has one network in each region, and the default groups.
func showSurroundings(c state.Cluster, shape *redshift.Cluster, account, region string) {
	shape.VpcId = state.NetworkID("vpc", account, region)
	shape.ClusterSubnetGroupName = cmp.Or(c.SubnetGroup, state.DefaultSubnetGroupName)
	shape.ClusterParameterGroups = []redshift.ClusterParameterGroupStatus{parameterGroup(c)}
	shape.ClusterSecurityGroups = []redshift.ClusterSecurityGroupMembership{}
	for _, group := range c.SecurityGroups(account, region) {
		shape.VpcSecurityGroups = append(shape.VpcSecurityGroups, redshift.VpcSecurityGroupMembership{VpcSecurityGroupId: group, Status: "active"})
	}
	shape.IamRoles = []redshift.ClusterIamRole{}
	for _, role := range c.IamRoles {
		shape.IamRoles = append(shape.IamRoles, redshift.ClusterIamRole{IamRoleArn: role, ApplyStatus: "in-sync"})
	}
}

// showWhereabouts says where a cluster is. It has addresses only once it has been available; while it is deleted, its endpoint has none
// any more.
func (r Renderer) showWhereabouts(shape *redshift.Cluster, body state.Cluster) {
	shape.AvailabilityZone = body.AvailabilityZone
	var address string
	if body.Provisioned {
		host := r.warehouse.Config().Addresses.Shown(body.Address)
		shape.ClusterCreateTime = body.Created
		shape.Endpoint = &redshift.Endpoint{Port: body.Port}
		if body.Status != state.Deleting {
			shape.Endpoint.Address = host
		}
		if net.ParseIP(host) != nil {
			address = host
		}
	}
	shape.ClusterNodes = []redshift.ClusterNode{}
	if body.Status == state.Paused {
		return
	}
	for _, role := range nodeRoles(body.NumberOfNodes) {
		node := redshift.ClusterNode{NodeRole: role, PrivateIPAddress: address}
		if body.PubliclyAccessible {
			node.PublicIPAddress = address
		}
		shape.ClusterNodes = append(shape.ClusterNodes, node)
	}
}

func nodeRoles(nodes int) []string {
	if nodes == 1 {
		return []string{"SHARED"}
	}
	roles := []string{"LEADER"}
	for i := range nodes {
		roles = append(roles, fmt.Sprintf("COMPUTE-%d", i))
	}
	return roles
}

func (r Renderer) restoreStatus(body state.Cluster) *redshift.RestoreStatus {
	if body.Restore == nil {
		return nil
	}
	if body.Restore.Status == state.RestoreRunning {
		return r.restoreRunning(body)
	}
	seconds := body.Restore.Ended.Sub(body.Restore.Began).Seconds()
	status := &redshift.RestoreStatus{
		Status:                  body.Restore.Status,
		SnapshotSizeInMegaBytes: state.WholeMegabytes(body.Restore.TotalBytes),
		ElapsedTimeInSeconds:    int64(seconds),
	}
	if body.Restore.Status == state.RestoreCompleted {
		status.ProgressInMegaBytes = status.SnapshotSizeInMegaBytes
		status.CurrentRestoreRateInMegaBytesPerSecond = rate(body.Restore.TotalBytes, seconds)
	}
	return status
}

func (r Renderer) restoreRunning(body state.Cluster) *redshift.RestoreStatus {
	status := &redshift.RestoreStatus{
		Status:                             "starting",
		SnapshotSizeInMegaBytes:            state.WholeMegabytes(body.Restore.TotalBytes),
		ElapsedTimeInSeconds:               int64(r.warehouse.Clock.Now().Sub(body.Restore.Began) / time.Second),
		EstimatedTimeToCompletionInSeconds: -1,
	}
	if body.Provisioned { // its data is fetched when it is touched, whoever follows that at the moment
		status.Status = state.RestoreRunning
	}
	if progress, known := r.warehouse.Progress.Get(body.Key); known {
		status.Status = state.RestoreRunning
		status.CurrentRestoreRateInMegaBytesPerSecond = progress.BytesPerSecond / state.Megabyte
		status.ProgressInMegaBytes = progress.DoneBytes / state.Megabyte
		status.EstimatedTimeToCompletionInSeconds = remainingSeconds(progress.TotalBytes-progress.DoneBytes, progress.BytesPerSecond)
	}
	return status
}

// rate is in megabytes a second.
func rate(bytes int64, seconds float64) float64 {
	if seconds <= 0 {
		return 0
	}
	return state.Megabytes(bytes) / seconds
}

// remainingSeconds is -1 as long as it cannot be told.
func remainingSeconds(bytes int64, bytesPerSecond float64) int64 {
	switch {
	case bytes <= 0:
		return 0
	case bytesPerSecond <= 0:
		return -1
	}
	return int64(math.Ceil(float64(bytes) / bytesPerSecond))
}

// snapshotCopy is nil, and so absent from the answer, when nothing is copied.
func snapshotCopy(s *state.SnapshotCopy) *redshift.ClusterSnapshotCopyStatus {
	if s == nil {
		return nil
	}
	return &redshift.ClusterSnapshotCopyStatus{
		DestinationRegion:             s.Region,
		RetentionPeriod:               int64(s.Retention),
		ManualSnapshotRetentionPeriod: s.ManualRetention,
		SnapshotCopyGrantName:         s.Grant,
	}
}
