package warehouse

import (
	"context"
	"errors"

	"slipher/internal/api"
	"slipher/internal/meta"
	"slipher/internal/sqllog"
	"slipher/internal/vault/store"
	"slipher/internal/warehouse/refusal"
	"slipher/internal/warehouse/state"
)

// Logs are what is recorded of the clusters' sessions, by the clusters' keys. *sqllog.Gatherer is one.
type Logs interface {
	// End is the number of the last record that there is now.
	End(cluster string) (int64, error)
	// Read gives the records after one number up to another to take, until that answers an error. What is too old may be missing.
	Read(cluster string, after, upto int64, take func(number int64, record sqllog.Record) error) error
}

// DeliversLogs says whether logs can be delivered at all.
func (w *Warehouse) DeliversLogs() bool { return w.config.Logs != nil && w.config.LogBucket != nil }

// EnableLogging has the logs of a cluster of the caller's delivered from now on, once the bucket has taken an object. It writes to the bucket, so it makes
// its own transactions.
func (w *Warehouse) EnableLogging(ctx context.Context, caller api.Caller, identifier string, wanted state.Logging) (state.Logging, error) {
	if err := api.First(
		func() error { return w.checkLoggable(ctx, caller, identifier) },
		func() error { return w.tryBucket(ctx, caller, identifier, wanted.Bucket, wanted.Prefix) },
	); err != nil {
		return state.Logging{}, err
	}
	recorded, err := w.endOfLogs(ctx, caller, identifier)
	if err != nil {
		return state.Logging{}, err
	}
	return meta.Decide(ctx, w.config.Store, func(tx *meta.Tx) (state.Logging, error) {
		return w.enableLogging(tx, caller, identifier, wanted, recorded)
	})
}

func (w *Warehouse) checkLoggable(ctx context.Context, caller api.Caller, identifier string) error {
	return w.config.Store.View(ctx, func(tx *meta.Tx) error {
		record, err := state.FindCluster(tx, caller, identifier)
		if err != nil {
			return err
		}
		return mustBe(record, "change the logging of", state.Available)
	})
}

func (w *Warehouse) enableLogging(tx *meta.Tx, caller api.Caller, identifier string, wanted state.Logging, recorded logEnd) (state.Logging, error) {
	cluster, err := state.FindCluster(tx, caller, identifier)
	if err != nil {
		return wanted, err
	}
	if err := mustBe(cluster, "enable logging of", state.Available); err != nil {
		return wanted, err
	}
	record, known, err := state.FindLogging(tx, cluster)
	if err != nil {
		return wanted, err
	}
	if !known || record.Body.Ending {
		end := int64(0)
		if cluster.Body.Key == recorded.Cluster { // and not another one that has taken the identifier meanwhile
			end = recorded.End
		}
		record.Body = state.Logging{Delivered: max(end, record.Body.Delivered), Stamp: record.Body.Stamp}
	}
	record.Body.Cluster, record.Body.Bucket, record.Body.Prefix, record.Body.Exports = cluster.ID, wanted.Bucket, wanted.Prefix, wanted.Exports
	record.Body.Due, record.Body.Told = w.Clock.Now().Add(deliveredEvery), ""
	return record.Body, api.First(
		func() error { return state.PutLogging(tx, record, known) },
		func() error { return deliverLater(tx, record.Key, record.Body.Due) },
	)
}

// DisableLogging ends the delivery, and answers what was delivered; nothing where nothing was. What was recorded so far is still delivered, at once.
func (w *Warehouse) DisableLogging(tx *meta.Tx, caller api.Caller, identifier string) (state.Logging, error) {
	cluster, err := state.FindCluster(tx, caller, identifier)
	if err != nil {
		return state.Logging{}, err
	}
	if err := mustBe(cluster, "disable logging of", state.Available); err != nil {
		return state.Logging{}, err
	}
	record, known, err := state.FindLogging(tx, cluster)
	if err != nil || !known || record.Body.Ending {
		return state.Logging{}, err
	}
	record.Body.Ending, record.Body.Due = true, w.Clock.Now()
	return record.Body, api.First(
		func() error { return state.Loggings.Put(tx, record) },
		func() error { return deliverLater(tx, record.Key, record.Body.Due) },
	)
}

// tryBucket writes an object, so that a wrong name or a missing right shows now.
func (w *Warehouse) tryBucket(ctx context.Context, caller api.Caller, cluster, bucket, prefix string) error {
	ctx, cancel := context.WithTimeout(ctx, store.ReachTimeout)
	defer cancel()
	key := logFolder(prefix, caller.Account, caller.Region) + "test-of-" + cluster
	err := w.putLogs(ctx, bucket, func(opened store.Bucket) error {
		if err := opened.Put(ctx, key, []byte("Slipher may write here.\n")); err != nil {
			return err
		}
		_ = opened.Delete(ctx, key) // the right to delete is not needed
		return nil
	})
	switch {
	case err == nil:
		return nil
	case store.Missing(err):
		return refusal.BucketNotFound.Because("The bucket %s does not exist: make it, or name another one.", bucket)
	}
	w.config.Log.Warn("bucket for logs not written", "bucket", bucket, "err", err)
	return refusal.InsufficientS3BucketPolicy.Because("The bucket %s cannot be written: check its policy and slipher's rights to it.", bucket)
}

func (w *Warehouse) putLogs(ctx context.Context, name string, put func(store.Bucket) error) error {
	bucket, err := w.config.LogBucket(ctx, name)
	if err != nil {
		return err
	}
	return errors.Join(put(bucket), bucket.Close())
}

// logEnd is how far the record of a cluster's logs goes.
type logEnd struct {
	Cluster string // its key
	End     int64
}

// endOfLogs is asked outside of a transaction: what is gathered for it changes the metadata, too.
func (w *Warehouse) endOfLogs(ctx context.Context, caller api.Caller, identifier string) (recorded logEnd, err error) {
	err = w.config.Store.View(ctx, func(tx *meta.Tx) error {
		cluster, err := state.FindCluster(tx, caller, identifier)
		recorded.Cluster = cluster.Body.Key
		return err
	})
	if err != nil {
		return recorded, err
	}
	recorded.End, err = w.config.Logs.End(recorded.Cluster)
	return recorded, err
}
