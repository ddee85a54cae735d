package state

import (
	"strconv"
	"time"

	"slipher/internal/meta"
)

// NeedsNoNode is true of clusters whose node should not run: they rest, or are about to.
func (c Cluster) NeedsNoNode() bool { return c.AtRest() || c.Status == Pausing || c.Status == Deleting }

// Automated says whether automated snapshots of the cluster are taken at present, or will be when what is under way has ended.
func (c Cluster) Automated() bool {
	return c.AutomatedRetention > 0 && c.Provisioned && !c.AtRest() && c.Status != Deleting
}

// The statuses of a cluster that slipher knows, in Redshift's words.
const (
	Creating            = "creating"
	Available           = "available"
	Rebooting           = "rebooting"
	Pausing             = "pausing"
	Paused              = "paused"
	Resuming            = "resuming"
	FinalSnapshot       = "final-snapshot"
	RotatingKeys        = "rotating-keys"
	Deleting            = "deleting"
	IncompatibleRestore = "incompatible-restore" // the snapshot's data could not be restored
	HardwareFailure     = "hardware-failure"     // the node never came up, or the database has lost something that was committed
)

// Cluster is kept under its identifier; its Key never changes, so jobs, nodes and snapshots go by that.
type Cluster struct {
	Settings
	Key         string // also the namespace's id
	Status      string
	Created     time.Time
	Provisioned bool   // was available once: from then on it shows where it is
	Address     string // of the SQL endpoint, if it has one of its own
	KmsKey      string
	Scope       string // of the snapshot store, sealed by the cluster's own data key

	PasswordPending bool           `json:",omitempty"` // the node may still have the verifier before
	Attempts        int            `json:",omitempty"` // failed tries of the work that the status stands for
	FinalSnapshot   string         `json:",omitempty"` // identifier, while and after it is taken
	Restore         *RestoreOrigin `json:",omitempty"` // of clusters that came from a snapshot
	SnapshotCopy    *SnapshotCopy  `json:",omitempty"` // while snapshots are copied to another region
	Automation      Automation
	Parameters      ClusterParameters `json:",omitzero"`
	SubnetGroup     string            `json:",omitempty"` // if it is not the default one
}

// RestoreOrigin is where a cluster's data comes from. Scope and Manifest are the pin: as long as they are set no sweep takes the data
// away, whatever becomes of the snapshot. They are emptied when the restore has ended.
type RestoreOrigin struct {
	Status       string // restoring, completed, failed
	Snapshot     string // identifier
	Scope        string `json:",omitempty"`
	Manifest     string `json:",omitempty"`
	TotalBytes   int64
	Began, Ended time.Time
}

// The statuses of RestoreStatus, in Redshift's words.
const (
	RestoreRunning   = "restoring"
	RestoreCompleted = "completed"
	RestoreFailed    = "failed"
)

// Restoring is true until the data is there, and the manifest is pinned as long.
func (c Cluster) Restoring() bool { return c.Restore != nil && c.Restore.Status == RestoreRunning }

// ClusterRecord is kept under the cluster's identifier, so a rename moves it; Body.Key stays.
type ClusterRecord = meta.Record[Cluster]

// Clusters has an entry for each question that is asked of all clusters, so that none reads them all.
var Clusters = meta.Records[Cluster]{Kind: "cluster", Index: func(c Cluster) []meta.Entry {
	entries := []meta.Entry{ClusterWithKey(c.Key), InScope(c.Scope), OnPort(c.Port)}
	if c.Address != "" {
		entries = append(entries, AtAddress(c.Address))
	}
	if c.Automation.Schedule != "" {
		entries = append(entries, onSchedule(c.Automation.Schedule))
	}
	if c.Parameters.Wanted.Group != "" {
		entries = append(entries, InParameterGroup(c.Parameters.Wanted.Group))
	}
	if c.SubnetGroup != "" {
		entries = append(entries, InSubnetGroup(c.SubnetGroup))
	}
	if c.Restore != nil && c.Restore.Scope != "" {
		entries = append(entries, Pinning(c.Restore.Scope))
	}
	if c.SnapshotCopy != nil {
		entries = append(entries, InScope(c.SnapshotCopy.Scope), CopyingUnder(c.SnapshotCopy.Region, c.SnapshotCopy.Grant))
	}
	return entries
}}

// ClusterWithKey finds the one cluster of a key, whatever its name is now.
func ClusterWithKey(key string) meta.Entry { return meta.Entry{Name: "key", Value: key} }

// InScope finds what saves into a scope, or has a snapshot in it.
func InScope(scope string) meta.Entry { return meta.Entry{Name: "scope", Value: scope} }

// Pinning finds what reads a manifest in a scope at present: restores of clusters and tables, and copies.
func Pinning(scope string) meta.Entry { return meta.Entry{Name: "pinning", Value: scope} }

func onSchedule(id string) meta.Entry { return meta.Entry{Name: "schedule", Value: id} }

// AtAddress finds the cluster whose node listens on an address.
func AtAddress(address string) meta.Entry { return meta.Entry{Name: "address", Value: address} }

// OnPort finds the clusters with a port: one, where all share an address.
func OnPort(port int) meta.Entry { return meta.Entry{Name: "port", Value: strconv.Itoa(port)} }

// Busy says whether an operation runs on the cluster.
func (c Cluster) Busy() bool { return c.Status != Available && !c.AtRest() }

// AtRest is true of a cluster that stays as it is until somebody asks for a change.
func (c Cluster) AtRest() bool {
	return c.Status == Paused || c.Status == IncompatibleRestore || c.Status == HardwareFailure
}

// Lost says that the cluster was available once and its database is damaged now.
func (c Cluster) Lost() bool { return c.Status == HardwareFailure && c.Provisioned }

// Serves says whether the cluster takes connections in this status.
func (c Cluster) Serves() bool {
	return c.Status == Available || c.Status == Rebooting || c.Status == RotatingKeys || c.Status == FinalSnapshot
}
