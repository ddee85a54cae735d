package warehouse

import (
	"context"
	"sync"
)

// turns let one holder at a time have each name.
type turns struct {
	mu    sync.Mutex
	taken map[string]chan struct{} // closed when the holder is done
}

// take waits for the name's turn. done gives it to the next.
func (t *turns) take(ctx context.Context, name string) (done func(), err error) {
	for {
		busy := t.tryTake(name)
		if busy == nil {
			return func() { t.free(name) }, nil
		}
		select {
		case <-busy:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (t *turns) tryTake(name string) (busy chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if busy := t.taken[name]; busy != nil {
		return busy
	}
	if t.taken == nil {
		t.taken = map[string]chan struct{}{}
	}
	t.taken[name] = make(chan struct{})
	return nil
}

func (t *turns) free(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	close(t.taken[name])
	delete(t.taken, name)
}
