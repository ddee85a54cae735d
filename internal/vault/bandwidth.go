package vault

import (
	"context"
	"math"

	"golang.org/x/time/rate"
)

// NewLimiter caps transfers at so many bytes a second; 0 is unlimited. Vaults may share one limiter, and with it one budget.
func NewLimiter(bytesPerSecond int64) *rate.Limiter {
	limiter := rate.NewLimiter(rate.Inf, 0)
	SetBandwidth(limiter, bytesPerSecond)
	return limiter
}

// SetBandwidth changes the cap, also of the transfers under way; 0 lifts it.
func SetBandwidth(limiter *rate.Limiter, bytesPerSecond int64) {
	if bytesPerSecond <= 0 {
		limiter.SetLimit(rate.Inf)
		return
	}
	// A burst of 20 ms keeps to small caps closely and still lets large ones take a block in one go.
	limiter.SetBurst(int(min(max(bytesPerSecond/50, 1<<10), blockSize)))
	limiter.SetLimit(rate.Limit(bytesPerSecond))
}

// pace waits in small steps, since a limiter refuses to wait for more than its burst and a step that has begun does not
// notice that the cap was lifted.
type pace struct {
	limiter *rate.Limiter
	turn    chan struct{} // one place: blocks pass one by one, so that a slow transfer advances by small steps
	yield   *urgency      // those who go first where there is a cap; nil for nobody
}

func (p pace) wait(ctx context.Context, bytes int) error {
	if p.limiter == nil || p.limiter.Limit() == rate.Inf {
		return ctx.Err()
	}
	select {
	case p.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-p.turn }()
	for bytes > 0 {
		if p.limiter.Limit() == rate.Inf {
			return ctx.Err()
		}
		if err := p.yield.wait(ctx); err != nil {
			return err
		}
		step := min(bytes, p.step())
		err := p.limiter.WaitN(ctx, step)
		switch {
		case err == nil:
			bytes -= step
		case step <= p.limiter.Burst() || ctx.Err() != nil:
			return err
		} // else the burst shrank between the two lines above
	}
	return ctx.Err()
}

func newPace(limiter *rate.Limiter) pace { return pace{limiter: limiter, turn: make(chan struct{}, 1)} }

// step is what passes in 50 ms.
func (p pace) step() int {
	soon := int(math.Min(float64(p.limiter.Limit())/20, blockSize))
	return max(1, min(soon, p.limiter.Burst()))
}
