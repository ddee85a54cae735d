package vault

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"slipher/internal/vault/pace"
)

// Lazy is a restore whose files can be used at once. A block of a grid is fetched when it is first touched; Fill fetches the
// rest. What is written to a file stays in it: a block that was written is never fetched.
//
// Files without a grid are written in full before RestoreLazily returns. A file with a grid is called <name>.partial while blocks are
// missing, and beside it stands <name>.blocks, which says which ones are there; it gets its own name when all are there, checked and
// durable. A process that dies at any point loses nothing that a Sync had made durable, and the next RestoreLazily goes on.
type Lazy struct {
	*opened
	manifest Manifest
	files    []*LazyFile // beside the manifest's; nil for one without a grid
	demand   *fetcher    // blocks that somebody waits for
	rest     *fetcher    // all others
	readers  sync.Pool   // of *fetchWorker, for demand
	waiting  pace.Urgency
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
	l := &Lazy{opened: s, manifest: manifest, files: make([]*LazyFile, len(manifest.Files))}
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
	patient := *l.opened
	patient.pace = l.pace.YieldingTo(&l.waiting)
	l.demand = newFetcher(l.opened, l.manifest)
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
	meter := startMeter(l.now, small.TotalBytes(), nothing, nil)
	defer meter.stop(false)
	r := &restoring{opened: l.opened, manifest: small, meter: meter}
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
	defer l.waiting.Begin()()
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
