package control

import (
	"math"
	"time"

	"slipher/internal/api/redshift"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse/state"
)

// view is who looks at a snapshot, and in which answer: some fields are for the owner only, some for DescribeClusterSnapshots only.
type view struct {
	account   string
	describes bool
}

// snapshotShape is the snapshot as the API shows it.
func (c *Control) snapshotShape(record state.SnapshotRecord, view view) redshift.Snapshot {
	body := record.Body
	shape := redshift.Snapshot{
		SnapshotIdentifier:         body.Identifier,
		SnapshotArn:                state.SnapshotARN(record.Account, record.Region, body.ClusterIdentifier, body.Identifier),
		ClusterIdentifier:          body.ClusterIdentifier,
		SnapshotCreateTime:         body.CreateTime(),
		SnapshotRetentionStartTime: body.Completed,
		SnapshotType:               body.Type,
		Status:                     body.Status,
		OwnerAccount:               record.Account,
		SourceRegion:               body.SourceRegion(),
		ClusterCreateTime:          body.ClusterCreated,
		ClusterVersion:             clusterVersion,
		EngineFullVersion:          clusterVersion + "." + revision,
		Port:                       body.Source.Port,
		AvailabilityZone:           body.Source.AvailabilityZone,
		MasterUsername:             body.Source.MasterUsername,
		DBName:                     body.Source.DBName,
		NodeType:                   body.Source.NodeType,
		NumberOfNodes:              body.Source.NumberOfNodes,
		VpcId:                      state.NetworkID("vpc", record.Account, record.Region),
		Encrypted:                  true,
		KmsKeyId:                   body.KmsKey,
		EnhancedVpcRouting:         body.Source.EnhancedVpcRouting,
		MaintenanceTrackName:       body.Source.MaintenanceTrack,
		Tags:                       []redshift.Tag{},
	}
	shape.MasterPasswordSecretArn, shape.MasterPasswordSecretKmsKeyId = body.Source.ManagedPassword.Shown()
	c.progressOf(&shape, record)
	showRetention(body, &shape, c.warehouse.Clock.Now())
	if view.account == record.Account {
		shape.Tags = tagging.Shapes(body.Tags)
		shape.AccountsWithRestoreAccess = accessShape(body)
	}
	if view.describes {
		shape.RestorableNodeTypes = body.RestorableTypes()
	}
	return shape
}

// progressOf fills the sizes and times: from the running save while there is one, then from what it ended with. -1 stands for
// what is not known yet.
func (c *Control) progressOf(shape *redshift.Snapshot, record state.SnapshotRecord) {
	body := record.Body
	shape.ElapsedTimeInSeconds = int64(body.Seconds)
	if body.Status == state.Available {
		shape.TotalBackupSizeInMegaBytes = state.Megabytes(body.TotalBytes)
		shape.ActualIncrementalBackupSizeInMegaBytes = state.Megabytes(body.StoredBytes)
		shape.BackupProgressInMegaBytes = state.Megabytes(body.StoredBytes)
		shape.CurrentBackupRateInMegaBytesPerSecond = rate(body.StoredBytes, body.Seconds)
		if body.Type == state.Automated { // Redshift keeps the average of manual snapshots only
			shape.CurrentBackupRateInMegaBytesPerSecond, shape.EstimatedSecondsToCompletion = 0, -1
		}
		return
	}
	shape.TotalBackupSizeInMegaBytes = -1
	shape.ActualIncrementalBackupSizeInMegaBytes = -1
	shape.EstimatedSecondsToCompletion = -1
	if progress, known := c.warehouse.Progress.Get(record.ID); known {
		shape.BackupProgressInMegaBytes = state.Megabytes(progress.StoredBytes)
		shape.CurrentBackupRateInMegaBytesPerSecond = rate(progress.StoredBytes, progress.Seconds)
		shape.EstimatedSecondsToCompletion = remainingSeconds(progress.TotalBytes-progress.DoneBytes, progress.BytesPerSecond)
		shape.ElapsedTimeInSeconds = int64(progress.Seconds)
	}
}

func showRetention(s state.Snapshot, shape *redshift.Snapshot, now time.Time) {
	if s.Type != state.Manual {
		return
	}
	period := s.Retention
	shape.ManualSnapshotRetentionPeriod = &period
	if period == state.Forever {
		return
	}
	remaining := period
	if !s.Completed.IsZero() {
		days := now.Sub(s.Completed).Hours() / 24
		remaining = max(0, period-int(math.Floor(days)))
	}
	shape.ManualSnapshotRemainingDays = &remaining
}

// accessShape is nil, and so absent from the answer, when nobody is authorised.
func accessShape(s state.Snapshot) []redshift.AccountWithRestoreAccess {
	var shapes []redshift.AccountWithRestoreAccess
	for _, account := range s.Access {
		shape := redshift.AccountWithRestoreAccess{AccountId: account}
		if account == state.AwsSupport {
			shape = redshift.AccountWithRestoreAccess{AccountAlias: account}
		}
		shapes = append(shapes, shape)
	}
	return shapes
}
