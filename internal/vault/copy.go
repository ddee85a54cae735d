package vault

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
)

// CopyRequest names a snapshot of another scope, and what its copy is to be called.
type CopyRequest struct {
	Source   string // the id of the manifest that is copied
	Manifest string // the id under which the copy is written

	// Earlier are snapshots of the other scope that were copied into this one before. What the source has in common with them is not read. One
	// that is gone, damaged, or not what its copy was made of only costs time.
	Earlier []Copied

	Progress func(Progress) // called about every 100 ms and at the end; may be nil
}

// Copied are the ids of a snapshot in the other scope, and of its copy.
type Copied struct{ Source, Copy string }

// Copy stores a snapshot of another scope in this one: it opens every block with the other scope's key, checks it, and seals it with this scope's key.
// The two may be in different buckets. Blocks that this scope holds already, also those that an interrupted copy left, are not written again; they are
// still read, unless Earlier knows them. The limiter of v counts what is read. Those who sweep the other scope must keep the source until Copy returns;
// for those who sweep this one, a copy is a save of the manifest, and it waits for them like one.
//
// ErrNotFound and ErrDamaged speak of the source. What was damaged in this scope is written anew.
func (v Vault) Copy(ctx context.Context, from Vault, request CopyRequest) (Saved, error) {
	saved, err := v.copy(ctx, from, request)
	if err != nil {
		return Saved{}, fmt.Errorf("copy %s: %w", request.Source, err)
	}
	return saved, nil
}

func (v Vault) copy(ctx context.Context, from Vault, request CopyRequest) (Saved, error) {
	source, err := from.open()
	if err != nil {
		return Saved{}, err
	}
	into, err := v.open()
	if err != nil {
		return Saved{}, err
	}
	if err := (SaveRequest{Manifest: request.Manifest}).check(); err != nil {
		return Saved{}, err
	}
	end, err := into.beginSave(ctx, into.keys.manifestName(request.Manifest))
	if err != nil {
		return Saved{}, err
	}
	defer end()
	saving, finished, err := into.startSaving(ctx, request.Manifest)
	if err != nil || saving == nil {
		return finished, err
	}
	copying := &copying{saving: saving, source: source, namers: sync.Pool{New: func() any { return newBlockWriter(into.keys) }}}
	return copying.run(ctx, request)
}

// copying is one copy under way. It is a save whose blocks come from another scope.
type copying struct {
	*saving
	source   *opened
	original Manifest
	copied   Manifest
	namers   sync.Pool // of *blockWriter
}

func (c *copying) run(ctx context.Context, request CopyRequest) (saved Saved, err error) {
	if c.original, err = c.source.manifest(ctx, request.Source); err != nil {
		return Saved{}, err
	}
	c.copied = c.original.blank(request.Manifest)
	renamed, err := c.renamed(ctx, request.Earlier)
	if err != nil {
		return Saved{}, err
	}
	c.expect(c.original.blocks() - len(renamed))
	c.meter = startMeter(c.now, c.original.TotalBytes(), c.packer.added, request.Progress)
	defer func() { c.meter.stop(err == nil) }()
	if err := c.copyBlocks(ctx, renamed); err != nil {
		return Saved{}, err
	}
	return c.finish(ctx, c.copied)
}

// blank is a manifest of the same files whose blocks are not known yet.
func (m Manifest) blank(id string) Manifest {
	files := slices.Clone(m.Files)
	for i := range files {
		files[i].Blocks = make([]BlockID, len(files[i].Blocks))
	}
	return Manifest{ID: id, Files: files}
}

// renamed tells what blocks of the other scope are called in this one, as far as both are known from earlier copies and this one holds them.
func (c *copying) renamed(ctx context.Context, earlier []Copied) (map[BlockID]BlockID, error) {
	renamed := map[BlockID]BlockID{}
	for _, pair := range earlier {
		source, err := c.source.manifest(ctx, pair.Source)
		if unreadable(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		made, err := c.manifest(ctx, pair.Copy)
		if unreadable(err) || err == nil && !made.sameShape(source) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for file := range source.Files {
			for piece, id := range source.Files[file].Blocks {
				if here := made.Files[file].Blocks[piece]; c.known.holds(here) {
					renamed[id] = here
				}
			}
		}
	}
	return renamed, nil
}

// sameShape says whether two manifests have the same files, as far as that can be told when their blocks are named by different keys.
func (m Manifest) sameShape(other Manifest) bool {
	return slices.EqualFunc(m.Files, other.Files, func(a, b StoredFile) bool {
		return a.Name == b.Name && a.Size == b.Size && a.Grid == b.Grid && slices.Equal(a.Hints, b.Hints)
	})
}

// copyBlocks fetches what has no name here yet.
func (c *copying) copyBlocks(ctx context.Context, renamed map[BlockID]BlockID) error {
	fetcher := newFetcher(c.source, c.original)
	fetcher.forward = c.take
	var wants []want
	for _, wanted := range fetcher.allPlaces() {
		if here, known := renamed[fetcher.id(wanted.place)]; known {
			c.put(wanted.place, here)
			c.rely(here)
		} else {
			wants = append(wants, wanted)
		}
	}
	if len(wants) == 0 {
		return nil
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return c.packer.upload(ctx) })
	group.Go(func() error {
		if err := fetcher.fetch(ctx, wants); err != nil {
			return err
		}
		return c.packer.finish(ctx)
	})
	return group.Wait()
}

// put names the block of a place.
func (c *copying) put(at place, id BlockID) {
	file := &c.copied.Files[at.file]
	file.Blocks[at.piece] = id
	_, length := gridOf(file.Size, file.Grid).piece(int(at.piece))
	c.meter.add(length)
}

// take stores a block under its name in this scope. It stays compressed as it is.
func (c *copying) take(ctx context.Context, block fetched) error {
	if err := c.pace.Wait(ctx, len(block.plain)); err != nil {
		return err
	}
	c.read.Add(int64(len(block.plain)))
	namer := c.namers.Get().(*blockWriter)
	defer c.namers.Put(namer)
	id := namer.id(block.plain)
	if c.claim(id) {
		record := record{id: id, plain: block.record.plain, codec: block.record.codec}
		if err := c.packer.add(ctx, &namer.sealing, record, block.packed); err != nil {
			return err
		}
	}
	for _, each := range block.wanted {
		if err := c.original.checkLength(each.place, block.plain); err != nil {
			return err
		}
		c.put(each.place, id)
	}
	return nil
}
