package vault_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"slipher/internal/vault"
	"slipher/internal/vault/store/blobtest"
)

func TestSave(t *testing.T) {
	t.Parallel()
	database := contents{"dev.db": random(t, gridHeaders+9*blockSize), "dev.db.wal": random(t, blockSize+17)}
	const blocks = 10 + 2

	t.Run("restores_byte_for_byte", func(t *testing.T) {
		t.Parallel()
		v := newVault(openFolder(t))
		want := contents{
			"dev.db":       random(t, gridHeaders+9*blockSize),
			"dev.db.wal":   random(t, 3*blockSize+17),
			"empty":        {},
			"sub/text":     bytes.Repeat([]byte("select 1; "), 100_000),
			"headers.db":   random(t, gridHeaders),
			"short.db":     random(t, 100),
			"unaligned.db": random(t, gridHeaders+blockSize+5),
		}
		save(t, v, "first", "", want)
		verify(t, v, "first")
		checkRestores(t, v, "first", want)
	})

	t.Run("writes_nothing_when_nothing_changed", func(t *testing.T) {
		t.Parallel()
		v := newVault(openFolder(t))
		first := save(t, v, "first", "", database)
		if first.NewBlocks != blocks || first.Blocks != blocks {
			t.Errorf("first save: %d of %d blocks are new, want all %d", first.NewBlocks, first.Blocks, blocks)
		}
		before := packs(t, v)
		second := save(t, v, "second", "first", database)
		if second.NewBlocks != 0 || !slices.Equal(packs(t, v), before) {
			t.Errorf("second save wrote %d blocks", second.NewBlocks)
		}
		// The headers and the write-ahead log have no hints.
		if want := int64(gridHeaders + blockSize + 17); second.ReadBytes != want {
			t.Errorf("second save read %d bytes, want %d", second.ReadBytes, want)
		}
		checkRestores(t, v, "second", database)
	})

	t.Run("writes_the_one_block_that_changed", func(t *testing.T) {
		t.Parallel()
		v := newVault(openFolder(t))
		save(t, v, "first", "", database)
		changed := database.clone()
		copy(changed["dev.db"][gridHeaders+4*blockSize:], random(t, blockSize))
		second := save(t, v, "second", "first", changed)
		if second.NewBlocks != 1 || second.StoredBytes > blockSize+4096 {
			t.Errorf("wrote %d blocks, %d bytes", second.NewBlocks, second.StoredBytes)
		}
		checkRestores(t, v, "first", database)
		checkRestores(t, v, "second", changed)
	})

	t.Run("reads_everything_without_trust", func(t *testing.T) {
		t.Parallel()
		v := newVault(openFolder(t))
		save(t, v, "first", "", database)
		// The engine's checksum stays, as it would after a write that was torn.
		changed := database.clone()
		changed["dev.db"][gridHeaders+2*blockSize+1000] ^= 1
		second, err := v.Save(t.Context(), vault.SaveRequest{Manifest: "second", Parent: "first", Files: changed.files()})
		if err != nil {
			t.Fatal(err)
		}
		if second.NewBlocks != 1 || second.ReadBytes != second.TotalBytes {
			t.Errorf("wrote %d blocks, read %d of %d bytes", second.NewBlocks, second.ReadBytes, second.TotalBytes)
		}
		checkRestores(t, v, "second", changed)
	})

	t.Run("trusts_no_zero_hint", func(t *testing.T) {
		t.Parallel()
		v := newVault(openFolder(t))
		empty := contents{"dev.db": make([]byte, gridHeaders+2*blockSize)}
		save(t, v, "first", "", empty)
		changed := empty.clone()
		changed["dev.db"][gridHeaders+blockSize+100] = 1
		if second := save(t, v, "second", "first", changed); second.NewBlocks != 1 {
			t.Errorf("wrote %d blocks, want 1", second.NewBlocks)
		}
		checkRestores(t, v, "second", changed)
	})

	t.Run("follows_a_file_that_grows_and_shrinks", func(t *testing.T) {
		t.Parallel()
		v := newVault(openFolder(t))
		parent := ""
		for i, size := range []int{5*blockSize + 100, 9 * blockSize, 2*blockSize + 7, 0, 10} {
			id := strings.Repeat("x", i+1)
			cut := contents{"dev.db": database["dev.db"][:size], "dev.db.wal": database["dev.db"][:size/2]}
			save(t, v, id, parent, cut)
			checkRestores(t, v, id, cut)
			parent = id
		}
	})

	t.Run("stores_equal_content_once", func(t *testing.T) {
		t.Parallel()
		v := newVault(openFolder(t))
		block := random(t, blockSize)
		same := contents{"a": bytes.Repeat(block, 7), "b": block}
		if saved := save(t, v, "first", "", same); saved.NewBlocks != 1 || saved.Blocks != 8 {
			t.Errorf("stored %d of %d blocks, want 1 of 8", saved.NewBlocks, saved.Blocks)
		}
		checkRestores(t, v, "first", same)
	})

	t.Run("returns_a_manifest_that_exists", func(t *testing.T) {
		t.Parallel()
		v := newVault(openFolder(t))
		first := save(t, v, "first", "", database)
		again := save(t, v, "first", "", contents{"other": random(t, 10)})
		if again.NewBlocks != 0 || again.StoredBytes != 0 || again.TotalBytes != first.TotalBytes || again.Blocks != first.Blocks {
			t.Errorf("got %+v after %+v", again, first)
		}
		checkRestores(t, v, "first", database)
	})

	t.Run("goes_on_from_what_an_interrupted_save_left", func(t *testing.T) {
		t.Parallel()
		bucket := openBucket(t, "mem://")
		const puts = 6 // of a pin, a pack, an index, a pack, an index, and of a pack whose index is not written any more
		done := 0
		broken := newVault(&blobtest.Faulty{Bucket: bucket, Fault: func(op blobtest.Op) blobtest.Fault {
			if op.Kind != "put" {
				return blobtest.Works
			}
			if done++; done > puts {
				return blobtest.Refused
			}
			return blobtest.Works
		}})
		_, err := broken.Save(t.Context(), vault.SaveRequest{Manifest: "first", Files: database.files()})
		if !errors.Is(err, blobtest.ErrInjected) {
			t.Fatalf("got %v", err)
		}
		v := newVault(bucket)
		if _, err := v.Manifest(t.Context(), "first"); !errors.Is(err, vault.ErrNotFound) {
			t.Errorf("manifest of the interrupted save: got %v", err)
		}
		// A pack of a mebibyte holds three large blocks; the small ones may be anywhere.
		if saved := save(t, v, "first", "", database); saved.NewBlocks > blocks-9 || saved.NewBlocks == 0 {
			t.Errorf("wrote %d of %d blocks, want up to %d", saved.NewBlocks, blocks, blocks-9)
		}
		checkRestores(t, v, "first", database)
		if indexes := list(t, v, "index"); len(indexes) != len(packs(t, v)) {
			t.Errorf("%d indexes for %d packs", len(indexes), len(packs(t, v)))
		}
	})

	t.Run("goes_on_without_its_parent", func(t *testing.T) {
		t.Parallel()
		v := newVault(openFolder(t))
		saved := save(t, v, "second", "first", database)
		if saved.ReadBytes != saved.TotalBytes {
			t.Errorf("read %d of %d bytes", saved.ReadBytes, saved.TotalBytes)
		}
		checkRestores(t, v, "second", database)
	})

	t.Run("writes_again_what_was_lost", func(t *testing.T) {
		t.Parallel()
		v := newVault(openFolder(t))
		save(t, v, "first", "", database)
		if err := v.Bucket.Delete(t.Context(), packs(t, v)[0].Key); err != nil {
			t.Fatal(err)
		}
		save(t, v, "second", "first", database)
		checkRestores(t, v, "second", database)
		checkRestores(t, v, "first", database)
	})

	t.Run("shares_nothing_with_another_key_in_its_scope", func(t *testing.T) {
		t.Parallel()
		one := newVault(openFolder(t))
		two := one
		two.Key = bytes.Repeat([]byte{9}, 32)
		save(t, one, "first", "", database)
		if saved := save(t, two, "second", "first", database); saved.NewBlocks != blocks {
			t.Errorf("wrote %d blocks, want %d: blocks were shared between keys", saved.NewBlocks, blocks)
		}
		checkRestores(t, one, "first", database)
		checkRestores(t, two, "second", database)
	})

	t.Run("keeps_scopes_and_keys_apart", func(t *testing.T) {
		t.Parallel()
		bucket := openFolder(t)
		one, two := newVault(bucket), newVault(bucket)
		two.Scope, two.Key = "scopes/two", bytes.Repeat([]byte{9}, 32)
		save(t, one, "first", "", database)
		if saved := save(t, two, "first", "", database); saved.NewBlocks != blocks {
			t.Errorf("wrote %d blocks, want %d: blocks were shared between keys", saved.NewBlocks, blocks)
		}
	})

	t.Run("shows_no_names_and_no_content", func(t *testing.T) {
		t.Parallel()
		v := newVault(openFolder(t))
		secret := []byte("attack at dawn, says the plan")
		save(t, v, "rs:mycluster-2026", "", contents{"secret-name": bytes.Repeat(secret, 50), "short": secret})
		for _, object := range objects(t, v.Bucket) {
			content := read(t, v.Bucket, object.Key)
			for _, word := range [][]byte{[]byte("mycluster"), []byte("secret"), secret[:12]} {
				if bytes.Contains(content, word) || strings.Contains(object.Key, string(word)) {
					t.Errorf("%s shows %q", object.Key, word)
				}
			}
		}
	})
}

func TestSaveRefuses(t *testing.T) {
	t.Parallel()
	file := func(name string, size int64) vault.File {
		return vault.File{Name: name, Size: size, Content: bytes.NewReader(make([]byte, 100))}
	}
	for name, test := range map[string]struct {
		id    string
		files []vault.File
		want  string
	}{
		"an_empty_id":           {"", nil, "id"},
		"a_name_that_leaves":    {"x", []vault.File{file("../up", 1)}, "../up"},
		"an_absolute_name":      {"x", []vault.File{file("/etc/passwd", 1)}, "/etc/passwd"},
		"an_empty_name":         {"x", []vault.File{file("", 1)}, "clean"},
		"an_unclean_name":       {"x", []vault.File{file("a//b", 1)}, "a//b"},
		"a_name_of_a_partial":   {"x", []vault.File{file("dev.db.partial", 1)}, ".partial"},
		"two_files_of_one_name": {"x", []vault.File{file("a", 1), file("a", 1)}, "two files"},
		"a_negative_size":       {"x", []vault.File{file("a", -1)}, "-1"},
		"a_file_that_shrank":    {"x", []vault.File{file("a", 101)}, "shorter"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newVault(openBucket(t, "mem://"))
			_, err := v.Save(t.Context(), vault.SaveRequest{Manifest: test.id, Files: test.files})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
	for name, change := range map[string]func(*vault.Vault){
		"no_bucket":       func(v *vault.Vault) { v.Bucket = nil },
		"a_short_key":     func(v *vault.Vault) { v.Key = v.Key[:16] },
		"no_scope":        func(v *vault.Vault) { v.Scope = "" },
		"a_hidden_scope":  func(v *vault.Vault) { v.Scope = "a/.b" },
		"a_leaving_scope": func(v *vault.Vault) { v.Scope = "../a" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newVault(openBucket(t, "mem://"))
			change(&v)
			if _, err := v.Save(t.Context(), vault.SaveRequest{Manifest: "x"}); err == nil {
				t.Error("saved")
			}
		})
	}
	t.Run("to_go_on_after_cancel", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		content := cancelling{cancel}
		v := newVault(openBucket(t, "mem://"))
		_, err := v.Save(ctx, vault.SaveRequest{Manifest: "x", Files: []vault.File{{Name: "a", Content: content, Size: 1 << 40}}})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

// cancelling is a file without an end whose reader loses patience.
type cancelling struct{ cancel func() }

func (c cancelling) ReadAt(into []byte, offset int64) (int, error) {
	if offset > 10*blockSize {
		c.cancel()
	}
	return len(into), nil
}

var _ io.ReaderAt = cancelling{}
