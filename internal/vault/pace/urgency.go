package pace

import (
	"context"
	"sync"
	"sync/atomic"
)

// Urgency counts those who wait for a block. Whoever yields to them waits until there are none.
type Urgency struct {
	count atomic.Int32
	mu    sync.Mutex
	none  chan struct{} // closed when the count is back at zero; nil when it is zero
}

// Begin counts one who waits, until end.
func (u *Urgency) Begin() (end func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.count.Add(1) == 1 {
		u.none = make(chan struct{})
	}
	return u.end
}

func (u *Urgency) end() {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.count.Add(-1) == 0 {
		close(u.none)
	}
}

func (u *Urgency) wait(ctx context.Context) error {
	if u == nil || u.count.Load() == 0 {
		return nil
	}
	u.mu.Lock()
	none := u.none
	u.mu.Unlock()
	select {
	case <-none:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
