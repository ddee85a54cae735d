package warehouse

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"

	limit "golang.org/x/time/rate"

	"slipher/internal/nodeapi"
	"slipher/internal/vault"
)

// Transfers hold how far the saves and restores under way have come. It is not kept: after a restart they report anew.
type Transfers struct {
	mu    sync.Mutex
	known map[string]nodeapi.Progress
}

func (t *Transfers) set(id string, progress nodeapi.Progress) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known == nil {
		t.known = map[string]nodeapi.Progress{}
	}
	t.known[id] = progress
}

func (t *Transfers) Get(id string) (nodeapi.Progress, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	progress, known := t.known[id]
	return progress, known
}

func (t *Transfers) forget(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.known, id)
}

// budget divides one bandwidth evenly among the transfers under way.
type budget struct {
	total int64 // bytes a second; 0 is unlimited
	nodes Nodes
	log   *slog.Logger

	mu       sync.Mutex
	underWay map[string]int            // transfers of each cluster, or of this process itself under another name
	here     map[string]*limit.Limiter // of the latter
}

// begin answers what the cluster's new transfer may use, and tells the others their smaller share.
func (b *budget) begin(ctx context.Context, cluster string) (bytesPerSecond int64) {
	share := b.count(cluster, 1)
	b.tell(ctx, cluster)
	return share
}

func (b *budget) end(ctx context.Context, cluster string) {
	b.count(cluster, -1)
	b.tell(context.WithoutCancel(ctx), cluster)
}

func (b *budget) count(cluster string, change int) (share int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.counted(cluster, change)
}

// counted needs b.mu.
func (b *budget) counted(cluster string, change int) (share int64) {
	if b.underWay == nil {
		b.underWay = map[string]int{}
	}
	if b.underWay[cluster] += change; b.underWay[cluster] == 0 {
		delete(b.underWay, cluster)
		delete(b.here, cluster)
	}
	return b.share()
}

// beginHere is begin for a transfer of this process itself. Those of one name have one limiter, and so one share.
func (b *budget) beginHere(ctx context.Context, name string) *limit.Limiter {
	limiter := b.limiter(name)
	b.tell(ctx, "")
	return limiter
}

func (b *budget) limiter(name string) *limit.Limiter {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.here == nil {
		b.here = map[string]*limit.Limiter{}
	}
	if b.here[name] == nil {
		b.here[name] = vault.NewLimiter(b.total)
	}
	b.counted(name, 1)
	return b.here[name]
}

// share needs b.mu.
func (b *budget) share() int64 {
	if b.total == 0 {
		return 0
	}
	return max(1, b.total/int64(max(1, len(b.underWay))))
}

// tell gives every cluster with a transfer, but for one, its present share. A node that does not listen keeps the share it had.
func (b *budget) tell(ctx context.Context, except string) {
	if b.total == 0 {
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

// confirm repeats the share of a transfer that has just begun: what tell said before did not reach it.
func (b *budget) confirm(ctx context.Context, cluster string, given int64) {
	b.mu.Lock()
	share := b.share()
	b.mu.Unlock()
	if share != given {
		b.apply(ctx, cluster, share)
	}
}

func (b *budget) apply(ctx context.Context, cluster string, share int64) {
	b.mu.Lock()
	limiter := b.here[cluster]
	b.mu.Unlock()
	if limiter != nil {
		vault.SetBandwidth(limiter, share)
		return
	}
	if err := b.nodes.SetBandwidth(ctx, cluster, share); err != nil {
		b.log.Warn("bandwidth not set", "cluster", cluster, "err", err)
	}
}

// follow begins a transfer of the cluster under id: its share of the bandwidth, what takes its progress, and its end. The progress stays known until
// it is forgotten: a restore has one, however many tries it takes.
func (w *Warehouse) follow(ctx context.Context, cluster, id string) (share int64, report func(nodeapi.Progress), end func()) {
	share = w.budget.begin(ctx, cluster)
	var first sync.Once
	report = func(progress nodeapi.Progress) {
		w.Progress.set(id, progress)
		first.Do(func() { w.budget.confirm(ctx, cluster, share) })
	}
	return share, report, func() { w.budget.end(ctx, cluster) }
}
