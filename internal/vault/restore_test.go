package vault_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipher/internal/vault"
	"slipher/internal/vault/store/blobtest"
)

func TestRestore(t *testing.T) {
	t.Parallel()
	database := contents{"dev.db": random(t, gridHeaders+12*blockSize), "dev.db.wal": random(t, blockSize+17)}

	t.Run("goes_on_after_an_interruption", func(t *testing.T) {
		t.Parallel()
		bucket := &blobtest.Faulty{Bucket: openBucket(t, "mem://")}
		v := newVault(bucket)
		save(t, v, "first", "", database)
		dir, gets := t.TempDir(), 0
		bucket.Fault = func(op blobtest.Op) blobtest.Fault {
			if op.Kind == "get" && strings.Contains(op.Key, "/packs/") {
				if gets++; gets > 3 {
					return blobtest.Refused
				}
			}
			return blobtest.Works
		}
		if _, err := v.Restore(t.Context(), "first", dir, nil); !errors.Is(err, blobtest.ErrInjected) {
			t.Fatalf("got %v", err)
		}
		for name := range database {
			if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
				t.Errorf("%s has its name before the restore has finished", name)
			}
		}
		spoilFirstBlocks(t, filepath.Join(dir, "dev.db.partial"))
		bucket.Fault = nil
		restored, err := v.Restore(t.Context(), "first", dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		if restored.KeptBytes == 0 || restored.KeptBytes >= restored.TotalBytes {
			t.Errorf("kept %d of %d bytes", restored.KeptBytes, restored.TotalBytes)
		}
		checkFiles(t, dir, database)
	})

	t.Run("keeps_what_is_finished", func(t *testing.T) {
		t.Parallel()
		v, dir := newVault(openFolder(t)), t.TempDir()
		save(t, v, "first", "", database)
		for range 2 {
			if _, err := v.Restore(t.Context(), "first", dir, nil); err != nil {
				t.Fatal(err)
			}
		}
		// As a crash between two renames leaves it.
		finished, partial := filepath.Join(dir, "dev.db"), filepath.Join(dir, "dev.db.partial")
		if err := os.Rename(finished, partial); err != nil {
			t.Fatal(err)
		}
		restored, err := v.Restore(t.Context(), "first", dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		if restored.KeptBytes != restored.TotalBytes {
			t.Errorf("kept %d of %d bytes", restored.KeptBytes, restored.TotalBytes)
		}
		checkFiles(t, dir, database)
	})

	t.Run("refuses_to_touch_foreign_files", func(t *testing.T) {
		t.Parallel()
		v := newVault(openFolder(t))
		save(t, v, "first", "", database)
		altered := bytes.Clone(database["dev.db"])
		altered[300_000] ^= 1
		for _, foreign := range [][]byte{[]byte("precious"), altered} {
			dir := t.TempDir()
			name := filepath.Join(dir, "dev.db")
			if err := os.WriteFile(name, foreign, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := v.Restore(t.Context(), "first", dir, nil)
			if err == nil || !strings.Contains(err.Error(), "dev.db") || strings.Contains(err.Error(), dir) {
				t.Errorf("got %v, want an error that names the file and not the folder", err)
			}
			if got, _ := os.ReadFile(name); !bytes.Equal(got, foreign) {
				t.Error("the foreign file was altered")
			}
		}
	})

	t.Run("cuts_a_longer_partial_file", func(t *testing.T) {
		t.Parallel()
		v, dir := newVault(openFolder(t)), t.TempDir()
		save(t, v, "first", "", database)
		if err := os.WriteFile(filepath.Join(dir, "dev.db.wal.partial"), random(t, 5*blockSize), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := v.Restore(t.Context(), "first", dir, nil); err != nil {
			t.Fatal(err)
		}
		checkFiles(t, dir, database)
	})

	t.Run("survives_a_sweep_that_moves_its_blocks", func(t *testing.T) {
		t.Parallel()
		for at := 0; at < 10; at += 2 { // from the manifest over the indexes to the last packs
			beneath := openBucket(t, "mem://")
			steady := newVault(beneath)
			kept := mixedSnapshots(t, steady)
			gets := 0
			moving := newVault(&blobtest.Faulty{Bucket: beneath, Fault: func(op blobtest.Op) blobtest.Fault {
				if op.Kind == "get" {
					if gets == at {
						if swept := sweep(t, steady, "kept"); swept.Packs == 0 {
							t.Error("the sweep moved nothing")
						}
					}
					gets++
				}
				return blobtest.Works
			}})
			checkRestores(t, moving, "kept", kept)
			if gets <= at {
				t.Errorf("the restore read %d objects, so no sweep came in between", gets)
			}
		}
	})

	t.Run("knows_no_other_snapshots", func(t *testing.T) {
		t.Parallel()
		v := newVault(openFolder(t))
		save(t, v, "first", "", database)
		dir := t.TempDir()
		if _, err := v.Restore(t.Context(), "second", dir, nil); !errors.Is(err, vault.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
		checkFiles(t, dir, nil)
	})

	t.Run("stops_when_asked", func(t *testing.T) {
		t.Parallel()
		v := newVault(openFolder(t))
		save(t, v, "first", "", database)
		ctx, cancel := context.WithCancel(t.Context())
		v.Bucket = &blobtest.Faulty{Bucket: v.Bucket, Fault: func(op blobtest.Op) blobtest.Fault {
			if strings.Contains(op.Key, "/packs/") && op.Kind == "get" {
				cancel()
			}
			return blobtest.Works
		}}
		if _, err := v.Restore(ctx, "first", t.TempDir(), nil); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

// mixedSnapshots leaves a snapshot of which each pack holds a third, and deletes nothing yet: a sweep that keeps it rewrites them.
func mixedSnapshots(t *testing.T, v vault.Vault) contents {
	t.Helper()
	all := contents{"a": random(t, 18*blockSize)}
	save(t, v, "all", "", all)
	kept := contents{}
	for i := 0; i < 18; i += 6 {
		kept["a"] = append(kept["a"], all["a"][i*blockSize:(i+1)*blockSize]...)
	}
	if saved := save(t, v, "kept", "", kept); saved.NewBlocks != 0 {
		t.Fatalf("wrote %d blocks, want none", saved.NewBlocks)
	}
	return kept
}

func spoilFirstBlocks(t *testing.T, name string) {
	t.Helper()
	file, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteAt([]byte("spoilt"), gridHeaders+100); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}
