package workflow_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sync/semaphore"

	"slipher/internal/meta"
	"slipher/internal/meta/lease"
	"slipher/internal/warehouse/workflow"
)

type job struct {
	Tries int
	State string
}

var jobs = meta.Records[job]{Kind: "job"}

var key = meta.Key{ID: "one"}

// scene is a store with one record that is to be worked.
type scene struct {
	t      *testing.T
	store  *meta.Store
	leases workflow.Leases
}

func newScene(t *testing.T) scene {
	t.Helper()
	now := func() time.Time { return time.Unix(0, 0) }
	store, err := meta.Open(t.Context(), meta.Config{Path: filepath.Join(t.TempDir(), "meta.db"), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	s := scene{t, store, workflow.Leases{Store: store, Now: now, Log: slog.New(slog.DiscardHandler)}}
	s.update(func(tx *meta.Tx) error { _, err := jobs.Insert(tx, key, job{State: "todo"}); return err })
	return s
}

func (s scene) update(change func(tx *meta.Tx) error) {
	s.t.Helper()
	if err := s.store.Update(s.t.Context(), change); err != nil {
		s.t.Error(err)
	}
}

func (s scene) is() (now job) {
	s.update(func(tx *meta.Tx) error {
		record, err := jobs.Find(tx, key)
		now = record.Body
		return meta.IgnoreNotFound(err)
	})
	return now
}

func working(act func(ctx context.Context) error) workflow.Workflow[job] {
	return workflow.Workflow[job]{
		Records: jobs,
		Begin: func(tx *meta.Tx) (meta.Record[job], bool, error) {
			record, err := jobs.Find(tx, key)
			if err != nil || record.Body.State != "todo" {
				return record, false, meta.IgnoreNotFound(err)
			}
			record.Body.Tries++
			return record, true, jobs.Put(tx, record)
		},
		Act: func(ctx context.Context, _ meta.Record[job]) (workflow.Change[job], error) {
			return func(_ *meta.Tx, record *meta.Record[job]) error { record.Body.State = "done"; return nil }, act(ctx)
		},
		Same: func(worked, now job) bool { return worked == now },
		Fail: func(_ *meta.Tx, record *meta.Record[job], cause error) (workflow.Verdict, error) {
			if !errors.Is(cause, errHopeless) {
				return workflow.Again, nil
			}
			record.Body.State = "failed"
			return workflow.ForGood, nil
		},
	}
}

var (
	errHopeless = errors.New("hopeless")
	errNow      = errors.New("not now")
)

func TestRun(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	run := func(cause error) (bool, error) {
		return working(func(context.Context) error {
			if got := s.is(); got.State != "todo" || got.Tries == 0 {
				t.Errorf("the try is made before it is noted: %+v", got)
			}
			return cause
		}).Run(t.Context(), s.leases, "one")
	}
	if found, err := run(errNow); !found || !errors.Is(err, errNow) {
		t.Errorf("got %v, %v", found, err)
	}
	if found, err := run(nil); !found || err != nil {
		t.Errorf("got %v, %v", found, err)
	}
	if got := s.is(); got != (job{Tries: 2, State: "done"}) {
		t.Errorf("got %+v", got)
	}
	if found, err := run(nil); found || err != nil {
		t.Errorf("got %v, %v where nothing is to be done", found, err)
	}
}

func TestFailsForGood(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	_, err := working(func(context.Context) error { return errHopeless }).Run(t.Context(), s.leases, "one")
	if got := s.is(); got.State != "failed" || !errors.Is(err, errHopeless) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestSettlesOnlyTheSameTry(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	_, err := working(func(context.Context) error {
		s.update(func(tx *meta.Tx) error {
			record, err := jobs.Find(tx, key)
			record.Body.State = "cancelled"
			return errors.Join(err, jobs.Put(tx, record))
		})
		return nil
	}).Run(t.Context(), s.leases, "one")
	if got := s.is(); got.State != "cancelled" || err != nil {
		t.Errorf("got %+v, %v", got, err)
	}
}

// TestALateEndIsRefused has another control plane take the lease over while the first still works.
func TestALateEndIsRefused(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	other, err := s.store.Replica()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	later := func() time.Time { return time.Unix(3600, 0) }
	_, err = working(func(context.Context) error {
		_, err := workflow.Workflow[job]{
			Records: jobs,
			Begin: func(tx *meta.Tx) (meta.Record[job], bool, error) {
				record, err := jobs.Find(tx, key)
				return record, true, err
			},
			Act: func(context.Context, meta.Record[job]) (workflow.Change[job], error) {
				return func(*meta.Tx, *meta.Record[job]) error { return nil }, nil
			},
			Same: func(job, job) bool { return true },
		}.Run(t.Context(), workflow.Leases{Store: other, Now: later, Log: s.leases.Log}, "one")
		return err
	}).Run(t.Context(), s.leases, "one")
	if got := s.is(); got.State != "todo" || !errors.Is(err, lease.ErrLost) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestOneAtATime(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	began, go2 := make(chan struct{}), make(chan struct{})
	first := make(chan error, 1)
	go func() {
		_, err := working(func(context.Context) error { close(began); <-go2; return nil }).Run(t.Context(), s.leases, "one")
		first <- err
	}()
	<-began
	soon, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := working(func(context.Context) error { t.Error("two at a time"); return nil }).Run(soon, s.leases, "one"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	close(go2)
	if err := <-first; err != nil {
		t.Error(err)
	}
}

// A try that finds no place is not noted until it has one, and nothing keeps a place behind it.
func TestPlaces(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	work := working(func(context.Context) error { return nil })
	work.Places = semaphore.NewWeighted(1)
	if err := work.Places.Acquire(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { _, err := work.Run(t.Context(), s.leases, "one"); ended <- err }()
	for held := false; !held; {
		free, err := s.leases.Free(t.Context(), "one")
		if err != nil {
			t.Fatal(err)
		}
		held = !free
	}
	if now := s.is(); now.Tries != 0 {
		t.Errorf("a try was noted that waits: %+v", now)
	}
	work.Places.Release(1)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if now := s.is(); now.Tries != 1 {
		t.Errorf("the record is %+v", now)
	}
	if !work.Places.TryAcquire(1) {
		t.Error("the place was not given back")
	}
}
