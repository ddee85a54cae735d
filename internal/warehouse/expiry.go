package warehouse

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/meta"
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/state"
)

// expiryWork deletes the snapshots whose retention periods have ended. There is one such job, and it waits for the earliest of them.
type expiryWork struct{}

func (expiryWork) Kind() string { return "expiry" }

// expireLater has the snapshot deleted when it expires. It belongs into every transaction that makes it expire, or expire earlier.
func expireLater(tx *meta.Tx, body state.Snapshot) error {
	at := body.Expires()
	if at.IsZero() {
		return nil
	}
	return tx.Enqueue(expiryWork{}, meta.EnqueueOptions{Unique: true, At: at})
}

const expiredAtOnce = 100 // in one transaction

func (w *Warehouse) workExpiry(ctx context.Context, _ expiryWork) error {
	for more := true; more; {
		err := w.config.Store.Update(ctx, func(tx *meta.Tx) error {
			expired, err := state.Snapshots.InOrder(tx, meta.Span{Name: state.Expiring, UpTo: state.ExpiresAt(w.Clock.Now()).Value, Limit: expiredAtOnce})
			if err != nil {
				return err
			}
			for _, record := range expired {
				if err := w.expire(tx, record); err != nil {
					return err
				}
			}
			more = len(expired) > 0
			if more {
				return nil
			}
			return expireNext(tx)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func expireNext(tx *meta.Tx) error {
	next, err := state.Snapshots.InOrder(tx, meta.Span{Name: state.Expiring, Limit: 1})
	if err != nil || len(next) == 0 {
		return err
	}
	return expireLater(tx, next[0].Body)
}

// expire deletes a snapshot whose retention period has ended, but for a cluster's newest automated one, and for all automated ones of a cluster
// whose database is damaged: those are kept until there is a newer one.
func (w *Warehouse) expire(tx *meta.Tx, record state.SnapshotRecord) error {
	newest, err := state.IsNewestAutomated(tx, record)
	if err != nil {
		return err
	}
	lost, err := ofLostCluster(tx, record)
	if err != nil {
		return err
	}
	if newest || lost && record.Body.RestorableAutomated() {
		record.Body.Outlasted = true
		return state.Snapshots.Put(tx, record)
	}
	return w.deleteExpired(tx, record)
}

// deleteExpired ends the authorizations with the snapshot. Restores under way keep their data.
func (w *Warehouse) deleteExpired(tx *meta.Tx, record state.SnapshotRecord) error {
	for _, account := range record.Body.Access {
		if err := w.config.Keys.RetireGrant(tx, record.Body.KmsKey, account, record.ID); err != nil {
			return err
		}
	}
	if record.Body.Type == state.Manual {
		if err := w.Events.EmitOfSnapshot(tx, record, event.SnapshotDeleted, "The cluster snapshot '%s' for Amazon Redshift cluster '%s' was deleted at %s because its retention period has ended."); err != nil {
			return err
		}
	}
	return w.deleteSnapshot(tx, record)
}

// replaceOutlasted deletes the automated snapshots that were only kept until this newer one became available.
func (w *Warehouse) replaceOutlasted(tx *meta.Tx, by state.SnapshotRecord) error {
	if by.Body.Type != state.Automated {
		return nil
	}
	older, err := state.Snapshots.List(tx, meta.Query{Account: by.Account, Region: by.Region, Index: state.AutomatedOf(by.Body.ClusterKey)})
	if err != nil {
		return err
	}
	for _, record := range older {
		if record.Body.Outlasted {
			if err := w.deleteExpired(tx, record); err != nil {
				return err
			}
		}
	}
	return nil
}

// retainAutomated applies the cluster's changed retention period to the automated snapshots that it has; those outside of it are deleted at once.
func (w *Warehouse) retainAutomated(tx *meta.Tx, of state.ClusterRecord) error {
	return state.EachSnapshot(tx, of, func(record state.SnapshotRecord) error {
		if record.Body.Type != state.Automated {
			return nil
		}
		if of.Body.AutomatedRetention == 0 {
			return w.deleteExpired(tx, record)
		}
		return w.keepFor(tx, record, of.Body.AutomatedRetention)
	})
}

// keepFor changes a snapshot's retention period, which may have ended by that.
func (w *Warehouse) keepFor(tx *meta.Tx, record state.SnapshotRecord, days int) error {
	record.Body.Retention, record.Body.Outlasted = days, false
	if at := record.Body.Expires(); !at.IsZero() && !at.After(w.Clock.Now()) {
		return w.expire(tx, record)
	}
	return api.First(
		func() error { return state.Snapshots.Put(tx, record) },
		func() error { return expireLater(tx, record.Body) },
	)
}
