package lease

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Keep renews the lease until stop is called. The context that it answers ends when the lease is lost, with ErrLost as its cause. A renewal that
// fails otherwise is tried again: the lease is lost only when somebody else has taken it. This control plane itself takes none that it keeps, however
// its clock was moved.
func (l *Lease) Keep(ctx context.Context) (held context.Context, stop func()) {
	held, cancel := context.WithCancelCause(ctx)
	end := l.store.Keep(keptAs(l.name, l.generation))
	var keeper sync.WaitGroup
	keeper.Go(func() { l.keep(held, cancel) })
	return held, func() {
		cancel(context.Canceled)
		keeper.Wait()
		end()
	}
}

func keptAs(name string, generation int64) string { return fmt.Sprintf("%s/%d", name, generation) }

// renewals are how often a lease is renewed before its time is over.
const renewals = 3

func (l *Lease) keep(ctx context.Context, lost context.CancelCauseFunc) {
	tick := time.NewTicker(l.ttl / renewals)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := l.Renew(ctx); errors.Is(err, ErrLost) {
				lost(err)
				return
			}
		}
	}
}
