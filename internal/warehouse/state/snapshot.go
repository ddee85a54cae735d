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

func (s Snapshot) SourceRegion() string {
	if s.Origin == nil {
		return ""
	}
	return s.Origin.Region
}

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

type SnapshotRecord = meta.Record[Snapshot]

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

// Snapshot identifiers do not tell upper from lower case.
func SnapshotNamed(identifier string) meta.Entry {
	return meta.Entry{Name: "identifier", Value: strings.ToLower(identifier)}
}

func OfCluster(identifier string) meta.Entry { return meta.Entry{Name: "cluster", Value: identifier} }

func OfClusterKey(key string) meta.Entry { return meta.Entry{Name: "cluster key", Value: key} }

func OfType(kind string) meta.Entry { return meta.Entry{Name: "type", Value: kind} }

func SavingOf(cluster string) meta.Entry { return meta.Entry{Name: "saving", Value: cluster} }

func AutomatedOf(key string) meta.Entry { return meta.Entry{Name: "automated of", Value: key} }

func Orphaned() meta.Entry { return meta.Entry{Name: "orphan", Value: "yes"} }

func SharedWith(account string) meta.Entry { return meta.Entry{Name: "shared with", Value: account} }

func SharedUnder(key string) meta.Entry { return meta.Entry{Name: "shared under", Value: key} }

func (s Snapshot) InProgress() bool { return s.Status == Creating || s.Status == SavingFinal }

// RestorableAutomated leaves out copies from another region: they all expire, since there the newest one is no cluster's last resort.
func (s Snapshot) RestorableAutomated() bool {
	return s.Type == Automated && s.Status == Available && s.Origin == nil
}

func (s Snapshot) SharedWith(account string) bool { return slices.Contains(s.Access, account) }

// Expiring orders the snapshots by when they expire.
const Expiring = "expires"

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
