package state

import (
	"cmp"
	"strings"

	"slipher/internal/api"
	"slipher/internal/meta"
	"slipher/internal/warehouse/refusal"
)

// Arn is the name that a request gave the snapshot; * stands for what it left out.
func (l Locator) Arn() string {
	return SnapshotARN(l.Owner, l.Region, cmp.Or(l.Cluster, "*"), cmp.Or(l.Identifier, "*"))
}

// Locator is how a request names a snapshot. An empty cluster stands for any.
type Locator struct {
	Owner, Region       string
	Cluster, Identifier string
	Serverless          bool
}

// Locate reads the parameters by which AuthorizeSnapshotAccess and others name a snapshot: its identifier in the caller's
// account, or its ARN in any.
func Locate(caller api.Caller, identifier, arn, cluster string) (Locator, error) {
	if (identifier == "") == (arn == "") {
		return Locator{}, api.InvalidParameterCombination("You must specify either SnapshotIdentifier or SnapshotArn, but not both.")
	}
	if identifier != "" {
		return Locator{Owner: caller.Account, Region: caller.Region, Cluster: cluster, Identifier: identifier}, nil
	}
	named, err := LocateARN(arn)
	if err == nil && cluster != "" && !named.Serverless && cluster != named.Cluster {
		err = named.NotFound()
	}
	return named, err
}

// LocateARN reads the ARN of a snapshot, in any account and region. Those of Redshift Serverless are told apart and not refused.
func LocateARN(arn string) (Locator, error) {
	parsed, err := ParseARN(arn)
	if err != nil {
		return Locator{}, err
	}
	located, ok := parsed.Snapshot()
	if !ok {
		return Locator{}, api.InvalidParameterValue("%q is not the Amazon Resource Name of a snapshot.", arn)
	}
	return located, nil
}

// Snapshot locates what is the ARN of a snapshot.
func (r ARN) Snapshot() (located Locator, ok bool) {
	if r.Kind == "snapshot" && r.Service == "redshift-serverless" {
		return Locator{Owner: r.Account, Region: r.Region, Serverless: true}, true
	}
	cluster, identifier, _ := strings.Cut(r.Name, "/")
	located = Locator{Owner: r.Account, Region: r.Region, Cluster: cluster, Identifier: identifier}
	return located, r.Kind == "snapshot" && cluster != "" && identifier != ""
}

// Find answers the snapshot, or meta.ErrNotFound. Who may know of it is for the caller to decide.
func (l Locator) Find(tx *meta.Tx, region string) (SnapshotRecord, error) {
	if l.Serverless || l.Region != region || l.Owner == "" {
		return SnapshotRecord{}, meta.ErrNotFound
	}
	found, err := Snapshots.List(tx, meta.Query{Account: l.Owner, Region: l.Region, Index: SnapshotNamed(l.Identifier), Limit: 1})
	if err != nil {
		return SnapshotRecord{}, err
	}
	if len(found) == 0 || l.Cluster != "" && found[0].Body.ClusterIdentifier != l.Cluster {
		return SnapshotRecord{}, meta.ErrNotFound
	}
	return found[0], nil
}

// NotFound is the refusal in the words that Redshift has for what was asked: a snapshot of a cluster, or one by its name.
func (l Locator) NotFound() error {
	if l.Cluster != "" || l.Identifier == "" {
		return refusal.ClusterSnapshotNotFound.Because("Snapshot not found for cluster.")
	}
	return refusal.ClusterSnapshotNotFound.Because("Snapshot %s not found.", l.Identifier)
}
