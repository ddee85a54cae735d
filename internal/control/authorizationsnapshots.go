package control

import (
	"cmp"

	"slipher/internal/api/redshift"
	"slipher/internal/policy"
	"slipher/internal/service"
	"slipher/internal/service/redshift/permission"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse/state"
)

type required = []service.Permission

func createSnapshotPermissions(in *redshift.CreateClusterSnapshotMessage) required {
	return required{permission.Create("snapshot", cmp.Or(in.ClusterIdentifier, "*")+"/"+cmp.Or(in.SnapshotIdentifier, "*"), tagging.Given(in.Tags))}
}

// copySnapshotPermissions are about both: the guide says that copying needs the source and the target.
func copySnapshotPermissions(in *redshift.CopyClusterSnapshotMessage) required {
	source := permission.Snapshot{Identifier: in.SourceSnapshotIdentifier, Cluster: in.SourceSnapshotClusterIdentifier}
	return required{permission.OnSnapshot(source), func(call service.Call) ([]policy.Request, error) {
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

func deleteSnapshotPermissions(in *redshift.DeleteClusterSnapshotMessage) required {
	return required{permission.OnSnapshot(permission.Snapshot{Identifier: in.SnapshotIdentifier, Cluster: in.SnapshotClusterIdentifier})}
}

func deleteBatchPermissions(in *redshift.BatchDeleteClusterSnapshotsRequest) required {
	return onSnapshots(in.Identifiers)
}

func modifyBatchPermissions(in *redshift.BatchModifyClusterSnapshotsMessage) required {
	var all []redshift.DeleteClusterSnapshotMessage
	for _, identifier := range in.SnapshotIdentifierList {
		all = append(all, redshift.DeleteClusterSnapshotMessage{SnapshotIdentifier: identifier})
	}
	return onSnapshots(all)
}

// onSnapshots requires the action on each. Of more than there may be the operation takes none.
func onSnapshots(all []redshift.DeleteClusterSnapshotMessage) (each required) {
	if len(all) == 0 {
		all = append(all, redshift.DeleteClusterSnapshotMessage{})
	}
	for _, one := range all[:min(len(all), snapshotsAtOnce)] {
		each = append(each, deleteSnapshotPermissions(&one)...)
	}
	return each
}
