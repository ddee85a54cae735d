package pgwire

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/binary"
	"sync"
)

// Cancels finds the session that a cancel request is for. Its zero value is ready to use.
type Cancels struct {
	mu       sync.Mutex
	sessions map[uint32]*target
}

// target is what a cancel request acts on: the call under way in one session, if there is one.
type target struct {
	process uint32
	secret  []byte

	mu     sync.Mutex
	cancel context.CancelCauseFunc
}

// enter gives a session a process number that no other session has, and a secret of that many bytes.
func (c *Cancels) enter(secretSize int) *target {
	t := &target{secret: make([]byte, secretSize)}
	rand.Read(t.secret)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sessions == nil {
		c.sessions = map[uint32]*target{}
	}
	for t.process == 0 || c.sessions[t.process] != nil {
		var number [4]byte
		rand.Read(number[:])
		t.process = binary.BigEndian.Uint32(number[:]) >> 1 // clients take it for a signed number
	}
	c.sessions[t.process] = t
	return t
}

func (c *Cancels) leave(t *target) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.sessions, t.process)
}

// cancel ends the call under way in the session that has this number and secret. The asker is told nothing either way.
func (c *Cancels) cancel(process uint32, secret []byte) {
	c.mu.Lock()
	t := c.sessions[process]
	c.mu.Unlock()
	if t != nil && subtle.ConstantTimeCompare(t.secret, secret) == 1 {
		t.fire()
	}
}

// aim makes cancel what a cancel request calls from now on; nil when nothing is under way.
func (t *target) aim(cancel context.CancelCauseFunc) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cancel = cancel
}

func (t *target) fire() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cancel != nil {
		t.cancel(errCanceled)
	}
}
