// Package lease lets one holder at a time have each name: a cluster whose state is being changed, a scope that is swept.
//
// It promises that a lease is known to every control plane on the same metadata, that each taking of a lease has a greater generation than all
// before it, and that a transaction which checks a lease fails when somebody else has taken it over. It does not promise that a holder whose time
// is over has stopped: what such a holder still does has to be refused by Check, or by whoever compares generations. It does not know what is done
// under a lease.
package lease

import (
	"context"
	"errors"
	"fmt"
	"time"

	"slipher/internal/meta"
)

var (
	// ErrLost says that a lease was taken over, or released.
	ErrLost = errors.New("the lease was taken over")
	errHeld = errors.New("somebody else has the lease")
)

// Lease is what a holder has of a name until it releases it or its time is over.
type Lease struct {
	name       string
	generation int64
	store      *meta.Store
	ttl        time.Duration
	now        func() time.Time
}

// body is a lease in the metadata. That of an earlier opening of the database is over: nobody lives who could hold it.
type body struct {
	Holder     string
	Opening    string
	Generation int64
	Expires    time.Time
}

var leases = meta.Records[body]{Kind: "lease"}

func keyOf(name string) meta.Key { return meta.Key{ID: name} }

// Generation is greater than those of all leases that were taken before this one, of any name.
func (l *Lease) Generation() int64 { return l.generation }

// Acquire takes the lease of a name for a holder, and waits as long as another lease of that name lasts, be it of the same holder. Without a
// Renew the lease may be taken over after ttl. What is to be done with it is done in the transaction that takes the lease: so the lease costs no
// commit of its own, as it ends with the transaction of End. Should any of it fail, nothing was taken.
func Acquire(ctx context.Context, store *meta.Store, name, holder string, ttl time.Duration, now func() time.Time, with ...func(tx *meta.Tx) error) (*Lease, error) {
	for {
		changed := store.Changed()
		taken, err := tryAcquire(ctx, store, name, holder, ttl, now, with)
		if !errors.Is(err, errHeld) {
			return taken, err
		}
		if err := await(ctx, changed); err != nil {
			return nil, fmt.Errorf("wait for lease %s: %w", name, err)
		}
	}
}

// tryAcquire looks first: whoever waits looks often and should not keep writers waiting.
func tryAcquire(ctx context.Context, store *meta.Store, name, holder string, ttl time.Duration, now func() time.Time, with []func(tx *meta.Tx) error) (taken *Lease, err error) {
	err = store.View(ctx, func(tx *meta.Tx) error {
		_, _, err := free(tx, store, name, now())
		return err
	})
	if err != nil {
		return nil, err
	}
	err = store.Update(ctx, func(tx *meta.Tx) error {
		if taken, err = take(tx, store, name, holder, ttl, now); err != nil {
			return err
		}
		for _, change := range with {
			if err := change(tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return taken, nil
}

// Free says whether the lease of a name could be taken at the moment.
func Free(ctx context.Context, store *meta.Store, name string, now func() time.Time) (bool, error) {
	err := store.View(ctx, func(tx *meta.Tx) error {
		_, _, err := free(tx, store, name, now())
		return err
	})
	if errors.Is(err, errHeld) {
		return false, nil
	}
	return err == nil, err
}

// longestWait is the time between two looks for what other processes have changed.
const longestWait = time.Second

func await(ctx context.Context, changed <-chan struct{}) error {
	timer := time.NewTimer(longestWait)
	defer timer.Stop()
	select {
	case <-changed:
		return nil
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func take(tx *meta.Tx, store *meta.Store, name, holder string, ttl time.Duration, now func() time.Time) (*Lease, error) {
	record, exists, err := free(tx, store, name, now())
	if err != nil {
		return nil, err
	}
	generation, err := nextGeneration(tx)
	if err != nil {
		return nil, err
	}
	record.Body = body{Holder: holder, Opening: store.Opening(), Generation: generation, Expires: now().Add(ttl)}
	if exists {
		err = leases.Put(tx, record)
	} else {
		_, err = leases.Insert(tx, keyOf(name), record.Body)
	}
	if err != nil {
		return nil, err
	}
	return &Lease{name: name, generation: generation, store: store, ttl: ttl, now: now}, nil
}

// free answers the lease of a name that may be taken, if there is any, or errHeld while another lasts.
func free(tx *meta.Tx, store *meta.Store, name string, now time.Time) (record meta.Record[body], exists bool, err error) {
	record, err = leases.Find(tx, keyOf(name))
	switch {
	case errors.Is(err, meta.ErrNotFound):
		return record, false, nil
	case err != nil:
		return record, false, err
	case record.Body.Opening == store.Opening() && (now.Before(record.Body.Expires) || store.Keeps(keptAs(name, record.Body.Generation))):
		return record, true, fmt.Errorf("lease %s of %s until %s: %w", name, record.Body.Holder, record.Body.Expires.Format(time.RFC3339), errHeld)
	}
	return record, true, nil
}

// counter is the record whose version counts the leases that were ever taken.
var counter = meta.Records[struct{}]{Kind: "lease generation"}

func nextGeneration(tx *meta.Tx) (int64, error) {
	last, err := counter.Find(tx, keyOf("all"))
	if errors.Is(err, meta.ErrNotFound) {
		last, err = counter.Insert(tx, keyOf("all"), struct{}{})
		return last.Version, err
	}
	if err != nil {
		return 0, err
	}
	return last.Version + 1, counter.Put(tx, last)
}

// Check answers ErrLost when the lease is not the holder's any more. In the transaction that settles what was done under the lease, it makes sure
// that nobody else has begun the same meanwhile; whether the lease's time is over does not matter as long as nobody has taken it over.
func Check(tx *meta.Tx, l *Lease) error {
	_, err := l.find(tx)
	return err
}

func (l *Lease) find(tx *meta.Tx) (meta.Record[body], error) {
	record, err := leases.Find(tx, keyOf(l.name))
	if errors.Is(err, meta.ErrNotFound) || err == nil && record.Body.Generation != l.generation {
		err = fmt.Errorf("lease %s of generation %d: %w", l.name, l.generation, ErrLost)
	}
	return record, err
}

// Renew has the lease last for another ttl from now on, or answers ErrLost.
func (l *Lease) Renew(ctx context.Context) error {
	return l.store.Update(ctx, func(tx *meta.Tx) error {
		record, err := l.find(tx)
		if err != nil {
			return err
		}
		record.Body.Expires = l.now().Add(l.ttl)
		return leases.Put(tx, record)
	})
}

// Release gives the name to whoever waits for it, also at the end of a context. A lease that was lost, or was ended, has nothing to give.
func (l *Lease) Release(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	err := l.store.View(ctx, func(tx *meta.Tx) error { return Check(tx, l) })
	if err == nil {
		err = l.store.Update(ctx, func(tx *meta.Tx) error { return End(tx, l) })
	}
	if errors.Is(err, ErrLost) {
		return nil
	}
	return err
}

// End is Check and Release in one, for the transaction that settles what was done under the lease.
func End(tx *meta.Tx, l *Lease) error {
	if _, err := l.find(tx); err != nil {
		return err
	}
	return leases.Delete(tx, keyOf(l.name))
}
