package state

import (
	"slices"
	"strings"
	"time"

	"slipher/internal/meta"
)

// CreateTime is when the snapshot was asked for, until it is known which point in time it holds.
func (s Snapshot) CreateTime() time.Time {
	if s.Taken.IsZero() {
		return s.Requested
	}
	return s.Taken
}

// Origin is what a copy from another region was made of. As long as the copy is being made, it pins that.
type Origin struct {
	Region          string
	Snapshot        string // identifier
	Scope, Manifest string
}

// SourceRegion is empty, unless the snapshot was copied from another region.
func (s Snapshot) SourceRegion() string {
	if s.Origin == nil {
		return ""
	}
	return s.Origin.Region
}

// The types of snapshots, and those of their statuses that clusters do not have too.
const (
	Failed    = "failed"
	Manual    = "manual"
	Automated = "automated"
	Deleted   = "deleted"
	// SavingFinal is the status of a final snapshot while it is taken; that of its cluster has a hyphen.
	SavingFinal = "final snapshot"
)

// AwsSupport is the one name, beside account numbers, that a snapshot can be shared with.
const AwsSupport = "amazon-redshift-support"

// Snapshot is kept under an id in the order of creation. It belongs to the account of its key.
type Snapshot struct {
	Identifier        string
	ClusterKey        string
	ClusterIdentifier string // follows the cluster's name
	ClusterCreated    time.Time
	Orphan            bool `json:",omitempty"` // the cluster is deleted
	Type              string
	Status            string
	Final             bool     `json:",omitempty"` // taken by DeleteCluster
	Origin            *Origin  `json:",omitempty"` // of a copy from another region
	Source            Settings // of the cluster when the snapshot was asked for
	Retention         int      // days
	Outlasted         bool     `json:",omitempty"` // an automated one that is kept beyond its period, until there is a newer one
	Tags              []Tag
	Access            []string // accounts, and awsSupport, that may restore it; in the order of authorisation

	Requested time.Time
	Taken     time.Time // the point in time that it holds; zero until it is available
	Completed time.Time
	KmsKey    string
	Scope     string
	Manifest  string
	Tries     int    `json:",omitempty"` // saves begun
	Failures  int    `json:",omitempty"` // of them
	Failure   string `json:",omitempty"` // why the last of them failed, for the operator

	TotalBytes, StoredBytes int64
	Seconds                 float64 // that the save took
}

// SnapshotRecord is kept under an id in the order of creation; its name is an index entry.
type SnapshotRecord = meta.Record[Snapshot]

// Snapshots has an entry for each question that is asked of many snapshots. Whoever changes the entries counts snapshotIndex up.
var Snapshots = meta.Records[Snapshot]{Kind: "snapshot", Order: snapshotOrder, Index: func(s Snapshot) []meta.Entry {
	entries := []meta.Entry{SnapshotNamed(s.Identifier), OfCluster(s.ClusterIdentifier), OfClusterKey(s.ClusterKey), OfType(s.Type), InScope(s.Scope)}
	switch {
	case s.InProgress() && s.Origin != nil:
		entries = append(entries, Pinning(s.Origin.Scope))
	case s.InProgress():
		entries = append(entries, SavingOf(s.ClusterKey))
	}
	if s.RestorableAutomated() {
		entries = append(entries, AutomatedOf(s.ClusterKey))
	}
	if at := s.Expires(); !at.IsZero() {
		entries = append(entries, ExpiresAt(at))
	}
	if s.Orphan {
		entries = append(entries, Orphaned())
	}
	for _, account := range s.Access {
		entries = append(entries, SharedWith(account))
	}
	for _, tag := range s.Tags {
		entries = append(entries, TagKeyed(tag.Key), TagValued(tag.Value))
	}
	if len(s.Access) > 0 {
		entries = append(entries, SharedUnder(s.KmsKey))
	}
	return entries
}}

// SnapshotNamed finds snapshots by identifier, which does not tell upper from lower case.
func SnapshotNamed(identifier string) meta.Entry {
	return meta.Entry{Name: "identifier", Value: strings.ToLower(identifier)}
}

// OfCluster finds the snapshots of a cluster by its name, also of one that is deleted.
func OfCluster(identifier string) meta.Entry { return meta.Entry{Name: "cluster", Value: identifier} }

// OfClusterKey finds what belongs to one cluster, and not to another that had its name before.
func OfClusterKey(key string) meta.Entry { return meta.Entry{Name: "cluster key", Value: key} }

// OfType finds the manual or the automated snapshots.
func OfType(kind string) meta.Entry { return meta.Entry{Name: "type", Value: kind} }

// SavingOf finds the snapshot of a cluster that is being taken.
func SavingOf(cluster string) meta.Entry { return meta.Entry{Name: "saving", Value: cluster} }

// AutomatedOf finds those automated snapshots of a cluster from which it can be restored.
func AutomatedOf(key string) meta.Entry { return meta.Entry{Name: "automated of", Value: key} }

// Orphaned finds the snapshots whose cluster is deleted.
func Orphaned() meta.Entry { return meta.Entry{Name: "orphan", Value: "yes"} }

// SharedWith finds the snapshots that an account may restore because others share them.
func SharedWith(account string) meta.Entry { return meta.Entry{Name: "shared with", Value: account} }

// SharedUnder finds the shared snapshots of a KMS key, whose accounts have a quota together.
func SharedUnder(key string) meta.Entry { return meta.Entry{Name: "shared under", Value: key} }

// InProgress is true until the snapshot is available or has failed.
func (s Snapshot) InProgress() bool { return s.Status == Creating || s.Status == SavingFinal }

// RestorableAutomated leaves out copies from another region: they all expire, since there the newest one is no cluster's last resort.
func (s Snapshot) RestorableAutomated() bool {
	return s.Type == Automated && s.Status == Available && s.Origin == nil
}

// SharedWith says whether the owner has let the account restore it. It is false of the owner.
func (s Snapshot) SharedWith(account string) bool { return slices.Contains(s.Access, account) }

// Expiring orders the snapshots by when they expire.
const Expiring = "expires"

// ExpiresAt is the entry of something that expires at this time.
func ExpiresAt(at time.Time) meta.Entry {
	return meta.Entry{Name: Expiring, Value: IDAt(at.UnixNano())}
}

// Expires is when the snapshot's retention period ends; zero is never. A period begins when the snapshot is available; that of an automated one
// that failed, which nobody can delete, when it was asked for.
func (s Snapshot) Expires() time.Time {
	began := s.Completed
	if s.Status == Failed && s.Type == Automated {
		began = s.Requested
	}
	if s.Retention == Forever || s.Outlasted || began.IsZero() {
		return time.Time{}
	}
	return began.Add(time.Duration(s.Retention) * Day)
}
