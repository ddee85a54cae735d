package warehouse

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/meta"
	"slipher/internal/warehouse/delivery"
	"slipher/internal/warehouse/state"
)

// DeliversLogs says whether logs can be delivered at all.
func (w *Warehouse) DeliversLogs() bool { return w.config.Logs != nil && w.config.LogBucket != nil }

// EnableLogging has the logs of a cluster of the caller's delivered from now on, once the bucket has taken an object. It writes to the bucket, so it makes
// its own transactions.
func (w *Warehouse) EnableLogging(ctx context.Context, caller api.Caller, identifier string, wanted state.Logging) (state.Logging, error) {
	if err := api.First(
		func() error { return w.checkLoggable(ctx, caller, identifier) },
		func() error { return w.deliveries.TryBucket(ctx, caller, identifier, wanted.Bucket, wanted.Prefix) },
	); err != nil {
		return state.Logging{}, err
	}
	recorded, err := w.deliveries.End(ctx, caller, identifier)
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

func (w *Warehouse) enableLogging(tx *meta.Tx, caller api.Caller, identifier string, wanted state.Logging, recorded delivery.Recorded) (state.Logging, error) {
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
	record.Body.Due, record.Body.Told = w.Clock.Now().Add(delivery.Every), ""
	return record.Body, api.First(
		func() error { return state.PutLogging(tx, record, known) },
		func() error { return delivery.Later(tx, record.Key, record.Body.Due) },
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
		func() error { return delivery.Later(tx, record.Key, record.Body.Due) },
	)
}
