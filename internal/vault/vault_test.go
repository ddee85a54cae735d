package vault_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"slipher/internal/vault"
	"slipher/internal/vault/store"
)

const (
	blockSize   = 256 << 10
	gridHeaders = 12 << 10
)

func openFolder(t testing.TB) store.Bucket {
	t.Helper()
	return openBucket(t, "file://"+filepath.ToSlash(t.TempDir()))
}

func openBucket(t testing.TB, url string) store.Bucket {
	t.Helper()
	bucket, err := store.Open(context.Background(), url, time.Now)
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

// newVault makes small packs, which hold three blocks that cannot be compressed. Its sweeps are all by one owner, one after another.
func newVault(bucket store.Bucket) vault.Vault {
	return vault.Vault{Bucket: bucket, Scope: "scopes/one", Key: bytes.Repeat([]byte{7}, 32), PackBytes: 1 << 20, Owner: vault.Owner{Name: "test"}, Now: time.Now}
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
	for _, name := range slices.Sorted(maps.Keys(c)) {
		files = append(files, vault.File{
			Name: name, Content: bytes.NewReader(c[name]), Size: int64(len(c[name])), Grid: filepath.Ext(name) == ".db",
		})
	}
	return files
}

func (c contents) clone() contents {
	cloned := contents{}
	for name, content := range c {
		cloned[name] = slices.Clone(content)
	}
	return cloned
}

// save trusts the parent's hints when there is a parent.
func save(t testing.TB, v vault.Vault, id, parent string, c contents) vault.Saved {
	t.Helper()
	saved, err := v.Save(context.Background(), vault.SaveRequest{Manifest: id, Parent: parent, TrustHints: parent != "", Files: c.files()})
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

func verify(t testing.TB, v vault.Vault, id string) {
	t.Helper()
	if err := v.Verify(context.Background(), id, nil); err != nil {
		t.Error(err)
	}
}

func sweep(t testing.TB, v vault.Vault, keep ...string) vault.Swept {
	t.Helper()
	swept, err := v.Sweep(context.Background(), keeping(keep...))
	if err != nil {
		t.Fatal(err)
	}
	return swept
}

func keeping(ids ...string) func(context.Context) ([]string, error) {
	return func(context.Context) ([]string, error) { return ids, nil }
}

func checkRestores(t testing.TB, v vault.Vault, id string, want contents) {
	t.Helper()
	dir := t.TempDir()
	if _, err := v.Restore(context.Background(), id, dir, nil); err != nil {
		t.Fatal(err)
	}
	checkFiles(t, dir, want)
}

// checkFiles wants these files in the folder, and no others.
func checkFiles(t testing.TB, dir string, want contents) {
	t.Helper()
	got := contents{}
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err == nil {
			got[filepath.ToSlash(name)], err = os.ReadFile(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range want {
		if !bytes.Equal(got[name], content) {
			t.Errorf("%s has other bytes than were saved", name)
		}
		delete(got, name)
	}
	for name := range got {
		t.Errorf("%s is there, although it was not saved", name)
	}
}

func objects(t testing.TB, bucket store.Bucket) []store.Object {
	t.Helper()
	found, err := bucket.List(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func list(t testing.TB, v vault.Vault, folder string) []store.Object {
	t.Helper()
	found, err := v.Bucket.List(context.Background(), v.Scope+"/"+folder+"/")
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func packs(t testing.TB, v vault.Vault) []store.Object {
	t.Helper()
	return list(t, v, "packs")
}

func read(t testing.TB, bucket store.Bucket, key string) []byte {
	t.Helper()
	reader, err := bucket.Get(context.Background(), key, 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(reader)
	if err := errors.Join(err, reader.Close()); err != nil {
		t.Fatal(err)
	}
	return content
}

func put(t testing.TB, bucket store.Bucket, key string, content []byte) {
	t.Helper()
	if err := bucket.Put(context.Background(), key, content); err != nil {
		t.Fatal(err)
	}
}
