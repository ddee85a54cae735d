package warehouse

import (
	"context"
	"sync"

	"slipher/internal/warehouse/state"
)

// keySet is a set of clusters' keys.
type keySet struct {
	mu   sync.Mutex
	keys map[string]struct{}
}

func (s *keySet) add(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keys == nil {
		s.keys = map[string]struct{}{}
	}
	s.keys[key] = struct{}{}
}

func (s *keySet) remove(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.keys, key)
}

func (s *keySet) has(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, has := s.keys[key]
	return has
}

// open makes the cluster's node serve SQL. What runs the nodes brings a lost one back by itself, so once in the life of this process
// is enough; a repetition would wait for the transfer under way. It belongs under the cluster's lease: an older password must not
// come after a newer one.
func (w *Warehouse) open(ctx context.Context, record state.ClusterRecord) error {
	if w.opened.has(record.Body.Key) {
		return nil
	}
	request, err := w.openRequest(ctx, record.Body)
	if err != nil {
		return err
	}
	if err := w.config.Nodes.Start(ctx, w.spec(record.Body)); err != nil {
		return err
	}
	if err := w.followLater(ctx, record); err != nil {
		return err
	}
	if err := w.config.Nodes.Open(ctx, record.Body.Key, request); err != nil {
		return err
	}
	w.opened.add(record.Body.Key)
	return nil
}

func (w *Warehouse) stop(ctx context.Context, key string) error {
	w.opened.remove(key)
	return w.config.Nodes.Stop(ctx, key)
}
