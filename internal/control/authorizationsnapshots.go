package control

import (
	"cmp"
	"errors"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/policy"
	"slipher/internal/service"
	"slipher/internal/warehouse/state"
)

// namedSnapshot is how a request names a snapshot: by its identifier, or by its ARN.
type namedSnapshot struct{ identifier, cluster, arn, owner string }

// onSnapshot requires the operation's action on the snapshot that is named so.
func onSnapshot(named namedSnapshot) service.Permission {
	return func(call service.Call) ([]policy.Request, error) {
		located, ok := named.locate(call.Caller)
		if !ok { // the operation refuses it, once the policies allow as much
			return []policy.Request{given{}.aboutResource(call.Caller, call.Action, named.arn, nil)}, nil
		}
		return given{}.onLocated(call, located)
	}
}

// locate is not ok for an ARN that is none of a provisioned cluster's snapshot.
func (n namedSnapshot) locate(caller api.Caller) (located state.Locator, ok bool) {
	if n.identifier == "" && n.arn != "" {
		located, err := state.LocateARN(n.arn)
		return located, err == nil && !located.Serverless
	}
	return state.Locator{Owner: cmp.Or(n.owner, caller.Account), Region: caller.Region, Cluster: n.cluster, Identifier: n.identifier}, true
}

// onLocated requires the action on a snapshot by its ARN, which has the name of its cluster. Where the request does not tell that, it is looked up, or *
// where the caller has no such snapshot: so a policy about one cluster's snapshots refuses what is another cluster's and what is not there alike.
func (g given) onLocated(call service.Call, located state.Locator) ([]policy.Request, error) {
	named := located.Arn()
	found, known, err := findFor(call, located)
	if err != nil || !known {
		return []policy.Request{g.aboutResource(call.Caller, call.Action, named, nil)}, err
	}
	var tags []redshift.Tag
	if found.Account == call.Caller.Account { // the owner's tags are its own
		tags = tagsShape(found.Body.Tags)
	}
	arn := state.SnapshotARN(found.Account, found.Region, found.Body.ClusterIdentifier, found.Body.Identifier)
	request := g.aboutResource(call.Caller, call.Action, arn, tags)
	request.Named = named
	return []policy.Request{request}, nil
}

// findFor answers a snapshot that the caller's account owns or may restore.
func findFor(call service.Call, located state.Locator) (record state.SnapshotRecord, known bool, err error) {
	record, err = located.Find(call.Tx, call.Caller.Region)
	if errors.Is(err, meta.ErrNotFound) {
		return record, false, nil
	}
	return record, err == nil && (record.Account == call.Caller.Account || record.Body.SharedWith(call.Caller.Account)), err
}

func createSnapshotPermissions(in *redshift.CreateClusterSnapshotMessage) required {
	return required{create("snapshot", cmp.Or(in.ClusterIdentifier, "*")+"/"+cmp.Or(in.SnapshotIdentifier, "*"), in.Tags)}
}

// copySnapshotPermissions are about both: the guide says that copying needs the source and the target
func copySnapshotPermissions(in *redshift.CopyClusterSnapshotMessage) required {
	source := namedSnapshot{identifier: in.SourceSnapshotIdentifier, cluster: in.SourceSnapshotClusterIdentifier}
	return required{onSnapshot(source), func(call service.Call) ([]policy.Request, error) {
		located, _ := source.locate(call.Caller)
		target := state.Locator{Owner: located.Owner, Region: located.Region, Cluster: located.Cluster, Identifier: in.TargetSnapshotIdentifier}
		named := target.Arn()
		found, known, err := findFor(call, located)
		if known {
			target.Cluster = found.Body.ClusterIdentifier
		}
		request := given{}.aboutResource(call.Caller, call.Action, target.Arn(), nil)
		request.Named = named
		return []policy.Request{request}, err
	}}
}

func deleteSnapshotPermissions(in *redshift.DeleteClusterSnapshotMessage) required {
	return required{onSnapshot(namedSnapshot{identifier: in.SnapshotIdentifier, cluster: in.SnapshotClusterIdentifier})}
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

func authorizePermissions(in *redshift.AuthorizeSnapshotAccessMessage) required {
	return required{onSnapshot(namedSnapshot{identifier: in.SnapshotIdentifier, cluster: in.SnapshotClusterIdentifier, arn: in.SnapshotArn})}
}

func revokePermissions(in *redshift.RevokeSnapshotAccessMessage) required {
	return required{onSnapshot(namedSnapshot{identifier: in.SnapshotIdentifier, cluster: in.SnapshotClusterIdentifier, arn: in.SnapshotArn})}
}
