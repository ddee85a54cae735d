package placement

import (
	"sync"

	"slipher/internal/nodeapi"
)

// Transfers hold how far the saves and restores under way have come. It is not kept: after a restart they report anew.
type Transfers struct {
	mu    sync.Mutex
	known map[string]nodeapi.Progress
}

// Set notes how far a transfer has come.
func (t *Transfers) Set(id string, progress nodeapi.Progress) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known == nil {
		t.known = map[string]nodeapi.Progress{}
	}
	t.known[id] = progress
}

// Get answers what Set has noted last.
func (t *Transfers) Get(id string) (nodeapi.Progress, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	progress, known := t.known[id]
	return progress, known
}

// Forget belongs after the last try of a transfer.
func (t *Transfers) Forget(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.known, id)
}
