package control

import (
	"context"
	"time"

	"slipher/internal/meta"
)

// expiryWork deletes the snapshots whose retention periods have ended. There is one such job, and it waits for the earliest of them.
type expiryWork struct{}

func (expiryWork) Kind() string { return "expiry" }

// expiring orders the snapshots by when they expire.
const expiring = "expires"

func expiresAt(at time.Time) meta.Entry {
	return meta.Entry{Name: expiring, Value: idAt(at.UnixNano())}
}

// expires is when the snapshot's retention period ends; zero is never. A period begins when the snapshot is available; that of an automated one
// that failed, which nobody can delete, when it was asked for.
func (s snapshot) expires() time.Time {
	began := s.Completed
	if s.Status == failed && s.Type == automated {
		began = s.Requested
	}
	if s.Retention == forever || s.Outlasted || began.IsZero() {
		return time.Time{}
	}
	return began.Add(time.Duration(s.Retention) * day)
}

// expireLater has the snapshot deleted when it expires. It belongs into every transaction that makes it expire, or expire earlier.
func expireLater(tx *meta.Tx, body snapshot) error {
	at := body.expires()
	if at.IsZero() {
		return nil
	}
	return tx.Enqueue(expiryWork{}, meta.EnqueueOptions{Unique: true, At: at})
}

const expiredAtOnce = 100 // in one transaction

func (c *Control) workExpiry(ctx context.Context, _ expiryWork) error {
	for more := true; more; {
		err := c.config.Store.Update(ctx, func(tx *meta.Tx) error {
			expired, err := snapshots.InOrder(tx, meta.Span{Name: expiring, UpTo: expiresAt(c.now()).Value, Limit: expiredAtOnce})
			if err != nil {
				return err
			}
			for _, record := range expired {
				if err := c.expire(tx, record); err != nil {
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
	next, err := snapshots.InOrder(tx, meta.Span{Name: expiring, Limit: 1})
	if err != nil || len(next) == 0 {
		return err
	}
	return expireLater(tx, next[0].Body)
}

// expire deletes a snapshot whose retention period has ended, but for a cluster's newest automated one: that is kept until there is a newer one.
func (c *Control) expire(tx *meta.Tx, record snapshotRecord) error {
	newest, err := isNewestAutomated(tx, record)
	if err != nil {
		return err
	}
	if newest {
		record.Body.Outlasted = true
		return snapshots.Put(tx, record)
	}
	return c.deleteExpired(tx, record)
}

func isNewestAutomated(tx *meta.Tx, record snapshotRecord) (bool, error) {
	if !record.Body.restorableAutomated() {
		return false, nil
	}
	newer, err := snapshots.Count(tx, meta.Query{Account: record.Account, Region: record.Region, Index: automatedOf(record.Body.ClusterKey), After: record.ID})
	return newer == 0, err
}

// deleteExpired ends the authorizations with the snapshot. Restores under way keep their data.
func (c *Control) deleteExpired(tx *meta.Tx, record snapshotRecord) error {
	for _, account := range record.Body.Access {
		if err := c.config.Keys.RetireGrant(tx, record.Body.KmsKey, account, record.ID); err != nil {
			return err
		}
	}
	if record.Body.Type == manual {
		if err := c.tellSnapshot(tx, record, eventSnapshotDeleted, "The cluster snapshot '%s' for Amazon Redshift cluster '%s' was deleted at %s because its retention period has ended."); err != nil {
			return err
		}
	}
	return c.deleteSnapshot(tx, record)
}

// replaceOutlasted deletes the automated snapshots that were only kept until this newer one became available.
func (c *Control) replaceOutlasted(tx *meta.Tx, by snapshotRecord) error {
	if by.Body.Type != automated {
		return nil
	}
	older, err := snapshots.List(tx, meta.Query{Account: by.Account, Region: by.Region, Index: automatedOf(by.Body.ClusterKey)})
	if err != nil {
		return err
	}
	for _, record := range older {
		if record.Body.Outlasted {
			if err := c.deleteExpired(tx, record); err != nil {
				return err
			}
		}
	}
	return nil
}

// retainAutomated applies the cluster's changed retention period to the automated snapshots that it has; those outside of it are deleted at once.
func (c *Control) retainAutomated(tx *meta.Tx, of clusterRecord) error {
	return eachSnapshot(tx, of, func(record snapshotRecord) error {
		if record.Body.Type != automated {
			return nil
		}
		if of.Body.AutomatedRetention == 0 {
			return c.deleteExpired(tx, record)
		}
		return c.keepFor(tx, record, of.Body.AutomatedRetention)
	})
}

// keepFor changes a snapshot's retention period, which may have ended by that.
func (c *Control) keepFor(tx *meta.Tx, record snapshotRecord, days int) error {
	record.Body.Retention, record.Body.Outlasted = days, false
	if at := record.Body.expires(); !at.IsZero() && !at.After(c.now()) {
		return c.expire(tx, record)
	}
	return first(
		func() error { return snapshots.Put(tx, record) },
		func() error { return expireLater(tx, record.Body) },
	)
}
