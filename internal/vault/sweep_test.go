package vault_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"slipher/internal/vault"
	"slipher/internal/vault/store/blobtest"
)

func TestSweep(t *testing.T) {
	t.Parallel()
	first := contents{"dev.db": random(t, gridHeaders+6*blockSize)}
	second := first.clone()
	copy(second["dev.db"][gridHeaders:], random(t, blockSize))

	t.Run("deletes_what_only_the_dead_used", func(t *testing.T) {
		t.Parallel()
		v := newVault(openFolder(t))
		save(t, v, "first", "", first)
		save(t, v, "second", "first", second)
		third := contents{"dev.db": random(t, gridHeaders+6*blockSize)}
		save(t, v, "third", "second", third)
		before := size(t, v)
		swept := sweep(t, v, "first", "second")
		if swept.Manifests != 1 || swept.Packs == 0 || swept.FreedBytes != before-size(t, v) {
			t.Errorf("got %+v; the bucket shrank by %d", swept, before-size(t, v))
		}
		if _, err := v.Manifest(t.Context(), "third"); !errors.Is(err, vault.ErrNotFound) {
			t.Errorf("third: got %v", err)
		}
		checkRestores(t, v, "first", first)
		checkRestores(t, v, "second", second)
	})

	t.Run("leaves_nothing_of_nothing", func(t *testing.T) {
		t.Parallel()
		v := newVault(openFolder(t))
		save(t, v, "first", "", first)
		other := newVault(v.Bucket)
		other.Scope = "scopes/one/nested"
		save(t, other, "other", "", second)
		v.Key = nil // a destroyed key is no reason to keep its blocks
		before := size(t, v)
		if swept := sweep(t, v); swept.Manifests != 1 || swept.FreedBytes != before {
			t.Errorf("got %+v, want %d bytes freed", swept, before)
		}
		if size(t, v) != 0 {
			t.Error("something is left")
		}
		checkRestores(t, other, "other", second)
	})

	t.Run("rewrites_packs_that_are_mostly_dead", func(t *testing.T) {
		t.Parallel()
		v := newVault(openFolder(t))
		kept := mixedSnapshots(t, v)
		before := size(t, v)
		swept := sweep(t, v, "kept")
		if left := size(t, v); left > before/2 || swept.FreedBytes != before-left {
			t.Errorf("%d of %d bytes left, and %d freed", left, before, swept.FreedBytes)
		}
		verify(t, v, "kept")
		checkRestores(t, v, "kept", kept)
		if again := sweep(t, v, "kept"); again.FreedBytes != 0 || again.Packs != 0 {
			t.Errorf("a second sweep did %+v", again)
		}
	})

	t.Run("passes_over_ids_without_a_manifest", func(t *testing.T) {
		t.Parallel()
		v := newVault(openFolder(t))
		save(t, v, "first", "", first)
		swept := sweep(t, v, "first", "unfinished")
		if !slices.Equal(swept.Missing, []string{"unfinished"}) || swept.FreedBytes != 0 {
			t.Errorf("got %+v", swept)
		}
		checkRestores(t, v, "first", first)
	})

	t.Run("removes_what_interrupted_saves_left", func(t *testing.T) {
		t.Parallel()
		v := newVault(openFolder(t))
		save(t, v, "first", "", first)
		want := objects(t, v.Bucket)
		stray := list(t, v, "packs")[0].Key
		for _, key := range []string{
			stray + ".writing-123", "scopes/one/packs/" + strings.Repeat("ab", 16), "scopes/one/index/" + strings.Repeat("cd", 16),
			"scopes/one/manifests/" + strings.Repeat("ef", 16), "scopes/one/index/README", "scopes/one/manifests/x.writing-9",
		} {
			put(t, v.Bucket, key, []byte("half of someth"))
		}
		verify(t, v, "first")
		sweep(t, v, "first")
		if got := objects(t, v.Bucket); !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestSweepRefuses(t *testing.T) {
	t.Parallel()
	first := contents{"dev.db": random(t, gridHeaders+6*blockSize)}
	for name, spoil := range map[string]func(*testing.T, *vault.Vault){
		"the_wrong_key": func(_ *testing.T, v *vault.Vault) { v.Key = bytes.Repeat([]byte{8}, 32) },
		"to_go_on_with_an_unreadable_manifest": func(t *testing.T, v *vault.Vault) {
			for _, manifest := range list(t, *v, "manifests") {
				content := read(t, v.Bucket, manifest.Key)
				content[40] ^= 1
				put(t, v.Bucket, manifest.Key, content)
			}
		},
		"to_go_on_when_a_kept_snapshot_lacks_a_block": func(t *testing.T, v *vault.Vault) {
			for _, pack := range packs(t, *v) {
				if err := v.Bucket.Delete(t.Context(), pack.Key); err != nil {
					t.Fatal(err)
				}
			}
		},
		"to_go_on_when_the_store_fails": func(_ *testing.T, v *vault.Vault) {
			v.Bucket = &blobtest.Faulty{Bucket: v.Bucket, Fault: func(op blobtest.Op) blobtest.Fault {
				if op.Kind == "get" && strings.Contains(op.Key, "/manifests/") {
					return blobtest.Torn
				}
				return blobtest.Works
			}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newVault(openFolder(t))
			save(t, v, "first", "", first)
			save(t, v, "dead", "", contents{"a": random(t, 5*blockSize)})
			bucket := v.Bucket
			spoil(t, &v)
			before := objects(t, bucket)
			if _, err := v.Sweep(t.Context(), keeping("first")); err == nil {
				t.Error("swept")
			}
			if after := objects(t, bucket); !slices.Equal(after, before) {
				t.Errorf("deleted something: %d of %d objects are left", len(after), len(before))
			}
		})
	}
}

// size is that of the vault's own three folders.
func size(t *testing.T, v vault.Vault) (total int64) {
	t.Helper()
	for _, folder := range []string{"packs", "index", "manifests"} {
		for _, object := range list(t, v, folder) {
			total += object.Size
		}
	}
	return total
}
