package vault_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"slipher/internal/vault"
)

// inFolder is a snapshot "first" in a folder, and a second one that shares nothing with it.
func inFolder(t *testing.T) (v vault.Vault, root string) {
	t.Helper()
	root = t.TempDir()
	v = newVault(openBucket(t, "file://"+filepath.ToSlash(root)))
	save(t, v, "first", "", contents{"dev.db": random(t, gridHeaders+5*blockSize)})
	return v, root
}

func inspect(t *testing.T, v vault.Vault, wanted, ids []string) vault.Inspected {
	t.Helper()
	found, err := v.Inspect(context.Background(), wanted, ids)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestInspect(t *testing.T) {
	t.Parallel()
	v, root := inFolder(t)
	save(t, v, "second", "", contents{"words": random(t, blockSize)})
	found := inspect(t, v, []string{"first"}, []string{"second"})
	if len(found.Hurt) != 0 || found.Unknown != 0 || found.Packs < 3 || found.Bytes < 6*blockSize {
		t.Errorf("got %+v, want nothing wrong, nothing unknown and 3 packs or more", found)
	}
	if found := inspect(t, v, []string{"first"}, nil); found.Unknown != 1 {
		t.Errorf("got %d unknown manifests, want that of the second snapshot", found.Unknown)
	}
	if found := inspect(t, v, []string{"first", "never"}, nil); !errors.Is(found.Hurt["never"], vault.ErrNotFound) || found.Hurt["first"] != nil {
		t.Errorf("got %v, want one snapshot that is not found", found.Hurt)
	}
	scopes, err := vault.Scopes(context.Background(), v.Bucket)
	if err != nil || !slices.Equal(scopes, []string{v.Scope}) {
		t.Errorf("scopes in %s: got %v, %v, want %s", root, scopes, err, v.Scope)
	}
}

// The packs have copies of their index objects: that one is lost is said, and mended.
func TestLostIndexIsMended(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(string) error{
		"missing": os.Remove,
		"altered": func(path string) error { return os.Truncate(path, 50) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, root := inFolder(t)
			indexes, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(v.Scope), "index", "*"))
			if err != nil || len(indexes) == 0 {
				t.Fatalf("found no index: %v", err)
			}
			if err := spoil(indexes[0]); err != nil {
				t.Fatal(err)
			}
			if found := inspect(t, v, []string{"first"}, nil); found.Flawed != 1 || len(found.Hurt) != 0 {
				t.Errorf("got %+v, want one flawed pack and nothing lost", found)
			}
			if mended, err := v.MendIndexes(t.Context()); mended != 1 || err != nil {
				t.Errorf("got %d mended, %v, want 1", mended, err)
			}
			if found := inspect(t, v, []string{"first"}, nil); found.Flawed != 0 {
				t.Errorf("got %d flawed packs after mending", found.Flawed)
			}
		})
	}
}

func TestInspectFindsDamage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		folder string
		spoil  func(path string) error
		want   string
	}{
		"missing_pack":       {"packs", os.Remove, "is missing"},
		"truncated_pack":     {"packs", func(path string) error { return os.Truncate(path, 1000) }, "has 1000 bytes instead of"},
		"truncated_manifest": {"manifests", func(path string) error { return os.Truncate(path, 100) }, "damaged"},
		"missing_manifest":   {"manifests", os.Remove, "not found"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, root := inFolder(t)
			objects, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(v.Scope), c.folder, "*"))
			if err != nil || len(objects) == 0 {
				t.Fatalf("found no %s: %v", c.folder, err)
			}
			if err := c.spoil(objects[0]); err != nil {
				t.Fatal(err)
			}
			found := inspect(t, v, []string{"first"}, nil)
			if err := found.Hurt["first"]; err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error that says %q", err, c.want)
			}
		})
	}
}
