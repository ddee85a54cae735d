package vault_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"slipher/internal/vault"
	"slipher/internal/vault/store"
	"slipher/internal/vault/store/blobtest"
)

// In these tests the clock moves only when everything waits for it, so a wait of ten minutes takes no time.

const patience = 10 * time.Minute

// pinned lists the pins of the scope.
func pinned(t *testing.T, v vault.Vault) []store.Object {
	t.Helper()
	return list(t, v, "pins")
}

// slow lets the first operation of a kind on a folder of the scope take so long, before it takes effect.
func slow(bucket store.Bucket, kind, folder string, pause time.Duration) *blobtest.Faulty {
	var once sync.Once
	return &blobtest.Faulty{Bucket: bucket, Before: func(op blobtest.Op) {
		if op.Kind == kind && strings.Contains(op.Key, "/"+folder+"/") {
			once.Do(func() { time.Sleep(pause) })
		}
	}}
}

// dies leaves the pin of a sweep that was killed.
func dies(t *testing.T, v vault.Vault) {
	t.Helper()
	dying := v
	dying.Bucket = &blobtest.Faulty{Bucket: v.Bucket, Fault: func(op blobtest.Op) blobtest.Fault {
		if op.Number < 2 { // it looks at its own pin, and writes it
			return blobtest.Works
		}
		return blobtest.Refused
	}}
	if _, err := dying.Sweep(t.Context(), keeping()); !errors.Is(err, blobtest.ErrInjected) {
		t.Fatalf("got %v", err)
	}
	if len(pinned(t, v)) != 1 {
		t.Fatalf("pins: %v", pinned(t, v))
	}
}

func TestPins(t *testing.T) {
	t.Parallel()
	first, second := contents{"a": random(t, 6*blockSize)}, contents{"b": random(t, 6*blockSize)}
	run := func(name string, test func(*testing.T, vault.Vault)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				v := newVault(openBucket(t, "mem://"))
				v.Owner = vault.Owner{}
				save(t, v, "first", "", first)
				test(t, v)
				if left := pinned(t, v); len(left) > 0 {
					t.Errorf("pins left: %v", left)
				}
				checkRestores(t, v, "first", first)
			})
		})
	}
	begun := func(do func()) (ended chan struct{}) {
		ended = make(chan struct{})
		go func() {
			defer close(ended)
			do()
		}()
		synctest.Wait()
		return ended
	}

	run("a_save_waits_for_a_sweep_however_long_it_takes", func(t *testing.T, v vault.Vault) {
		save(t, v, "dead", "", second)
		ended := begun(func() {
			_, err := v.Sweep(t.Context(), func(context.Context) ([]string, error) {
				time.Sleep(5 * patience)
				return []string{"first", "second"}, nil
			})
			if !errors.Is(err, vault.ErrBusy) && err != nil {
				t.Error(err)
			}
		})
		began := time.Now()
		if saved := save(t, v, "second", "", second); saved.NewBlocks != 6 {
			t.Errorf("%d new blocks: it relied on what was swept", saved.NewBlocks)
		}
		<-ended
		if waited := time.Since(began); waited < 5*patience || waited > 5*patience+2*time.Second {
			t.Errorf("waited %s", waited)
		}
		checkRestores(t, v, "second", second)
	})
	run("a_sweep_gives_way_to_a_save", func(t *testing.T, v vault.Vault) {
		save(t, v, "dead", "", second)
		saver := v
		saver.Bucket = slow(v.Bucket, "put", "manifests", patience)
		ended := begun(func() { save(t, saver, "second", "", second) })
		before := len(objects(t, v.Bucket))
		if _, err := v.Sweep(t.Context(), keeping("first", "second")); !errors.Is(err, vault.ErrBusy) {
			t.Errorf("got %v, want ErrBusy", err)
		}
		if after := len(objects(t, v.Bucket)); after != before {
			t.Errorf("%d objects were %d", after, before)
		}
		<-ended
		if swept := sweep(t, v, "first", "second"); swept.Manifests != 1 {
			t.Errorf("got %+v", swept)
		}
		checkRestores(t, v, "second", second)
	})
	run("a_save_that_nobody_wants_has_no_say_and_fails", func(t *testing.T, v vault.Vault) {
		save(t, v, "dead", "", second)
		saver := v
		saver.Bucket = slow(v.Bucket, "put", "manifests", patience)
		ended := begun(func() {
			_, err := saver.Save(t.Context(), vault.SaveRequest{Manifest: "unwanted", Files: second.files()})
			if err == nil {
				t.Error("saved")
			}
		})
		sweep(t, v, "first")
		<-ended
		if _, err := v.Manifest(t.Context(), "unwanted"); !errors.Is(err, vault.ErrNotFound) {
			t.Errorf("its manifest: %v", err)
		}
	})
	run("sweeps_exclude_each_other", func(t *testing.T, v vault.Vault) {
		ended := begun(func() {
			_, err := v.Sweep(t.Context(), func(context.Context) ([]string, error) {
				time.Sleep(2 * patience)
				return []string{"first"}, nil
			})
			if err != nil {
				t.Error(err)
			}
		})
		began := time.Now()
		if _, err := v.Sweep(t.Context(), keeping("first")); !errors.Is(err, vault.ErrBusy) {
			t.Errorf("got %v, want ErrBusy", err)
		}
		if waited := time.Since(began); waited > patience/5 {
			t.Errorf("it took %s to see that the other one is alive", waited)
		}
		<-ended
	})
	run("a_save_outwaits_a_dead_sweep", func(t *testing.T, v vault.Vault) {
		dies(t, v)
		began := time.Now()
		save(t, v, "second", "", second)
		if waited := time.Since(began); waited < patience || waited > patience+3*time.Second {
			t.Errorf("waited %s", waited)
		}
	})
	run("a_sweep_outwaits_a_dead_one", func(t *testing.T, v vault.Vault) {
		dies(t, v)
		began := time.Now()
		sweep(t, v, "first")
		if waited := time.Since(began); waited < patience || waited > patience+3*time.Second {
			t.Errorf("waited %s", waited)
		}
	})
	run("an_owner_takes_over_at_once", func(t *testing.T, v vault.Vault) {
		v.Owner.Name = "control plane"
		dies(t, v)
		began := time.Now()
		sweep(t, v, "first")
		if waited := time.Since(began); waited > time.Second {
			t.Errorf("waited %s", waited)
		}
	})
	run("a_later_generation_takes_over", func(t *testing.T, v vault.Vault) {
		save(t, v, "dead", "", second)
		before := len(objects(t, v.Bucket))
		earlier, later := v, v
		earlier.Owner = vault.Owner{Name: "control plane", Generation: 7}
		later.Owner = vault.Owner{Name: "control plane", Generation: 8}
		_, err := earlier.Sweep(t.Context(), func(ctx context.Context) ([]string, error) {
			_, err := later.Sweep(ctx, func(ctx context.Context) ([]string, error) {
				again := earlier
				if _, err := again.Sweep(ctx, keeping("first")); !errors.Is(err, vault.ErrBusy) {
					t.Errorf("an earlier generation, while a later one sweeps: got %v, want ErrBusy", err)
				}
				if left := pinned(t, v); len(left) != 1 {
					t.Errorf("%d pins, want the later generation's", len(left))
				}
				return []string{"first", "dead"}, nil
			})
			if err != nil {
				t.Errorf("the later one: %v", err)
			}
			time.Sleep(patience / 5) // the earlier one looks for its pin
			return []string{"first"}, nil
		})
		if !errors.Is(err, vault.ErrBusy) {
			t.Errorf("the earlier one: got %v, want ErrBusy", err)
		}
		if after := len(objects(t, v.Bucket)); after != before {
			t.Errorf("%d objects were %d: it deleted something", after, before)
		}
	})
	run("a_lost_lease_deletes_nothing", func(t *testing.T, v vault.Vault) {
		save(t, v, "dead", "", second)
		before := len(objects(t, v.Bucket))
		lost := errors.New("taken over")
		v.Owner.Holds = func(context.Context) error { return lost }
		if _, err := v.Sweep(t.Context(), keeping("first")); !errors.Is(err, vault.ErrBusy) || !errors.Is(err, lost) {
			t.Errorf("got %v, want ErrBusy", err)
		}
		if after := len(objects(t, v.Bucket)); after != before {
			t.Errorf("%d objects were %d: it deleted something", after, before)
		}
	})
	run("a_sweep_that_stood_still_deletes_nothing", func(t *testing.T, v vault.Vault) {
		save(t, v, "dead", "", second)
		asleep := v
		bucket := &blobtest.Faulty{Bucket: v.Bucket}
		asleep.Bucket = bucket
		before := len(objects(t, v.Bucket))
		_, err := asleep.Sweep(t.Context(), func(context.Context) ([]string, error) {
			// Its pin is not renewed while it stands still.
			bucket.SetFault(func(op blobtest.Op) blobtest.Fault {
				if strings.Contains(op.Key, "/pins/") {
					return blobtest.Refused
				}
				return blobtest.Works
			})
			time.Sleep(patience * 2 / 3)
			return []string{"first"}, nil
		})
		if !errors.Is(err, vault.ErrBusy) {
			t.Errorf("got %v, want ErrBusy", err)
		}
		if after := len(objects(t, v.Bucket)); after != before+1 {
			t.Errorf("%d objects were %d", after, before)
		}
		save(t, v, "second", "", second)
		sweep(t, v, "first", "second")
	})
	run("a_broken_sweep_notices", func(t *testing.T, v vault.Vault) {
		_, err := v.Sweep(t.Context(), func(ctx context.Context) ([]string, error) {
			for _, pin := range pinned(t, v) {
				if err := v.Bucket.Delete(ctx, pin.Key); err != nil {
					t.Error(err)
				}
			}
			time.Sleep(patience / 5)
			return nil, nil // would delete everything
		})
		if !errors.Is(err, vault.ErrBusy) {
			t.Errorf("got %v, want ErrBusy", err)
		}
	})
	run("a_save_finds_what_a_sleeper_took", func(t *testing.T, v vault.Vault) {
		save(t, v, "dead", "", second)
		// The sweep's request to delete a pack is on its way for long, and its pin is broken meanwhile.
		asleep := v
		asleep.Bucket = &blobtest.Faulty{Bucket: v.Bucket,
			Before: func(op blobtest.Op) {
				if op.Kind == "delete" && strings.Contains(op.Key, "/packs/") {
					time.Sleep(2 * patience)
				}
			},
			Fault: func(op blobtest.Op) blobtest.Fault {
				if op.Number > 1 && strings.Contains(op.Key, "/pins/sweep") {
					return blobtest.Refused
				}
				return blobtest.Works
			}}
		// Packs are read by the copies of their indexes, which are deleted before them.
		ended := begun(func() { _, _ = asleep.Sweep(t.Context(), keeping("first")) })
		saver := v
		saver.Bucket = slow(v.Bucket, "put", "manifests", 2*patience)
		if _, err := saver.Save(t.Context(), vault.SaveRequest{Manifest: "second", Files: second.files()}); err == nil {
			t.Error("saved what cannot be restored")
		}
		<-ended
		save(t, v, "second", "", second)
		checkRestores(t, v, "second", second)
		sweep(t, v, "first", "second")
	})
	run("what_is_no_pin_is_swept", func(t *testing.T, v vault.Vault) {
		put(t, v.Bucket, v.Scope+"/pins/save-"+strings.Repeat("ab", 16), []byte("torn"))
		put(t, v.Bucket, v.Scope+"/pins/save-x.writing-123", nil)
		sweep(t, v, "first")
	})
}
