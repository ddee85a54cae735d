package meta

import "sync"

// news tells those who wait that something was committed.
type news struct {
	mu   sync.Mutex
	next chan struct{} // closed by the next commit; nil while nobody waits
}

func (n *news) await() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.next == nil {
		n.next = make(chan struct{})
	}
	return n.next
}

func (n *news) tell() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.next != nil {
		close(n.next)
		n.next = nil
	}
}

// Changed is closed by the next commit of this process, whatever it changes.
func (s *Store) Changed() <-chan struct{} { return s.news.await() }

// Opening names this opening of the database. Whoever has written down the name of an earlier one is not alive any more: Open keeps other
// processes out.
func (s *Store) Opening() string { return s.opening }
