package store_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"slipher/internal/vault/store"
)

func TestNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for location, folder := range map[string]string{"file://" + dir: "logs", "file://" + dir + "/{bucket}-of-ours": "logs-of-ours"} {
		open, err := store.Named(location, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := open(t.Context(), "logs"); !store.Missing(err) {
			t.Errorf("%s: a missing bucket: got %v", location, err)
		}
		if entries, _ := os.ReadDir(filepath.Join(dir, folder)); len(entries) > 0 {
			t.Errorf("%s: a missing bucket was made", location)
		}
		if err := os.Mkdir(filepath.Join(dir, folder), 0o700); err != nil {
			t.Fatal(err)
		}
		bucket, err := open(t.Context(), "logs")
		if err != nil {
			t.Fatal(err)
		}
		if err := bucket.Put(t.Context(), "a/b:c.gz", []byte("x")); err != nil {
			t.Fatal(err)
		}
		if body, err := os.ReadFile(filepath.Join(dir, folder, "a", "b:c.gz")); err != nil || string(body) != "x" {
			t.Errorf("%s: got %q, %v", location, body, err)
		}
	}
	open, err := store.Named("file://"+filepath.Join(dir, "logs"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", ".", "..", "../" + filepath.Base(dir), "a/b", "a..b", "a?prefix=b", "a#b", "%2e%2e"} {
		if _, err := open(t.Context(), name); err == nil || store.Missing(err) {
			t.Errorf("%q was looked for: %v", name, err)
		}
	}
	for _, location := range []string{"mem://", "ftp://host/x", "://", "file"} {
		if _, err := store.Named(location, time.Now); err == nil {
			t.Errorf("%s was taken", location)
		}
	}
}
