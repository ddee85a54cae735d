package control

// authorizations are what the operations ask of their callers' policies, as Redshift's page of the Service Authorization Reference has it.
// An operation that is not here asks for redshift:<operation> on *.
var authorizations = map[string][]need{
	"CreateCluster": {
		create("cluster", "ClusterIdentifier"), passRoles("IamRoles"), useKey("KmsKeyId"), createSecret, useKey("MasterPasswordSecretKmsKeyId"),
	},
	"ModifyCluster": {
		on("cluster", "ClusterIdentifier"), rename, useKey("KmsKeyId"), modifySecret, useKey("MasterPasswordSecretKmsKeyId"),
	},
	"DescribeClusters":      {on("cluster", "ClusterIdentifier")},
	"DeleteCluster":         {on("cluster", "ClusterIdentifier")},
	"RebootCluster":         {on("cluster", "ClusterIdentifier")},
	"PauseCluster":          {on("cluster", "ClusterIdentifier")},
	"ResumeCluster":         {on("cluster", "ClusterIdentifier")},
	"RotateEncryptionKey":   {on("cluster", "ClusterIdentifier")},
	"ResizeCluster":         {on("cluster", "ClusterIdentifier")},
	"CancelResize":          {on("cluster", "ClusterIdentifier")},
	"DescribeResize":        {on("cluster", "ClusterIdentifier")},
	"ModifyClusterIamRoles": {on("cluster", "ClusterIdentifier"), passRoles("AddIamRoles")},
	"DescribeLoggingStatus": {on("cluster", "ClusterIdentifier")},
	"EnableLogging":         {on("cluster", "ClusterIdentifier")},
	"DisableLogging":        {on("cluster", "ClusterIdentifier")},

	"CreateClusterSnapshot":       {createSnapshot},
	"DescribeClusterSnapshots":    {everything},
	"CopyClusterSnapshot":         {copySnapshot},
	"ModifyClusterSnapshot":       {onSnapshot(snapshotMembers{identifier: "SnapshotIdentifier"})},
	"DeleteClusterSnapshot":       {onSnapshot(snapshotMembers{identifier: "SnapshotIdentifier", cluster: "SnapshotClusterIdentifier"})},
	"BatchModifyClusterSnapshots": {modifyBatch},
	"BatchDeleteClusterSnapshots": {deleteBatch},
	"AuthorizeSnapshotAccess":     {onSnapshot(sharedSnapshot)},
	"RevokeSnapshotAccess":        {onSnapshot(sharedSnapshot)},

	"RestoreFromClusterSnapshot": {
		create("cluster", "ClusterIdentifier"), onSnapshot(restoredSnapshot), passRoles("IamRoles"), useKey("KmsKeyId"), useSnapshotKey, restoreSecret,
		useKey("MasterPasswordSecretKmsKeyId"),
	},
	"RestoreTableFromClusterSnapshot": {
		on("cluster", "ClusterIdentifier"), onSnapshot(snapshotMembers{identifier: "SnapshotIdentifier", cluster: "ClusterIdentifier"}),
	},
	"DescribeTableRestoreStatus":       {everything},
	"DescribeNodeConfigurationOptions": {everything},
	"DescribeStorage":                  {everything},

	"EnableSnapshotCopy":                {on("cluster", "ClusterIdentifier")},
	"DisableSnapshotCopy":               {on("cluster", "ClusterIdentifier")},
	"ModifySnapshotCopyRetentionPeriod": {on("cluster", "ClusterIdentifier")},
	"CreateSnapshotCopyGrant":           {create("snapshotcopygrant", "SnapshotCopyGrantName")},
	"DeleteSnapshotCopyGrant":           {on("snapshotcopygrant", "SnapshotCopyGrantName")},
	"DescribeSnapshotCopyGrants":        {everything},

	"CreateSnapshotSchedule":        {create("snapshotschedule", "ScheduleIdentifier")},
	"ModifySnapshotSchedule":        {on("snapshotschedule", "ScheduleIdentifier")},
	"DeleteSnapshotSchedule":        {on("snapshotschedule", "ScheduleIdentifier")},
	"DescribeSnapshotSchedules":     {on("snapshotschedule", "ScheduleIdentifier")},
	"ModifyClusterSnapshotSchedule": {on("cluster", "ClusterIdentifier")},

	"CreateClusterParameterGroup":      {create("parametergroup", "ParameterGroupName")},
	"ModifyClusterParameterGroup":      {on("parametergroup", "ParameterGroupName")},
	"ResetClusterParameterGroup":       {on("parametergroup", "ParameterGroupName")},
	"DeleteClusterParameterGroup":      {on("parametergroup", "ParameterGroupName")},
	"DescribeClusterParameters":        {on("parametergroup", "ParameterGroupName")},
	"DescribeClusterParameterGroups":   {everything},
	"DescribeDefaultClusterParameters": {everything},

	"GetClusterCredentials":        {logIn},
	"GetClusterCredentialsWithIAM": {logInAsCaller},

	"DescribeEvents":          {everything},
	"DescribeEventCategories": {everything},

	"CreateTags":   {resourceName},
	"DeleteTags":   {resourceName},
	"DescribeTags": {resourceName},
}
