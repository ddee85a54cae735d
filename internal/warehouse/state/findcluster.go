package state

import (
	"errors"

	"slipher/internal/api"
	"slipher/internal/meta"
	"slipher/internal/warehouse/refusal"
)

// ClusterKey is the place of the caller's cluster of this name.
func ClusterKey(c api.Caller, id string) meta.Key {
	return meta.Key{Account: c.Account, Region: c.Region, ID: id}
}

// FindCluster answers the caller's cluster, or ClusterNotFound.
func FindCluster(tx *meta.Tx, caller api.Caller, identifier string) (ClusterRecord, error) {
	found, err := Clusters.Find(tx, ClusterKey(caller, identifier))
	if errors.Is(err, meta.ErrNotFound) || identifier == "" {
		return found, ClusterNotFound(identifier)
	}
	return found, err
}

// ClusterNotFound is also the answer for clusters of other accounts, which nobody learns of.
func ClusterNotFound(identifier string) error {
	return refusal.ClusterNotFound.Because("Cluster %s not found.", identifier)
}

// FindClusterByKey answers a cluster whatever it is called now, or meta.ErrNotFound.
func FindClusterByKey(tx *meta.Tx, account, region, key string) (ClusterRecord, error) {
	found, err := Clusters.List(tx, meta.Query{Account: account, Region: region, Index: ClusterWithKey(key), Limit: 1})
	if err != nil {
		return ClusterRecord{}, err
	}
	if len(found) == 0 {
		return ClusterRecord{}, meta.ErrNotFound
	}
	return found[0], nil
}

// IsSaving says whether a snapshot of the cluster is being taken.
func IsSaving(tx *meta.Tx, record ClusterRecord) (bool, error) {
	count, err := Snapshots.Count(tx, meta.Query{Account: record.Account, Region: record.Region, Index: SavingOf(record.Body.Key)})
	return count > 0, err
}
