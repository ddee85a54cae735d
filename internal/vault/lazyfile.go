package vault

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"slipher/internal/vault/store"
	"sync"
	"sync/atomic"
)

// LazyFile is one file of a Lazy while its blocks arrive. Its methods may be called at the same time.
type LazyFile struct {
	stored StoredFile
	grid   grid
	final  string
	file   *os.File
	here   *blockMap // nil once all is there and the file has its name
	fetch  func(ctx context.Context, piece int32) (plain []byte, free func(), err error)

	named     atomic.Bool
	hereBytes atomic.Int64
	sinceSync atomic.Int64 // bytes put in place since the last Sync

	mu   sync.Mutex
	busy map[int32]chan struct{} // pieces that somebody is putting in place; closed when he is done
}

// openLazyFile opens a file where an earlier restore left it, or makes it without a single block.
func openLazyFile(manifest string, stored StoredFile, final string, fetch func(context.Context, int32) ([]byte, func(), error)) (*LazyFile, error) {
	f := &LazyFile{stored: stored, grid: gridOf(stored.Size, stored.Grid), final: final, fetch: fetch, busy: map[int32]chan struct{}{}}
	var err error
	if f.file, err = os.OpenFile(final, os.O_RDWR, 0); err == nil {
		f.named.Store(true)
		f.hereBytes.Store(stored.Size)
		return f, removeMap(final)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, withoutPath(err)
	}
	if err := store.MakeDirs(filepath.Dir(final)); err != nil {
		return nil, withoutPath(err)
	}
	if f.file, err = os.OpenFile(final+partialSuffix, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return nil, withoutPath(err)
	}
	if err := f.openMap(manifest); err != nil {
		return nil, errors.Join(withoutPath(err), f.file.Close())
	}
	return f, nil
}

func (f *LazyFile) openMap(manifest string) (err error) {
	pieces := int(f.grid.pieces())
	f.here, err = openBlockMap(f.final+blocksSuffix, manifest, pieces)
	if errors.Is(err, fs.ErrNotExist) {
		// The map comes last: from then on the file holds what its map says.
		if err := f.file.Truncate(f.stored.Size); err != nil {
			return err
		}
		if err := errors.Join(f.file.Sync(), store.SyncDir(filepath.Dir(f.final))); err != nil {
			return err
		}
		f.here, err = makeBlockMap(f.final+blocksSuffix, manifest, pieces)
	}
	if err != nil {
		return err
	}
	for piece := range int32(pieces) {
		if f.here.has(piece) {
			_, length := f.grid.piece(int(piece))
			f.hereBytes.Add(int64(length))
		}
	}
	return nil
}

// Name is the file's name in the manifest, slash-separated.
func (f *LazyFile) Name() string { return f.stored.Name }

// Stat describes the file as it is now; its blocks count whether they are there or not.
func (f *LazyFile) Stat() (fs.FileInfo, error) { return f.file.Stat() }

// Plain is the file itself, for reading what Ready has made sure of.
func (f *LazyFile) Plain() *os.File { return f.file }

// Close closes the file and its map, and makes durable what is there.
func (f *LazyFile) Close() error {
	var err error
	if f.here != nil && !f.named.Load() {
		err = f.Sync()
	}
	if f.here != nil {
		err = errors.Join(err, f.here.close())
	}
	return errors.Join(err, f.file.Close())
}

// Ready returns when every block of the range is there.
func (f *LazyFile) Ready(ctx context.Context, offset int64, length int) error {
	if f.named.Load() {
		return nil
	}
	for piece, end := f.span(offset, int64(length)); piece < end; piece++ {
		if err := f.ready(ctx, piece); err != nil {
			return err
		}
	}
	return nil
}

// ReadAt fetches what is missing of the range and reads it.
func (f *LazyFile) ReadAt(ctx context.Context, into []byte, offset int64) (int, error) {
	if err := f.Ready(ctx, offset, len(into)); err != nil {
		return 0, err
	}
	return f.file.ReadAt(into, offset)
}

// WriteAt writes. A block that is overwritten in part is fetched first, one that is overwritten as a whole is not.
func (f *LazyFile) WriteAt(ctx context.Context, content []byte, offset int64) (n int, err error) {
	if f.named.Load() {
		return f.file.WriteAt(content, offset)
	}
	var own []int32
	defer func() { f.settle(own, err == nil) }()
	for piece, end := f.span(offset, int64(len(content))); piece < end; piece++ {
		if !f.covers(piece, offset, int64(len(content))) {
			if err := f.ready(ctx, piece); err != nil {
				return 0, err
			}
			continue
		}
		claimed, err := f.claim(ctx, piece)
		if err != nil {
			return 0, err
		}
		if claimed {
			own = append(own, piece)
		}
	}
	return f.file.WriteAt(content, offset)
}

// Truncate changes the size. Blocks beyond the new end are not fetched any more, also when the file grows again.
func (f *LazyFile) Truncate(ctx context.Context, size int64) (err error) {
	if f.named.Load() {
		return f.file.Truncate(size)
	}
	var own []int32
	defer func() { f.settle(own, err == nil) }()
	for piece, end := f.span(size, f.stored.Size-size); piece < end; piece++ {
		if offset, _ := f.grid.piece(int(piece)); offset < size {
			if err := f.ready(ctx, piece); err != nil {
				return err
			}
			continue
		}
		claimed, err := f.claim(ctx, piece)
		if err != nil {
			return err
		}
		if claimed {
			own = append(own, piece)
		}
	}
	return f.file.Truncate(size)
}

// Sync makes durable what was written and fetched before. The blocks come first and the map after them, so that after a loss of power
// the map never promises a block that is not there.
func (f *LazyFile) Sync() error {
	if f.named.Load() {
		return f.file.Sync()
	}
	f.sinceSync.Store(0)
	arrived := f.here.arrived()
	if err := f.file.Sync(); err != nil {
		f.here.again(arrived)
		return err
	}
	return f.here.keep(arrived)
}

// span is the range of pieces that a range of bytes touches; pieces that the snapshot does not have are not among them.
func (f *LazyFile) span(offset, length int64) (begin, end int32) {
	last := min(offset+length, f.stored.Size)
	if length <= 0 || offset >= last {
		return 0, 0
	}
	return f.pieceAt(offset), f.pieceAt(last-1) + 1
}

func (f *LazyFile) pieceAt(offset int64) int32 {
	if f.grid.headers == 0 {
		return int32(offset / blockSize)
	}
	if offset < f.grid.headers {
		return 0
	}
	return int32((offset-f.grid.headers)/blockSize) + 1
}

func (f *LazyFile) covers(piece int32, offset, length int64) bool {
	begin, size := f.grid.piece(int(piece))
	return offset <= begin && begin+int64(size) <= offset+length
}

// ready fetches a piece unless it is there.
func (f *LazyFile) ready(ctx context.Context, piece int32) error {
	claimed, err := f.claim(ctx, piece)
	if err != nil || !claimed {
		return err
	}
	err = f.fetchInto(ctx, piece)
	f.settle([]int32{piece}, err == nil)
	return err
}

func (f *LazyFile) fetchInto(ctx context.Context, piece int32) error {
	plain, free, err := f.fetch(ctx, piece)
	if err != nil {
		return err
	}
	defer free()
	offset, _ := f.grid.piece(int(piece))
	_, err = f.file.WriteAt(plain, offset)
	return err
}

// fill puts in place what was fetched for nobody in particular.
func (f *LazyFile) fill(piece int32, plain []byte) error {
	if busy, claimed := f.tryClaim(piece); busy != nil || !claimed {
		return nil
	}
	offset, length := f.grid.piece(int(piece))
	_, err := f.file.WriteAt(plain, offset)
	f.settle([]int32{piece}, err == nil)
	if after := f.sinceSync.Load(); err == nil && after/writebackEvery != (after-int64(length))/writebackEvery {
		startWriteback(f.file)
	}
	return err
}

// claim waits while somebody else puts the piece in place. It says whether that is now up to the caller, who must settle it; otherwise
// the piece is there.
func (f *LazyFile) claim(ctx context.Context, piece int32) (bool, error) {
	for {
		busy, claimed := f.tryClaim(piece)
		if busy == nil {
			return claimed, nil
		}
		select {
		case <-busy:
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
}

func (f *LazyFile) tryClaim(piece int32) (busy chan struct{}, claimed bool) {
	if f.here.has(piece) {
		return nil, false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if busy := f.busy[piece]; busy != nil {
		return busy, false
	}
	if f.here.has(piece) {
		return nil, false
	}
	f.busy[piece] = make(chan struct{})
	return nil, true
}

// settle ends claims: the pieces are there, or as missing as before.
func (f *LazyFile) settle(pieces []int32, there bool) {
	if len(pieces) == 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, piece := range pieces {
		if there {
			_, length := f.grid.piece(int(piece))
			f.here.add(piece)
			f.hereBytes.Add(int64(length))
			f.sinceSync.Add(int64(length))
		}
		close(f.busy[piece])
		delete(f.busy, piece)
	}
}

// settled waits for those who are putting pieces in place now.
func (f *LazyFile) settled(ctx context.Context) error {
	f.mu.Lock()
	busy := slices.Collect(maps.Values(f.busy))
	f.mu.Unlock()
	for _, one := range busy {
		select {
		case <-one:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (f *LazyFile) missing() []int32 {
	if f.named.Load() {
		return nil
	}
	return f.here.missing()
}

// finish makes a file durable of which nothing is missing, and gives it its name.
func (f *LazyFile) finish() error {
	if f.named.Load() {
		return nil
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if _, err := os.Lstat(f.final); err == nil {
		return errForeign
	}
	if err := os.Rename(f.final+partialSuffix, f.final); err != nil {
		return err
	}
	if err := store.SyncDir(filepath.Dir(f.final)); err != nil {
		return err
	}
	f.named.Store(true)
	return removeMap(f.final)
}

func removeMap(final string) error {
	if err := os.Remove(final + blocksSuffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the map of blocks: %w", withoutPath(err))
	}
	return nil
}
