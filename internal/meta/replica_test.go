package meta

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"
)

// openTwo opens the places of two control planes at one database, whose clock wakes neither.
func openTwo(t *testing.T) (clock *hand, first, second *Store) {
	t.Helper()
	clock = noon()
	first = openWith(t, Config{Path: filepath.Join(t.TempDir(), "meta.db"), Now: clock.read})
	second, err := first.Replica()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := second.Close(); err != nil {
			t.Error(err)
		}
	})
	return clock, first, second
}

// TestRestingReplica has nothing to do, signs off, and wakes up for each kind of work.
func TestRestingReplica(t *testing.T) {
	t.Parallel()
	clock, idle, other := openTwo(t)
	idle.renew, idle.rest = 5*time.Millisecond, 5*time.Millisecond
	ran := make(chan string, 1)
	Handle(idle, func(_ context.Context, job greet) error { ran <- job.Name; return nil })
	run(t, idle)
	for _, work := range []struct {
		name  string
		begin func()
	}{
		{"its own", func() { enqueue(t, idle, EnqueueOptions{}, greet{"its own"}) }},
		{"unheard of", func() {
			update(t, other, func(tx *Tx) error {
				err := tx.Enqueue(greet{"unheard of"}, EnqueueOptions{})
				tx.ring = false // as of a control plane in another process
				return err
			})
		}},
		{"of a time", func() {
			enqueue(t, idle, EnqueueOptions{At: clock.read().Add(time.Hour)}, greet{"of a time"})
			awaitRest(t, other)
			clock.move(time.Hour)
		}},
		{"of one that died", func() {
			update(t, other, func(tx *Tx) error {
				if err := tx.Enqueue(greet{"of one that died"}, EnqueueOptions{}); err != nil {
					return err
				}
				tx.ring = false
				if _, err := tx.exec(`UPDATE river_job SET state = 'running', attempt = 1, attempted_by = '["gone"]'`); err != nil {
					return err
				}
				_, err := replicas.Insert(tx, Key{ID: "gone"}, replica{})
				return err
			})
		}},
	} {
		awaitRest(t, other)
		work.begin()
		if got := <-ran; got != work.name {
			t.Errorf("job %q ran in the place of %q", got, work.name)
		}
	}
}

// awaitRest waits until no control plane works jobs.
func awaitRest(t *testing.T, store *Store) {
	t.Helper()
	for working := true; working; {
		err := store.View(t.Context(), func(tx *Tx) error {
			all, err := replicas.List(tx, Query{})
			working = len(all) > 0
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestReplicas(t *testing.T) {
	t.Parallel()
	t.Run("run_each_job_once", func(t *testing.T) {
		t.Parallel()
		const jobs = 60
		_, first, second := openTwo(t)
		var ran sync.Map
		var runs atomic.Int64
		begun, goOn, done := make(chan struct{}, jobs), make(chan struct{}), make(chan struct{})
		for _, store := range []*Store{first, second} {
			Handle(store, func(_ context.Context, job greet) error {
				begun <- struct{}{}
				<-goOn
				if _, again := ran.LoadOrStore(job.Name, true); again {
					t.Errorf("%s was run twice", job.Name)
				}
				if runs.Add(1) == jobs {
					close(done)
				}
				return nil
			})
		}
		run(t, first)
		enqueue(t, first, EnqueueOptions{}, greet{"0"})
		<-begun // it runs in the first while the second starts
		run(t, second)
		for i := range jobs - 1 {
			enqueue(t, first, EnqueueOptions{Unique: i%2 == 0}, greet{fmt.Sprint(i + 1)})
		}
		close(goOn)
		<-done
	})
	t.Run("take_over_the_jobs_of_one_that_is_not_heard_of", func(t *testing.T) {
		t.Parallel()
		clock, first, second := openTwo(t)
		gone := take(t, first, first.name+".99")
		taken := make(chan time.Time, 1)
		Handle(second, func(context.Context, greet) error { taken <- clock.read(); return nil })
		Handle(second, func(context.Context, wave) error { taken <- time.Time{}; return nil })
		run(t, second)
		clock.move(replicaLives - time.Second)
		second.Wake()
		enqueue(t, first, EnqueueOptions{}, wave{})
		if early := <-taken; !early.IsZero() {
			t.Errorf("the job was taken over at %v already", early)
		}
		clock.move(time.Second)
		second.Wake()
		if at := <-taken; at.Before(gone) {
			t.Errorf("the job was taken over at %v, while its holder lived until %v", at, gone)
		}
	})
	t.Run("settle_no_job_that_was_taken_over", func(t *testing.T) {
		t.Parallel()
		clock, first, second := openTwo(t)
		late, after, settled := make(chan struct{}), make(chan struct{}), make(chan struct{})
		Handle(first, func(context.Context, greet) error { late <- struct{}{}; <-late; return Cancel(fmt.Errorf("too late")) })
		Handle(second, func(context.Context, greet) error { after <- struct{}{}; <-after; return nil })
		Handle(second, func(context.Context, wave) error { close(settled); return nil })
		stop := run(t, first)
		enqueue(t, first, EnqueueOptions{}, greet{"Ada"})
		<-late
		run(t, second)
		clock.move(replicaLives)
		second.Wake()
		<-after
		late <- struct{}{}
		stop() // waits for the outcome of the late run
		wantJobs(t, second, `greet {"Name":"Ada"} running 2`)
		after <- struct{}{}
		enqueue(t, second, EnqueueOptions{}, wave{})
		<-settled
		for len(jobs(t, second)) > 0 {
			<-second.Changed()
		}
	})
	t.Run("begin_again_after_they_were_taken_for_dead", func(t *testing.T) {
		t.Parallel()
		_, first, _ := openTwo(t)
		ran := make(chan struct{})
		Handle(first, func(context.Context, greet) error { ran <- struct{}{}; return nil })
		run(t, first)
		enqueue(t, first, EnqueueOptions{}, greet{})
		<-ran
		update(t, first, func(tx *Tx) error { return replicas.Delete(tx, Key{ID: first.name + ".1"}) })
		first.Wake()
		enqueue(t, first, EnqueueOptions{}, greet{})
		<-ran
	})
	t.Run("keep_the_database_open_for_each_other", func(t *testing.T) {
		t.Parallel()
		first := open(t)
		second, err := first.Replica()
		if err != nil {
			t.Fatal(err)
		}
		update(t, second, insert(apple(), fruit{}))
		if err := second.Close(); err != nil {
			t.Fatal(err)
		}
		wantFruit(t, first, apple(), nil)
		if first.Name() == second.Name() {
			t.Errorf("both are called %s", first.Name())
		}
	})
}

// take has a job run by a replica that says nothing any more, and answers for how long others have to believe that it lives.
func take(t *testing.T, store *Store, name string) time.Time {
	t.Helper()
	enqueue(t, store, EnqueueOptions{}, greet{"Ada"})
	lives := store.now().Add(replicaLives)
	update(t, store, func(tx *Tx) error {
		_, err := replicas.Insert(tx, Key{ID: name}, replica{Expires: lives})
		return err
	})
	if got := fetch(t, store, name); len(got.Jobs) != 1 {
		t.Fatalf("%d jobs were taken, want 1", len(got.Jobs))
	}
	return lives
}

func fetch(t *testing.T, store *Store, replica string) *riverdriver.JobGetAvailableResult {
	t.Helper()
	now := store.now()
	got, err := store.driver(replica).GetExecutor().JobGetAvailable(t.Context(), &riverdriver.JobGetAvailableParams{
		ClientID: replica, MaxAttemptedBy: 10, MaxToLock: 10, Now: &now, Queue: "default",
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestFence(t *testing.T) {
	t.Parallel()
	t.Run("gives_nothing_to_the_dead", func(t *testing.T) {
		t.Parallel()
		store := open(t)
		enqueue(t, store, EnqueueOptions{}, greet{})
		if got := fetch(t, store, "gone"); len(got.Jobs) != 0 {
			t.Errorf("%d jobs were given to a replica that nobody knows", len(got.Jobs))
		}
		wantJobs(t, store, `greet {"Name":""} available 0`)
	})
	t.Run("ends_only_what_is_its_own", func(t *testing.T) {
		t.Parallel()
		store := open(t)
		take(t, store, "first")
		end := func(replica string) {
			access := &fence{Executor: riversqlite.New(store.writer).GetExecutor(), replica: replica}
			params := riverdriver.JobSetStateCompleted(1, store.now(), nil)
			_, err := access.JobSetStateIfRunningMany(t.Context(), &riverdriver.JobSetStateIfRunningManyParams{
				ID: []int64{1}, Attempt: []*int{params.Attempt}, ErrData: [][]byte{nil}, FinalizedAt: []*time.Time{params.FinalizedAt},
				MetadataDoMerge: []bool{false}, MetadataUpdates: [][]byte{nil}, ScheduledAt: []*time.Time{nil}, State: []rivertype.JobState{params.State},
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		end("second")
		wantJobs(t, store, `greet {"Name":"Ada"} running 1`)
		end("first")
		wantJobs(t, store, `greet {"Name":"Ada"} completed 1`)
	})
}
