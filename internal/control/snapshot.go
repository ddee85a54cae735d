package control

import (
	"errors"
	"slices"
	"strings"
	"time"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
)

const (
	failed    = "failed"
	manual    = "manual"
	automated = "automated"
	deleted   = "deleted"
	// savingFinal is the status of a final snapshot while it is taken; that of its cluster has a hyphen.
	savingFinal = "final snapshot"
)

// awsSupport is the one name, beside account numbers, that a snapshot can be shared with.
const awsSupport = "amazon-redshift-support"

// snapshot is kept under an id in the order of creation. It belongs to the account of its key.
type snapshot struct {
	Identifier        string
	ClusterKey        string
	ClusterIdentifier string // follows the cluster's name
	ClusterCreated    time.Time
	Orphan            bool `json:",omitempty"` // the cluster is deleted
	Type              string
	Status            string
	Final             bool     `json:",omitempty"` // taken by DeleteCluster
	Origin            *origin  `json:",omitempty"` // of a copy from another region
	Source            settings // of the cluster when the snapshot was asked for
	Retention         int      // days
	Outlasted         bool     `json:",omitempty"` // an automated one that is kept beyond its period, until there is a newer one
	Tags              []redshift.Tag
	Access            []string // accounts, and awsSupport, that may restore it; in the order of authorisation

	Requested time.Time
	Taken     time.Time // the point in time that it holds; zero until it is available
	Completed time.Time
	KmsKey    string
	Scope     string
	Manifest  string
	Tries     int `json:",omitempty"` // saves begun
	Failures  int `json:",omitempty"` // of them

	TotalBytes, StoredBytes int64
	Seconds                 float64 // that the save took
}

type snapshotRecord = meta.Record[snapshot]

var snapshots = meta.Records[snapshot]{Kind: "snapshot", Order: snapshotOrder, Index: func(s snapshot) []meta.Entry {
	entries := []meta.Entry{named(s.Identifier), ofCluster(s.ClusterIdentifier), ofClusterKey(s.ClusterKey), ofType(s.Type), inScope(s.Scope)}
	switch {
	case s.inProgress() && s.Origin != nil:
		entries = append(entries, pinning(s.Origin.Scope))
	case s.inProgress():
		entries = append(entries, saving(s.ClusterKey))
	}
	if s.restorableAutomated() {
		entries = append(entries, automatedOf(s.ClusterKey))
	}
	if at := s.expires(); !at.IsZero() {
		entries = append(entries, expiresAt(at))
	}
	if s.Orphan {
		entries = append(entries, orphaned())
	}
	for _, account := range s.Access {
		entries = append(entries, sharedWith(account))
	}
	for _, tag := range s.Tags {
		entries = append(entries, tagKeyed(tag.Key), tagValued(tag.Value))
	}
	if len(s.Access) > 0 {
		entries = append(entries, sharedUnder(s.KmsKey))
	}
	return entries
}}

// Snapshot identifiers do not tell upper from lower case.
func named(identifier string) meta.Entry {
	return meta.Entry{Name: "identifier", Value: strings.ToLower(identifier)}
}
func ofCluster(identifier string) meta.Entry { return meta.Entry{Name: "cluster", Value: identifier} }
func ofClusterKey(key string) meta.Entry     { return meta.Entry{Name: "cluster key", Value: key} }
func ofType(kind string) meta.Entry          { return meta.Entry{Name: "type", Value: kind} }
func saving(cluster string) meta.Entry       { return meta.Entry{Name: "saving", Value: cluster} }
func automatedOf(key string) meta.Entry      { return meta.Entry{Name: "automated of", Value: key} }
func orphaned() meta.Entry                   { return meta.Entry{Name: "orphan", Value: "yes"} }
func sharedWith(account string) meta.Entry   { return meta.Entry{Name: "shared with", Value: account} }
func sharedUnder(key string) meta.Entry      { return meta.Entry{Name: "shared under", Value: key} }

func (s snapshot) inProgress() bool { return s.Status == creating || s.Status == savingFinal }

// restorableAutomated leaves out copies from another region: they all expire, since there the newest one is no cluster's last resort.
func (s snapshot) restorableAutomated() bool {
	return s.Type == automated && s.Status == available && s.Origin == nil
}

func (s snapshot) sharedWith(account string) bool { return slices.Contains(s.Access, account) }

// locator is how a request names a snapshot. An empty cluster stands for any.
type locator struct {
	owner, region       string
	cluster, identifier string
	serverless          bool
}

// locate reads the parameters by which AuthorizeSnapshotAccess and others name a snapshot: its identifier in the caller's
// account, or its ARN in any.
func locate(caller api.Caller, identifier, arn, cluster string) (locator, error) {
	if (identifier == "") == (arn == "") {
		return locator{}, api.InvalidParameterCombination("You must specify either SnapshotIdentifier or SnapshotArn, but not both.")
	}
	if identifier != "" {
		return locator{owner: caller.Account, region: caller.Region, cluster: cluster, identifier: identifier}, nil
	}
	named, err := locateARN(arn)
	if err == nil && cluster != "" && !named.serverless && cluster != named.cluster {
		err = named.notFound()
	}
	return named, err
}

func locateARN(arn string) (locator, error) {
	parsed, err := parseARN(arn)
	if err != nil {
		return locator{}, err
	}
	located, ok := parsed.snapshot()
	if !ok {
		return locator{}, api.InvalidParameterValue("%q is not the Amazon Resource Name of a snapshot.", arn)
	}
	return located, nil
}

// snapshot locates what is the ARN of a snapshot.
func (r resourceARN) snapshot() (located locator, ok bool) {
	if r.kind == "snapshot" && r.service == "redshift-serverless" {
		return locator{owner: r.account, region: r.region, serverless: true}, true
	}
	cluster, identifier, _ := strings.Cut(r.name, "/")
	located = locator{owner: r.account, region: r.region, cluster: cluster, identifier: identifier}
	return located, r.kind == "snapshot" && cluster != "" && identifier != ""
}

// find answers the snapshot, or meta.ErrNotFound. Who may know of it is for the caller to decide.
func (l locator) find(tx *meta.Tx, region string) (snapshotRecord, error) {
	if l.serverless || l.region != region || l.owner == "" {
		return snapshotRecord{}, meta.ErrNotFound
	}
	found, err := snapshots.List(tx, meta.Query{Account: l.owner, Region: l.region, Index: named(l.identifier), Limit: 1})
	if err != nil {
		return snapshotRecord{}, err
	}
	if len(found) == 0 || l.cluster != "" && found[0].Body.ClusterIdentifier != l.cluster {
		return snapshotRecord{}, meta.ErrNotFound
	}
	return found[0], nil
}

// findOwnSnapshot answers the caller's snapshot, or ClusterSnapshotNotFound.
func findOwnSnapshot(tx *meta.Tx, caller api.Caller, l locator) (snapshotRecord, error) {
	if l.owner != caller.Account {
		return snapshotRecord{}, l.notFound()
	}
	if l.serverless {
		return snapshotRecord{}, serverlessSnapshot()
	}
	found, err := l.find(tx, caller.Region)
	if errors.Is(err, meta.ErrNotFound) {
		err = l.notFound()
	}
	return found, err
}

func (l locator) notFound() error {
	if l.cluster != "" || l.identifier == "" {
		return redshift.ClusterSnapshotNotFound("Snapshot not found for cluster.")
	}
	return redshift.ClusterSnapshotNotFound("Snapshot %s not found.", l.identifier)
}

func serverlessSnapshot() error {
	return redshift.UnsupportedOperation("Snapshots of Redshift Serverless are not supported.")
}

func accessDenied() error {
	return redshift.AccessToSnapshotDenied("The owner of the specified snapshot has not authorized your account to access the snapshot.")
}

// findSnapshotByID answers a snapshot by the id of its record, or meta.ErrNotFound.
func findSnapshotByID(tx *meta.Tx, account, region, id string) (snapshotRecord, error) {
	return snapshots.Find(tx, meta.Key{Account: account, Region: region, ID: id})
}
