package state

import (
	"errors"

	"slipher/internal/meta"
	"slipher/internal/warehouse/refusal"
)

// ServicePrincipal is who gets the grants on keys.
const ServicePrincipal = "redshift.amazonaws.com"

// SnapshotCopyGrant lets the snapshots that are copied into its region be sealed under its key. It is kept under its name.
type SnapshotCopyGrant struct {
	KmsKey string
	Tags   []Tag `json:",omitempty"`
}

// SnapshotCopyGrants are kept under their name, in the region that is copied to.
var SnapshotCopyGrants = meta.Records[SnapshotCopyGrant]{Kind: "snapshot copy grant"}

// FindCopyGrant answers the account's grant in a region, or SnapshotCopyGrantNotFound.
func FindCopyGrant(tx *meta.Tx, account, region, name string) (meta.Record[SnapshotCopyGrant], error) {
	found, err := SnapshotCopyGrants.Find(tx, meta.Key{Account: account, Region: region, ID: name})
	if errors.Is(err, meta.ErrNotFound) {
		err = refusal.SnapshotCopyGrantNotFound.Because("Snapshot copy grant not found in %s: %s", region, name)
	}
	return found, err
}

// SnapshotCopy is how a cluster's snapshots are copied to another region.
type SnapshotCopy struct {
	Region          string
	Retention       int    // of automated snapshots there, in days
	ManualRetention int    // of manual ones
	Grant           string `json:",omitempty"` // name of the snapshot copy grant
	KmsKey          string // of that region
	Scope           string // of the copies, sealed under that key
}

// CopyingUnder finds the clusters that copy to a region under a grant, which cannot be deleted as long.
func CopyingUnder(region, grant string) meta.Entry {
	return meta.Entry{Name: "copying under", Value: region + "/" + grant}
}
