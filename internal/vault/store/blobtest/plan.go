package blobtest

import (
	"math/rand/v2"
	"sync"
	"time"

	"slipher/internal/vault/store"
)

// Plan says how a store treats one process. The same plan with the same operations does the same.
type Plan struct {
	Seed  uint64
	Fault Fault // the fault of the kind that this plan has
	// The fault meets one operation in so many, or none when 0, and Fails of them at most.
	OneIn, Fails int
	Dies         int // from which operation on everything is refused, which meets the fault itself; never when 0
	// An operation takes up to Pause, and one in twenty up to Hang.
	Pause, Hang time.Duration
}

// Clean says that the plan has no faults.
func (p Plan) Clean() bool { return p.OneIn == 0 && p.Dies == 0 }

// Over is a bucket that keeps to the plan. It waits with time.Sleep: use it where the clock is a test's own.
func (p Plan) Over(bucket store.Bucket) *Faulty {
	chance := &chances{rand: rand.New(rand.NewPCG(p.Seed, 0))}
	failed := 0
	return &Faulty{
		Bucket: bucket,
		Fault: func(op Op) Fault {
			switch {
			case p.Dies > 0 && op.Number == p.Dies:
				return p.Fault
			case p.Dies > 0 && op.Number > p.Dies:
				return Refused
			case p.OneIn > 0 && failed < p.Fails && chance.below(p.OneIn) == 0:
				failed++
				return p.Fault
			}
			return Works
		},
		Before: func(Op) {
			longest := p.Pause
			if chance.below(20) == 0 {
				longest = max(longest, p.Hang)
			}
			if longest > 0 {
				time.Sleep(time.Duration(chance.below(int(longest))))
			}
		},
	}
}

// chances are drawn by several goroutines.
type chances struct {
	mu   sync.Mutex
	rand *rand.Rand
}

func (c *chances) below(n int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rand.IntN(n)
}
