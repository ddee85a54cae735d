package meta

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// Enqueue adds a job that exists once the transaction has committed, and only then.
func (tx *Tx) Enqueue(job Job, options EnqueueOptions) error {
	tx.mustWrite()
	if err := tx.enqueue(job, options, history{}); err != nil {
		return fmt.Errorf("enqueue %s: %w", job.Kind(), err)
	}
	return nil
}

// history travels with a job from one failed run to the next.
type history struct {
	Failures int `json:"failures,omitempty"`
}

func (tx *Tx) enqueue(job Job, options EnqueueOptions, history history) error {
	offered, err := tx.offer(job, options, history)
	if err != nil {
		return err
	}
	if offered.UniqueSkippedAsDuplicate {
		return tx.renew(offered.Job, job, options)
	}
	return tx.release(offered.Job)
}

func (tx *Tx) offer(job Job, options EnqueueOptions, history history) (*rivertype.JobInsertResult, error) {
	metadata, err := json.Marshal(history)
	if err != nil {
		return nil, err
	}
	insert := &river.InsertOpts{ScheduledAt: options.At, Metadata: metadata}
	if options.Unique {
		insert.UniqueOpts = river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
			rivertype.JobStateAvailable,
			rivertype.JobStatePending,
			rivertype.JobStateRetryable,
			rivertype.JobStateRunning,
			rivertype.JobStateScheduled,
		}}
	}
	return tx.store.river.InsertTx(context.Background(), tx.session.Tx, job, insert)
}

// release lets River fetch a job by its time alone. River parks a job of the future as "scheduled" until
// a maintenance service, run by an elected leader every five seconds, makes it "available"; the fetch
// heeds the time anyway, so we spare ourselves the leader, its lease and the delay.
func (tx *Tx) release(job *rivertype.JobRow) error {
	tx.ring = true
	if job.State != rivertype.JobStateScheduled {
		return nil
	}
	if wait := job.ScheduledAt.Sub(tx.store.now()); wait < tx.store.rest {
		time.AfterFunc(wait, tx.store.bells.ring)
	}
	_, err := tx.exec(`UPDATE river_job SET state = 'available' WHERE id = $1`, job.ID)
	return err
}

// renew makes an equal job that is there already serve the new request too.
func (tx *Tx) renew(present *rivertype.JobRow, job Job, options EnqueueOptions) error {
	if present.State == rivertype.JobStateRunning {
		return tx.runAgain(present.ID, options.At)
	}
	due := options.At
	if due.IsZero() {
		due = tx.store.now()
	}
	if !due.Before(present.ScheduledAt) {
		return nil
	}
	if _, _, err := tx.remove(present); err != nil {
		return err
	}
	return tx.enqueue(job, options, history{})
}

// remove deletes a job that is not running, and answers the rerun noted for it.
func (tx *Tx) remove(job *rivertype.JobRow) (noted rerun, asked bool, err error) {
	if _, err := tx.store.river.JobDeleteTx(context.Background(), tx.session.Tx, job.ID); err != nil {
		return rerun{}, false, err
	}
	return tx.takeRerun(job.ID)
}

// A rerun notes that a running unique job was asked for again, and for when.
type rerun struct{ At time.Time }

var reruns = Records[rerun]{Kind: "job rerun"}

func rerunKey(job int64) Key { return Key{ID: strconv.FormatInt(job, 10)} }

func (tx *Tx) runAgain(job int64, at time.Time) error {
	noted, err := reruns.Find(tx, rerunKey(job))
	if errors.Is(err, ErrNotFound) {
		_, err = reruns.Insert(tx, rerunKey(job), rerun{At: at})
		return err
	}
	if err != nil || !at.Before(noted.Body.At) {
		return err
	}
	noted.Body.At = at
	return reruns.Put(tx, noted)
}

func (tx *Tx) takeRerun(job int64) (noted rerun, asked bool, err error) {
	record, err := reruns.Find(tx, rerunKey(job))
	if errors.Is(err, ErrNotFound) {
		return rerun{}, false, nil
	}
	if err != nil {
		return rerun{}, false, err
	}
	return record.Body, true, reruns.Delete(tx, record.Key)
}

// settle replaces a completed run by what follows from it: another try, the run that was asked for
// meanwhile, or nothing.
func (tx *Tx) settle(done *rivertype.JobRow, job Job, outcome error) error {
	rerun, asked, err := tx.remove(done)
	if err != nil {
		return err
	}
	next := EnqueueOptions{Unique: len(done.UniqueKey) > 0, At: rerun.At}
	var past history
	log := tx.store.log.With("kind", done.Kind, "job", done.ID)
	switch {
	case givenUp(outcome):
		log.Error("job given up", "error", outcome)
	case outcome != nil:
		if err := json.Unmarshal(done.Metadata, &past); err != nil {
			return err
		}
		past.Failures++
		if !asked {
			asked, next.At = true, tx.store.now().Add(pause(past.Failures))
		}
		log.Warn("job failed", "failures", past.Failures, "next", next.At, "error", outcome)
	}
	if !asked {
		return nil
	}
	return tx.enqueue(job, next, past)
}
