package meta

import "sync"

// kept are names that a control plane has and does not give up by itself.
type kept struct {
	mu    sync.Mutex
	names map[string]struct{}
}

// Keep has Keeps say yes to a name, which nobody else may have, until the end.
func (s *Store) Keep(name string) (end func()) {
	s.kept.mu.Lock()
	defer s.kept.mu.Unlock()
	if s.kept.names == nil {
		s.kept.names = map[string]struct{}{}
	}
	s.kept.names[name] = struct{}{}
	return func() {
		s.kept.mu.Lock()
		defer s.kept.mu.Unlock()
		delete(s.kept.names, name)
	}
}

// Keeps says whether this control plane itself keeps the name. Whoever asks knows the keeper to be alive, whatever a clock says that was moved.
func (s *Store) Keeps(name string) bool {
	s.kept.mu.Lock()
	defer s.kept.mu.Unlock()
	_, keeps := s.kept.names[name]
	return keeps
}
