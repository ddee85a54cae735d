package warehouse

import (
	"context"
	"sync"

	"slipher/internal/nodeapi"
	"slipher/internal/warehouse/state"
)

// open makes the cluster's node serve SQL. What runs the nodes brings a lost one back by itself, so once in the life of this process
// is enough; a repetition would wait for the transfer under way. It belongs under the cluster's lease: an older password must not
// come after a newer one.
func (w *Warehouse) open(ctx context.Context, record state.ClusterRecord) error {
	if w.opened.Has(record.Body.Key) {
		return nil
	}
	request, err := w.openRequest(ctx, record.Body)
	if err != nil {
		return err
	}
	if err := w.config.Nodes.Start(ctx, w.spec(record.Body)); err != nil {
		return err
	}
	if err := w.followLater(ctx, record); err != nil {
		return err
	}
	if err := w.config.Nodes.Open(ctx, record.Body.Key, request); err != nil {
		return err
	}
	w.opened.Add(record.Body.Key)
	return nil
}

func (w *Warehouse) stop(ctx context.Context, key string) error {
	w.opened.Remove(key)
	return w.config.Nodes.Stop(ctx, key)
}

// follow begins a transfer of the cluster under id: its share of the bandwidth, what takes its progress, and its end. The progress stays known until
// it is forgotten: a restore has one, however many tries it takes.
func (w *Warehouse) follow(ctx context.Context, cluster, id string) (share int64, report func(nodeapi.Progress), end func()) {
	share = w.budget.Begin(ctx, cluster)
	var first sync.Once
	report = func(progress nodeapi.Progress) {
		w.Progress.Set(id, progress)
		first.Do(func() { w.budget.Confirm(ctx, cluster, share) })
	}
	return share, report, func() { w.budget.End(ctx, cluster) }
}
