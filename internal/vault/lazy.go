package vault

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// Lazy is a restore whose files can be used at once. A block of a grid is fetched when it is first touched; Fill fetches the
// rest. What is written to a file stays in it: a block that was written is never fetched.
//
// Files without a grid are written in full before RestoreLazily returns. A file with a grid is called <name>.partial while blocks are
// missing, and beside it stands <name>.blocks, which says which ones are there; it gets its own name when all are there, checked and
// durable. A process that dies at any point loses nothing that a Sync had made durable, and the next RestoreLazily goes on.
type Lazy struct {
	*store
	manifest Manifest
	files    []*LazyFile // beside the manifest's; nil for one without a grid
	demand   *fetcher    // blocks that somebody waits for
	rest     *fetcher    // all others
	readers  sync.Pool   // of *fetchWorker, for demand
	waiting  urgency
	eager    int64 // bytes of the files without a grid

	mu     sync.Mutex
	plan   *fillPlan // of the Fill under way
	broken error     // damage that a reader met
}

// RestoreLazily prepares the files of a manifest in dir and returns before their blocks are there. dir must hold nothing but what an
// earlier restore of the same manifest left.
func (v Vault) RestoreLazily(ctx context.Context, id, dir string) (*Lazy, error) {
	lazy, err := v.restoreLazily(ctx, id, dir)
	if err != nil {
		return nil, fmt.Errorf("restore %s: %w", id, err)
	}
	return lazy, nil
}

func (v Vault) restoreLazily(ctx context.Context, id, dir string) (_ *Lazy, err error) {
	s, err := v.open()
	if err != nil {
		return nil, err
	}
	manifest, err := s.manifest(ctx, id)
	if err != nil {
		return nil, err
	}
	l := &Lazy{store: s, manifest: manifest, files: make([]*LazyFile, len(manifest.Files))}
	l.prepareFetchers()
	defer func() {
		if err != nil {
			err = errors.Join(err, l.Close())
		}
	}()
	begun, err := l.begun(dir)
	if err != nil {
		return nil, err
	}
	if !begun {
		if err := l.writeEagerly(ctx, dir); err != nil {
			return nil, err
		}
	}
	for i, stored := range manifest.Files {
		if !stored.Grid {
			l.eager += stored.Size
			continue
		}
		if l.files[i], err = l.openFile(dir, int32(i)); err != nil {
			return nil, fmt.Errorf("%s: %w", stored.Name, err)
		}
	}
	return l, nil
}

// prepareFetchers lets both kinds of fetches share the bandwidth: while somebody waits for a block, the others leave it to him.
func (l *Lazy) prepareFetchers() {
	patient := *l.store
	patient.pace.yield = &l.waiting
	l.demand = newFetcher(l.store, l.manifest)
	l.rest = newFetcher(&patient, l.manifest)
	l.rest.newest, l.rest.deliver = l.demand.newest, l.arrive
}

// begun says whether the files without a grid are there: they are written before the first map of blocks, and may have been changed
// by their user since.
func (l *Lazy) begun(dir string) (bool, error) {
	for _, stored := range l.manifest.Files {
		if !stored.Grid {
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(stored.Name))
		for _, trace := range []string{path, path + blocksSuffix} {
			_, err := os.Stat(trace)
			if err == nil {
				return true, nil
			}
			if !errors.Is(err, fs.ErrNotExist) {
				return false, withoutPath(err)
			}
		}
	}
	return false, nil
}

func (l *Lazy) writeEagerly(ctx context.Context, dir string) (err error) {
	small := Manifest{ID: l.manifest.ID}
	for _, stored := range l.manifest.Files {
		if !stored.Grid {
			small.Files = append(small.Files, stored)
		}
	}
	meter := startMeter(small.TotalBytes(), nothing, nil)
	defer meter.stop(false)
	r := &restoring{store: l.store, manifest: small, meter: meter}
	defer func() { err = errors.Join(err, r.close()) }()
	if err := r.openFiles(dir); err != nil {
		return err
	}
	if err := r.fill(ctx); err != nil {
		return err
	}
	return r.finish()
}

func nothing() int64 { return 0 }

func (l *Lazy) openFile(dir string, number int32) (*LazyFile, error) {
	stored := l.manifest.Files[number]
	return openLazyFile(l.manifest.ID, stored, filepath.Join(dir, filepath.FromSlash(stored.Name)), func(ctx context.Context, piece int32) ([]byte, func(), error) {
		return l.fetchNow(ctx, place{number, piece})
	})
}

// Files are those that have a grid.
func (l *Lazy) Files() []*LazyFile {
	return slices.DeleteFunc(slices.Clone(l.files), func(f *LazyFile) bool { return f == nil })
}

// File returns the file of that name, or nil where the manifest has none with a grid.
func (l *Lazy) File(name string) *LazyFile {
	for _, file := range l.files {
		if file != nil && file.stored.Name == name {
			return file
		}
	}
	return nil
}

// TotalBytes is what the files have in the snapshot.
func (l *Lazy) TotalBytes() int64 { return l.manifest.TotalBytes() }

// Whole says whether every block is there and every file has its name.
func (l *Lazy) Whole() bool {
	return !slices.ContainsFunc(l.files, func(f *LazyFile) bool { return f != nil && !f.named.Load() })
}

// Close closes the files. What is missing can be fetched by another RestoreLazily.
func (l *Lazy) Close() error {
	var errs []error
	for _, file := range l.files {
		if file != nil {
			errs = append(errs, withoutPath(file.Close()))
		}
	}
	return errors.Join(errs...)
}

// fetchNow returns the block of a place, whose bytes are good until free is called.
func (l *Lazy) fetchNow(ctx context.Context, at place) (plain []byte, free func(), err error) {
	defer l.waiting.begin()()
	l.follow(at)
	worker, _ := l.readers.Get().(*fetchWorker)
	if worker == nil {
		worker = &fetchWorker{reader: newBlockReader(l.keys)}
	}
	mine := *l.demand // each call delivers to somebody else
	mine.deliver = func(_ place, bytes []byte) error { plain = bytes; return nil }
	worker.fetcher = &mine
	known, located, err := mine.locate(ctx, nil, []want{{place: at}})
	if err == nil {
		err = worker.fetchRun(ctx, known, located, 0)
	}
	if err == nil {
		err = l.manifest.checkLength(at, plain)
	}
	if err != nil {
		l.meetDamage(err)
		return nil, nil, err
	}
	return plain, func() { l.readers.Put(worker) }, nil
}

func (l *Lazy) meetDamage(err error) {
	if !errors.Is(err, ErrDamaged) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken == nil {
		l.broken = err
	}
}

// follow lets the Fill under way go on from where somebody just read: what comes next is likely to be wanted next.
func (l *Lazy) follow(at place) {
	l.mu.Lock()
	plan := l.plan
	l.mu.Unlock()
	if plan != nil {
		plan.moveTo(at)
	}
}

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
	meter := &meter{total: l.TotalBytes(), stored: nothing, measure: l.ArrivedBytes, report: progress}
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

// urgency counts those who wait for a block. Whoever yields to them waits until there are none.
type urgency struct {
	count atomic.Int32
	mu    sync.Mutex
	none  chan struct{} // closed when the count is back at zero; nil when it is zero
}

func (u *urgency) begin() (end func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.count.Add(1) == 1 {
		u.none = make(chan struct{})
	}
	return u.end
}

func (u *urgency) end() {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.count.Add(-1) == 0 {
		close(u.none)
	}
}

func (u *urgency) wait(ctx context.Context) error {
	if u == nil || u.count.Load() == 0 {
		return nil
	}
	u.mu.Lock()
	none := u.none
	u.mu.Unlock()
	select {
	case <-none:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
