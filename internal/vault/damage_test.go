package vault_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"slipher/internal/vault"
	"slipher/internal/vault/store"
)

// damaged is a snapshot in a bucket of its own, to be altered.
func damaged(t *testing.T) (vault.Vault, contents) {
	t.Helper()
	v := newVault(openBucket(t, "mem://"))
	want := contents{
		"dev.db": random(t, gridHeaders+5*blockSize),
		"words":  bytes.Repeat([]byte("all work and no play makes a dull snapshot\n"), 20_000),
	}
	save(t, v, "first", "", want)
	return v, want
}

// checkRefused wants the damage found by name, and no file restored.
func checkRefused(t *testing.T, v vault.Vault, names ...string) {
	t.Helper()
	dir := t.TempDir()
	_, restoring := v.Restore(context.Background(), "first", dir, nil)
	for what, err := range map[string]error{"verify": v.Verify(context.Background(), "first", nil), "restore": restoring} {
		if !errors.Is(err, vault.ErrDamaged) {
			t.Errorf("%s: got %v, want ErrDamaged", what, err)
			continue
		}
		for _, name := range names {
			if !strings.Contains(err.Error(), name) {
				t.Errorf("%s: got %q, which does not name %s", what, err, name)
			}
		}
	}
	checkNoFinalNames(t, dir)
}

func checkNoFinalNames(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".partial") {
			t.Errorf("%s has its name although the restore was refused", entry.Name())
		}
	}
}

func packName(object store.Object) string { return object.Key[strings.LastIndex(object.Key, "/")+1:] }

func TestDamage(t *testing.T) {
	t.Parallel()

	t.Run("found_wherever_a_byte_is_altered", func(t *testing.T) {
		t.Parallel()
		v, want := damaged(t)
		chance := rand.New(rand.NewPCG(3, 4))
		for _, object := range objects(t, v.Bucket) {
			whole := read(t, v.Bucket, object.Key)
			for _, at := range offsets(chance, len(whole)) {
				altered := bytes.Clone(whole)
				altered[at] ^= 1 << chance.IntN(8)
				put(t, v.Bucket, object.Key, altered)
				if err := v.Verify(t.Context(), "first", nil); !found(err) {
					t.Errorf("byte %d of %d of %s: verify says %v", at, len(whole), object.Key, err)
				}
				checkRestoresOrRefuses(t, v, want)
			}
			put(t, v.Bucket, object.Key, whole)
		}
		verify(t, v, "first")
	})

	t.Run("found_wherever_an_object_is_cut", func(t *testing.T) {
		t.Parallel()
		v, want := damaged(t)
		chance := rand.New(rand.NewPCG(5, 6))
		for _, object := range objects(t, v.Bucket) {
			whole := read(t, v.Bucket, object.Key)
			for _, at := range offsets(chance, len(whole)) {
				put(t, v.Bucket, object.Key, whole[:at])
				if err := v.Verify(t.Context(), "first", nil); !found(err) {
					t.Errorf("%s cut to %d of %d: verify says %v", object.Key, at, len(whole), err)
				}
				checkRestoresOrRefuses(t, v, want)
			}
			put(t, v.Bucket, object.Key, whole)
		}
	})

	t.Run("found_when_packs_change_places", func(t *testing.T) {
		t.Parallel()
		v, _ := damaged(t)
		swap(t, v.Bucket, packs(t, v)[0].Key, packs(t, v)[1].Key)
		checkRefused(t, v, "block ", " of dev.db", "pack ")
	})

	t.Run("found_when_packs_change_places_with_their_indexes", func(t *testing.T) {
		t.Parallel()
		v, _ := damaged(t)
		swap(t, v.Bucket, packs(t, v)[0].Key, packs(t, v)[1].Key)
		swap(t, v.Bucket, list(t, v, "index")[0].Key, list(t, v, "index")[1].Key)
		checkRefused(t, v, "dev.db")
	})

	t.Run("found_when_blocks_change_places", func(t *testing.T) {
		t.Parallel()
		v := newVault(openBucket(t, "mem://"))
		save(t, v, "first", "", contents{"dev.db.wal": random(t, 2*blockSize)})
		pack := packs(t, v)[0]
		content := read(t, v.Bucket, pack.Key)
		const header, sealed = 24, blockSize + 16
		first, second := content[header:header+sealed], content[header+sealed:header+2*sealed]
		put(t, v.Bucket, pack.Key, slices.Concat(content[:header], second, first, content[header+2*sealed:]))
		checkRefused(t, v, " of dev.db.wal", packName(pack))
	})

	t.Run("found_when_manifests_change_places", func(t *testing.T) {
		t.Parallel()
		v, _ := damaged(t)
		save(t, v, "second", "", contents{"dev.db": random(t, gridHeaders)})
		swap(t, v.Bucket, list(t, v, "manifests")[0].Key, list(t, v, "manifests")[1].Key)
		checkRefused(t, v, `"first"`)
	})

	t.Run("found_when_a_pack_is_missing", func(t *testing.T) {
		t.Parallel()
		v, _ := damaged(t)
		lost := packs(t, v)[0]
		if err := v.Bucket.Delete(t.Context(), lost.Key); err != nil {
			t.Fatal(err)
		}
		checkRefused(t, v, packName(lost), "is missing", "block ")
	})

	t.Run("found_when_a_pack_and_its_index_are_missing", func(t *testing.T) {
		t.Parallel()
		v, _ := damaged(t)
		for _, folder := range []string{"packs", "index"} {
			if err := v.Bucket.Delete(t.Context(), list(t, v, folder)[0].Key); err != nil {
				t.Fatal(err)
			}
		}
		checkRefused(t, v, "block ")
	})

	t.Run("is_none_when_only_an_index_is_missing", func(t *testing.T) {
		t.Parallel()
		v, want := damaged(t)
		lost := list(t, v, "index")
		for _, index := range lost {
			if err := v.Bucket.Delete(t.Context(), index.Key); err != nil {
				t.Fatal(err)
			}
		}
		verify(t, v, "first")
		checkRestores(t, v, "first", want)
		save(t, v, "second", "first", want)
		if mended := list(t, v, "index"); !slices.Equal(mended, lost) {
			t.Errorf("the next save wrote the indexes %v, want %v", mended, lost)
		}
	})

	t.Run("cannot_come_from_the_wrong_key", func(t *testing.T) {
		t.Parallel()
		v, _ := damaged(t)
		v.Key = bytes.Repeat([]byte{8}, 32)
		dir := t.TempDir()
		if _, err := v.Restore(t.Context(), "first", dir, nil); !errors.Is(err, vault.ErrNotFound) || !strings.Contains(err.Error(), `"first"`) || !strings.Contains(err.Error(), "under this key") {
			t.Errorf("got %v, want ErrNotFound that names the snapshot and blames the key", err)
		}
		checkNoFinalNames(t, dir)
		if _, err := v.List(t.Context()); !errors.Is(err, vault.ErrDamaged) {
			t.Errorf("list: got %v, want ErrDamaged", err)
		}
	})

	t.Run("is_named_up_to_twenty_times", func(t *testing.T) {
		t.Parallel()
		v := newVault(openBucket(t, "mem://"))
		save(t, v, "first", "", contents{"a": random(t, 30*blockSize)})
		for _, pack := range packs(t, v) {
			if err := v.Bucket.Delete(t.Context(), pack.Key); err != nil {
				t.Fatal(err)
			}
		}
		err := v.Verify(t.Context(), "first", nil)
		if err == nil || strings.Count(err.Error(), "block ") != 20 || !strings.Contains(err.Error(), "and 10 more") {
			t.Errorf("got %v", err)
		}
	})
}

// checkRestoresOrRefuses wants the right bytes or none: not every damage is in the way of a restore.
func checkRestoresOrRefuses(t *testing.T, v vault.Vault, want contents) {
	t.Helper()
	dir := t.TempDir()
	if _, err := v.Restore(t.Context(), "first", dir, nil); err == nil {
		checkFiles(t, dir, want)
	} else if checkNoFinalNames(t, dir); !found(err) {
		t.Errorf("got %v, want ErrDamaged", err)
	}
}

// found takes an altered version number for what it may also be: a newer format.
func found(err error) bool {
	return errors.Is(err, vault.ErrDamaged) || err != nil && strings.Contains(err.Error(), "unknown format")
}

// offsets are the first and the last bytes, and some between them.
func offsets(chance *rand.Rand, size int) []int {
	at := []int{0, 4, 5, 7, size - 1, size - 5, size - 9}
	for range 4 {
		at = append(at, chance.IntN(size))
	}
	return at
}

func swap(t *testing.T, bucket store.Bucket, a, b string) {
	t.Helper()
	was, is := read(t, bucket, a), read(t, bucket, b)
	put(t, bucket, a, is)
	put(t, bucket, b, was)
}
