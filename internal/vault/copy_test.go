package vault_test

import (
	"bytes"
	"context"
	"errors"
	"math"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"slipher/internal/vault"
	"slipher/internal/vault/pace"
	"slipher/internal/vault/store"
	"slipher/internal/vault/store/blobtest"
)

// abroad is a scope of its own, sealed by another key than newVault's.
func abroad(bucket store.Bucket) vault.Vault {
	v := newVault(bucket)
	v.Scope, v.Key = "scopes/abroad", bytes.Repeat([]byte{9}, 32)
	return v
}

func copySnapshot(t testing.TB, to, from vault.Vault, source, id string, earlier ...vault.Copied) vault.Saved {
	t.Helper()
	saved, err := to.Copy(context.Background(), from, vault.CopyRequest{Source: source, Manifest: id, Earlier: earlier})
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

func TestCopy(t *testing.T) {
	t.Parallel()
	words := bytes.Repeat([]byte("shipped open returned "), 20_000)
	database := contents{
		"dev.db": random(t, gridHeaders+9*blockSize), "dev.db.wal": random(t, blockSize+17), "text": words[:300_000], "empty": {},
	}
	const blocks = 10 + 2 + 2

	t.Run("restores_byte_for_byte_without_the_source", func(t *testing.T) {
		t.Parallel()
		from, to := newVault(openFolder(t)), abroad(openFolder(t))
		made := save(t, from, "first", "", database)
		copied := copySnapshot(t, to, from, "first", "copy")
		if copied.NewBlocks != blocks || copied.TotalBytes != made.TotalBytes || copied.ReadBytes != made.TotalBytes || copied.Manifest != "copy" {
			t.Errorf("copied %+v of %+v", copied, made)
		}
		if difference := copied.StoredBytes - made.StoredBytes; difference < -8192 || difference > 8192 {
			t.Errorf("the copy has %d bytes, the source %d", copied.StoredBytes, made.StoredBytes)
		}
		sweep(t, from)
		verify(t, to, "copy")
		checkRestores(t, to, "copy", database)
		checkNoGarbage(t, to, 1, "copy")
	})

	t.Run("is_sealed_by_the_other_key_alone", func(t *testing.T) {
		t.Parallel()
		bucket := openBucket(t, "mem://")
		from, to := newVault(bucket), abroad(bucket)
		save(t, from, "first", "", database)
		copySnapshot(t, to, from, "first", "copy")
		wrong := to
		wrong.Key = from.Key
		if err := wrong.Verify(t.Context(), "copy", nil); !errors.Is(err, vault.ErrNotFound) {
			t.Errorf("with the source's key: %v", err)
		}
		for _, mine := range packs(t, from) {
			for _, theirs := range packs(t, to) {
				if a, b := read(t, bucket, mine.Key), read(t, bucket, theirs.Key); bytes.Contains(a, b[100:200]) {
					t.Errorf("pack %s holds bytes of %s", theirs.Key, mine.Key)
				}
			}
		}
	})

	t.Run("writes_only_what_is_new", func(t *testing.T) {
		t.Parallel()
		from, to := newVault(openFolder(t)), abroad(openFolder(t))
		save(t, from, "first", "", database)
		copySnapshot(t, to, from, "first", "copy-1")
		changed := database.clone()
		copy(changed["dev.db"][gridHeaders+4*blockSize:], random(t, blockSize))
		made := save(t, from, "second", "first", changed)
		for name, test := range map[string]struct {
			earlier []vault.Copied
			read    int64
		}{
			"and_reads_all":              {nil, made.TotalBytes},
			"and_reads_only_that":        {[]vault.Copied{{Source: "first", Copy: "copy-1"}}, blockSize},
			"despite_what_is_gone":       {[]vault.Copied{{Source: "gone", Copy: "copy-1"}, {Source: "first", Copy: "gone"}}, made.TotalBytes},
			"despite_another's_copy":     {[]vault.Copied{{Source: "second", Copy: "copy-1"}}, made.TotalBytes},
			"with_one_of_several_copies": {[]vault.Copied{{Source: "gone", Copy: "copy-1"}, {Source: "first", Copy: "copy-1"}}, blockSize},
		} {
			t.Run(name, func(t *testing.T) {
				copied := copySnapshot(t, to, from, "second", "copy-2", test.earlier...)
				if copied.NewBlocks != 1 || copied.StoredBytes > blockSize+8192 || copied.ReadBytes != test.read {
					t.Errorf("wrote %d blocks, %d bytes; read %d bytes, want %d", copied.NewBlocks, copied.StoredBytes, copied.ReadBytes, test.read)
				}
				checkRestores(t, to, "copy-1", database)
				checkRestores(t, to, "copy-2", changed)
				sweep(t, to, "copy-1")
			})
		}
	})

	t.Run("returns_a_copy_that_exists", func(t *testing.T) {
		t.Parallel()
		from, to := newVault(openFolder(t)), abroad(openFolder(t))
		save(t, from, "first", "", database)
		first := copySnapshot(t, to, from, "first", "copy")
		sweep(t, from)
		again := copySnapshot(t, to, from, "first", "copy")
		if again.StoredBytes != 0 || again.ReadBytes != 0 || again.TotalBytes != first.TotalBytes || again.Blocks != first.Blocks {
			t.Errorf("got %+v after %+v", again, first)
		}
	})

	t.Run("refuses_a_source_that_is_not_there", func(t *testing.T) {
		t.Parallel()
		from, to := newVault(openFolder(t)), abroad(openFolder(t))
		_, err := to.Copy(t.Context(), from, vault.CopyRequest{Source: "none", Manifest: "copy"})
		if !errors.Is(err, vault.ErrNotFound) {
			t.Errorf("got %v", err)
		}
		if left := objects(t, to.Bucket); len(left) > 0 {
			t.Errorf("left %v", left)
		}
	})

	t.Run("keeps_to_the_bandwidth_and_tells_how_far_it_is", func(t *testing.T) {
		t.Parallel()
		content := contents{"a": random(t, 20*blockSize)}
		synctest.Test(t, func(t *testing.T) {
			from, to := newVault(openBucket(t, "mem://")), abroad(openBucket(t, "mem://"))
			save(t, from, "first", "", content)
			to.Limiter = pace.NewLimiter(1 << 20)
			var told []vault.Progress
			begin := time.Now()
			saved, err := to.Copy(t.Context(), from, vault.CopyRequest{
				Source: "first", Manifest: "copy", Progress: func(p vault.Progress) { told = append(told, p) },
			})
			if err != nil {
				t.Fatal(err)
			}
			checkSeconds(t, time.Since(begin), 5)
			checkTold(t, told, saved.TotalBytes)
		})
	})
}

// A copy finds what is wrong with its source, names it, and leaves no manifest.
func TestCopyOfDamage(t *testing.T) {
	t.Parallel()
	database := contents{"dev.db": random(t, gridHeaders+9*blockSize)}
	for name, harm := range map[string]func(t *testing.T, v vault.Vault) string{
		"altered_block": func(t *testing.T, v vault.Vault) string {
			pack := packs(t, v)[0].Key
			content := read(t, v.Bucket, pack)
			content[1000] ^= 1
			put(t, v.Bucket, pack, content)
			return pack[strings.LastIndex(pack, "/")+1:]
		},
		"lost_pack": func(t *testing.T, v vault.Vault) string {
			pack := packs(t, v)[1].Key
			if err := v.Bucket.Delete(t.Context(), pack); err != nil {
				t.Fatal(err)
			}
			return pack[strings.LastIndex(pack, "/")+1:]
		},
		"altered_manifest": func(t *testing.T, v vault.Vault) string {
			manifest := list(t, v, "manifests")[0].Key
			content := read(t, v.Bucket, manifest)
			content[len(content)-1] ^= 1
			put(t, v.Bucket, manifest, content)
			return "first"
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from, to := newVault(openBucket(t, "mem://")), abroad(openBucket(t, "mem://"))
			save(t, from, "first", "", database)
			named := harm(t, from)
			_, err := to.Copy(t.Context(), from, vault.CopyRequest{Source: "first", Manifest: "copy"})
			if !errors.Is(err, vault.ErrDamaged) || !strings.Contains(err.Error(), named) {
				t.Errorf("got %v, want damage that names %s", err, named)
			}
			if left := slices.Concat(list(t, to, "manifests"), list(t, to, "pins")); len(left) > 0 {
				t.Errorf("left %v", left)
			}
		})
	}

	t.Run("what_is_damaged_in_the_destination_is_written_anew", func(t *testing.T) {
		t.Parallel()
		from, to := newVault(openBucket(t, "mem://")), abroad(openBucket(t, "mem://"))
		save(t, from, "first", "", database)
		copySnapshot(t, to, from, "first", "copy-1")
		if err := to.Bucket.Delete(t.Context(), packs(t, to)[0].Key); err != nil {
			t.Fatal(err)
		}
		copied := copySnapshot(t, to, from, "first", "copy-2", vault.Copied{Source: "first", Copy: "copy-1"})
		if copied.NewBlocks == 0 || copied.NewBlocks == copied.Blocks {
			t.Errorf("wrote %d of %d blocks", copied.NewBlocks, copied.Blocks)
		}
		checkRestores(t, to, "copy-2", database)
	})
}

// TestCopyCrash ends a copy at operations of either store. What was there of it then is not sent again, and nothing of it stays.
func TestCopyCrash(t *testing.T) {
	t.Parallel()
	database := contents{"dev.db": random(t, gridHeaders+11*blockSize)}
	source := openBucket(t, "mem://")
	save(t, newVault(source), "first", "", database)
	for name, how := range map[string]blobtest.Fault{
		"before_the_operation": blobtest.Refused, "after_the_operation": blobtest.AnswerLost, "in_the_operation": blobtest.Torn,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first, step := mathrand.IntN(3), 3
			if stress() {
				first, step = 0, 1
			}
			for at := first; ; at += step {
				beneath := openBucket(t, "mem://")
				failing := &blobtest.Faulty{Bucket: beneath, Fault: blobtest.CrashAt(at, how)}
				_, err := abroad(failing).Copy(t.Context(), newVault(source), vault.CopyRequest{Source: "first", Manifest: "copy"})
				if err == nil {
					if at < 12 {
						t.Errorf("the whole copy took %d operations, so little was tried", at)
					}
					break
				}
				if !errors.Is(err, blobtest.ErrInjected) {
					t.Fatalf("crash at operation %d: %v", at, err)
				}
				finishCopy(t, newVault(source), abroad(beneath), database)
				if t.Failed() {
					t.Fatalf("after a crash at operation %d", at)
				}
			}
			for at := first; ; at += step {
				to := abroad(openBucket(t, "mem://"))
				failing := &blobtest.Faulty{Bucket: source, Fault: blobtest.CrashAt(at, how)}
				_, err := to.Copy(t.Context(), newVault(failing), vault.CopyRequest{Source: "first", Manifest: "copy"})
				if err == nil {
					return
				}
				if !errors.Is(err, blobtest.ErrInjected) {
					t.Fatalf("crash at operation %d of the source: %v", at, err)
				}
				finishCopy(t, newVault(source), to, database)
			}
		})
	}
}

func finishCopy(t *testing.T, from, to vault.Vault, want contents) {
	t.Helper()
	there := 0
	for _, pack := range packs(t, to) {
		there += int(math.Round(float64(pack.Size) / blockSize))
	}
	copied := copySnapshot(t, to, from, "first", "copy")
	if left := copied.Blocks - there; copied.NewBlocks > left+4 { // a torn pack has blocks that cannot be relied on
		t.Errorf("about %d blocks were there, and %d of %d were written", there, copied.NewBlocks, copied.Blocks)
	}
	checkRestores(t, to, "copy", want)
	sweep(t, to, "copy")
	checkNoGarbage(t, to, 1, "copy")
	if left := list(t, to, "pins"); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}
