package state

import (
	"errors"
	"time"

	"slipher/internal/api"
	"slipher/internal/meta"
	"slipher/internal/warehouse/refusal"
)

// NewestManifest is that of the cluster's latest point in time, or empty. A copy is made later than what it holds.
func NewestManifest(tx *meta.Tx, of SnapshotRecord) (manifest string, err error) {
	all, err := Snapshots.List(tx, meta.Query{Account: of.Account, Region: of.Region, Index: InScope(of.Body.Scope)})
	var latest time.Time
	for _, record := range all {
		if record.Body.Status == Available && !record.Body.Taken.Before(latest) {
			manifest, latest = record.Body.Manifest, record.Body.Taken
		}
	}
	return manifest, err
}

// EachSnapshot visits every snapshot of the cluster.
func EachSnapshot(tx *meta.Tx, of ClusterRecord, visit func(SnapshotRecord) error) error {
	found, err := Snapshots.List(tx, meta.Query{Account: of.Account, Region: of.Region, Index: OfClusterKey(of.Body.Key)})
	if err != nil {
		return err
	}
	for _, record := range found {
		if err := visit(record); err != nil {
			return err
		}
	}
	return nil
}

// FindOwnSnapshot answers the caller's snapshot, or ClusterSnapshotNotFound.
func FindOwnSnapshot(tx *meta.Tx, caller api.Caller, l Locator) (SnapshotRecord, error) {
	if l.Owner != caller.Account {
		return SnapshotRecord{}, l.NotFound()
	}
	if l.Serverless {
		return SnapshotRecord{}, ServerlessSnapshot()
	}
	found, err := l.Find(tx, caller.Region)
	if errors.Is(err, meta.ErrNotFound) {
		err = l.NotFound()
	}
	return found, err
}

// ServerlessSnapshot refuses the ARN of a snapshot that no provisioned cluster is restored from.
func ServerlessSnapshot() error {
	return refusal.UnsupportedOperation.Because("Snapshots of Redshift Serverless are not supported.")
}

// AccessDenied refuses a snapshot that is there and was not shared with the caller.
func AccessDenied() error {
	return refusal.AccessToSnapshotDenied.Because("The owner of the specified snapshot has not authorized your account to access the snapshot.")
}

// FindSnapshotByID answers a snapshot by the id of its record, or meta.ErrNotFound.
func FindSnapshotByID(tx *meta.Tx, account, region, id string) (SnapshotRecord, error) {
	return Snapshots.Find(tx, meta.Key{Account: account, Region: region, ID: id})
}

// IsNewestAutomated tells the snapshot that outlasts its period, since the cluster has no newer one to be restored from.
func IsNewestAutomated(tx *meta.Tx, record SnapshotRecord) (bool, error) {
	if !record.Body.RestorableAutomated() {
		return false, nil
	}
	newer, err := Snapshots.Count(tx, meta.Query{Account: record.Account, Region: record.Region, Index: AutomatedOf(record.Body.ClusterKey), After: record.ID})
	return newer == 0, err
}
