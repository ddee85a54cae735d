package control

import (
	"slipher/internal/api/redshift"
	"slipher/internal/service"
)

// families are the operations that are offered, with the permissions that each requires, as Redshift's page of the Service Authorization Reference has them.
func (c *Control) families() []service.Family {
	return []service.Family{
		c.clusterFamily(),
		c.loggingFamily(),
		c.snapshotFamily(),
		c.sharingFamily(),
		c.restoreFamily(),
		c.storageFamily(),
		c.snapshotCopyFamily(),
		c.scheduleFamily(),
		c.parameterGroupFamily(),
		c.credentialsFamily(),
		c.eventFamily(),
		c.tagFamily(),
	}
}

func (c *Control) clusterFamily() service.Family {
	return service.Family{Name: "cluster", Operations: []service.Operation{
		service.Offer(redshift.CreateClusterOperation, c.CreateCluster, func(in *redshift.CreateClusterMessage) required {
			return required{create("cluster", in.ClusterIdentifier, in.Tags), passRoles(in.IamRoles), c.useKey(in.KmsKeyId), createSecret(in), c.useKey(in.MasterPasswordSecretKmsKeyId)}
		}),
		service.Offer(redshift.ModifyClusterOperation, c.ModifyCluster, func(in *redshift.ModifyClusterMessage) required {
			return required{on("cluster", in.ClusterIdentifier), rename(in.ClusterIdentifier, in.NewClusterIdentifier), c.useKey(in.KmsKeyId), modifySecret(in), c.useKey(in.MasterPasswordSecretKmsKeyId)}
		}),
		service.Offer(redshift.DescribeClustersOperation, c.DescribeClusters, func(in *redshift.DescribeClustersMessage) required {
			return required{on("cluster", in.ClusterIdentifier)}
		}),
		service.Offer(redshift.DeleteClusterOperation, c.DeleteCluster, func(in *redshift.DeleteClusterMessage) required { return required{on("cluster", in.ClusterIdentifier)} }),
		service.Offer(redshift.RebootClusterOperation, c.RebootCluster, func(in *redshift.RebootClusterMessage) required { return required{on("cluster", in.ClusterIdentifier)} }),
		service.Offer(redshift.PauseClusterOperation, c.PauseCluster, func(in *redshift.PauseClusterMessage) required { return required{on("cluster", in.ClusterIdentifier)} }),
		service.Offer(redshift.ResumeClusterOperation, c.ResumeCluster, func(in *redshift.ResumeClusterMessage) required { return required{on("cluster", in.ClusterIdentifier)} }),
		service.Offer(redshift.RotateEncryptionKeyOperation, c.RotateEncryptionKey, func(in *redshift.RotateEncryptionKeyMessage) required {
			return required{on("cluster", in.ClusterIdentifier)}
		}),
	}}
}

func (c *Control) loggingFamily() service.Family {
	return service.Family{Name: "logging", Operations: []service.Operation{
		service.Offer(redshift.EnableLoggingOperation, c.EnableLogging, func(in *redshift.EnableLoggingMessage) required { return required{on("cluster", in.ClusterIdentifier)} }),
		service.Offer(redshift.DisableLoggingOperation, c.DisableLogging, func(in *redshift.DisableLoggingMessage) required {
			return required{on("cluster", in.ClusterIdentifier)}
		}),
		service.Offer(redshift.DescribeLoggingStatusOperation, c.DescribeLoggingStatus, func(in *redshift.DescribeLoggingStatusMessage) required {
			return required{on("cluster", in.ClusterIdentifier)}
		}),
	}}
}

func (c *Control) snapshotFamily() service.Family {
	return service.Family{Name: "snapshot", Operations: []service.Operation{
		service.Offer(redshift.CreateClusterSnapshotOperation, c.CreateClusterSnapshot, createSnapshotPermissions),
		service.Offer(redshift.DescribeClusterSnapshotsOperation, c.DescribeClusterSnapshots, service.Everything),
		service.Offer(redshift.CopyClusterSnapshotOperation, c.CopyClusterSnapshot, copySnapshotPermissions),
		service.Offer(redshift.ModifyClusterSnapshotOperation, c.ModifyClusterSnapshot, func(in *redshift.ModifyClusterSnapshotMessage) required {
			return required{onSnapshot(namedSnapshot{identifier: in.SnapshotIdentifier})}
		}),
		service.Offer(redshift.DeleteClusterSnapshotOperation, c.DeleteClusterSnapshot, deleteSnapshotPermissions),
		service.Offer(redshift.BatchModifyClusterSnapshotsOperation, c.BatchModifyClusterSnapshots, modifyBatchPermissions),
		service.Offer(redshift.BatchDeleteClusterSnapshotsOperation, c.BatchDeleteClusterSnapshots, deleteBatchPermissions),
	}}
}

func (c *Control) sharingFamily() service.Family {
	return service.Family{Name: "sharing", Operations: []service.Operation{
		service.Offer(redshift.AuthorizeSnapshotAccessOperation, c.AuthorizeSnapshotAccess, authorizePermissions),
		service.Offer(redshift.RevokeSnapshotAccessOperation, c.RevokeSnapshotAccess, revokePermissions),
	}}
}

func (c *Control) restoreFamily() service.Family {
	return service.Family{Name: "restore", Operations: []service.Operation{
		service.Offer(redshift.RestoreFromClusterSnapshotOperation, c.RestoreFromClusterSnapshot, c.restorePermissions).Refusing(refusedRestore),
		service.Offer(redshift.RestoreTableFromClusterSnapshotOperation, c.RestoreTableFromClusterSnapshot, func(in *redshift.RestoreTableFromClusterSnapshotMessage) required {
			return required{on("cluster", in.ClusterIdentifier), onSnapshot(namedSnapshot{identifier: in.SnapshotIdentifier, cluster: in.ClusterIdentifier})}
		}),
		service.Offer(redshift.DescribeTableRestoreStatusOperation, c.DescribeTableRestoreStatus, service.Everything),
		service.Offer(redshift.DescribeNodeConfigurationOptionsOperation, c.DescribeNodeConfigurationOptions, service.Everything),
	}}
}

func (c *Control) storageFamily() service.Family {
	return service.Family{Name: "storage", Operations: []service.Operation{
		service.Offer(redshift.DescribeStorageOperation, c.DescribeStorage, service.Everything),
	}}
}

func (c *Control) snapshotCopyFamily() service.Family {
	return service.Family{Name: "snapshot copy", Operations: []service.Operation{
		service.Offer(redshift.EnableSnapshotCopyOperation, c.EnableSnapshotCopy, func(in *redshift.EnableSnapshotCopyMessage) required {
			return required{on("cluster", in.ClusterIdentifier)}
		}),
		service.Offer(redshift.DisableSnapshotCopyOperation, c.DisableSnapshotCopy, func(in *redshift.DisableSnapshotCopyMessage) required {
			return required{on("cluster", in.ClusterIdentifier)}
		}),
		service.Offer(redshift.ModifySnapshotCopyRetentionPeriodOperation, c.ModifySnapshotCopyRetentionPeriod, func(in *redshift.ModifySnapshotCopyRetentionPeriodMessage) required {
			return required{on("cluster", in.ClusterIdentifier)}
		}),
		service.Offer(redshift.CreateSnapshotCopyGrantOperation, c.CreateSnapshotCopyGrant, func(in *redshift.CreateSnapshotCopyGrantMessage) required {
			return required{create("snapshotcopygrant", in.SnapshotCopyGrantName, in.Tags)}
		}),
		service.Offer(redshift.DeleteSnapshotCopyGrantOperation, c.DeleteSnapshotCopyGrant, func(in *redshift.DeleteSnapshotCopyGrantMessage) required {
			return required{on("snapshotcopygrant", in.SnapshotCopyGrantName)}
		}),
		service.Offer(redshift.DescribeSnapshotCopyGrantsOperation, c.DescribeSnapshotCopyGrants, service.Everything),
	}}
}

func (c *Control) scheduleFamily() service.Family {
	return service.Family{Name: "schedule", Operations: []service.Operation{
		service.Offer(redshift.CreateSnapshotScheduleOperation, c.CreateSnapshotSchedule, func(in *redshift.CreateSnapshotScheduleMessage) required {
			return required{create("snapshotschedule", in.ScheduleIdentifier, in.Tags)}
		}),
		service.Offer(redshift.ModifySnapshotScheduleOperation, c.ModifySnapshotSchedule, func(in *redshift.ModifySnapshotScheduleMessage) required {
			return required{on("snapshotschedule", in.ScheduleIdentifier)}
		}),
		service.Offer(redshift.DeleteSnapshotScheduleOperation, c.DeleteSnapshotSchedule, func(in *redshift.DeleteSnapshotScheduleMessage) required {
			return required{on("snapshotschedule", in.ScheduleIdentifier)}
		}),
		service.Offer(redshift.DescribeSnapshotSchedulesOperation, c.DescribeSnapshotSchedules, func(in *redshift.DescribeSnapshotSchedulesMessage) required {
			return required{on("snapshotschedule", in.ScheduleIdentifier)}
		}),
		service.Offer(redshift.ModifyClusterSnapshotScheduleOperation, c.ModifyClusterSnapshotSchedule, func(in *redshift.ModifyClusterSnapshotScheduleMessage) required {
			return required{on("cluster", in.ClusterIdentifier)}
		}),
	}}
}

func (c *Control) parameterGroupFamily() service.Family {
	return service.Family{Name: "parameter group", Operations: []service.Operation{
		service.Offer(redshift.CreateClusterParameterGroupOperation, c.CreateClusterParameterGroup, func(in *redshift.CreateClusterParameterGroupMessage) required {
			return required{create("parametergroup", in.ParameterGroupName, in.Tags)}
		}),
		service.Offer(redshift.ModifyClusterParameterGroupOperation, c.ModifyClusterParameterGroup, func(in *redshift.ModifyClusterParameterGroupMessage) required {
			return required{on("parametergroup", in.ParameterGroupName)}
		}),
		service.Offer(redshift.ResetClusterParameterGroupOperation, c.ResetClusterParameterGroup, func(in *redshift.ResetClusterParameterGroupMessage) required {
			return required{on("parametergroup", in.ParameterGroupName)}
		}),
		service.Offer(redshift.DeleteClusterParameterGroupOperation, c.DeleteClusterParameterGroup, func(in *redshift.DeleteClusterParameterGroupMessage) required {
			return required{on("parametergroup", in.ParameterGroupName)}
		}),
		service.Offer(redshift.DescribeClusterParametersOperation, c.DescribeClusterParameters, func(in *redshift.DescribeClusterParametersMessage) required {
			return required{on("parametergroup", in.ParameterGroupName)}
		}),
		service.Offer(redshift.DescribeClusterParameterGroupsOperation, c.DescribeClusterParameterGroups, service.Everything),
		service.Offer(redshift.DescribeDefaultClusterParametersOperation, c.DescribeDefaultClusterParameters, service.Everything),
	}}
}

func (c *Control) credentialsFamily() service.Family {
	return service.Family{Name: "credentials", Operations: []service.Operation{
		service.Offer(redshift.GetClusterCredentialsOperation, c.GetClusterCredentials, logInPermissions),
		service.Offer(redshift.GetClusterCredentialsWithIAMOperation, c.GetClusterCredentialsWithIAM, logInAsCallerPermissions),
	}}
}

func (c *Control) eventFamily() service.Family {
	return service.Family{Name: "event", Operations: []service.Operation{
		service.Offer(redshift.DescribeEventsOperation, c.DescribeEvents, service.Everything),
		service.Offer(redshift.DescribeEventCategoriesOperation, c.DescribeEventCategories, service.Everything),
	}}
}

func (c *Control) tagFamily() service.Family {
	return service.Family{Name: "tag", Operations: []service.Operation{
		service.Offer(redshift.CreateTagsOperation, c.CreateTags, func(in *redshift.CreateTagsMessage) required {
			return required{onNamed(in.ResourceName, given{tags: in.Tags})}
		}),
		service.Offer(redshift.DeleteTagsOperation, c.DeleteTags, func(in *redshift.DeleteTagsMessage) required {
			return required{onNamed(in.ResourceName, given{keys: in.TagKeys})}
		}),
		service.Offer(redshift.DescribeTagsOperation, c.DescribeTags, func(in *redshift.DescribeTagsMessage) required {
			return required{onNamed(in.ResourceName, given{keys: in.TagKeys})}
		}),
	}}
}

// refusedRestore is recorded of Redshift. All other operations answer AccessDenied and the reason.
var refusedRestore = redshift.UnauthorizedOperation("Access Denied. Please ensure that your IAM Permissions allow this operation.")

func (c *Control) restorePermissions(in *redshift.RestoreFromClusterSnapshotMessage) required {
	source := restoredSnapshot(in)
	return required{
		create("cluster", in.ClusterIdentifier, nil), onSnapshot(source), passRoles(in.IamRoles), c.useKey(in.KmsKeyId),
		c.useSnapshotKey(source, in.KmsKeyId), c.restoreSecret(in), c.useKey(in.MasterPasswordSecretKmsKeyId),
	}
}

func restoredSnapshot(in *redshift.RestoreFromClusterSnapshotMessage) namedSnapshot {
	return namedSnapshot{identifier: in.SnapshotIdentifier, cluster: in.SnapshotClusterIdentifier, arn: in.SnapshotArn, owner: in.OwnerAccount}
}
