// Package workflow is how work on a record is done that may fail, be interrupted, and be begun again.
//
// It promises that a try is noted before it is made, that nobody else makes one under the same lease meanwhile, whichever control plane it runs on, and
// that its end is written only if it is still the try that the record speaks of. It knows nothing of what is done.
package workflow

import (
	"context"
	"errors"

	"golang.org/x/sync/semaphore"

	"slipher/internal/meta"
	"slipher/internal/meta/lease"
)

// Workflow is one kind of work on records. Each part but Act is a transaction, or part of one.
type Workflow[B any] struct {
	Records meta.Records[B]
	// Places are for those that run at once, if they are limited. Whoever waits for one has the lease.
	Places *semaphore.Weighted
	// Begin finds what is to be done, and notes the try. It is not found when there is nothing to do.
	Begin func(tx *meta.Tx) (work meta.Record[B], found bool, err error)
	// Act makes the try, perhaps for the second time, and answers what it changes of the record; nil for nothing.
	Act func(ctx context.Context, work meta.Record[B]) (Change[B], error)
	// Find answers the record as it is now; nil looks for its key.
	Find func(tx *meta.Tx, worked meta.Record[B]) (meta.Record[B], error)
	// Same says whether the record still speaks of the try that was made.
	Same func(worked, now B) bool
	// Fail notes a failure, and judges whether another try may help. Nil: it always may, and nothing is noted.
	Fail func(tx *meta.Tx, record *meta.Record[B], cause error) (Verdict, error)
}

// Change settles a try. What it leaves in the record is kept.
type Change[B any] func(tx *meta.Tx, record *meta.Record[B]) error

// ErrDeleted is the answer of a change after which the record is no more.
var ErrDeleted = errors.New("the record was deleted")

// Verdict is what follows from a failure.
type Verdict int

// The verdicts.
const (
	Again   Verdict = iota // another try may help
	ForGood                // none will
	Settled                // nothing is left to do
)

// Run makes one try under the lease of the name. It says whether there was anything to do. An error that no other try mends is a meta.Cancel.
func (w Workflow[B]) Run(ctx context.Context, leases Leases, name string) (found bool, err error) {
	var work meta.Record[B]
	begin := func(tx *meta.Tx) error {
		work, found, err = w.Begin(tx)
		return err
	}
	t := try[B]{Workflow: w, leases: leases}
	held, free, err := t.hold(ctx, name, begin)
	if err != nil {
		return false, err
	}
	defer free()
	if !found {
		return false, nil
	}
	change, cause := w.Act(held, work)
	switch {
	case cause == nil && change == nil:
		return true, nil
	case cause == nil:
		return true, t.settle(ctx, work, change)
	case held.Err() != nil:
		return true, context.Cause(held)
	}
	return true, t.fail(ctx, work, cause)
}

// try is one, under its lease.
type try[B any] struct {
	Workflow[B]
	leases Leases
	taken  *lease.Lease
}

// hold takes the lease, and a place if there are few, and begins. The try is noted in the transaction of the lease, but where it has to wait for a place.
func (t *try[B]) hold(ctx context.Context, name string, begin func(tx *meta.Tx) error) (held context.Context, free func(), err error) {
	placed := t.Places == nil
	held, taken, give, err := t.leases.take(ctx, name, func(tx *meta.Tx) error {
		if placed = placed || t.Places.TryAcquire(1); !placed {
			return nil
		}
		return begin(tx)
	})
	leave := func() {
		if placed && t.Places != nil {
			t.Places.Release(1)
		}
	}
	if err != nil {
		leave()
		return nil, nil, err
	}
	t.taken = taken
	free = func() { leave(); give() }
	if placed {
		return held, free, nil
	}
	if err = t.Places.Acquire(held, 1); err == nil {
		placed = true
		err = t.leases.Store.Update(held, begin)
	}
	if err != nil {
		free()
		return nil, nil, err
	}
	return held, free, nil
}

func (t *try[B]) settle(ctx context.Context, work meta.Record[B], change Change[B]) error {
	return t.leases.Store.Update(ctx, func(tx *meta.Tx) error {
		now, same, err := t.now(tx, work)
		if err == nil && same {
			err = t.keep(tx, &now, change)
		}
		if err != nil {
			return err
		}
		return lease.End(tx, t.taken)
	})
}

func (t *try[B]) keep(tx *meta.Tx, now *meta.Record[B], change Change[B]) error {
	err := change(tx, now)
	switch {
	case errors.Is(err, ErrDeleted):
		return nil
	case err != nil:
		return err
	}
	return t.Records.Put(tx, *now)
}

func (t *try[B]) fail(ctx context.Context, work meta.Record[B], cause error) error {
	if t.Fail == nil {
		return cause
	}
	verdict := Again
	err := t.leases.Store.Update(ctx, func(tx *meta.Tx) error {
		now, same, err := t.now(tx, work)
		if err == nil && same {
			err = t.keep(tx, &now, func(tx *meta.Tx, record *meta.Record[B]) (err error) {
				verdict, err = t.Fail(tx, record, cause)
				return err
			})
		}
		if err != nil {
			return err
		}
		return lease.End(tx, t.taken)
	})
	switch {
	case err != nil:
		return errors.Join(cause, err)
	case verdict == ForGood:
		return meta.Cancel(cause)
	case verdict == Settled:
		return nil
	}
	return cause
}

// now is the record, if it still speaks of the try that was made.
func (t *try[B]) now(tx *meta.Tx, work meta.Record[B]) (now meta.Record[B], same bool, err error) {
	find := t.Find
	if find == nil {
		find = func(tx *meta.Tx, worked meta.Record[B]) (meta.Record[B], error) {
			return t.Records.Find(tx, worked.Key)
		}
	}
	now, err = find(tx, work)
	if err != nil {
		return now, false, meta.IgnoreNotFound(err)
	}
	return now, t.Same(work.Body, now.Body), nil
}
