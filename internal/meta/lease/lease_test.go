package lease

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"slipher/internal/meta"
)

const ttl = 30 * time.Second

// clock stands still until it is moved.
type clock struct{ passed atomic.Int64 }

func (c *clock) now() time.Time           { return time.Unix(c.passed.Load(), 0) }
func (c *clock) advance(by time.Duration) { c.passed.Add(int64(by / time.Second)) }

// scene is one database, a clock and what two control planes do with the lease of one cluster.
type scene struct {
	*testing.T
	path  string
	store *meta.Store
	clock clock
}

func stage(t *testing.T) *scene {
	s := &scene{T: t, path: filepath.Join(t.TempDir(), "meta.db")}
	s.open()
	t.Cleanup(s.close)
	return s
}

func (s *scene) open() {
	s.Helper()
	store, err := meta.Open(context.Background(), meta.Config{Path: s.path, Now: s.clock.now})
	if err != nil {
		s.Fatal(err)
	}
	s.store = store
}

func (s *scene) close() {
	s.Helper()
	if err := s.store.Close(); err != nil {
		s.Error(err)
	}
}

func (s *scene) acquire(ctx context.Context, holder string) (*Lease, error) {
	return Acquire(ctx, s.store, "cluster/c1", holder, ttl, s.clock.now)
}

func (s *scene) mustAcquire(holder string) *Lease {
	s.Helper()
	taken, err := s.acquire(s.Context(), holder)
	if err != nil {
		s.Fatal(err)
	}
	return taken
}

// refused says whether the lease cannot be taken now.
func (s *scene) refused(holder string) bool {
	s.Helper()
	err := s.store.Update(s.Context(), func(tx *meta.Tx) error {
		_, err := take(tx, s.store, "cluster/c1", holder, ttl, s.clock.now)
		return errors.Join(err, errUndone)
	})
	if !errors.Is(err, errUndone) {
		s.Fatal(err)
	}
	held := errors.Is(err, errHeld)
	if free, err := Free(s.Context(), s.store, "cluster/c1", s.clock.now); err != nil || free == held {
		s.Errorf("it is free: %v, %v; held: %v", free, err, held)
	}
	return held
}

var errUndone = errors.New("only tried")

func (s *scene) settle(l *Lease) error {
	return s.store.Update(s.Context(), func(tx *meta.Tx) error { return Check(tx, l) })
}

func (s *scene) release(l *Lease) {
	s.Helper()
	if err := l.Release(s.Context()); err != nil {
		s.Error(err)
	}
}

func (s *scene) wantSettle(l *Lease, want error) {
	s.Helper()
	if err := s.settle(l); !errors.Is(err, want) {
		s.Errorf("settle: got %v, want %v", err, want)
	}
}

func TestLease(t *testing.T) {
	t.Parallel()
	t.Run("has_one_holder", func(t *testing.T) {
		t.Parallel()
		s := stage(t)
		taken := s.mustAcquire("first")
		if !s.refused("second") || !s.refused("first") {
			t.Error("the lease was given twice")
		}
		s.wantSettle(taken, nil)
		s.release(taken)
		if s.refused("second") {
			t.Error("a lease that was released is not given")
		}
		s.wantSettle(taken, ErrLost)
	})
	t.Run("is_of_one_name", func(t *testing.T) {
		t.Parallel()
		s := stage(t)
		s.mustAcquire("first")
		if _, err := Acquire(t.Context(), s.store, "cluster/c2", "second", ttl, s.clock.now); err != nil {
			t.Error(err)
		}
	})
	t.Run("is_taken_over_when_its_time_is_over", func(t *testing.T) {
		t.Parallel()
		s := stage(t)
		first := s.mustAcquire("first")
		s.clock.advance(ttl - time.Second)
		if !s.refused("second") {
			t.Error("it was taken over before its time was over")
		}
		s.clock.advance(time.Second)
		s.wantSettle(first, nil) // nobody has taken it over yet
		second := s.mustAcquire("second")
		if second.Generation() <= first.Generation() {
			t.Errorf("generation %d after %d", second.Generation(), first.Generation())
		}
		s.wantSettle(first, ErrLost)
		if err := first.Renew(t.Context()); !errors.Is(err, ErrLost) {
			t.Errorf("renew a lease that was taken over: %v", err)
		}
		s.release(first)
		s.wantSettle(second, nil)
	})
	t.Run("lasts_while_it_is_renewed", func(t *testing.T) {
		t.Parallel()
		s := stage(t)
		taken := s.mustAcquire("first")
		for range 3 {
			s.clock.advance(ttl - time.Second)
			if err := taken.Renew(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if !s.refused("second") {
			t.Error("a lease that is renewed was taken over")
		}
	})
	t.Run("has_a_greater_generation_after_a_release", func(t *testing.T) {
		t.Parallel()
		s := stage(t)
		last := int64(0)
		for range 3 {
			taken := s.mustAcquire("first")
			if taken.Generation() <= last {
				t.Errorf("generation %d after %d", taken.Generation(), last)
			}
			last = taken.Generation()
			s.release(taken)
		}
	})
	t.Run("ends_with_the_process", func(t *testing.T) {
		t.Parallel()
		s := stage(t)
		before := s.mustAcquire("first")
		s.close()
		s.open()
		after := s.mustAcquire("first")
		if after.Generation() <= before.Generation() {
			t.Errorf("generation %d after %d", after.Generation(), before.Generation())
		}
	})
	t.Run("is_taken_with_what_is_to_be_done", func(t *testing.T) {
		t.Parallel()
		s := stage(t)
		intend := func(outcome error) error {
			_, err := Acquire(t.Context(), s.store, "cluster/c1", "first", ttl, s.clock.now, func(tx *meta.Tx) error {
				_, err := intents.Insert(tx, meta.Key{ID: "try"}, intent{})
				return errors.Join(err, outcome)
			})
			return err
		}
		if err := intend(errUndone); !errors.Is(err, errUndone) || s.refused("second") {
			t.Errorf("what failed took the lease: %v", err)
		}
		if err := intend(nil); err != nil || !s.refused("second") {
			t.Errorf("the lease was not taken: %v", err)
		}
		err := s.store.View(t.Context(), func(tx *meta.Tx) error { _, err := intents.Find(tx, meta.Key{ID: "try"}); return err })
		if err != nil {
			t.Error(err)
		}
	})
	t.Run("ends_with_the_transaction_that_settles", func(t *testing.T) {
		t.Parallel()
		s := stage(t)
		taken := s.mustAcquire("first")
		err := s.store.Update(t.Context(), func(tx *meta.Tx) error { return errors.Join(End(tx, taken), errUndone) })
		if !errors.Is(err, errUndone) || !s.refused("second") {
			t.Errorf("a transaction that failed ended the lease: %v", err)
		}
		if err := s.store.Update(t.Context(), func(tx *meta.Tx) error { return End(tx, taken) }); err != nil {
			t.Fatal(err)
		}
		if s.refused("second") {
			t.Error("the lease did not end")
		}
		s.release(taken) // has nothing left to do
	})
}

func TestAcquireWaits(t *testing.T) {
	t.Parallel()
	t.Run("for_a_release", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := stage(t)
			first := s.mustAcquire("first")
			var second *Lease
			done := make(chan struct{})
			go func() { defer close(done); second = s.mustAcquire("second") }()
			synctest.Wait()
			began := time.Now()
			s.release(first)
			<-done
			if waited := time.Since(began); waited != 0 {
				t.Errorf("it waited for %s after the release", waited)
			}
			s.wantSettle(second, nil)
			s.release(second)
		})
	})
	t.Run("for_the_end_of_a_holder_that_says_nothing", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := stage(t)
			first := s.mustAcquire("first")
			done := make(chan struct{})
			go func() { defer close(done); s.mustAcquire("second") }()
			synctest.Wait()
			s.clock.advance(ttl)
			<-done
			s.wantSettle(first, ErrLost)
		})
	})
	t.Run("no_longer_than_its_context", func(t *testing.T) {
		t.Parallel()
		s := stage(t)
		s.mustAcquire("first")
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.acquire(ctx, "second"); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want its context's end", err)
		}
	})
	t.Run("in_a_crowd", func(t *testing.T) {
		t.Parallel()
		s := stage(t)
		var inside atomic.Int32
		var crowd sync.WaitGroup
		for _, holder := range []string{"first", "second", "first", "second", "first", "second"} {
			crowd.Go(func() {
				for range 5 {
					taken, err := s.acquire(t.Context(), holder)
					if err != nil {
						t.Error(err)
						return
					}
					if others := inside.Add(1) - 1; others != 0 {
						t.Errorf("%d others held the lease", others)
					}
					s.wantSettle(taken, nil)
					inside.Add(-1)
					s.release(taken)
				}
			})
		}
		crowd.Wait()
	})
}

func TestKeep(t *testing.T) {
	t.Parallel()
	t.Run("renews", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := stage(t)
			taken := s.mustAcquire("first")
			held, stop := taken.Keep(t.Context())
			for range 10 {
				s.clock.advance(ttl / 3)
				time.Sleep(ttl / 3)
				synctest.Wait()
			}
			if !s.refused("second") || held.Err() != nil {
				t.Errorf("a lease that is kept was lost: %v", held.Err())
			}
			stop()
		})
	})
	t.Run("ends_what_is_done_under_a_lost_lease", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := stage(t)
			taken := s.mustAcquire("first")
			held, stop := taken.Keep(t.Context())
			defer stop()
			other, err := s.store.Replica()
			if err != nil {
				t.Fatal(err)
			}
			defer other.Close()
			s.clock.advance(ttl)
			if _, err := Acquire(t.Context(), other, "cluster/c1", "second", ttl, s.clock.now); err != nil {
				t.Fatal(err)
			}
			<-held.Done()
			if cause := context.Cause(held); !errors.Is(cause, ErrLost) {
				t.Errorf("ended by %v, want ErrLost", cause)
			}
		})
	})
}

// intent is what a holder notes with the lease.
type intent struct{}

var intents = meta.Records[intent]{Kind: "intent"}

func BenchmarkAcquire(b *testing.B) {
	store, err := meta.Open(b.Context(), meta.Config{Path: filepath.Join(b.TempDir(), "meta.db"), Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	for b.Loop() {
		taken, err := Acquire(b.Context(), store, "cluster/c1", "first", ttl, time.Now)
		if err != nil {
			b.Fatal(err)
		}
		if err := taken.Release(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

func TestAMovedClockEndsNoLeaseThatIsKept(t *testing.T) {
	t.Parallel()
	clock := time.Unix(0, 0)
	now := func() time.Time { return clock }
	store, err := meta.Open(t.Context(), meta.Config{Path: filepath.Join(t.TempDir(), "meta.db"), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	taken, err := Acquire(t.Context(), store, "sales", "one", time.Minute, now)
	if err != nil {
		t.Fatal(err)
	}
	_, stop := taken.Keep(t.Context())
	clock = clock.Add(time.Hour)
	soon, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := Acquire(soon, store, "sales", "one", time.Minute, now); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v while the lease is kept", err)
	}
	stop()
	again, err := Acquire(t.Context(), store, "sales", "one", time.Minute, now)
	if err != nil || again.Generation() <= taken.Generation() {
		t.Errorf("got %v, %v after its end", again, err)
	}
}
