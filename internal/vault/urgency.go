package vault

import (
	"context"
	"sync"
	"sync/atomic"
)

// urgency counts those who wait for a block. Whoever yields to them waits until there are none.
type urgency struct {
	count atomic.Int32
	mu    sync.Mutex
	none  chan struct{} // closed when the count is back at zero; nil when it is zero
}

func (u *urgency) begin() (end func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.count.Add(1) == 1 {
		u.none = make(chan struct{})
	}
	return u.end
}

func (u *urgency) end() {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.count.Add(-1) == 0 {
		close(u.none)
	}
}

func (u *urgency) wait(ctx context.Context) error {
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
