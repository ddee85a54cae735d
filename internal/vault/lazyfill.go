package vault

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
)

// arrive puts a block in its place, unless it is there already or somebody else is just putting it there.
func (l *Lazy) arrive(at place, plain []byte) error {
	if err := l.manifest.checkLength(at, plain); err != nil {
		return err
	}
	file := l.files[at.file]
	if err := file.fill(at.piece, plain); err != nil {
		return fmt.Errorf("%s: %w", file.stored.Name, withoutPath(err))
	}
	return nil
}

// Fill fetches every block that is missing, makes the files durable and gives them their names. It may be called again after an error.
func (l *Lazy) Fill(ctx context.Context, progress func(Progress)) (Restored, error) {
	restored, err := l.fill(ctx, progress)
	if err != nil {
		return Restored{}, fmt.Errorf("restore %s: %w", l.manifest.ID, err)
	}
	return restored, nil
}

func (l *Lazy) fill(ctx context.Context, progress func(Progress)) (_ Restored, err error) {
	kept := l.ArrivedBytes()
	meter := &meter{clock: l.now, total: l.TotalBytes(), stored: nothing, measure: l.ArrivedBytes, report: progress}
	meter.start()
	defer func() { meter.stop(err == nil) }()
	for missing := l.missing(); len(missing) > 0; missing = l.missing() {
		if err := l.fetchAll(ctx, missing); err != nil {
			return Restored{}, err
		}
		// A block that somebody else was just putting in its place was left to him, and is still missing where he failed.
		if err := l.settled(ctx); err != nil {
			return Restored{}, err
		}
	}
	for _, file := range l.files {
		if file == nil {
			continue
		}
		if err := file.finish(); err != nil {
			return Restored{}, fmt.Errorf("%s: %w", file.stored.Name, withoutPath(err))
		}
	}
	return Restored{
		Manifest:   l.manifest.ID,
		TotalBytes: l.TotalBytes(),
		KeptBytes:  kept,
		Blocks:     l.manifest.blocks(),
		Seconds:    meter.seconds(),
	}, nil
}

func (l *Lazy) settled(ctx context.Context) error {
	for _, file := range l.files {
		if file == nil {
			continue
		}
		if err := file.settled(ctx); err != nil {
			return err
		}
	}
	return nil
}

// ArrivedBytes are those of the snapshot that need not be fetched any more.
func (l *Lazy) ArrivedBytes() int64 {
	total := l.eager
	for _, file := range l.files {
		if file != nil {
			total += file.hereBytes.Load()
		}
	}
	return total
}

func (l *Lazy) missing() []want {
	var missing []want
	for number, file := range l.files {
		if file == nil {
			continue
		}
		for _, piece := range file.missing() {
			missing = append(missing, want{place: place{int32(number), piece}})
		}
	}
	return missing
}

func (l *Lazy) fetchAll(ctx context.Context, missing []want) error {
	known, located, err := l.rest.locate(ctx, nil, missing)
	if err != nil {
		return err
	}
	plan := planFill(l, slices.Collect(runs(located)))
	l.setPlan(plan)
	defer l.setPlan(nil)
	group, ctx := errgroup.WithContext(ctx)
	for range fillers() {
		group.Go(func() error { return gently(func() error { return l.work(ctx, known, plan) }) })
	}
	return group.Wait()
}

func (l *Lazy) work(ctx context.Context, known *catalogue, plan *fillPlan) error {
	worker := &fetchWorker{fetcher: l.rest, reader: newBlockReader(l.keys)}
	for next, some := plan.next(); some; next, some = plan.next() {
		if err := errors.Join(ctx.Err(), l.damage()); err != nil {
			return err
		}
		if err := worker.fetchRun(ctx, known, next, 0); err != nil {
			return err
		}
		if err := l.syncSometimes(); err != nil {
			return err
		}
	}
	return nil
}

func fillers() int { return max(4, 2*runtime.GOMAXPROCS(0)) }

func (l *Lazy) setPlan(plan *fillPlan) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.plan = plan
}

func (l *Lazy) damage() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.broken
}

// syncEvery bounds what is fetched again after a crash.
const syncEvery = 256 << 20

func (l *Lazy) syncSometimes() error {
	for _, file := range l.files {
		if file == nil || file.sinceSync.Load() < syncEvery {
			continue
		}
		if err := file.Sync(); err != nil {
			return fmt.Errorf("%s: %w", file.stored.Name, withoutPath(err))
		}
	}
	return nil
}
