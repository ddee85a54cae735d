package workflow

import (
	"context"
	"log/slog"
	"time"

	"slipher/internal/meta"
	"slipher/internal/meta/lease"
)

// Leases are how the control plane takes leases.
type Leases struct {
	Store *meta.Store
	Now   func() time.Time
	Log   *slog.Logger
}

// lasts is after how long without a word from its holder a lease may be taken over.
const lasts = 30 * time.Second

// Hold takes the lease of a name, waiting for it if it must. The context that it answers ends when the lease is lost.
func (l Leases) Hold(ctx context.Context, name string) (held context.Context, free func(), err error) {
	held, _, free, err = l.take(ctx, name)
	return held, free, err
}

// Free says whether nobody has the lease of a name at the moment.
func (l Leases) Free(ctx context.Context, name string) (bool, error) {
	return lease.Free(ctx, l.Store, name, l.Now)
}

func (l Leases) take(ctx context.Context, name string, with ...func(tx *meta.Tx) error) (held context.Context, taken *lease.Lease, free func(), err error) {
	taken, err = lease.Acquire(ctx, l.Store, name, l.Store.Name(), lasts, l.Now, with...)
	if err != nil {
		return nil, nil, nil, err
	}
	held, stop := taken.Keep(ctx)
	return held, taken, func() {
		stop()
		if err := taken.Release(ctx); err != nil {
			l.Log.Error("lease not released", "lease", name, "err", err)
		}
	}, nil
}
