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

// TryBucket writes an object, so that a wrong name or a missing right shows now.
func (w *Warehouse) TryBucket(ctx context.Context, caller api.Caller, cluster, bucket, prefix string) error {
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

// EndOfLogs is asked outside of a transaction: what is gathered for it changes the metadata, too.
func (w *Warehouse) EndOfLogs(ctx context.Context, caller api.Caller, identifier string) (recorded logEnd, err error) {
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
