package vault

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"slipher/internal/vault/store"
	"strings"
)

// Scopes names what the bucket has scopes' objects of.
func Scopes(ctx context.Context, bucket store.Bucket) ([]string, error) {
	objects, err := bucket.List(ctx, "")
	if err != nil {
		return nil, fmt.Errorf("list scopes: %w", err)
	}
	var names []string
	for _, object := range objects {
		if scope := scopeOf(object.Key); scope != "" && !slices.Contains(names, scope) {
			names = append(names, scope)
		}
	}
	return names, nil
}

// scopeOf is empty for what belongs to no scope.
func scopeOf(key string) string {
	parts := strings.Split(key, "/")
	if len(parts) < 3 || !slices.Contains([]string{"packs", "index", "manifests", "pins"}, parts[len(parts)-2]) {
		return ""
	}
	return strings.Join(parts[:len(parts)-2], "/")
}

// Inspected is what a scope holds, as its listings, manifests and indexes tell it.
type Inspected struct {
	Hurt    map[string]error // what each wanted snapshot lacks; ErrNotFound or ErrDamaged
	Unknown int              // manifests that nobody named
	Packs   int
	Flawed  int   // packs whose index object is missing or damaged, and which are read by their own copy of it
	Bytes   int64 // of the packs
}

// Inspect finds every wanted snapshot's manifest and all packs that it needs, each as long as its index says, without reading a block: Verify does
// that. ids are those that may be there besides, such as those of saves under way.
func (v Vault) Inspect(ctx context.Context, wanted, ids []string) (Inspected, error) {
	s, err := v.open()
	if err != nil {
		return Inspected{}, err
	}
	found, err := s.inspect(ctx, wanted, ids)
	if err == nil && len(found.Hurt) > 0 { // a sweep beside it may have moved blocks between two of its looks
		return s.inspect(ctx, wanted, ids)
	}
	return found, err
}

func (s *opened) inspect(ctx context.Context, wanted, ids []string) (Inspected, error) {
	found := Inspected{Hurt: map[string]error{}}
	known, err := s.catalogue(ctx)
	if err != nil {
		return found, err
	}
	for _, pack := range known.packs {
		found.Packs++
		if pack.mendable() {
			found.Flawed++
		}
		found.Bytes += max(pack.size, 0)
	}
	manifests, err := list[objectName](ctx, s, "manifests")
	if err != nil {
		return found, err
	}
	for _, id := range slices.Concat(wanted, ids) {
		delete(manifests.sizes, s.keys.manifestName(id))
	}
	found.Unknown = len(manifests.sizes)
	for _, id := range wanted {
		manifest, err := s.manifest(ctx, id)
		if err == nil {
			err = known.lacking(manifest)
		}
		switch {
		case errors.Is(err, ErrNotFound), errors.Is(err, ErrDamaged):
			found.Hurt[id] = err
		case err != nil:
			return found, err
		}
	}
	return found, nil
}

// lacking is the first block of the manifest that is not where it should be.
func (c *catalogue) lacking(manifest Manifest) error {
	for _, file := range manifest.Files {
		for number, id := range file.Blocks {
			if _, err := c.find(id); err != nil {
				return fmt.Errorf("block %d of %s: %w", number, file.Name, err)
			}
		}
	}
	return nil
}
