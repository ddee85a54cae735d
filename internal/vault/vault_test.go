package vault_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"slipher/internal/vault"
)

const (
	blockSize   = 256 << 10
	gridHeaders = 12 << 10
)

func openFolder(t testing.TB) vault.Bucket {
	t.Helper()
	return openBucket(t, "file://"+filepath.ToSlash(t.TempDir()))
}

func openBucket(t testing.TB, url string) vault.Bucket {
	t.Helper()
	bucket, err := vault.OpenBucket(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := bucket.Close(); err != nil {
			t.Error(err)
		}
	})
	return bucket
}

func newVault(bucket vault.Bucket) vault.Vault {
	return vault.Vault{Bucket: bucket, Scope: "scopes/one", Key: bytes.Repeat([]byte{7}, 32), PackBytes: 1 << 20}
}

func random(t testing.TB, size int) []byte {
	t.Helper()
	content := make([]byte, size)
	if _, err := rand.Read(content); err != nil {
		t.Fatal(err)
	}
	return content
}

// contents are files by name. A name that ends in .db has a grid.
type contents map[string][]byte

func (c contents) files() []vault.File {
	var files []vault.File
	for name, content := range c {
		files = append(files, vault.File{
			Name: name, Content: bytes.NewReader(content), Size: int64(len(content)), Grid: filepath.Ext(name) == ".db",
		})
	}
	slices.SortFunc(files, func(a, b vault.File) int { return bytes.Compare([]byte(a.Name), []byte(b.Name)) })
	return files
}

func save(t testing.TB, v vault.Vault, id, parent string, c contents) vault.Saved {
	t.Helper()
	saved, err := v.Save(t.Context(), vault.SaveRequest{Manifest: id, Parent: parent, TrustHints: parent != "", Files: c.files()})
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

func checkRestores(t testing.TB, v vault.Vault, id string, want contents) {
	t.Helper()
	dir := t.TempDir()
	if _, err := v.Restore(t.Context(), id, dir, nil); err != nil {
		t.Fatal(err)
	}
	checkFiles(t, dir, want)
}

func checkFiles(t testing.TB, dir string, want contents) {
	t.Helper()
	for name, content := range want {
		got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			t.Error(err)
		} else if !bytes.Equal(got, content) {
			t.Errorf("%s was restored with other bytes", name)
		}
	}
}

func objects(t testing.TB, bucket vault.Bucket) []vault.Object {
	t.Helper()
	found, err := bucket.List(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestSave(t *testing.T) {
	t.Parallel()
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
		if err := v.Verify(t.Context(), "first"); err != nil {
			t.Fatal(err)
		}
		checkRestores(t, v, "first", want)
		swept, err := v.Sweep(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if left := objects(t, v.Bucket); len(left) > 0 {
			t.Errorf("left after sweeping everything: %v", left)
		}
		t.Log(swept)
	})
}
