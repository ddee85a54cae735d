package placement

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"

	"slipher/internal/vault/pace"

	limit "golang.org/x/time/rate"
)

// Budget divides one bandwidth evenly among the transfers under way.
type Budget struct {
	Total int64 // bytes a second; 0 is unlimited
	Nodes interface {
		SetBandwidth(ctx context.Context, cluster string, bytesPerSecond int64) error
	}
	Log *slog.Logger

	mu       sync.Mutex
	underWay map[string]int            // transfers of each cluster, or of this process itself under another name
	here     map[string]*limit.Limiter // of the latter
}

// Begin answers what the cluster's new transfer may use, and tells the others their smaller share.
func (b *Budget) Begin(ctx context.Context, cluster string) (bytesPerSecond int64) {
	share := b.count(cluster, 1)
	b.tell(ctx, cluster)
	return share
}

// End gives the share of a transfer back to the others.
func (b *Budget) End(ctx context.Context, cluster string) {
	b.count(cluster, -1)
	b.tell(context.WithoutCancel(ctx), cluster)
}

func (b *Budget) count(cluster string, change int) (share int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.counted(cluster, change)
}

// counted needs b.mu.
func (b *Budget) counted(cluster string, change int) (share int64) {
	if b.underWay == nil {
		b.underWay = map[string]int{}
	}
	if b.underWay[cluster] += change; b.underWay[cluster] == 0 {
		delete(b.underWay, cluster)
		delete(b.here, cluster)
	}
	return b.share()
}

// BeginHere is Begin for a transfer of this process itself. Those of one name have one limiter, and so one share.
func (b *Budget) BeginHere(ctx context.Context, name string) *limit.Limiter {
	limiter := b.limiter(name)
	b.tell(ctx, "")
	return limiter
}

func (b *Budget) limiter(name string) *limit.Limiter {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.here == nil {
		b.here = map[string]*limit.Limiter{}
	}
	if b.here[name] == nil {
		b.here[name] = pace.NewLimiter(b.Total)
	}
	b.counted(name, 1)
	return b.here[name]
}

// share needs b.mu.
func (b *Budget) share() int64 {
	if b.Total == 0 {
		return 0
	}
	return max(1, b.Total/int64(max(1, len(b.underWay))))
}

// tell gives every cluster with a transfer, but for one, its present share. A node that does not listen keeps the share it had.
func (b *Budget) tell(ctx context.Context, except string) {
	if b.Total == 0 {
		return
	}
	b.mu.Lock()
	share, clusters := b.share(), slices.Sorted(maps.Keys(b.underWay))
	b.mu.Unlock()
	for _, cluster := range clusters {
		if cluster != except {
			b.apply(ctx, cluster, share)
		}
	}
}

// Confirm repeats the share of a transfer that has just begun: what tell said before did not reach it.
func (b *Budget) Confirm(ctx context.Context, cluster string, given int64) {
	b.mu.Lock()
	share := b.share()
	b.mu.Unlock()
	if share != given {
		b.apply(ctx, cluster, share)
	}
}

func (b *Budget) apply(ctx context.Context, cluster string, share int64) {
	b.mu.Lock()
	limiter := b.here[cluster]
	b.mu.Unlock()
	if limiter != nil {
		pace.SetBandwidth(limiter, share)
		return
	}
	if err := b.Nodes.SetBandwidth(ctx, cluster, share); err != nil {
		b.Log.Warn("bandwidth not set", "cluster", cluster, "err", err)
	}
}
