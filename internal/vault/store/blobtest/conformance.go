// Package blobtest holds what every snapshot store must pass, and a store that fails on demand.
package blobtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"sync"
	"testing"

	"slipher/internal/vault/store"
)

// Run checks that the buckets which open returns keep the promises of store.Bucket. Each call of open returns an empty one.
func Run(t *testing.T, open func(t *testing.T) store.Bucket) {
	for name, check := range map[string]func(*testing.T, store.Bucket){
		"gets_what_was_put":             getsWhatWasPut,
		"gets_ranges":                   getsRanges,
		"ends_early_beyond_the_end":     endsEarly,
		"says_that_an_object_is_absent": saysAbsent,
		"puts_over_an_object":           putsOver,
		"deletes_once_and_again":        deletes,
		"lists_by_prefix_in_order":      lists,
		"lists_more_than_a_page":        listsPages,
		"puts_and_deletes_side_by_side": sideBySide,
		"stops_when_asked":              stops,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, open(t))
		})
	}
}

func getsWhatWasPut(t *testing.T, bucket store.Bucket) {
	// Around the sizes at which a store may go another way: empty, a disk's block, a part of an upload.
	for _, size := range []int{0, 1, 4095, 4096, 1<<20 - 1, 1 << 20, 3<<20 + 4096, 5<<20 + 17} {
		key, content := fmt.Sprintf("a/b/%d", size), pattern(size)
		put(t, bucket, key, content)
		if got := get(t, bucket, key, 0, -1); !bytes.Equal(got, content) {
			t.Errorf("object of %d bytes: got %d bytes that differ", size, len(got))
		}
	}
}

func getsRanges(t *testing.T, bucket store.Bucket) {
	content := pattern(100_000)
	put(t, bucket, "object", content)
	for _, span := range [][2]int64{{0, 10}, {99_990, 10}, {5, 0}, {4096, 50_000}, {0, 100_000}} {
		got := get(t, bucket, "object", span[0], span[1])
		if want := content[span[0] : span[0]+span[1]]; !bytes.Equal(got, want) {
			t.Errorf("range %v: got %d bytes that differ", span, len(got))
		}
	}
	if got := get(t, bucket, "object", 60_000, -1); !bytes.Equal(got, content[60_000:]) {
		t.Error("from 60,000 to the end: got other bytes")
	}
}

func endsEarly(t *testing.T, bucket store.Bucket) {
	content := pattern(1000)
	put(t, bucket, "object", content)
	if got := get(t, bucket, "object", 900, 200); !bytes.Equal(got, content[900:]) {
		t.Errorf("range beyond the end: got %d bytes, want 100", len(got))
	}
}

func saysAbsent(t *testing.T, bucket store.Bucket) {
	put(t, bucket, "folder/object", []byte("here"))
	for _, key := range []string{"object", "folder/other", "folder/object2"} {
		if _, err := bucket.Get(t.Context(), key, 0, 1); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: got %v, want fs.ErrNotExist", key, err)
		}
	}
}

func putsOver(t *testing.T, bucket store.Bucket) {
	put(t, bucket, "object", pattern(5000))
	put(t, bucket, "object", []byte("short"))
	if got := get(t, bucket, "object", 0, -1); string(got) != "short" {
		t.Errorf("got %q, want %q", got, "short")
	}
}

func deletes(t *testing.T, bucket store.Bucket) {
	put(t, bucket, "folder/sub/object", pattern(10))
	for range 2 {
		if err := bucket.Delete(t.Context(), "folder/sub/object"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := bucket.Get(t.Context(), "folder/sub/object", 0, 1); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want fs.ErrNotExist", err)
	}
	put(t, bucket, "folder/sub/object", pattern(10))
}

func lists(t *testing.T, bucket store.Bucket) {
	for _, key := range []string{"b/2", "b/10", "a/1", "b/1/x", "bb/1", "b/2-x"} {
		put(t, bucket, key, pattern(len(key)))
	}
	for prefix, want := range map[string][]string{
		"":      {"a/1", "b/1/x", "b/10", "b/2", "b/2-x", "bb/1"},
		"b/":    {"b/1/x", "b/10", "b/2", "b/2-x"},
		"b/1":   {"b/1/x", "b/10"},
		"c/":    nil,
		"b/2":   {"b/2", "b/2-x"},
		"b/1/x": {"b/1/x"},
	} {
		if got := keys(t, bucket, prefix); !slices.Equal(got, want) {
			t.Errorf("under %q: got %v, want %v", prefix, got, want)
		}
	}
}

func listsPages(t *testing.T, bucket store.Bucket) {
	const many = 1100
	var writers sync.WaitGroup
	for writer := range 10 {
		writers.Go(func() {
			for i := range many / 10 {
				if err := bucket.Put(t.Context(), fmt.Sprintf("many/%d-%05d", writer, i), nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	if got := keys(t, bucket, "many/"); len(got) != many || !slices.IsSorted(got) {
		t.Errorf("got %d keys, want %d in order", len(got), many)
	}
}

func sideBySide(t *testing.T, bucket store.Bucket) {
	var writers sync.WaitGroup
	for writer := range 8 {
		writers.Go(func() {
			for round := range 20 {
				key := fmt.Sprintf("shared/folder-%d/object-%d", round%3, writer)
				if err := bucket.Put(context.Background(), key, pattern(100)); err != nil {
					t.Error(err)
				}
				if err := bucket.Delete(context.Background(), key); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	if left := keys(t, bucket, ""); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func stops(t *testing.T, bucket store.Bucket) {
	put(t, bucket, "object", pattern(10))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := bucket.Put(ctx, "object", pattern(20)); err == nil {
		t.Error("put went on after it was cancelled")
	}
	if got := get(t, bucket, "object", 0, -1); len(got) != 10 {
		t.Errorf("a cancelled put left %d bytes, want the 10 of before", len(got))
	}
}

func pattern(size int) []byte {
	content := make([]byte, size)
	for i := range content {
		content[i] = byte(i>>8) ^ byte(i*7)
	}
	return content
}

func put(t *testing.T, bucket store.Bucket, key string, content []byte) {
	t.Helper()
	if err := bucket.Put(t.Context(), key, content); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, bucket store.Bucket, key string, offset, length int64) []byte {
	t.Helper()
	reader, err := bucket.Get(t.Context(), key, offset, length)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(reader)
	if err := errors.Join(err, reader.Close()); err != nil {
		t.Fatal(err)
	}
	return content
}

func keys(t *testing.T, bucket store.Bucket, prefix string) []string {
	t.Helper()
	objects, err := bucket.List(t.Context(), prefix)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, object := range objects {
		found = append(found, object.Key)
	}
	return found
}
