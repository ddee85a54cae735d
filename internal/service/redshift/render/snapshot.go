package render

import (
	"math"
	"time"

	"slipher/internal/api/redshift"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse/state"
)

// Snapshot is the snapshot as the API shows it to an account: some fields are for the owner only.
func (r Renderer) Snapshot(record state.SnapshotRecord, viewer string) *redshift.Snapshot {
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
		ClusterVersion:             state.ClusterVersion,
		EngineFullVersion:          state.ClusterVersion + "." + state.Revision,
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
	r.progressOf(&shape, record)
	showRetention(body, &shape, r.warehouse.Clock.Now())
	if viewer == record.Account {
		shape.Tags = tagging.Shapes(body.Tags)
		shape.AccountsWithRestoreAccess = access(body)
	}
	return &shape
}

// DescribedSnapshot is the snapshot as DescribeClusterSnapshots shows it.
func (r Renderer) DescribedSnapshot(record state.SnapshotRecord, viewer string) redshift.Snapshot {
	shape := r.Snapshot(record, viewer)
	shape.RestorableNodeTypes = record.Body.RestorableTypes()
	return *shape
}

// progressOf fills the sizes and times: from the running save while there is one, then from what it ended with. -1 stands for
// what is not known yet.
func (r Renderer) progressOf(shape *redshift.Snapshot, record state.SnapshotRecord) {
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
	if progress, known := r.warehouse.Progress.Get(record.ID); known {
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
func access(s state.Snapshot) []redshift.AccountWithRestoreAccess {
	var shapes []redshift.AccountWithRestoreAccess //nolint:prealloc // none are nil
	for _, account := range s.Access {
		shape := redshift.AccountWithRestoreAccess{AccountId: account}
		if account == state.AwsSupport {
			shape = redshift.AccountWithRestoreAccess{AccountAlias: account}
		}
		shapes = append(shapes, shape)
	}
	return shapes
}
