package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"slipher/internal/vault/store"
	"slipher/internal/vault/store/blobtest"
)

// patient tries a store again without really waiting, and notes how long it would have waited.
func patient(bucket store.Bucket) (retrying store.Retrying, pauses func() []time.Duration) {
	var mu sync.Mutex
	var slept []time.Duration
	retrying = store.Retrying{Now: time.Now, Bucket: bucket, Chance: func() float64 { return 1 }}
	retrying.Sleep = func(ctx context.Context, pause time.Duration) error {
		mu.Lock()
		defer mu.Unlock()
		slept = append(slept, pause)
		return ctx.Err()
	}
	return retrying, func() []time.Duration {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(slept)
	}
}

// firstTries fails the first few operations.
func firstTries(many int, how blobtest.Fault) func(blobtest.Op) blobtest.Fault {
	return func(op blobtest.Op) blobtest.Fault {
		if op.Number < many {
			return how
		}
		return blobtest.Works
	}
}

func TestRetrying(t *testing.T) {
	t.Parallel()
	steps := map[string]func(store.Bucket) error{
		"put":    func(b store.Bucket) error { return b.Put(context.Background(), "a/b", []byte("new")) },
		"list":   func(b store.Bucket) error { _, err := b.List(context.Background(), ""); return err },
		"delete": func(b store.Bucket) error { return b.Delete(context.Background(), "a/b") },
		"get": func(b store.Bucket) error {
			reader, err := b.Get(context.Background(), "a/b", 0, 3)
			if err == nil {
				err = reader.Close()
			}
			return err
		},
	}
	for name, step := range steps {
		t.Run(name+"_is_tried_again", func(t *testing.T) {
			t.Parallel()
			beneath := openBucket(t, "mem://")
			put(t, beneath, "a/b", []byte("old"))
			retrying, pauses := patient(&blobtest.Faulty{Bucket: beneath, Fault: firstTries(4, blobtest.Refused)})
			if err := step(retrying); err != nil {
				t.Fatal(err)
			}
			want := []time.Duration{100 * time.Millisecond, 200 * time.Millisecond, 400 * time.Millisecond, 800 * time.Millisecond}
			if got := pauses(); !slices.Equal(got, want) {
				t.Errorf("waited %v, want %v", got, want)
			}
		})
		t.Run(name+"_is_given_up", func(t *testing.T) {
			t.Parallel()
			faulty := &blobtest.Faulty{Bucket: openBucket(t, "mem://"), Fault: firstTries(1000, blobtest.Refused)}
			retrying, _ := patient(faulty)
			retrying.Tries = 3
			err := step(retrying)
			if !errors.Is(err, blobtest.ErrInjected) || !strings.Contains(err.Error(), "3 tries") || faulty.Count() != 3 {
				t.Errorf("got %v after %d tries, want the fault and 3", err, faulty.Count())
			}
		})
		t.Run(name+"_ends_with_its_context", func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				bucket := store.Retrying{Now: time.Now, Bucket: hung{}}
				ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
				defer cancel()
				begin := time.Now()
				steps := map[string]func() error{
					"put":    func() error { return bucket.Put(ctx, "a", nil) },
					"list":   func() error { _, err := bucket.List(ctx, ""); return err },
					"delete": func() error { return bucket.Delete(ctx, "a") },
					"get":    func() error { _, err := bucket.Get(ctx, "a", 0, 1); return err },
				}
				if err := steps[name](); err == nil || time.Since(begin) != 3*time.Second {
					t.Errorf("got %v after %s, want an error after 3s", err, time.Since(begin))
				}
			})
		})
	}
	t.Run("never_asks_again_for_what_is_missing", func(t *testing.T) {
		t.Parallel()
		retrying, pauses := patient(openBucket(t, "mem://"))
		if _, err := retrying.Get(t.Context(), "a", 0, 1); !errors.Is(err, fs.ErrNotExist) || len(pauses()) > 0 {
			t.Errorf("got %v after waiting %v, want fs.ErrNotExist at once", err, pauses())
		}
	})
	t.Run("draws_its_pauses", func(t *testing.T) {
		t.Parallel()
		retrying, pauses := patient(&blobtest.Faulty{Bucket: openBucket(t, "mem://"), Fault: firstTries(2, blobtest.Refused)})
		retrying.Chance = func() float64 { return 0.5 }
		put(t, retrying, "a", nil)
		if want := []time.Duration{75 * time.Millisecond, 150 * time.Millisecond}; !slices.Equal(pauses(), want) {
			t.Errorf("waited %v, want %v", pauses(), want)
		}
	})
	t.Run("keeps_to_its_time", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			faulty := &blobtest.Faulty{Bucket: hung{}, Fault: firstTries(1000, blobtest.Refused)}
			begin := time.Now()
			err := store.Retrying{Now: time.Now, Bucket: faulty, Tries: 1000}.Delete(t.Context(), "a")
			if took := time.Since(begin); !errors.Is(err, blobtest.ErrInjected) || took < 45*time.Second || took > time.Minute {
				t.Errorf("got %v after %s, want the fault within a minute", err, took)
			}
		})
	})
	t.Run("does_not_wait_for_an_answer_for_ever", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			begin := time.Now()
			err := store.Retrying{Now: time.Now, Bucket: hung{}}.Put(t.Context(), "a", nil)
			if took := time.Since(begin); !errors.Is(err, context.DeadlineExceeded) || took > 2*time.Minute {
				t.Errorf("got %v after %s", err, took)
			}
		})
	})
}

// hung never answers.
type hung struct{}

func (hung) wait(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }

func (h hung) Put(ctx context.Context, _ string, _ []byte) error { return h.wait(ctx) }
func (h hung) Get(ctx context.Context, _ string, _, _ int64) (io.ReadCloser, error) {
	return nil, h.wait(ctx)
}
func (h hung) List(ctx context.Context, _ string) ([]store.Object, error) { return nil, h.wait(ctx) }
func (h hung) Delete(ctx context.Context, _ string) error                 { return h.wait(ctx) }
func (h hung) Close() error                                               { return nil }

// TestResume breaks answers off in the middle: each time half of what is left arrives.
func TestResume(t *testing.T) {
	t.Parallel()
	content := random(t, 100_000)
	for _, span := range [][2]int64{{0, 100_000}, {1000, 5000}, {99_999, 1}, {40_000, -1}, {50, 0}} {
		t.Run(fmt.Sprintf("from_%d_for_%d", span[0], span[1]), func(t *testing.T) {
			t.Parallel()
			beneath := &blobtest.Faulty{Bucket: openBucket(t, "mem://")}
			put(t, beneath.Bucket, "a", content)
			beneath.Fault = firstTries(6, blobtest.Torn)
			retrying, pauses := patient(beneath)
			reader, err := retrying.Get(t.Context(), "a", span[0], span[1])
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(reader)
			if err := errors.Join(err, reader.Close()); err != nil {
				t.Fatal(err)
			}
			want := content[span[0]:]
			if span[1] >= 0 {
				want = want[:span[1]]
			}
			if !bytes.Equal(got, want) {
				t.Errorf("got %d bytes that differ, want %d", len(got), len(want))
			}
			if span[1] > 1 && len(pauses()) != 6 {
				t.Errorf("waited %d times, want 6", len(pauses()))
			}
		})
	}
	t.Run("is_given_up", func(t *testing.T) {
		t.Parallel()
		beneath := &blobtest.Faulty{Bucket: openBucket(t, "mem://")}
		put(t, beneath.Bucket, "a", content)
		beneath.Fault = firstTries(1000, blobtest.Torn)
		retrying, _ := patient(beneath)
		reader, err := retrying.Get(t.Context(), "a", 0, -1)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(reader)
		if !errors.Is(err, blobtest.ErrInjected) || !bytes.HasPrefix(content, got) {
			t.Errorf("got %d bytes and %v, want a beginning and the fault", len(got), err)
		}
		if err := reader.Close(); err != nil {
			t.Error(err)
		}
	})
}

// TestFlakyStore passes everything that a sound store passes although every other operation fails, one way or another.
func TestFlakyStore(t *testing.T) {
	t.Parallel()
	blobtest.Run(t, func(t *testing.T) store.Bucket {
		flaky := func(op blobtest.Op) blobtest.Fault {
			if op.Number%2 == 1 {
				return blobtest.Works
			}
			return []blobtest.Fault{blobtest.Refused, blobtest.AnswerLost, blobtest.Torn}[op.Number/2%3]
		}
		retrying, _ := patient(&blobtest.Faulty{Bucket: openBucket(t, "mem://"), Fault: flaky})
		retrying.Tries = 100
		return retrying
	})
}
