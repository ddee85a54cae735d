package permission

import (
	"cmp"
	"errors"

	"slipher/internal/api"
	"slipher/internal/meta"
	"slipher/internal/policy"
	"slipher/internal/service"
	"slipher/internal/warehouse/state"
)

// Snapshot is how a request names one: by its identifier, or by its ARN.
type Snapshot struct{ Identifier, Cluster, ARN, Owner string }

// OnSnapshot requires the operation's action on the snapshot that is named so.
func OnSnapshot(named Snapshot) service.Permission {
	return func(call service.Call) ([]policy.Request, error) {
		located, ok := named.Locate(call.Caller)
		if !ok { // the operation refuses it, once the policies allow as much
			return []policy.Request{Given{}.About(call.Caller, call.Action, named.ARN, nil)}, nil
		}
		return Given{}.onLocated(call, located)
	}
}

// Locate is not ok for an ARN that is none of a provisioned cluster's snapshot.
func (n Snapshot) Locate(caller api.Caller) (located state.Locator, ok bool) {
	if n.Identifier == "" && n.ARN != "" {
		located, err := state.LocateARN(n.ARN)
		return located, err == nil && !located.Serverless
	}
	return state.Locator{Owner: cmp.Or(n.Owner, caller.Account), Region: caller.Region, Cluster: n.Cluster, Identifier: n.Identifier}, true
}

// onLocated requires the action on a snapshot by its ARN, which has the name of its cluster. Where the request does not tell that, it is looked up, or *
// where the caller has no such snapshot: so a policy about one cluster's snapshots refuses what is another cluster's and what is not there alike.
func (g Given) onLocated(call service.Call, located state.Locator) ([]policy.Request, error) {
	named := located.Arn()
	found, known, err := FindFor(call, located)
	if err != nil || !known {
		return []policy.Request{g.About(call.Caller, call.Action, named, nil)}, err
	}
	var tags map[string]string
	if found.Account == call.Caller.Account { // the owner's tags are its own
		tags = Values(found.Body.Tags)
	}
	arn := state.SnapshotARN(found.Account, found.Region, found.Body.ClusterIdentifier, found.Body.Identifier)
	request := g.About(call.Caller, call.Action, arn, tags)
	request.Named = named
	return []policy.Request{request}, nil
}

// FindFor answers a snapshot that the caller's account owns or may restore.
func FindFor(call service.Call, located state.Locator) (record state.SnapshotRecord, known bool, err error) {
	record, err = located.Find(call.Tx, call.Caller.Region)
	if errors.Is(err, meta.ErrNotFound) {
		return record, false, nil
	}
	return record, err == nil && (record.Account == call.Caller.Account || record.Body.SharedWith(call.Caller.Account)), err
}
