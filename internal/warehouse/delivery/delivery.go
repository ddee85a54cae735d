// Package delivery brings what is recorded of the clusters' sessions to the buckets that EnableLogging names. It promises that nothing is left out or
// delivered under two names, that a failure is told once and tried again, and that a cluster that is gone has its rest delivered. It decides nothing about a
// cluster.
package delivery

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"slipher/internal/api"
	"slipher/internal/meta"
	"slipher/internal/sqllog"
	"slipher/internal/vault/store"
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/state"
)

const (
	// Every is the time between two deliveries of a cluster.
	Every          = time.Hour
	deliveredBytes = 8 << 20 // of text at once; a busier cluster's logs come in several objects
)

// Deliveries are those of an installation.
type Deliveries struct {
	Store *meta.Store
	Clock *state.Clock
	Logs  Logs
	// LogBucket opens a bucket for logs; store.Missing tells that it does not exist.
	LogBucket func(ctx context.Context, name string) (store.Bucket, error)
	Events    *event.Log
	Log       *slog.Logger
}

// Job delivers the logs of one cluster. It enqueues itself for the next time.
type Job struct{ Account, Region, Cluster string } // Cluster is the key that never changes

// Kind names the job.
func (Job) Kind() string { return "delivery" }

// Later has the next delivery of a cluster come at its time.
func Later(tx *meta.Tx, at meta.Key, due time.Time) error {
	return tx.Enqueue(Job{at.Account, at.Region, at.ID}, meta.EnqueueOptions{Unique: true, At: due})
}

// Work delivers what is due.
func (d *Deliveries) Work(ctx context.Context, job Job) error {
	key := meta.Key{Account: job.Account, Region: job.Region, ID: job.Cluster}
	for {
		record, due, err := d.due(ctx, key)
		if err != nil || !due {
			return err
		}
		more, err := d.deliver(ctx, record)
		if err != nil || !more {
			return err
		}
	}
}

// due finds what is to be delivered now. Of a cluster that is gone it is the rest.
func (d *Deliveries) due(ctx context.Context, key meta.Key) (record state.LoggingRecord, due bool, err error) {
	err = d.Store.Update(ctx, func(tx *meta.Tx) error {
		record, err = state.Loggings.Find(tx, key)
		if errors.Is(err, meta.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		cluster, err := state.FindClusterByKey(tx, key.Account, key.Region, key.ID)
		switch {
		case errors.Is(err, meta.ErrNotFound):
			record.Body.Ending = true
		case err != nil:
			return err
		default:
			record.Body.Cluster = cluster.ID
		}
		if due = !record.Body.Due.After(d.Clock.Now()) || record.Body.Ending; due {
			return nil
		}
		return Later(tx, key, record.Body.Due)
	})
	return record, due, err
}

// deliver writes the objects of one time. It says whether there is more.
func (d *Deliveries) deliver(ctx context.Context, record state.LoggingRecord) (more bool, err error) {
	end, err := d.Logs.End(record.ID)
	if err != nil {
		return false, err
	}
	texts, upto, err := d.readLogs(record, end)
	if err != nil {
		return false, err
	}
	if record.Body.Sending == nil && upto > record.Body.Delivered {
		if err := d.beginSending(ctx, &record, upto); err != nil {
			return false, err
		}
	}
	if err := d.send(ctx, record, texts); err != nil {
		return false, d.failed(ctx, record, err)
	}
	return upto < end, d.delivered(ctx, record, upto, end, len(texts) > 0)
}

// readLogs is what comes next, as Redshift's log files write it: of what is being sent the same as before, else as much as goes into one time.
func (d *Deliveries) readLogs(record state.LoggingRecord, end int64) (texts map[sqllog.Kind]*bytes.Buffer, upto int64, err error) {
	texts, size := map[sqllog.Kind]*bytes.Buffer{}, 0
	if record.Body.Sending != nil {
		end = record.Body.Sending.Upto
	}
	upto = end
	enough := errors.New("enough for once")
	err = d.Logs.Read(record.ID, record.Body.Delivered, end, func(number int64, line sqllog.Record) error {
		if size >= deliveredBytes && record.Body.Sending == nil {
			return enough
		}
		upto = number
		if !exportsLog(record.Body, line.Log) {
			return nil
		}
		if texts[line.Log] == nil {
			texts[line.Log] = &bytes.Buffer{}
		}
		text := line.Text()
		size += len(text)
		texts[line.Log].WriteString(text)
		return nil
	})
	switch {
	case errors.Is(err, enough):
		return texts, upto, nil
	case err != nil:
		return nil, 0, fmt.Errorf("read the logs: %w", err)
	}
	return texts, end, nil
}

// exportsLog leaves out what is no log of Redshift's, and what was not asked for.
func exportsLog(l state.Logging, kind sqllog.Kind) bool {
	return slices.Contains(sqllog.Kinds, kind) && (len(l.Exports) == 0 || slices.Contains(l.Exports, string(kind)))
}

// beginSending gives the objects a minute that no others have in their names.
func (d *Deliveries) beginSending(ctx context.Context, record *state.LoggingRecord, upto int64) error {
	stamp := d.Clock.Now().Truncate(time.Minute)
	if next := record.Body.Stamp.Add(time.Minute); stamp.Before(next) {
		stamp = next
	}
	record.Body.Sending, record.Body.Stamp = &state.Sending{Upto: upto, Stamp: stamp}, stamp
	return d.updateLogging(ctx, record.Key, func(body *state.Logging) {
		body.Sending, body.Stamp, body.Cluster = record.Body.Sending, stamp, record.Body.Cluster
	})
}

// updateLogging changes what a delivery knows of. What callers have changed meanwhile stays.
func (d *Deliveries) updateLogging(ctx context.Context, key meta.Key, change func(*state.Logging)) error {
	return d.Store.Update(ctx, func(tx *meta.Tx) error {
		record, err := state.Loggings.Find(tx, key)
		if err != nil {
			return err
		}
		change(&record.Body)
		return state.Loggings.Put(tx, record)
	})
}

func (d *Deliveries) send(ctx context.Context, record state.LoggingRecord, texts map[sqllog.Kind]*bytes.Buffer) error {
	if len(texts) == 0 {
		return nil
	}
	return d.putLogs(ctx, record.Body.Bucket, func(bucket store.Bucket) error {
		for _, kind := range sqllog.Kinds {
			if texts[kind] == nil {
				continue
			}
			content, err := gzipped(texts[kind].Bytes())
			if err != nil {
				return err
			}
			if err := bucket.Put(ctx, logKey(record.Body, record.Key, kind), content); err != nil {
				return err
			}
		}
		return nil
	})
}

func gzipped(text []byte) ([]byte, error) {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write(text)
	err = errors.Join(err, w.Close())
	return out.Bytes(), err
}

// logKey is laid out as the Management Guide says.
func logKey(l state.Logging, at meta.Key, kind sqllog.Kind) string {
	stamp := l.Sending.Stamp.UTC()
	return logFolder(l.Prefix, at.Account, at.Region) + stamp.Format("2006/01/02/") +
		fmt.Sprintf("%s_redshift_%s_%s_%s_%s.gz", at.Account, at.Region, l.Cluster, kind, stamp.Format("2006-01-02T15:04"))
}

func logFolder(prefix, account, region string) string {
	if prefix != "" && prefix[len(prefix)-1] != '/' {
		prefix += "/"
	}
	return prefix + "AWSLogs/" + account + "/redshift/" + region + "/"
}

// delivered takes note of what was, and forgets a delivery of which that was the end.
func (d *Deliveries) delivered(ctx context.Context, record state.LoggingRecord, upto, end int64, anything bool) error {
	return d.Store.Update(ctx, func(tx *meta.Tx) error {
		now, err := state.Loggings.Find(tx, record.Key)
		if err != nil {
			return err
		}
		if record.Body.Ending && upto >= end && (now.Body.Ending || d.gone(tx, record.Key)) {
			return state.Loggings.Delete(tx, record.Key)
		}
		now.Body.Delivered, now.Body.Sending, now.Body.Cluster = upto, nil, record.Body.Cluster
		if anything {
			now.Body.Success, now.Body.Told = d.Clock.Now(), ""
		}
		if upto < end {
			return state.Loggings.Put(tx, now) // due still
		}
		return d.plan(tx, now)
	})
}

func (d *Deliveries) gone(tx *meta.Tx, key meta.Key) bool {
	_, err := state.FindClusterByKey(tx, key.Account, key.Region, key.ID)
	return errors.Is(err, meta.ErrNotFound)
}

// plan has the next one come in an hour.
func (d *Deliveries) plan(tx *meta.Tx, record state.LoggingRecord) error {
	record.Body.Due = d.Clock.Now().Add(Every)
	return api.First(
		func() error { return state.Loggings.Put(tx, record) },
		func() error { return Later(tx, record.Key, record.Body.Due) },
	)
}

// failed tells of a failure once, however often it comes again, and tries again in an hour. A delivery that is to end is given up.
func (d *Deliveries) failed(ctx context.Context, record state.LoggingRecord, cause error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	d.Log.Warn("logs not delivered", "cluster", record.Body.Cluster, "bucket", record.Body.Bucket, "err", cause)
	kind, message := failureOf(record.Body, cause)
	return d.Store.Update(ctx, func(tx *meta.Tx) error {
		now, err := state.Loggings.Find(tx, record.Key)
		if err != nil {
			return err
		}
		cluster, err := state.FindClusterByKey(tx, record.Account, record.Region, record.ID)
		if errors.Is(err, meta.ErrNotFound) || err == nil && now.Body.Ending {
			return state.Loggings.Delete(tx, record.Key)
		}
		if err != nil {
			return err
		}
		now.Body.Failure, now.Body.FailureMessage = d.Clock.Now(), message
		if now.Body.Told != kind.Number {
			now.Body.Told = kind.Number
			if err := d.Events.Emit(tx, cluster, kind, failureMessages[kind], now.Body.Bucket); err != nil {
				return err
			}
		}
		return d.plan(tx, now)
	})
}

var failureMessages = map[event.Kind]string{
	event.LogsFailed:        "Amazon Redshift cluster '%[1]s' could not write its logs to the bucket %[3]s at %[2]s.",
	event.LogsRefused:       "The bucket %[3]s did not allow Amazon Redshift cluster '%[1]s' to write its logs at %[2]s.",
	event.LogsBucketMissing: "The bucket %[3]s for the logs of Amazon Redshift cluster '%[1]s' did not exist at %[2]s.",
}

// failureOf says why, without what only the operator may know.
func failureOf(l state.Logging, cause error) (kind event.Kind, message string) {
	switch {
	case store.Missing(cause):
		return event.LogsBucketMissing, fmt.Sprintf("The bucket %s does not exist.", l.Bucket)
	case store.Refused(cause):
		return event.LogsRefused, fmt.Sprintf("The bucket %s does not allow the logs to be written.", l.Bucket)
	}
	return event.LogsFailed, fmt.Sprintf("The bucket %s does not take the logs.", l.Bucket)
}
