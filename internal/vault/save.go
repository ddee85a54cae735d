package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// SaveRequest is what a snapshot is made of.
type SaveRequest struct {
	Manifest string // the id under which the manifest is written
	Files    []File

	// Parent is the id of the same files' last snapshot, or empty. With TrustHints, a block of a grid whose first 8 bytes
	// are the parent's is not read. Those bytes are the engine's own checksum: a hint and not a proof, so save without
	// it from time to time and after every crash.
	Parent     string
	TrustHints bool

	Progress func(Progress) // called about every 100 ms and at the end; may be nil
}

// File is one file to save. Content must not change before Save returns.
type File struct {
	Name    string // slash-separated, relative to the folder of a restore
	Content io.ReaderAt
	Size    int64
	Grid    bool // a DuckDB database: cut into the engine's own blocks

	// Check is shown each piece that is read, and may fail the save, or read again into the piece what was being written; nil checks nothing.
	Check func(ctx context.Context, offset int64, piece []byte) error
}

// Saved is what a finished save is made of.
type Saved struct {
	Manifest    string
	TotalBytes  int64 // bytes of the files, which a restore writes
	StoredBytes int64 // bytes that this save added to the store
	ReadBytes   int64 // bytes that were read and hashed; the rest was taken on trust
	NewBlocks   int
	Blocks      int
	Seconds     float64
}

// Save stores the files under the manifest's id. Blocks that the scope holds already are not written again, also those that
// an interrupted save left. When the manifest exists, Save returns it and looks at nothing. It waits while the scope is swept.
// One id is for one process at a time, and those who sweep must know it before Save begins.
func (v Vault) Save(ctx context.Context, request SaveRequest) (Saved, error) {
	saved, err := v.save(ctx, request)
	if err != nil {
		return Saved{}, fmt.Errorf("save %s: %w", request.Manifest, err)
	}
	return saved, nil
}

func (v Vault) save(ctx context.Context, request SaveRequest) (Saved, error) {
	s, err := v.open()
	if err != nil {
		return Saved{}, err
	}
	if err := request.check(); err != nil {
		return Saved{}, err
	}
	end, err := s.beginSave(ctx, s.keys.manifestName(request.Manifest))
	if err != nil {
		return Saved{}, err
	}
	defer end()
	return s.savePinned(ctx, request)
}

func (s *opened) savePinned(ctx context.Context, request SaveRequest) (Saved, error) {
	saving, finished, err := s.startSaving(ctx, request.Manifest)
	if err != nil || saving == nil {
		return finished, err
	}
	if saving.parent, err = s.parent(ctx, request); err != nil {
		return Saved{}, err
	}
	return saving.run(ctx, request)
}

// startSaving answers what was saved, and no saving, when the manifest is there already.
func (s *opened) startSaving(ctx context.Context, id string) (*saving, Saved, error) {
	earlier, err := s.manifest(ctx, id)
	if err == nil {
		return nil, Saved{Manifest: earlier.ID, TotalBytes: earlier.TotalBytes(), Blocks: earlier.blocks()}, nil
	}
	if !unreadable(err) { // else never written, or torn by a crash
		return nil, Saved{}, err
	}
	known, err := s.catalogue(ctx)
	if err != nil {
		return nil, Saved{}, err
	}
	if err := s.mendIndexes(ctx, known); err != nil {
		return nil, Saved{}, err
	}
	return &saving{opened: s, known: known, relied: make([]atomic.Bool, len(known.packs)), packer: newPacker(s)}, Saved{}, nil
}

// unreadable says that there is no such manifest that could be read, now or later.
func unreadable(err error) bool { return errors.Is(err, ErrNotFound) || errors.Is(err, ErrDamaged) }

func (r SaveRequest) check() error {
	if r.Manifest == "" || len(r.Manifest) > longestName {
		return fmt.Errorf("manifest id %q is empty or too long", r.Manifest)
	}
	if len(r.Files) > mostFiles {
		return fmt.Errorf("%d files are too many", len(r.Files))
	}
	names := map[string]bool{}
	for _, file := range r.Files {
		if err := checkName(file.Name); err != nil {
			return err
		}
		if names[file.Name] {
			return fmt.Errorf("two files are named %q", file.Name)
		}
		if file.Size < 0 || file.Size > largestFile {
			return fmt.Errorf("%s has an impossible size: %d", file.Name, file.Size)
		}
		names[file.Name] = true
	}
	return nil
}

// parent returns the files whose hints are trusted. A parent that is gone or damaged only costs time.
func (s *opened) parent(ctx context.Context, request SaveRequest) (map[string]StoredFile, error) {
	files := map[string]StoredFile{}
	if request.Parent == "" || !request.TrustHints {
		return files, nil
	}
	parent, err := s.manifest(ctx, request.Parent)
	if unreadable(err) {
		return files, nil
	}
	for _, file := range parent.Files {
		files[file.Name] = file
	}
	return files, err
}

// saving is one save under way.
type saving struct {
	*opened
	known  *catalogue
	relied []atomic.Bool // packs of the catalogue that the manifest needs
	parent map[string]StoredFile
	packer *packer
	meter  *meter
	read   atomic.Int64

	mu    sync.Mutex
	fresh map[BlockID]struct{} // blocks that this save writes
}

func (s *saving) run(ctx context.Context, request SaveRequest) (saved Saved, err error) {
	manifest := Manifest{ID: request.Manifest, Files: make([]StoredFile, len(request.Files))}
	for i, file := range request.Files {
		pieces := gridOf(file.Size, file.Grid).pieces()
		manifest.Files[i] = StoredFile{Name: file.Name, Size: file.Size, Grid: file.Grid, Blocks: make([]BlockID, pieces)}
		if file.Grid {
			manifest.Files[i].Hints = make([]Hint, pieces)
		}
	}
	s.expect(manifest.blocks())
	s.meter = startMeter(s.now, manifest.TotalBytes(), s.packer.added, request.Progress)
	defer func() { s.meter.stop(err == nil) }()
	if err := s.takeOnTrust(ctx, request.Files, manifest.Files); err != nil {
		return Saved{}, err
	}
	announce(request.Files, manifest.Files)
	if err := s.storeBlocks(ctx, request.Files, manifest.Files); err != nil {
		return Saved{}, err
	}
	return s.finish(ctx, manifest)
}

// expect makes room for as many blocks as a first save needs, at once: a map that grows leaves twice its size behind.
func (s *saving) expect(blocks int) {
	s.fresh = make(map[BlockID]struct{}, max(0, blocks-len(s.known.blocks)))
}

// finish writes the manifest last, so an interrupted save leaves only what a sweep removes.
func (s *saving) finish(ctx context.Context, manifest Manifest) (Saved, error) {
	if err := s.putManifest(ctx, manifest); err != nil {
		return Saved{}, err
	}
	if err := s.checkPacks(ctx); err != nil {
		return Saved{}, errors.Join(err, s.Delete(ctx, s.manifestKey(s.keys.manifestName(manifest.ID))))
	}
	return Saved{
		Manifest:    manifest.ID,
		TotalBytes:  manifest.TotalBytes(),
		StoredBytes: s.packer.stored.Load(),
		ReadBytes:   s.read.Load(),
		NewBlocks:   len(s.fresh),
		Blocks:      manifest.blocks(),
		Seconds:     s.meter.seconds(),
	}, nil
}

func (s *saving) putManifest(ctx context.Context, manifest Manifest) error {
	name := s.keys.manifestName(manifest.ID)
	plain, room := s.packer.spent()
	sealed := s.keys.sealObject(room, kindManifest, name, manifest.encode(plain))
	if err := s.Put(ctx, s.manifestKey(name), sealed); err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	s.packer.stored.Add(int64(len(sealed)))
	return nil
}

// checkPacks sees to it that all that the manifest needs is there now that it stands: sweeps that begin from here on keep it,
// and one that was taken for dead while it slept has not taken anything.
func (s *saving) checkPacks(ctx context.Context) error {
	there, err := list[packID](ctx, s.opened, "packs")
	if err != nil {
		return err
	}
	needed := slices.Clone(s.packer.written)
	for number := range s.known.packs {
		if s.relied[number].Load() {
			needed = append(needed, s.known.packs[number].id)
		}
	}
	for _, id := range needed {
		if there.size(id) == absent {
			return errSwept
		}
	}
	return nil
}

// piece is one block's worth of a file.
type piece struct {
	file   File
	grid   grid
	into   *StoredFile
	number int
}

// storeBlocks runs the pipeline: pieces → workers, which read, name, compress and seal → packs → the store.
func (s *saving) storeBlocks(ctx context.Context, files []File, into []StoredFile) error {
	group, ctx := errgroup.WithContext(ctx)
	pieces := make(chan piece, 64)
	group.Go(func() error {
		defer close(pieces)
		return feed(ctx, pieces, files, into)
	})
	var working sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		working.Add(1)
		group.Go(func() error {
			defer working.Done()
			return gently(func() error { return s.work(ctx, pieces) })
		})
	}
	group.Go(func() error {
		working.Wait()
		return s.packer.finish(ctx)
	})
	group.Go(func() error { return s.packer.upload(ctx) })
	return group.Wait()
}

func feed(ctx context.Context, pieces chan<- piece, files []File, into []StoredFile) error {
	for i, file := range files {
		grid := gridOf(file.Size, file.Grid)
		for number, id := range into[i].Blocks {
			if id != (BlockID{}) {
				continue // taken on trust
			}
			select {
			case pieces <- piece{file, grid, &into[i], number}:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	return nil
}

func (s *saving) work(ctx context.Context, pieces <-chan piece) error {
	writer, buffer := newBlockWriter(s.keys), make([]byte, blockSize)
	for next := range pieces {
		if err := s.saveBlock(ctx, writer, buffer, next); err != nil {
			return fmt.Errorf("block %d of %s: %w", next.number, next.file.Name, err)
		}
		_, length := next.grid.piece(next.number)
		s.meter.add(length)
	}
	return ctx.Err()
}

func (s *saving) saveBlock(ctx context.Context, writer *blockWriter, buffer []byte, p piece) error {
	offset, length := p.grid.piece(p.number)
	if err := s.pace.Wait(ctx, length); err != nil {
		return err
	}
	plain := buffer[:length]
	if err := readPiece(p.file.Content, plain, offset); err != nil {
		return err
	}
	s.read.Add(int64(length))
	if p.file.Check != nil {
		if err := p.file.Check(ctx, offset, plain); err != nil {
			return err
		}
	}
	id := writer.id(plain)
	p.into.Blocks[p.number] = id
	if p.grid.hinted(p.number) {
		p.into.Hints[p.number] = hintOf(plain)
	}
	if !s.claim(id) {
		return nil
	}
	by, packed := writer.compress(plain)
	return s.packer.add(ctx, &writer.sealing, record{id: id, plain: uint32(length), codec: by}, packed)
}

// claim says whether the caller is the one that writes the block.
func (s *saving) claim(id BlockID) bool {
	if s.known.holds(id) {
		s.rely(id)
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, taken := s.fresh[id]
	s.fresh[id] = struct{}{}
	return !taken
}

// rely notes that the manifest needs the pack of a block that the scope holds.
func (s *saving) rely(id BlockID) {
	if pack := &s.relied[s.known.blocks[id].pack]; !pack.Load() {
		pack.Store(true)
	}
}

// readPiece takes an end of file at the very end of what it wants for what it is: all there.
func readPiece(from io.ReaderAt, into []byte, offset int64) error {
	n, err := from.ReadAt(into, offset)
	if n == len(into) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		return fmt.Errorf("the file is shorter than it was said to be: %w", io.ErrUnexpectedEOF)
	}
	return err
}
