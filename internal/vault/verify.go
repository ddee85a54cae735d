package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"slipher/internal/vault/store"
)

// mostDamages is how many damages one error names.
const mostDamages = 20

// Verify reads every block of a snapshot back and checks it, and the packs around them. The error names what is damaged, up to
// twenty blocks, and is ErrDamaged or ErrNotFound; any other error says that the check could not be finished. progress may be nil.
func (v Vault) Verify(ctx context.Context, id string, progress func(Progress)) error {
	s, err := v.open()
	if err != nil {
		return err
	}
	manifest, err := s.manifest(ctx, id)
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	var found damages
	f := newFetcher(s, manifest)
	meter := startMeter(v.Now, manifest.TotalBytes(), func() int64 { return 0 }, progress)
	defer func() { meter.stop(true) }()
	f.damaged = found.addBlock
	f.deliver = func(at place, plain []byte) error {
		meter.add(len(plain))
		return manifest.checkLength(at, plain)
	}
	if err := f.fetch(ctx, f.allPlaces()); err != nil {
		return fmt.Errorf("verify %s: %w", id, err)
	}
	if err := s.verifyPacks(ctx, f.usedPacks(), &found); err != nil {
		return fmt.Errorf("verify %s: %w", id, err)
	}
	return found.err(id)
}

// usedPacks are the packs that the manifest's blocks were found in at last.
func (f *fetcher) usedPacks() []pack {
	used := make([]bool, len(f.known.packs))
	for _, w := range f.allPlaces() {
		if at, err := f.known.find(f.id(w.place)); err == nil {
			used[at.pack] = true
		}
	}
	var packs []pack
	for number, pack := range f.known.packs {
		if used[number] {
			packs = append(packs, pack)
		}
	}
	return packs
}

// verifyPacks checks what no restore needs as long as nothing else is damaged: the packs' headers, their own indexes, and the
// index objects.
func (s *opened) verifyPacks(ctx context.Context, packs []pack, found *damages) error {
	return each(ctx, packs, func(ctx context.Context, pack pack) error {
		if pack.flaw != nil && !errors.Is(pack.flaw, fs.ErrNotExist) {
			found.add(fmt.Errorf("%w: index of pack %s: %w", ErrDamaged, pack.id, pack.flaw))
		}
		err := s.verifyFrame(ctx, pack)
		switch {
		case errors.Is(err, fs.ErrNotExist): // swept since: its blocks are elsewhere
		case errors.Is(err, ErrDamaged):
			found.add(fmt.Errorf("pack %s: %w", pack.id, err))
		case err != nil:
			return fmt.Errorf("pack %s: %w", pack.id, err)
		}
		return nil
	})
}

func (s *opened) verifyFrame(ctx context.Context, pack pack) error {
	begin := make([]byte, headerSize)
	if err := store.ReadRange(ctx, s, s.packKey(pack.id), 0, begin); err != nil {
		return shortened(err)
	}
	if !bytes.Equal(begin, header(kindPack, pack.id)) {
		return fmt.Errorf("%w: its header was altered", ErrDamaged)
	}
	_, own, err := s.readOwnIndex(ctx, pack.id, pack.size)
	if err == nil && len(own.records) != pack.records {
		err = fmt.Errorf("%w: it disagrees with its index", ErrDamaged)
	}
	return err
}

// checkLength sees to it that a block is as long as the place that it is for.
func (m Manifest) checkLength(at place, plain []byte) error {
	file := m.Files[at.file]
	if _, length := gridOf(file.Size, file.Grid).piece(int(at.piece)); length != len(plain) {
		return fmt.Errorf("%w: block %d of %s has %d bytes instead of %d", ErrDamaged, at.piece, file.Name, len(plain), length)
	}
	return nil
}

// damages gathers what is wrong, and remembers the first few.
type damages struct {
	mu    sync.Mutex
	first []error
	count int
}

func (d *damages) add(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.count++; d.count <= mostDamages {
		d.first = append(d.first, err)
	}
}

func (d *damages) addBlock(_ place, err error) error {
	d.add(err)
	return nil
}

func (d *damages) err(id string) error {
	switch {
	case d.count == 0:
		return nil
	case d.count > mostDamages:
		d.first = append(d.first, fmt.Errorf("and %d more", d.count-mostDamages))
	}
	return fmt.Errorf("verify %s: %w", id, errors.Join(d.first...))
}
