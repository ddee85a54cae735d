// Package pace keeps transfers within a bandwidth that may change while they run, and lets those go first who wait for a block. It promises that a cap
// holds within a tenth of a second, for one transfer and for all that share a limiter. It knows nothing of what is transferred.
package pace

import (
	"context"
	"math"

	"golang.org/x/time/rate"
)

// largestStep is about the block that passes at once where the cap is large.
const largestStep = 256 << 10

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
	limiter.SetBurst(int(min(max(bytesPerSecond/50, 1<<10), largestStep)))
	limiter.SetLimit(rate.Limit(bytesPerSecond))
}

// Pace waits in small steps, since a limiter refuses to wait for more than its burst and a step that has begun does not
// notice that the cap was lifted.
type Pace struct {
	limiter *rate.Limiter
	turn    chan struct{} // one place: blocks pass one by one, so that a slow transfer advances by small steps
	yield   *Urgency      // those who go first where there is a cap; nil for nobody
}

// Wait lets so many bytes pass.
func (p Pace) Wait(ctx context.Context, bytes int) error {
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

// New keeps to the limiter; nil is no cap.
func New(limiter *rate.Limiter) Pace { return Pace{limiter: limiter, turn: make(chan struct{}, 1)} }

// YieldingTo is the same cap for those who let others go first.
func (p Pace) YieldingTo(first *Urgency) Pace {
	patient := New(p.limiter)
	patient.yield = first
	return patient
}

// step is what passes in 50 ms.
func (p Pace) step() int {
	soon := int(math.Min(float64(p.limiter.Limit())/20, largestStep))
	return max(1, min(soon, p.limiter.Burst()))
}
