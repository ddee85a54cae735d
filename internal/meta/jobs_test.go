package meta

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// The jobs of these tests.
type greet struct{ Name string }

func (greet) Kind() string { return "greet" }

type wave struct{}

func (wave) Kind() string { return "wave" }

// run works the store's jobs until stop is called or the test ends, and waits for them.
func run(t testing.TB, store *Store) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- store.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

func enqueue(t testing.TB, store *Store, options EnqueueOptions, jobs ...Job) {
	t.Helper()
	update(t, store, func(tx *Tx) error {
		for _, job := range jobs {
			if err := tx.Enqueue(job, options); err != nil {
				return err
			}
		}
		return nil
	})
}

// jobs answers what the table of jobs holds, by id.
func jobs(t testing.TB, store *Store) (found []string) {
	t.Helper()
	view(t, store, func(tx *Tx) error {
		rows, err := tx.query(`SELECT kind, json(args), state, attempt FROM river_job ORDER BY id`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var kind, args, state string
			var attempt int
			if err := rows.Scan(&kind, &args, &state, &attempt); err != nil {
				return err
			}
			found = append(found, fmt.Sprintf("%s %s %s %d", kind, args, state, attempt))
		}
		return rows.Err()
	})
	return found
}

func wantJobs(t testing.TB, store *Store, want ...string) {
	t.Helper()
	if got := jobs(t, store); !slices.Equal(got, want) {
		t.Errorf("jobs: got %q, want %q", got, want)
	}
}

// A hand moves the clock of a test.
type hand struct {
	mu    sync.Mutex
	now   time.Time
	moved func()
}

func noon() *hand { return &hand{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (h *hand) read() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *hand) move(by time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(by)
	if h.moved != nil {
		h.moved()
	}
}

func openBy(t testing.TB, clock *hand) *Store {
	t.Helper()
	store := openWith(t, Config{Path: filepath.Join(t.TempDir(), "meta.db"), Now: clock.read})
	clock.moved = store.Wake
	return store
}

func TestEnqueue(t *testing.T) {
	t.Parallel()
	t.Run("runs_each_job_with_its_arguments", func(t *testing.T) {
		t.Parallel()
		store := open(t)
		ran := make(chan string, 3)
		Handle(store, func(_ context.Context, job greet) error { ran <- job.Name; return nil })
		Handle(store, func(context.Context, wave) error { ran <- "(waves)"; return nil })
		stop := run(t, store)
		enqueue(t, store, EnqueueOptions{}, greet{"Ada"}, greet{"Ada"}, wave{})
		got := []string{<-ran, <-ran, <-ran}
		if slices.Sort(got); !slices.Equal(got, []string{"(waves)", "Ada", "Ada"}) {
			t.Errorf("got %q", got)
		}
		stop()
		wantJobs(t, store)
	})
	t.Run("is_undone_with_its_transaction", func(t *testing.T) {
		t.Parallel()
		store := open(t)
		refusal := errors.New("refused")
		err := store.Update(t.Context(), func(tx *Tx) error {
			return errors.Join(tx.Enqueue(greet{}, EnqueueOptions{}), refusal)
		})
		if !errors.Is(err, refusal) {
			t.Fatal(err)
		}
		wantJobs(t, store)
	})
	t.Run("does_not_wait_for_a_poll", func(t *testing.T) {
		t.Parallel()
		store := open(t)
		store.rest = time.Hour
		ran := make(chan struct{})
		Handle(store, func(context.Context, greet) error { ran <- struct{}{}; return nil })
		run(t, store)
		for range 30 {
			enqueue(t, store, EnqueueOptions{}, greet{})
			<-ran
		}
	})
	t.Run("waits_for_its_time", func(t *testing.T) {
		t.Parallel()
		clock := noon()
		store := openBy(t, clock)
		ran := make(chan time.Time)
		Handle(store, func(context.Context, greet) error { ran <- clock.read(); return nil })
		Handle(store, func(context.Context, wave) error { ran <- time.Time{}; return nil })
		run(t, store)
		due := clock.read().Add(time.Hour)
		enqueue(t, store, EnqueueOptions{At: due}, greet{})
		enqueue(t, store, EnqueueOptions{}, wave{})
		if first := <-ran; !first.IsZero() {
			t.Errorf("the job of the future ran at %v, before the one of the present", first)
		}
		clock.move(time.Hour)
		if at := <-ran; at.Before(due) {
			t.Errorf("ran at %v, want not before %v", at, due)
		}
	})
	t.Run("keeps_what_no_handler_knows", func(t *testing.T) {
		t.Parallel()
		store := open(t)
		ran := make(chan struct{})
		Handle(store, func(context.Context, greet) error { ran <- struct{}{}; return nil })
		stop := run(t, store)
		enqueue(t, store, EnqueueOptions{}, wave{}, greet{})
		<-ran
		stop()
		wantJobs(t, store, "wave {} available 0")
	})
}

func TestUnique(t *testing.T) {
	t.Parallel()
	unique := EnqueueOptions{Unique: true}
	t.Run("adds_no_equal_job_while_one_waits", func(t *testing.T) {
		t.Parallel()
		store := open(t)
		enqueue(t, store, unique, greet{"Ada"}, greet{"Bob"}, greet{"Ada"}, wave{})
		enqueue(t, store, unique, greet{"Ada"}, wave{})
		wantJobs(t, store, `greet {"Name":"Ada"} available 0`, `greet {"Name":"Bob"} available 0`, `wave {} available 0`)
	})
	t.Run("runs_once_more_when_asked_for_while_running", func(t *testing.T) {
		t.Parallel()
		store := open(t)
		var running atomic.Int32
		started, release := make(chan struct{}), make(chan struct{})
		Handle(store, func(context.Context, greet) error {
			if running.Add(1) > 1 {
				t.Error("two equal unique jobs run side by side")
			}
			defer running.Add(-1)
			started <- struct{}{}
			<-release
			return nil
		})
		stop := run(t, store)
		enqueue(t, store, unique, greet{})
		<-started
		enqueue(t, store, unique, greet{}, greet{})
		enqueue(t, store, unique, greet{})
		release <- struct{}{}
		<-started
		release <- struct{}{}
		stop()
		wantJobs(t, store)
	})
	t.Run("runs_for_every_request_that_came_after_a_look_at_the_state", func(t *testing.T) {
		t.Parallel()
		store := open(t)
		var wanted, seen atomic.Int32
		reached := make(chan struct{})
		const requests = 100
		Handle(store, func(context.Context, greet) error {
			if seen.Store(wanted.Load()); seen.Load() == requests {
				close(reached)
			}
			return nil
		})
		run(t, store)
		for range requests {
			wanted.Add(1)
			enqueue(t, store, unique, greet{})
		}
		<-reached // a lost request would leave the last look before the last request
	})
	t.Run("moves_to_the_earlier_time", func(t *testing.T) {
		t.Parallel()
		clock := noon()
		store := openBy(t, clock)
		ran := make(chan time.Time)
		Handle(store, func(context.Context, greet) error { ran <- clock.read(); return nil })
		stop := run(t, store)
		soon, late := clock.read().Add(time.Minute), clock.read().Add(time.Hour)
		enqueue(t, store, EnqueueOptions{Unique: true, At: late}, greet{})
		enqueue(t, store, EnqueueOptions{Unique: true, At: soon}, greet{})
		enqueue(t, store, EnqueueOptions{Unique: true, At: late}, greet{})
		wantJobs(t, store, `greet {"Name":""} available 0`)
		clock.move(time.Minute)
		if at := <-ran; !at.Equal(soon) {
			t.Errorf("ran at %v, want %v", at, soon)
		}
		enqueue(t, store, EnqueueOptions{Unique: true, At: late}, greet{})
		enqueue(t, store, unique, greet{})
		<-ran
		stop()
		wantJobs(t, store)
	})
	t.Run("runs_again_at_the_time_asked_for_while_running", func(t *testing.T) {
		t.Parallel()
		clock := noon()
		store := openBy(t, clock)
		ran, release := make(chan time.Time), make(chan struct{})
		Handle(store, func(context.Context, greet) error { ran <- clock.read(); <-release; return nil })
		run(t, store)
		enqueue(t, store, unique, greet{})
		<-ran
		soon := clock.read().Add(time.Minute)
		enqueue(t, store, EnqueueOptions{Unique: true, At: soon.Add(time.Hour)}, greet{})
		enqueue(t, store, EnqueueOptions{Unique: true, At: soon}, greet{})
		release <- struct{}{}
		clock.move(time.Minute)
		if at := <-ran; !at.Equal(soon) {
			t.Errorf("ran again at %v, want %v", at, soon)
		}
		close(release)
	})
}

func TestPause(t *testing.T) {
	t.Parallel()
	for failures, want := range map[int]time.Duration{
		1:    100 * time.Millisecond,
		2:    200 * time.Millisecond,
		3:    400 * time.Millisecond,
		9:    25600 * time.Millisecond,
		10:   30 * time.Second,
		9999: 30 * time.Second,
	} {
		if got := pause(failures); got != want {
			t.Errorf("after %d failures: got %v, want %v", failures, got, want)
		}
	}
}

func TestFailure(t *testing.T) {
	t.Parallel()
	t.Run("is_retried_later_and_later", func(t *testing.T) {
		t.Parallel()
		clock := noon()
		store := openBy(t, clock)
		ran := make(chan time.Time)
		Handle(store, func(context.Context, greet) error {
			ran <- clock.read()
			return errors.New("not yet")
		})
		stop := run(t, store)
		enqueue(t, store, EnqueueOptions{Unique: true}, greet{})
		last := <-ran
		for failures := range 12 {
			want := pause(failures + 1)
			settled(t, store)
			clock.move(want - time.Millisecond)
			if due := due(t, store); due.Sub(last) != want {
				t.Errorf("after %d failures: due after %v, want %v", failures+1, due.Sub(last), want)
			}
			clock.move(time.Millisecond)
			last = <-ran
		}
		stop()
	})
	t.Run("may_be_a_panic", func(t *testing.T) {
		t.Parallel()
		var log bytes.Buffer
		clock := noon()
		store := openWith(t, Config{
			Path: filepath.Join(t.TempDir(), "meta.db"), Now: clock.read,
			Log: slog.New(slog.NewTextHandler(&log, nil)),
		})
		ran := make(chan struct{})
		var runs atomic.Int32
		Handle(store, func(context.Context, greet) error {
			defer func() { ran <- struct{}{} }()
			if runs.Add(1) == 1 {
				panic("a bug in the job")
			}
			return nil
		})
		stop := run(t, store)
		enqueue(t, store, EnqueueOptions{}, greet{})
		<-ran
		settled(t, store)
		clock.move(firstPause)
		<-ran
		stop()
		wantJobs(t, store)
		for _, want := range []string{"job failed", "a bug in the job", "jobs_test.go"} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("the log does not say %q: %s", want, log.String())
			}
		}
	})
	t.Run("ends_by_cancel", func(t *testing.T) {
		t.Parallel()
		var log bytes.Buffer
		store := openWith(t, Config{
			Path: filepath.Join(t.TempDir(), "meta.db"), Now: time.Now,
			Log: slog.New(slog.NewTextHandler(&log, nil)),
		})
		ran := make(chan struct{})
		reason := errors.New("the cluster is gone")
		Handle(store, func(context.Context, greet) error {
			defer close(ran)
			return fmt.Errorf("greet: %w", Cancel(reason))
		})
		stop := run(t, store)
		enqueue(t, store, EnqueueOptions{}, greet{})
		<-ran
		stop()
		wantJobs(t, store)
		if !strings.Contains(log.String(), "job given up") || !strings.Contains(log.String(), reason.Error()) {
			t.Errorf("the log does not say that and why: %s", log.String())
		}
		if !errors.Is(Cancel(reason), reason) {
			t.Error("Cancel hides its reason")
		}
	})
	t.Run("runs_at_once_when_asked_for_meanwhile", func(t *testing.T) {
		t.Parallel()
		clock := noon()
		store := openBy(t, clock)
		ran := make(chan struct{})
		Handle(store, func(context.Context, greet) error { ran <- struct{}{}; return errors.New("not yet") })
		run(t, store)
		enqueue(t, store, EnqueueOptions{Unique: true}, greet{})
		for range 5 {
			<-ran
			settled(t, store)
			enqueue(t, store, EnqueueOptions{Unique: true}, greet{}) // the clock stands still
		}
		<-ran
	})
}

// settled waits until no job is running. Every outcome is a commit, so each try sees the next state.
func settled(t testing.TB, store *Store) {
	t.Helper()
	for slices.ContainsFunc(jobs(t, store), func(job string) bool { return strings.Contains(job, "running") }) {
		if t.Context().Err() != nil {
			t.Fatal("a job does not settle")
		}
	}
}

// due answers when the only job may run.
func due(t testing.TB, store *Store) (due time.Time) {
	t.Helper()
	view(t, store, func(tx *Tx) error {
		return tx.queryRow(`SELECT scheduled_at FROM river_job`).Scan(&due)
	})
	return due
}

func TestRun(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		outcome func(ctx context.Context) error
		left    []string
	}{
		"keeps_a_job_interrupted_by_its_end":       {context.Context.Err, []string{`greet {"Name":""} available 0`}},
		"keeps_a_job_that_fails_of_its_end":        {func(context.Context) error { return errors.New("killed") }, []string{`greet {"Name":""} available 0`}},
		"completes_a_job_that_finishes_at_its_end": {func(context.Context) error { return nil }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := open(t)
			started := make(chan struct{}, 2)
			Handle(store, func(ctx context.Context, _ greet) error {
				started <- struct{}{}
				<-ctx.Done()
				return test.outcome(ctx)
			})
			stop := run(t, store)
			enqueue(t, store, EnqueueOptions{}, greet{})
			<-started
			stop()
			wantJobs(t, store, test.left...)
			if test.left != nil {
				stop = run(t, store)
				<-started
				stop()
			}
		})
	}
	t.Run("adopts_what_a_killed_process_left_running", func(t *testing.T) {
		t.Parallel()
		store := open(t)
		ran := make(chan struct{})
		Handle(store, func(context.Context, greet) error { ran <- struct{}{}; return nil })
		enqueue(t, store, EnqueueOptions{}, greet{})
		if _, err := store.writer.Exec(`UPDATE river_job SET state = 'running', attempt = 1`); err != nil {
			t.Fatal(err)
		}
		stop := run(t, store)
		<-ran
		stop()
		wantJobs(t, store)
	})
	t.Run("lets_many_jobs_update_at_once", func(t *testing.T) {
		t.Parallel()
		store := open(t)
		const crowd = 40
		var all sync.WaitGroup
		all.Add(crowd)
		together := make(chan struct{})
		Handle(store, func(ctx context.Context, job greet) error {
			all.Done()
			<-together
			return store.Update(ctx, insert(Key{ID: job.Name}, fruit{}))
		})
		stop := run(t, store)
		for i := range crowd {
			enqueue(t, store, EnqueueOptions{}, greet{fmt.Sprint(i)})
		}
		all.Wait()
		close(together)
		for len(jobs(t, store)) > 0 {
			settled(t, store)
		}
		stop()
		view(t, store, func(tx *Tx) error {
			if count, err := fruits.Count(tx, Query{}); err != nil || count != crowd {
				t.Errorf("got %d records, %v, want %d", count, err, crowd)
			}
			return nil
		})
	})
}

func TestJobs(t *testing.T) {
	t.Parallel()
	store := open(t)
	want := func(running int, next time.Time) {
		t.Helper()
		gotRunning, gotNext, err := store.Jobs(t.Context())
		if err != nil || gotRunning != running || !gotNext.Equal(next) {
			t.Errorf("got %d running, the next at %v (%v); want %d and %v", gotRunning, gotNext, err, running, next)
		}
	}
	want(0, time.Time{})
	at := store.now().Add(time.Hour).UTC().Truncate(time.Second)
	enqueue(t, store, EnqueueOptions{At: at.Add(time.Hour)}, greet{"late"})
	enqueue(t, store, EnqueueOptions{At: at}, greet{"early"})
	want(0, at)
	began, end := make(chan struct{}), make(chan struct{})
	Handle(store, func(context.Context, wave) error { close(began); <-end; return nil })
	enqueue(t, store, EnqueueOptions{}, wave{})
	run(t, store)
	<-began
	want(1, at)
	close(end)
}
