package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// Manifest reads one manifest. The error is ErrNotFound when it was never finished, was swept, or is sealed with another key.
func (v Vault) Manifest(ctx context.Context, id string) (Manifest, error) {
	s, err := v.open()
	if err != nil {
		return Manifest{}, err
	}
	return s.manifest(ctx, id)
}

func (s *opened) manifest(ctx context.Context, id string) (Manifest, error) {
	manifest, err := s.manifestNamed(ctx, s.keys.manifestName(id))
	if err == nil && manifest.ID != id {
		err = fmt.Errorf("%w: it is the manifest of another snapshot", ErrDamaged)
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrNotFound
	}
	if err != nil {
		return Manifest{}, fmt.Errorf("manifest %q: %w", id, err)
	}
	return manifest, nil
}

func (s *opened) manifestNamed(ctx context.Context, name objectName) (manifest Manifest, err error) {
	err = s.readManifest(ctx, name, func(content io.Reader) (err error) {
		manifest, err = decodeManifest(content)
		return err
	})
	return manifest, err
}

func (s *opened) readManifest(ctx context.Context, name objectName, decode func(io.Reader) error) error {
	sealed, err := s.Get(ctx, s.manifestKey(name), 0, -1)
	if err != nil {
		return err
	}
	content, err := s.keys.openObject(kindManifest, name, sealed)
	if err == nil {
		err = decode(content)
	}
	return errors.Join(err, sealed.Close())
}

// Listed is what a listing says of a manifest.
type Listed struct {
	ID         string
	TotalBytes int64
}

// List names the scope's snapshots in the order of their ids. Manifests that cannot be read are an error beside the others,
// which are returned all the same.
func (v Vault) List(ctx context.Context) ([]Listed, error) {
	s, err := v.open()
	if err != nil {
		return nil, err
	}
	objects, err := list[objectName](ctx, s, "manifests")
	if err != nil {
		return nil, err
	}
	var found []Listed
	var unreadable []error
	for name := range objects.sizes {
		listed, err := s.manifestTop(ctx, name)
		switch {
		case err == nil:
			found = append(found, listed)
		case errors.Is(err, fs.ErrNotExist): // swept since it was listed
		default:
			unreadable = append(unreadable, fmt.Errorf("manifest object %s: %w", name, err))
		}
	}
	slices.SortFunc(found, func(a, b Listed) int { return strings.Compare(a.ID, b.ID) })
	return found, errors.Join(unreadable...)
}

// manifestTop reads no more than the first chunk.
func (s *opened) manifestTop(ctx context.Context, name objectName) (listed Listed, err error) {
	err = s.readManifest(ctx, name, func(content io.Reader) error {
		in := newDecoder(content)
		head, _ := in.manifestHead()
		listed = Listed{ID: head.ID, TotalBytes: in.total}
		return in.err
	})
	return listed, err
}
