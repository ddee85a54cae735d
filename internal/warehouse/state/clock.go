package state

import (
	"fmt"
	"sync"
	"time"
)

// Clock tells the time, and names records in the order in which they are made.
type Clock struct {
	Time  func() time.Time
	NewID func() string // unguessable

	mu   sync.Mutex
	last int64 // the latest time that OrderedID has used, Unix nanoseconds
}

// Now has the precision that Redshift's answers show.
func (c *Clock) Now() time.Time { return c.Time().UTC().Truncate(time.Millisecond) }

// OrderedID names a record so that a list in the order of ids is in the order of creation.
func (c *Clock) OrderedID() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = max(c.Time().UnixNano(), c.last+1)
	return fmt.Sprintf("%s-%.8s", IDAt(c.last), c.NewID())
}
