package vault

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"runtime"
	"slices"
	"sync"

	"slipher/internal/vault/store"

	"golang.org/x/sync/errgroup"
)

// fetcher reads the blocks of one manifest, side by side, and hands on only what proved to be right.
type fetcher struct {
	*opened
	manifest Manifest
	// deliver gets a block's plain bytes for each place where it is wanted, from several goroutines at once.
	deliver func(at place, plain []byte) error
	// forward, if it is set, gets each block once in place of deliver, also as it was compressed.
	forward func(ctx context.Context, block fetched) error
	// damaged decides what becomes of a place whose block cannot be had; nil goes on.
	damaged func(at place, err error) error

	*newest
}

// fetched is a block that proved to be right. Its bytes are good until forward returns.
type fetched struct {
	wanted        run
	record        record
	packed, plain []byte
}

// newest is the newest catalogue that one of those who share it has read.
type newest struct {
	mu    sync.Mutex
	known *catalogue
}

// newFetcher delivers to nobody, and gives up at the first damage.
func newFetcher(s *opened, manifest Manifest) *fetcher {
	return &fetcher{opened: s, manifest: manifest, newest: &newest{}, damaged: func(_ place, err error) error { return err }}
}

// place is a piece of a file of the manifest.
type place struct {
	file  int32
	piece int32
}

// want is a place, and where its block is in the catalogue that it was located with.
type want struct {
	place
	location
}

// run is a stretch of one pack that is read at once: wants in the order of their offsets.
type run []want

const (
	// A run is long enough to make up for the latency of a store, and short enough for the memory of a restore.
	longestRun = 1 << 20
	// It is cheaper to read a small gap than to ask again.
	largestGap = 32 << 10
	// A sweep may move blocks while they are read. It writes the new pack before it deletes the old one, so a fresh
	// catalogue knows the new place. So many sweeps may come, one after the other, before a block counts as lost.
	mostMoves = 4
	// So many runs are asked for at once at least: with 20 ms for each answer that is 400 MB/s.
	fetchesAtOnce = 8
)

// allPlaces is every piece of every file.
func (f *fetcher) allPlaces() []want {
	wants := make([]want, 0, f.manifest.blocks())
	for file := range f.manifest.Files {
		for piece := range f.manifest.Files[file].Blocks {
			wants = append(wants, want{place: place{int32(file), int32(piece)}})
		}
	}
	return wants
}

// fetch delivers the blocks of all wanted places, in no order.
func (f *fetcher) fetch(ctx context.Context, wants []want) error {
	known, located, err := f.locate(ctx, nil, wants)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	pending := make(chan run)
	group.Go(func() error {
		defer close(pending)
		for next := range runs(located) {
			select {
			case pending <- next:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	for range max(fetchesAtOnce, 2*runtime.GOMAXPROCS(0)) {
		group.Go(func() error { return f.work(ctx, known, pending) })
	}
	return group.Wait()
}

// locate returns the wants that have a place, in the order of the packs of the catalogue that it returns as well. It reads
// the catalogue again while blocks are unknown, as a listing may have been taken in the middle of a sweep.
func (f *fetcher) locate(ctx context.Context, stale *catalogue, wants []want) (*catalogue, []want, error) {
	known, err := f.catalogueAfter(ctx, stale)
	for move := 0; err == nil && move < mostMoves && !f.complete(known, wants); move++ {
		known, err = f.catalogueAfter(ctx, known)
	}
	if err != nil {
		return nil, nil, err
	}
	located := make([]want, 0, len(wants))
	for _, w := range wants {
		at, err := known.find(f.id(w.place))
		if err == nil {
			located = append(located, want{w.place, at})
		} else if err := f.refuse(w.place, err); err != nil {
			return nil, nil, err
		}
	}
	slices.SortFunc(located, func(a, b want) int {
		return cmp.Or(cmp.Compare(a.pack, b.pack), cmp.Compare(a.offset, b.offset))
	})
	return known, located, nil
}

// catalogueAfter returns a catalogue that is newer than stale.
func (f *fetcher) catalogueAfter(ctx context.Context, stale *catalogue) (*catalogue, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.known != nil && f.known != stale {
		return f.known, nil
	}
	fresh, err := f.catalogue(ctx)
	if err == nil {
		f.known = fresh
	}
	return fresh, err
}

func (f *fetcher) complete(known *catalogue, wants []want) bool {
	return !slices.ContainsFunc(wants, func(w want) bool { return !known.holds(f.id(w.place)) })
}

func (f *fetcher) id(at place) BlockID { return f.manifest.Files[at.file].Blocks[at.piece] }

func (f *fetcher) refuse(at place, err error) error {
	return f.damaged(at, fmt.Errorf("block %d of %s: %w", at.piece, f.manifest.Files[at.file].Name, err))
}

func runs(wants []want) iter.Seq[run] {
	return func(yield func(run) bool) {
		for len(wants) > 0 {
			n := 1
			for n < len(wants) && run(wants[:n]).joins(wants[n]) {
				n++
			}
			if !yield(wants[:n:n]) {
				return
			}
			wants = wants[n:]
		}
	}
}

func (r run) begin() uint32 { return r[0].offset }
func (r run) end() uint32   { return r[len(r)-1].offset + r[len(r)-1].sealed }

func (r run) joins(next want) bool {
	return next.pack == r[0].pack && next.offset <= r.end()+largestGap && next.offset+next.sealed-r.begin() <= longestRun
}

// fetchWorker is what one goroutine of a fetch owns.
type fetchWorker struct {
	*fetcher
	reader *blockReader
	buffer []byte
}

func (f *fetcher) work(ctx context.Context, known *catalogue, pending <-chan run) error {
	worker := &fetchWorker{fetcher: f, reader: newBlockReader(f.keys)}
	for next := range pending {
		if err := worker.fetchRun(ctx, known, next, 0); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (w *fetchWorker) fetchRun(ctx context.Context, known *catalogue, r run, move int) error {
	pack := &known.packs[r[0].pack]
	w.buffer = slices.Grow(w.buffer[:0], int(r.end()-r.begin()))
	sealed := w.buffer[:r.end()-r.begin()]
	err := store.ReadRange(ctx, w, w.packKey(pack.id), int64(r.begin()), sealed)
	switch {
	case errors.Is(err, fs.ErrNotExist) && move < mostMoves:
		return w.followMove(ctx, known, r, move+1)
	case errors.Is(err, fs.ErrNotExist):
		return w.refuseAll(r, fmt.Errorf("%w: pack %s is missing", ErrDamaged, pack.id))
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return w.refuseAll(r, fmt.Errorf("%w: pack %s is cut short", ErrDamaged, pack.id))
	case err != nil:
		return fmt.Errorf("read pack %s: %w", pack.id, err)
	}
	for same := range r.blocks() {
		at := same[0].offset - r.begin()
		if err := w.openBlock(ctx, pack, same, sealed[at:at+same[0].sealed]); err != nil {
			return err
		}
	}
	return nil
}

// blocks cuts a run into wants of one and the same block.
func (r run) blocks() iter.Seq[run] {
	return func(yield func(run) bool) {
		for left := r; len(left) > 0; {
			n := 1
			for n < len(left) && left[n].offset == left[0].offset {
				n++
			}
			if !yield(left[:n]) {
				return
			}
			left = left[n:]
		}
	}
}

// openBlock decrypts and checks a block once for all the places where it is wanted.
func (w *fetchWorker) openBlock(ctx context.Context, pack *pack, same run, sealed []byte) error {
	at := same[0]
	block := fetched{wanted: same, record: at.record(w.id(at.place))}
	var err error
	if block.packed, err = w.reader.open(pack.aead, at.slot, block.record, sealed); err == nil {
		block.plain, err = w.reader.unpack(block.record, block.packed)
	}
	if err != nil {
		return w.refuseAll(same, fmt.Errorf("pack %s: %w", pack.id, err))
	}
	if w.forward != nil {
		return w.forward(ctx, block)
	}
	for _, each := range same {
		if err := w.pace.Wait(ctx, len(block.plain)); err != nil {
			return err
		}
		if err := w.deliver(each.place, block.plain); err != nil {
			return err
		}
	}
	return nil
}

func (w *fetchWorker) refuseAll(r run, err error) error {
	for _, each := range r {
		if err := w.refuse(each.place, err); err != nil {
			return err
		}
	}
	return nil
}

func (w *fetchWorker) followMove(ctx context.Context, stale *catalogue, r run, move int) error {
	known, located, err := w.locate(ctx, stale, r)
	if err != nil {
		return err
	}
	for next := range runs(located) {
		if err := w.fetchRun(ctx, known, next, move); err != nil {
			return err
		}
	}
	return nil
}
