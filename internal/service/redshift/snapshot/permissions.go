package snapshot

import (
	"cmp"

	"slipher/internal/api/redshift"
	"slipher/internal/policy"
	"slipher/internal/service"
	"slipher/internal/service/redshift/permission"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse/state"
)

func createPermissions(in *redshift.CreateClusterSnapshotMessage) []service.Permission {
	return []service.Permission{permission.Create("snapshot", cmp.Or(in.ClusterIdentifier, "*")+"/"+cmp.Or(in.SnapshotIdentifier, "*"), tagging.Given(in.Tags))}
}

// copyPermissions are about both: the guide says that copying needs the source and the target.
func copyPermissions(in *redshift.CopyClusterSnapshotMessage) []service.Permission {
	source := permission.Snapshot{Identifier: in.SourceSnapshotIdentifier, Cluster: in.SourceSnapshotClusterIdentifier}
	return []service.Permission{permission.OnSnapshot(source), func(call service.Call) ([]policy.Request, error) {
		located, _ := source.Locate(call.Caller)
		target := state.Locator{Owner: located.Owner, Region: located.Region, Cluster: located.Cluster, Identifier: in.TargetSnapshotIdentifier}
		named := target.Arn()
		found, known, err := permission.FindFor(call, located)
		if known {
			target.Cluster = found.Body.ClusterIdentifier
		}
		request := permission.Given{}.About(call.Caller, call.Action, target.Arn(), nil)
		request.Named = named
		return []policy.Request{request}, err
	}}
}

func deletePermissions(in *redshift.DeleteClusterSnapshotMessage) []service.Permission {
	return []service.Permission{permission.OnSnapshot(permission.Snapshot{Identifier: in.SnapshotIdentifier, Cluster: in.SnapshotClusterIdentifier})}
}

func deleteBatchPermissions(in *redshift.BatchDeleteClusterSnapshotsRequest) []service.Permission {
	return onSnapshots(in.Identifiers)
}

func modifyBatchPermissions(in *redshift.BatchModifyClusterSnapshotsMessage) []service.Permission {
	all := make([]redshift.DeleteClusterSnapshotMessage, 0, len(in.SnapshotIdentifierList))
	for _, identifier := range in.SnapshotIdentifierList {
		all = append(all, redshift.DeleteClusterSnapshotMessage{SnapshotIdentifier: identifier})
	}
	return onSnapshots(all)
}

// onSnapshots requires the action on each. Of more than there may be the operation takes none.
func onSnapshots(all []redshift.DeleteClusterSnapshotMessage) (each []service.Permission) {
	if len(all) == 0 {
		all = append(all, redshift.DeleteClusterSnapshotMessage{})
	}
	for _, one := range all[:min(len(all), mostAtOnce)] {
		each = append(each, deletePermissions(&one)...)
	}
	return each
}
