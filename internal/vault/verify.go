package vault

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// mostDamages is how many damaged blocks one error names.
const mostDamages = 20

// Verify reads every block of a snapshot back and checks it. The error names the damaged blocks, up to twenty of them, and is
// ErrDamaged; any other error says that the check could not be finished.
func (v Vault) Verify(ctx context.Context, id string) error {
	s, err := v.open()
	if err != nil {
		return err
	}
	manifest, err := s.manifest(ctx, id)
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	var found damages
	f := &fetcher{store: s, manifest: manifest, damaged: found.add, deliver: manifest.checkLength}
	if err := f.fetch(ctx, f.allPlaces()); err != nil {
		return fmt.Errorf("verify %s: %w", id, err)
	}
	return found.err(id)
}

// checkLength sees to it that a block is as long as the place that it is for.
func (m Manifest) checkLength(at place, plain []byte) error {
	file := m.Files[at.file]
	if _, length := gridOf(file.Size, file.Grid).piece(int(at.piece)); length != len(plain) {
		return fmt.Errorf("%w: block %d of %s has %d bytes instead of %d", ErrDamaged, at.piece, file.Name, len(plain), length)
	}
	return nil
}

type damages struct {
	mu    sync.Mutex
	first []error
	count int
}

func (d *damages) add(_ place, err error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.count++; d.count <= mostDamages {
		d.first = append(d.first, err)
	}
	return nil
}

func (d *damages) err(id string) error {
	if d.count == 0 {
		return nil
	}
	return fmt.Errorf("verify %s: %d blocks cannot be restored: %w", id, d.count, errors.Join(d.first...))
}
