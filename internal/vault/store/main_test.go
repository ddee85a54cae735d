package store_test

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"testing"
	"time"

	"slipher/internal/vault/store"
)

func TestMain(m *testing.M) {
	stop := fakeClouds()
	code := m.Run()
	stop()
	os.Exit(code)
}

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

func put(t testing.TB, bucket store.Bucket, key string, content []byte) {
	t.Helper()
	if err := bucket.Put(context.Background(), key, content); err != nil {
		t.Fatal(err)
	}
}

func random(t testing.TB, size int) []byte {
	t.Helper()
	content := make([]byte, size)
	if _, err := rand.Read(content); err != nil {
		t.Fatal(err)
	}
	return content
}
