package warehouse

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/meta"
	"slipher/internal/vault/store"
	"slipher/internal/warehouse/refusal"
	"slipher/internal/warehouse/scope"
	"slipher/internal/warehouse/state"
)

// ReachRegion refuses a region whose own snapshot store does not answer.
func (w *Warehouse) ReachRegion(ctx context.Context, region string) error {
	bucket := w.Scopes.Stores[region]
	if bucket == nil {
		return nil
	}
	if err := store.Reach(ctx, bucket, w.config.SnapshotsIn[region]); err != nil {
		w.config.Log.Warn("snapshot store not reached", "region", region, "err", err)
		return refusal.CopyToRegionDisabled.Because("Snapshots cannot be copied to %s for now because its snapshot store does not answer. Try your request again.", region)
	}
	return nil
}

// EnableSnapshotCopy has the snapshots of a cluster of the caller's copied from now on.
func (w *Warehouse) EnableSnapshotCopy(tx *meta.Tx, caller api.Caller, identifier string, wanted state.SnapshotCopy) (state.ClusterRecord, error) {
	return changeCluster(tx, caller, identifier, func(record *state.ClusterRecord) error {
		if err := mustBe(*record, "enable snapshot copy for", state.Available); err != nil {
			return err
		}
		if record.Body.SnapshotCopy != nil {
			return refusal.SnapshotCopyAlreadyEnabled.Because("Snapshot Copy is already enabled on Cluster %s.", record.ID)
		}
		if wanted.Region == record.Region || !state.RegionForm.MatchString(wanted.Region) {
			return refusal.UnknownSnapshotCopyRegion.Because("Invalid region %s", wanted.Region)
		}
		return w.beginSnapshotCopy(tx, record, wanted)
	})
}

func (w *Warehouse) beginSnapshotCopy(tx *meta.Tx, record *state.ClusterRecord, wanted state.SnapshotCopy) (err error) {
	if wanted.KmsKey, err = w.keyAbroad(tx, *record, wanted); err != nil {
		return err
	}
	if wanted.Scope, err = w.scopeAbroad(tx, *record, wanted); err != nil {
		return err
	}
	record.Body.SnapshotCopy = &wanted
	return nil
}

// keyAbroad is the grant's key, or without one the aws/redshift key of the region, on which Redshift then gets a grant for this cluster.
func (w *Warehouse) keyAbroad(tx *meta.Tx, record state.ClusterRecord, wanted state.SnapshotCopy) (arn string, err error) {
	if wanted.Grant != "" {
		grant, err := state.FindCopyGrant(tx, record.Account, wanted.Region, wanted.Grant)
		return grant.Body.KmsKey, err
	}
	if arn, err = w.config.Keys.Default(tx, record.Account, wanted.Region); err != nil {
		return "", err
	}
	return arn, RefusedGrant(w.config.Keys.Grant(tx, arn, state.ServicePrincipal, keyGrantFor(record)))
}

func keyGrantFor(record state.ClusterRecord) string { return "snapshot copy of " + record.Body.Key }

// scopeAbroad is that of the cluster's earlier copies under the same key, so that they have their blocks in common with the new ones, or a new one.
func (w *Warehouse) scopeAbroad(tx *meta.Tx, record state.ClusterRecord, wanted state.SnapshotCopy) (string, error) {
	copies, err := state.Snapshots.List(tx, meta.Query{Account: record.Account, Region: wanted.Region, Index: state.OfClusterKey(record.Body.Key)})
	if err != nil {
		return "", err
	}
	for _, copied := range copies {
		if copied.Body.KmsKey == wanted.KmsKey {
			return copied.Body.Scope, nil
		}
	}
	return w.Scopes.New(tx, wanted.Region, wanted.KmsKey)
}

// DisableSnapshotCopy ends the copying. Copies that are there or under way stay.
func (w *Warehouse) DisableSnapshotCopy(tx *meta.Tx, caller api.Caller, identifier string) (state.ClusterRecord, error) {
	return changeCluster(tx, caller, identifier, func(record *state.ClusterRecord) error {
		if err := mustBe(*record, "disable snapshot copy for", state.Available); err != nil {
			return err
		}
		if record.Body.SnapshotCopy == nil {
			return refusal.SnapshotCopyAlreadyDisabled.Because("Snapshot Copy is already disabled on Cluster %s.", record.ID)
		}
		return w.endSnapshotCopy(tx, record)
	})
}

// KeepAutomatedCopies changes for how many days the automated snapshots of a cluster are kept in the other region, those that are there included.
func (w *Warehouse) KeepAutomatedCopies(tx *meta.Tx, caller api.Caller, identifier string, days int) (state.ClusterRecord, error) {
	return changeCopies(tx, caller, identifier, func(record *state.ClusterRecord) error {
		record.Body.SnapshotCopy.Retention = days
		return w.retainCopies(tx, *record)
	})
}

// KeepManualCopies changes for how many days manual snapshots that are copied from now on are kept in the other region.
func (w *Warehouse) KeepManualCopies(tx *meta.Tx, caller api.Caller, identifier string, days int) (state.ClusterRecord, error) {
	return changeCopies(tx, caller, identifier, func(record *state.ClusterRecord) error {
		record.Body.SnapshotCopy.ManualRetention = days
		return nil
	})
}

func changeCopies(tx *meta.Tx, caller api.Caller, identifier string, change func(*state.ClusterRecord) error) (state.ClusterRecord, error) {
	return changeCluster(tx, caller, identifier, func(record *state.ClusterRecord) error {
		if err := mustBe(*record, "change the snapshot copy of", state.Available); err != nil {
			return err
		}
		if record.Body.SnapshotCopy == nil {
			return refusal.SnapshotCopyDisabled.Because("Cannot modify retention period because snapshot copy is disabled on Cluster %s.", record.ID)
		}
		return change(record)
	})
}

// endSnapshotCopy has nothing to end for a cluster without it.
func (w *Warehouse) endSnapshotCopy(tx *meta.Tx, record *state.ClusterRecord) error {
	ended := record.Body.SnapshotCopy
	if ended == nil {
		return nil
	}
	record.Body.SnapshotCopy = nil
	if ended.Grant == "" {
		if err := w.config.Keys.RetireGrant(tx, ended.KmsKey, state.ServicePrincipal, keyGrantFor(*record)); err != nil && !scope.KeyLost(err) {
			return err
		}
	}
	return scope.SweepLater(tx, ended.Scope)
}
