package placement

import "sync"

// KeySet is a set of keys of clusters or of scopes. The zero value is empty.
type KeySet struct {
	mu   sync.Mutex
	keys map[string]struct{}
}

// Add puts the key in; once is enough.
func (s *KeySet) Add(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keys == nil {
		s.keys = map[string]struct{}{}
	}
	s.keys[key] = struct{}{}
}

// Remove takes the key out, however often it was added.
func (s *KeySet) Remove(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.keys, key)
}

// Has is true from Add to Remove.
func (s *KeySet) Has(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, has := s.keys[key]
	return has
}
