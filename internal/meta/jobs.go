package meta

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// Job is work that must happen, kept as JSON until it is done. Two jobs are equal when their kinds and
// their JSON are.
type Job interface{ Kind() string }

// EnqueueOptions say when and how often a job runs. The zero value means once, at once.
type EnqueueOptions struct {
	// Unique keeps one waiting job among all equal ones enqueued with Unique. If an equal one waits
	// already, nothing is added; it moves to the earlier of the two times. If an equal one is running,
	// it may have looked at the state before this transaction changed it: it runs once more after it
	// has ended, however often it was asked for. Equal unique jobs never run side by side.
	Unique bool
	At     time.Time // not before; zero means at once
}

// Handle registers what works the jobs of J's kind. It belongs before Run.
//
// A job runs at least once: work must bear running twice. When it returns an error it runs again, after
// 100 ms, then after twice the time before, up to every 30 s, until it returns nil or Cancel. Its context
// ends only when Run's does; a job interrupted so runs again at the next start.
func Handle[J Job](store *Store, work func(ctx context.Context, job J) error) {
	river.AddWorker(store.workers, &worker[J]{store: store, work: work})
}

// Cancel makes a job give up for the given reason instead of running again.
func Cancel(reason error) error { return &cancelled{reason} }

type cancelled struct{ reason error }

func (c *cancelled) Error() string { return "given up: " + c.reason.Error() }
func (c *cancelled) Unwrap() error { return c.reason }

const (
	firstPause   = 100 * time.Millisecond
	longestPause = 30 * time.Second
)

// pause is the time between a job's failure, counted from 1, and its next run.
func pause(failures int) time.Duration {
	pause := firstPause
	for range failures - 1 {
		if pause *= 2; pause >= longestPause {
			return longestPause
		}
	}
	return pause
}

// worker is River's view of a handler. It records the outcome of a job itself, in a transaction of
// ours: River would do so up to 250 ms later, and until then take an equal unique job for superfluous.
type worker[J Job] struct {
	river.WorkerDefaults[J]
	store *Store
	work  func(context.Context, J) error
}

func (w *worker[J]) Work(ctx context.Context, job *river.Job[J]) error {
	err := w.attempt(ctx, job.Args)
	if err != nil && !givenUp(err) && ctx.Err() != nil {
		return ctx.Err() // River knows its own stop and keeps the job for the next start
	}
	ctx = context.WithoutCancel(ctx) // an outcome is kept even at the end
	return w.store.Update(ctx, func(tx *Tx) error {
		if mine, lost := tx.running(job.JobRow); lost != nil || !mine {
			return lost // whoever has taken it over settles it
		}
		if _, err := river.JobCompleteTx[*driver](ctx, tx.session.Tx, job); err != nil {
			return fmt.Errorf("complete job %d: %w", job.ID, err)
		}
		return tx.settle(job.JobRow, job.Args, err)
	})
}

// running says whether it is still this try of the job that runs.
func (tx *Tx) running(job *rivertype.JobRow) (still bool, err error) {
	err = tx.queryRow(`SELECT count(*) > 0 FROM river_job WHERE id = $1 AND state = 'running' AND attempt = $2`, job.ID, job.Attempt).Scan(&still)
	return still, err
}

// attempt runs the handler and makes an error of its panic, so that a bug costs one job its progress
// and not the whole program.
func (w *worker[J]) attempt(ctx context.Context, job J) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	return w.work(ctx, job)
}

func givenUp(err error) bool {
	var cancel *cancelled
	return errors.As(err, &cancel)
}
