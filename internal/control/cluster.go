package control

import (
	"context"
	"errors"
	"strconv"
	"time"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/fleet"
	"slipher/internal/meta"
	"slipher/internal/nodeapi"
)

// The statuses of a cluster that slipher knows, in Redshift's words.
const (
	creating            = "creating"
	available           = "available"
	rebooting           = "rebooting"
	pausing             = "pausing"
	paused              = "paused"
	resuming            = "resuming"
	finalSnapshot       = "final-snapshot"
	rotatingKeys        = "rotating-keys"
	deleting            = "deleting"
	incompatibleRestore = "incompatible-restore" // the snapshot's data could not be restored
	hardwareFailure     = "hardware-failure"     // the node never came up
)

// settings are what a snapshot keeps of its cluster, and a restore takes from the snapshot.
type settings struct {
	NodeType                   string
	NumberOfNodes              int
	DBName                     string
	MasterUsername             string
	Verifier                   string           // of the admin user's password; the password itself is nowhere, unless Secrets Manager manages it
	ManagedPassword            *managedPassword `json:",omitempty"`
	Port                       int
	AvailabilityZone           string
	VpcSecurityGroups          []string `json:",omitempty"`
	MaintenanceWindow          string
	MaintenanceTrack           string
	AutomatedRetention         int
	ManualRetention            int
	AllowVersionUpgrade        bool
	PubliclyAccessible         bool
	EnhancedVpcRouting         bool
	AvailabilityZoneRelocation bool           `json:",omitempty"`
	IamRoles                   []string       `json:",omitempty"`
	DefaultIamRole             string         `json:",omitempty"`
	Tags                       []redshift.Tag `json:",omitempty"`
}

// cluster is kept under its identifier; its Key never changes, so jobs, nodes and snapshots go by that.
type cluster struct {
	settings
	Key         string // also the namespace's id
	Status      string
	Created     time.Time
	Provisioned bool   // was available once: from then on it shows where it is
	Address     string // of the SQL endpoint, if it has one of its own
	KmsKey      string
	Scope       string // of the snapshot store, sealed by the cluster's own data key

	PasswordPending bool          `json:",omitempty"` // the node may still have the verifier before
	Attempts        int           `json:",omitempty"` // failed tries of the work that the status stands for
	FinalSnapshot   string        `json:",omitempty"` // identifier, while and after it is taken
	Restore         *restore      `json:",omitempty"` // of clusters that came from a snapshot
	SnapshotCopy    *snapshotCopy `json:",omitempty"` // while snapshots are copied to another region
	Automation      automation
	Parameters      clusterParameters `json:",omitzero"`
}

// restore is where a cluster's data comes from. Scope and Manifest are the pin: as long as they are set no sweep takes the data
// away, whatever becomes of the snapshot. They are emptied when the restore has ended.
type restore struct {
	Status       string // restoring, completed, failed
	Snapshot     string // identifier
	Scope        string `json:",omitempty"`
	Manifest     string `json:",omitempty"`
	TotalBytes   int64
	Began, Ended time.Time
}

const (
	restoreRunning   = "restoring"
	restoreCompleted = "completed"
	restoreFailed    = "failed"
)

func (c cluster) restoring() bool { return c.Restore != nil && c.Restore.Status == restoreRunning }

type clusterRecord = meta.Record[cluster]

var clusters = meta.Records[cluster]{Kind: "cluster", Index: func(c cluster) []meta.Entry {
	entries := []meta.Entry{byKey(c.Key), inScope(c.Scope), onPort(c.Port)}
	if c.Address != "" {
		entries = append(entries, atAddress(c.Address))
	}
	if c.Automation.Schedule != "" {
		entries = append(entries, onSchedule(c.Automation.Schedule))
	}
	if c.Parameters.Wanted.Group != "" {
		entries = append(entries, inParameterGroup(c.Parameters.Wanted.Group))
	}
	if c.Restore != nil && c.Restore.Scope != "" {
		entries = append(entries, pinning(c.Restore.Scope))
	}
	if c.SnapshotCopy != nil {
		entries = append(entries, inScope(c.SnapshotCopy.Scope), copyingUnder(c.SnapshotCopy.Region, c.SnapshotCopy.Grant))
	}
	return entries
}}

func byKey(key string) meta.Entry         { return meta.Entry{Name: "key", Value: key} }
func inScope(scope string) meta.Entry     { return meta.Entry{Name: "scope", Value: scope} }
func pinning(scope string) meta.Entry     { return meta.Entry{Name: "pinning", Value: scope} }
func onSchedule(id string) meta.Entry     { return meta.Entry{Name: "schedule", Value: id} }
func atAddress(address string) meta.Entry { return meta.Entry{Name: "address", Value: address} }
func onPort(port int) meta.Entry          { return meta.Entry{Name: "port", Value: strconv.Itoa(port)} }
func clusterKey(c api.Caller, id string) meta.Key {
	return meta.Key{Account: c.Account, Region: c.Region, ID: id}
}

// findCluster answers the caller's cluster, or ClusterNotFound.
func findCluster(tx *meta.Tx, caller api.Caller, identifier string) (clusterRecord, error) {
	found, err := clusters.Find(tx, clusterKey(caller, identifier))
	if errors.Is(err, meta.ErrNotFound) || identifier == "" {
		return found, clusterNotFound(identifier)
	}
	return found, err
}

func clusterNotFound(identifier string) error {
	return redshift.ClusterNotFound("Cluster %s not found.", identifier)
}

// findClusterByKey answers a cluster whatever it is called now, or meta.ErrNotFound.
func findClusterByKey(tx *meta.Tx, account, region, key string) (clusterRecord, error) {
	found, err := clusters.List(tx, meta.Query{Account: account, Region: region, Index: byKey(key), Limit: 1})
	if err != nil {
		return clusterRecord{}, err
	}
	if len(found) == 0 {
		return clusterRecord{}, meta.ErrNotFound
	}
	return found[0], nil
}

// change lets a decision alter the caller's cluster in one transaction, and answers it as it is then.
func (c *Control) change(ctx context.Context, caller api.Caller, identifier string, decide func(tx *meta.Tx, record *clusterRecord) error) (*redshift.Cluster, error) {
	var changed clusterRecord
	err := c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		record, err := findCluster(tx, caller, identifier)
		if err != nil {
			return err
		}
		if err := decide(tx, &record); err != nil {
			return err
		}
		changed = record
		return clusters.Put(tx, record)
	})
	if err != nil {
		return nil, err
	}
	shape := c.clusterShape(changed)
	return &shape, nil
}

// begin puts the cluster into a status and enqueues the work that the status stands for.
func (c *Control) begin(tx *meta.Tx, record *clusterRecord, status string) error {
	record.Body.Status, record.Body.Attempts = status, 0
	return c.workLater(tx, *record)
}

func (c *Control) workLater(tx *meta.Tx, record clusterRecord) error {
	return tx.Enqueue(clusterWork{record.Account, record.Region, record.Body.Key}, meta.EnqueueOptions{Unique: true})
}

// isSaving says whether a snapshot of the cluster is being taken.
func isSaving(tx *meta.Tx, record clusterRecord) (bool, error) {
	count, err := snapshots.Count(tx, meta.Query{Account: record.Account, Region: record.Region, Index: saving(record.Body.Key)})
	return count > 0, err
}

func (c *Control) spec(body cluster) fleet.Spec {
	return fleet.Spec{
		Cluster: body.Key,
		Address: c.config.Addresses.bind(body.Address),
		Port:    body.Port, MemoryLimit: c.config.Memory, Threads: c.config.Threads,
	}
}

// openRequest names the restore as long as the node may need it.
func (c *Control) openRequest(ctx context.Context, body cluster) (nodeapi.OpenRequest, error) {
	request := nodeapi.OpenRequest{Database: body.DBName, AdminUser: body.MasterUsername, Verifier: body.Verifier, Parameters: body.parametersToRun().forNode()}
	logins, err := c.loginsOf(ctx, body.Key)
	if request.Logins = logins; err != nil || !body.restoring() {
		return request, err
	}
	restoring, err := c.restoreRequest(ctx, body, c.config.Bandwidth)
	request.Restore = &restoring
	return request, err
}

func (c cluster) credentials() nodeapi.Credentials {
	return nodeapi.Credentials{AdminUser: c.MasterUsername, Verifier: c.Verifier}
}
