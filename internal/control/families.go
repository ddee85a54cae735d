package control

import (
	"slipher/internal/api/redshift"
	"slipher/internal/service"
	house "slipher/internal/service/redshift"
	"slipher/internal/service/redshift/copygrant"
	"slipher/internal/service/redshift/credentials"
	events "slipher/internal/service/redshift/event"
	"slipher/internal/service/redshift/logging"
	"slipher/internal/service/redshift/parametergroup"
	"slipher/internal/service/redshift/permission"
	"slipher/internal/service/redshift/schedule"
	"slipher/internal/service/redshift/sharing"
	"slipher/internal/service/redshift/snapshotcopy"
	"slipher/internal/service/redshift/storage"
	"slipher/internal/service/redshift/subnetgroup"
	"slipher/internal/service/redshift/tag"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse/event"
)

// families are the operations that are offered, with the permissions that each requires, as Redshift's page of the Service Authorization Reference has them.
// DescribeTags has their kinds of resource in this order.
func (c *Control) families() []house.Family {
	families := []house.Family{
		{Family: c.clusterFamily(), Taggable: []tagging.Kind{clusterTags()}},
		{Family: c.snapshotFamily(), Taggable: []tagging.Kind{snapshotTags()}},
		schedule.Family(schedule.Config{
			Store: c.config.Store, Now: c.warehouse.Clock.Now, NewID: c.config.NewID, Quota: c.config.Limits.SnapshotSchedules, Tags: c.config.Limits.Tags,
			ChangeCluster: c.change, Associate: c.warehouse.Schedule, Dissociate: c.warehouse.Unschedule,
		}),
		copygrant.Family(copygrant.Config{
			Store: c.config.Store, Keys: c.config.Keys, Quota: c.config.Limits.SnapshotCopyGrants, Tags: c.config.Limits.Tags, Key: c.warehouse.CopyKey,
		}),
		parametergroup.Family(parametergroup.Config{
			Store: c.config.Store, Quota: c.config.Limits.ParameterGroups, Tags: c.config.Limits.Tags, Emit: c.warehouse.Events.EmitOf, OfCluster: event.ParametersChanged,
		}),
		subnetgroup.Family(subnetgroup.Config{Store: c.config.Store, Tags: c.config.Limits.Tags}),
		logging.Family(c.warehouse), sharing.Family(c.warehouse), snapshotcopy.Family(c.warehouse), {Family: c.restoreFamily()}, storage.Family(c.warehouse),
		credentials.Family(c.warehouse), events.Family(c.warehouse),
	}
	return append(families, house.Family{Family: tag.Family(tag.Config{Store: c.config.Store, Quota: c.config.Limits.Tags, Kinds: house.Taggable(families)})})
}

func (c *Control) clusterFamily() service.Family {
	return service.Family{Name: "cluster", Operations: []service.Operation{
		service.Offer(redshift.CreateClusterOperation, c.CreateCluster, func(in *redshift.CreateClusterMessage) required {
			return required{permission.Create("cluster", in.ClusterIdentifier, tagging.Given(in.Tags)), permission.PassRoles(in.IamRoles), permission.UseKey(c.config.Keys, in.KmsKeyId), createSecret(in), permission.UseKey(c.config.Keys, in.MasterPasswordSecretKmsKeyId)}
		}),
		service.Offer(redshift.ModifyClusterOperation, c.ModifyCluster, func(in *redshift.ModifyClusterMessage) required {
			return required{permission.On("cluster", in.ClusterIdentifier), permission.Rename(in.ClusterIdentifier, in.NewClusterIdentifier), permission.UseKey(c.config.Keys, in.KmsKeyId), modifySecret(in), permission.UseKey(c.config.Keys, in.MasterPasswordSecretKmsKeyId)}
		}),
		service.Offer(redshift.DescribeClustersOperation, c.DescribeClusters, func(in *redshift.DescribeClustersMessage) required {
			return required{permission.On("cluster", in.ClusterIdentifier)}
		}),
		service.Offer(redshift.DeleteClusterOperation, c.DeleteCluster, func(in *redshift.DeleteClusterMessage) required {
			return required{permission.On("cluster", in.ClusterIdentifier)}
		}),
		service.Offer(redshift.RebootClusterOperation, c.RebootCluster, func(in *redshift.RebootClusterMessage) required {
			return required{permission.On("cluster", in.ClusterIdentifier)}
		}),
		service.Offer(redshift.PauseClusterOperation, c.PauseCluster, func(in *redshift.PauseClusterMessage) required {
			return required{permission.On("cluster", in.ClusterIdentifier)}
		}),
		service.Offer(redshift.ResumeClusterOperation, c.ResumeCluster, func(in *redshift.ResumeClusterMessage) required {
			return required{permission.On("cluster", in.ClusterIdentifier)}
		}),
		service.Offer(redshift.RotateEncryptionKeyOperation, c.RotateEncryptionKey, func(in *redshift.RotateEncryptionKeyMessage) required {
			return required{permission.On("cluster", in.ClusterIdentifier)}
		}),
	}}
}

func (c *Control) snapshotFamily() service.Family {
	return service.Family{Name: "snapshot", Operations: []service.Operation{
		service.Offer(redshift.CreateClusterSnapshotOperation, c.CreateClusterSnapshot, createSnapshotPermissions),
		service.Offer(redshift.DescribeClusterSnapshotsOperation, c.DescribeClusterSnapshots, service.Everything),
		service.Offer(redshift.CopyClusterSnapshotOperation, c.CopyClusterSnapshot, copySnapshotPermissions),
		service.Offer(redshift.ModifyClusterSnapshotOperation, c.ModifyClusterSnapshot, func(in *redshift.ModifyClusterSnapshotMessage) required {
			return required{permission.OnSnapshot(permission.Snapshot{Identifier: in.SnapshotIdentifier})}
		}),
		service.Offer(redshift.DeleteClusterSnapshotOperation, c.DeleteClusterSnapshot, deleteSnapshotPermissions),
		service.Offer(redshift.BatchModifyClusterSnapshotsOperation, c.BatchModifyClusterSnapshots, modifyBatchPermissions),
		service.Offer(redshift.BatchDeleteClusterSnapshotsOperation, c.BatchDeleteClusterSnapshots, deleteBatchPermissions),
	}}
}

func (c *Control) restoreFamily() service.Family {
	return service.Family{Name: "restore", Operations: []service.Operation{
		service.Offer(redshift.RestoreFromClusterSnapshotOperation, c.RestoreFromClusterSnapshot, c.restorePermissions).Refusing(refusedRestore),
		service.Offer(redshift.RestoreTableFromClusterSnapshotOperation, c.RestoreTableFromClusterSnapshot, func(in *redshift.RestoreTableFromClusterSnapshotMessage) required {
			return required{permission.On("cluster", in.ClusterIdentifier), permission.OnSnapshot(permission.Snapshot{Identifier: in.SnapshotIdentifier, Cluster: in.ClusterIdentifier})}
		}),
		service.Offer(redshift.DescribeTableRestoreStatusOperation, c.DescribeTableRestoreStatus, service.Everything),
		service.Offer(redshift.DescribeNodeConfigurationOptionsOperation, c.DescribeNodeConfigurationOptions, service.Everything),
	}}
}

// refusedRestore is recorded of Redshift. All other operations answer AccessDenied and the reason.
var refusedRestore = redshift.UnauthorizedOperation("Access Denied. Please ensure that your IAM Permissions allow this operation.")

func (c *Control) restorePermissions(in *redshift.RestoreFromClusterSnapshotMessage) required {
	source := restoredSnapshot(in)
	return required{
		permission.Create("cluster", in.ClusterIdentifier, nil), permission.OnSnapshot(source), permission.PassRoles(in.IamRoles), permission.UseKey(c.config.Keys, in.KmsKeyId),
		permission.UseSnapshotKey(c.config.Keys, source, in.KmsKeyId), c.restoreSecret(in), permission.UseKey(c.config.Keys, in.MasterPasswordSecretKmsKeyId),
	}
}

func restoredSnapshot(in *redshift.RestoreFromClusterSnapshotMessage) permission.Snapshot {
	return permission.Snapshot{Identifier: in.SnapshotIdentifier, Cluster: in.SnapshotClusterIdentifier, ARN: in.SnapshotArn, Owner: in.OwnerAccount}
}
