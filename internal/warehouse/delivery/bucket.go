package delivery

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
func (d *Deliveries) TryBucket(ctx context.Context, caller api.Caller, cluster, bucket, prefix string) error {
	ctx, cancel := context.WithTimeout(ctx, store.ReachTimeout)
	defer cancel()
	key := logFolder(prefix, caller.Account, caller.Region) + "test-of-" + cluster
	err := d.putLogs(ctx, bucket, func(opened store.Bucket) error {
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
	d.Log.Warn("bucket for logs not written", "bucket", bucket, "err", err)
	return refusal.InsufficientS3BucketPolicy.Because("The bucket %s cannot be written: check its policy and slipher's rights to it.", bucket)
}

func (d *Deliveries) putLogs(ctx context.Context, name string, put func(store.Bucket) error) error {
	bucket, err := d.LogBucket(ctx, name)
	if err != nil {
		return err
	}
	return errors.Join(put(bucket), bucket.Close())
}

// Recorded is how far the record of a cluster's logs goes.
type Recorded struct {
	Cluster string // its key
	End     int64
}

// End is asked outside of a transaction: what is gathered for it changes the metadata, too.
func (d *Deliveries) End(ctx context.Context, caller api.Caller, identifier string) (recorded Recorded, err error) {
	err = d.Store.View(ctx, func(tx *meta.Tx) error {
		cluster, err := state.FindCluster(tx, caller, identifier)
		recorded.Cluster = cluster.Body.Key
		return err
	})
	if err != nil {
		return recorded, err
	}
	recorded.End, err = d.Logs.End(recorded.Cluster)
	return recorded, err
}
