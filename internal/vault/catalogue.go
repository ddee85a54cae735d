package vault

import (
	"context"
	"crypto/cipher"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"slipher/internal/vault/store"

	"golang.org/x/sync/errgroup"
)

// catalogue knows where every block of a scope is. It costs about 100 bytes of memory a block, which is 4 MB for 10 GB.
type catalogue struct {
	packs   []pack
	blocks  map[BlockID]location
	twins   map[BlockID][]location // every place of the few blocks that have several, as after a crash
	strange []string               // keys that no save leaves behind when it finishes
}

// pack is what the catalogue knows of one pack. A broken one is remembered so that errors can name it.
type pack struct {
	id        packID
	size      int64  // as listed
	indexSize int64  // as listed
	broken    string // why it cannot be relied on, or empty
	flaw      error  // why its own copy of the index was read, or nil
	records   int
	aead      cipher.AEAD
}

// location says where a block's record is.
type location struct {
	pack   uint32
	slot   uint32
	offset uint32
	plain  uint32
	sealed uint32
	codec  codec
}

func (l location) record(id BlockID) record {
	return record{id: id, plain: l.plain, sealed: l.sealed, codec: l.codec}
}

// indexReaders is how many indexes are read at once.
const indexReaders = 8

// catalogue reads every index of the scope. A pack whose own index object is lost is read by the copy that it carries.
func (s *opened) catalogue(ctx context.Context) (*catalogue, error) {
	indexes, err := list[packID](ctx, s, "index")
	if err != nil {
		return nil, err
	}
	// Packs are listed after the indexes: a pack is there before its index, and goes after it.
	packs, err := list[packID](ctx, s, "packs")
	if err != nil {
		return nil, err
	}
	ids := slices.SortedFunc(maps.Keys(union(indexes.sizes, packs.sizes)), comparePacks)
	c := &catalogue{packs: make([]pack, len(ids)), blocks: map[BlockID]location{}, twins: map[BlockID][]location{}}
	c.strange = slices.Concat(indexes.foreign, packs.foreign)
	read := make([]index, len(ids))
	group, within := errgroup.WithContext(ctx)
	group.SetLimit(indexReaders)
	for i, id := range ids {
		group.Go(func() error {
			var err error
			c.packs[i], read[i], err = s.readPack(within, id, indexes.size(id), packs.size(id))
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for i := range read {
		c.add(uint32(i), read[i])
	}
	return c, nil
}

func union(a, b map[packID]int64) map[packID]int64 {
	both := maps.Clone(a)
	maps.Copy(both, b)
	return both
}

func comparePacks(a, b packID) int { return slices.Compare(a[:], b[:]) }

// readPack fails only when the store does. Damage is noted in the pack.
func (s *opened) readPack(ctx context.Context, id packID, indexSize, packSize int64) (pack, index, error) {
	found := pack{id: id, size: packSize, indexSize: indexSize}
	contents, err := s.readIndex(ctx, id, indexSize)
	if (refusable(err) || errors.Is(err, errNewer)) && packSize != absent {
		found.flaw = err
		_, contents, err = s.readOwnIndex(ctx, id, packSize)
	}
	switch {
	case packSize == absent:
		found.broken = "is missing"
	case refusable(err):
		found.broken = fmt.Sprintf("has no readable index (%v)", err)
	case err == nil && contents.packSize() != packSize:
		found.broken = fmt.Sprintf("has %d bytes instead of %d", packSize, contents.packSize())
	}
	if err != nil && !refusable(err) {
		return found, index{}, fmt.Errorf("index of pack %s: %w", id, err)
	}
	found.records = len(contents.records)
	found.aead = s.keys.packCipher(id)
	return found, contents, nil
}

// refusable says that the object is at fault and not the store.
func refusable(err error) bool {
	return errors.Is(err, ErrDamaged) || errors.Is(err, fs.ErrNotExist)
}

func (s *opened) readIndex(ctx context.Context, id packID, size int64) (index, error) {
	if size == absent {
		return index{}, fs.ErrNotExist
	}
	if size > largestIndex {
		return index{}, fmt.Errorf("%w: index of %d bytes", ErrDamaged, size)
	}
	sealed := make([]byte, size)
	if err := store.ReadRange(ctx, s, s.indexKey(id), 0, sealed); err != nil {
		return index{}, shortened(err)
	}
	return s.keys.openIndex(id, sealed)
}

// readOwnIndex reads the copy at the end of the pack, and also returns it sealed as it is.
func (s *opened) readOwnIndex(ctx context.Context, id packID, size int64) ([]byte, index, error) {
	if size < headerSize+trailerSize {
		return nil, index{}, fmt.Errorf("%w: cut short", ErrDamaged)
	}
	end := make([]byte, trailerSize)
	if err := store.ReadRange(ctx, s, s.packKey(id), size-trailerSize, end); err != nil {
		return nil, index{}, shortened(err)
	}
	offset, length, err := parseTrailer(end, size)
	if err != nil {
		return nil, index{}, err
	}
	sealed := make([]byte, length)
	if err := store.ReadRange(ctx, s, s.packKey(id), offset, sealed); err != nil {
		return nil, index{}, shortened(err)
	}
	contents, err := s.keys.openIndex(id, sealed)
	return sealed, contents, err
}

// MendIndexes writes the index objects of the scope anew that are missing or damaged and of which the packs have sound copies, and says how
// many those were.
func (v Vault) MendIndexes(ctx context.Context) (mended int, err error) {
	s, err := v.open()
	if err != nil {
		return 0, err
	}
	known, err := s.catalogue(ctx)
	if err != nil {
		return 0, err
	}
	for _, pack := range known.packs {
		if pack.mendable() {
			mended++
		}
	}
	return mended, s.mendIndexes(ctx, known)
}

// mendable says that the pack was read by its own copy of the index.
func (p pack) mendable() bool { return p.flaw != nil && p.broken == "" }

// mendIndexes writes the indexes anew that a crash kept from being written, or that were damaged since.
func (s *opened) mendIndexes(ctx context.Context, known *catalogue) error {
	for _, pack := range known.packs {
		if !pack.mendable() {
			continue
		}
		sealed, _, err := s.readOwnIndex(ctx, pack.id, pack.size)
		if err == nil {
			err = s.Put(ctx, s.indexKey(pack.id), sealed)
		}
		if err != nil {
			return fmt.Errorf("mend index of pack %s: %w", pack.id, err)
		}
	}
	return nil
}

// add takes in a pack. A block that is in several is looked for where nothing is wrong.
func (c *catalogue) add(number uint32, contents index) {
	offset := uint32(headerSize)
	for slot, rec := range contents.records {
		at := location{
			pack: number, slot: uint32(slot), offset: offset, plain: rec.plain, sealed: rec.sealed, codec: rec.codec,
		}
		offset += rec.sealed
		known, found := c.blocks[rec.id]
		if found && c.packs[known.pack].broken == "" && c.packs[number].broken == "" {
			if len(c.twins[rec.id]) == 0 {
				c.twins[rec.id] = []location{known}
			}
			c.twins[rec.id] = append(c.twins[rec.id], at)
		}
		if !found || c.packs[number].trust() > c.packs[known.pack].trust() {
			c.blocks[rec.id] = at
		}
	}
}

// trust is higher for packs that are better to read from.
func (p pack) trust() int {
	switch {
	case p.broken != "":
		return 0
	case p.flaw != nil:
		return 1
	default:
		return 2
	}
}

// holds says whether the block can be relied on without reading it.
func (c *catalogue) holds(id BlockID) bool {
	at, found := c.blocks[id]
	return found && c.packs[at.pack].broken == ""
}

// find returns where the block is, or an error that says what is wrong.
func (c *catalogue) find(id BlockID) (location, error) {
	at, found := c.blocks[id]
	if !found {
		return at, fmt.Errorf("%w: in no pack", ErrDamaged)
	}
	if broken := c.packs[at.pack].broken; broken != "" {
		return at, fmt.Errorf("%w: pack %s %s", ErrDamaged, c.packs[at.pack].id, broken)
	}
	return at, nil
}
