package meta

import (
	"context"
	"testing"
	"time"
)

type greet struct{ Name string }

func (greet) Kind() string { return "greet" }

// run works the store's jobs until the test ends or stop is called, which waits for them.
func run(t testing.TB, store *Store) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- store.Run(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	}
	t.Cleanup(stop)
	return stop
}

func TestLatency(t *testing.T) {
	store := open(t)
	ran := make(chan time.Time, 1)
	Handle(store, func(ctx context.Context, job greet) error {
		ran <- time.Now()
		return nil
	})
	a := time.Now()
	stop := run(t, store)
	for range 20 {
		update(t, store, func(tx *Tx) error { return tx.Enqueue(greet{"world"}, EnqueueOptions{Unique: true}) })
		began := time.Now()
		t.Log((<-ran).Sub(began), time.Since(a))
	}
	a = time.Now()
	stop()
	t.Log("stop", time.Since(a))
}
