package vault_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"slipher/internal/vault"
	"slipher/internal/vault/store"
	"slipher/internal/vault/store/blobtest"
)

// world is a model of one scope that several processes use at once: it knows what must be readable. It stands for the records of
// the control plane, which change in one step and are read in one.
type world struct {
	bucket store.Bucket
	open   func(store.Bucket) vault.Vault
	dir    string
	pool   []byte
	count  int

	mu        sync.Mutex
	snapshots map[string]contents // available
	saving    map[string]bool     // ids that a save was begun with
	restoring map[string]int      // pins of restores
}

// saver is a cluster: its files change, and each save goes on from the one before.
type saver struct {
	now  contents
	last string
}

// TestModel has processes save, delete, sweep, restore and verify beside each other. Their stores are slow and fail at random;
// how they interleave is decided by the drawn pauses, since the clock moves only when all wait.
func TestModel(t *testing.T) {
	t.Parallel()
	pool, dir := random(t, 4<<20), t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		rapid.Check(inBubble{t}, func(r *rapid.T) {
			w := newWorld(r, newVault, dir, pool)
			savers := []*saver{{}, {}}
			for _, s := range savers {
				s.now = contents{"dev.db": slices.Clone(pool[:gridHeaders+4*blockSize])}
			}
			for range rapid.IntRange(2, 6).Draw(r, "rounds") {
				w.round(r, savers)
			}
			w.end(r)
		})
	})
}

func newWorld(r *rapid.T, open func(store.Bucket) vault.Vault, dir string, pool []byte) *world {
	bucket, err := store.Open(context.Background(), "mem://", time.Now)
	if err != nil {
		r.Fatal(err)
	}
	return &world{bucket: bucket, open: open, dir: dir, pool: pool, snapshots: map[string]contents{}, saving: map[string]bool{}, restoring: map[string]int{}}
}

// inBubble hides the deadline of a test, which its bubble must not ask for.
type inBubble struct{ rapid.TB }

// round runs a few processes until all of them have ended, and looks at what they left.
func (w *world) round(r *rapid.T, savers []*saver) {
	var acts []func() error
	for i, s := range savers {
		if rapid.Bool().Draw(r, "saves") {
			s.change(r, w.pool)
			acts = append(acts, w.save(r, s, fmt.Sprint("cluster-", i)))
		}
	}
	for _, owner := range []string{"one", "another"} {
		if rapid.Bool().Draw(r, "sweeps") {
			acts = append(acts, w.sweep(r, owner))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(w.snapshots)) {
		switch rapid.SampledFrom([]string{"nothing", "nothing", "delete", "restore", "restore and delete", "verify"}).Draw(r, "to "+id) {
		case "delete":
			acts = append(acts, w.delete(r, id))
		case "restore":
			acts = append(acts, w.restore(r, id))
		case "restore and delete":
			acts = append(acts, w.restore(r, id), w.delete(r, id))
		case "verify":
			acts = append(acts, w.verify(r, id))
		}
	}
	sideBySide(r, acts)
	w.verifyAll(r)
}

func sideBySide(r *rapid.T, acts []func() error) {
	failures := make([]error, len(acts))
	var running sync.WaitGroup
	for i, act := range acts {
		running.Go(func() { failures[i] = act() })
	}
	running.Wait()
	if err := errors.Join(failures...); err != nil {
		r.Fatal(err)
	}
}

func (w *world) verifyAll(r *rapid.T) {
	for id := range w.snapshots {
		if err := w.open(w.bucket).Verify(context.Background(), id, nil); err != nil {
			r.Fatal(err)
		}
	}
}

// process is one that meets a store of its own mood.
func (w *world) process(r *rapid.T) (vault.Vault, blobtest.Plan) {
	plan := blobtest.Plan{
		Seed:  rapid.Uint64().Draw(r, "seed"),
		Pause: rapid.SampledFrom([]time.Duration{0, 10 * time.Millisecond, time.Second}).Draw(r, "pause"),
		Hang:  rapid.SampledFrom([]time.Duration{0, 0, patience * 2 / 5}).Draw(r, "hang"),
		Fault: rapid.SampledFrom([]blobtest.Fault{
			blobtest.Refused, blobtest.AnswerLost, blobtest.Torn, blobtest.Short, blobtest.Full,
		}).Draw(r, "fault"),
	}
	switch rapid.SampledFrom([]string{"well", "well", "once", "often", "dies", "loses power"}).Draw(r, "fares") {
	case "once":
		plan.OneIn, plan.Fails = 10, 1
	case "often":
		plan.OneIn, plan.Fails = 5, 1000
	case "dies":
		plan.Dies = rapid.IntRange(1, 30).Draw(r, "dies")
	case "loses power":
		plan.Dies, plan.Fault = rapid.IntRange(1, 30).Draw(r, "dies"), blobtest.Lied
	}
	return w.open(plan.Over(w.bucket)), plan
}

// change writes a few bytes somewhere, or lets a file grow or shrink. A block that is written gets another checksum.
func (s *saver) change(r *rapid.T, pool []byte) {
	file := s.now["dev.db"]
	switch rapid.SampledFrom([]string{"nothing", "block", "block", "size", "log"}).Draw(r, "what") {
	case "block":
		if blocks := (len(file) - gridHeaders) / blockSize; blocks > 0 {
			at := gridHeaders + blockSize*rapid.IntRange(0, blocks-1).Draw(r, "block")
			from := rapid.IntRange(0, len(pool)-blockSize).Draw(r, "content")
			copy(file[at:at+blockSize], pool[from:])
		}
	case "size":
		blocks := rapid.IntRange(0, 6).Draw(r, "blocks")
		grown := make([]byte, gridHeaders+blocks*blockSize)
		copy(grown, file)
		s.now["dev.db"] = grown
	case "log":
		s.now["dev.db.wal"] = slices.Clone(pool[:rapid.IntRange(0, blockSize+100).Draw(r, "log")])
	}
}

// save notes the id before it begins, and forgets it when it failed: another try would have another id.
func (w *world) save(r *rapid.T, s *saver, cluster string) func() error {
	v, plan := w.process(r)
	w.count++
	id, parent := fmt.Sprintf("%s-%d", cluster, w.count), s.last
	request := vault.SaveRequest{Manifest: id, Parent: parent, TrustHints: rapid.Bool().Draw(r, "trust"), Files: s.now.files()}
	return func() error {
		w.change(func() { w.saving[id] = true })
		_, err := v.Save(context.Background(), request)
		w.change(func() {
			delete(w.saving, id)
			if err == nil {
				w.snapshots[id], s.last = s.now.clone(), id
			}
		})
		return unexplained(err, plan)
	}
}

func (w *world) sweep(r *rapid.T, owner string) func() error {
	v, plan := w.process(r)
	v.Owner.Name = owner
	return func() error {
		_, err := v.Sweep(context.Background(), func(context.Context) (ids []string, err error) {
			w.change(func() {
				ids = slices.Concat(slices.Collect(maps.Keys(w.snapshots)), slices.Collect(maps.Keys(w.saving)), slices.Collect(maps.Keys(w.restoring)))
			})
			return ids, nil
		})
		if errors.Is(err, vault.ErrBusy) || errors.Is(err, vault.ErrDamaged) { // a dead save may have torn the manifest that it is still to write
			return nil
		}
		return unexplained(err, plan)
	}
}

func (w *world) delete(r *rapid.T, id string) func() error {
	after := time.Duration(rapid.IntRange(0, int(time.Second)).Draw(r, "after"))
	return func() error {
		time.Sleep(after)
		w.change(func() { delete(w.snapshots, id) })
		return nil
	}
}

// restore pins the snapshot, which may be deleted and swept from then on.
func (w *world) restore(r *rapid.T, id string) func() error {
	v, plan := w.process(r)
	want := w.snapshots[id]
	w.restoring[id]++
	return func() error {
		defer w.change(func() {
			if w.restoring[id]--; w.restoring[id] == 0 {
				delete(w.restoring, id)
			}
		})
		dir, err := os.MkdirTemp(w.dir, "restore")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		if _, err := v.Restore(context.Background(), id, dir, nil); err != nil {
			for name := range want {
				if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
					return fmt.Errorf("the restore of %s failed, and yet %s has its name", id, name)
				}
			}
			if err := unexplained(err, plan); err != nil {
				return err
			}
			if _, err := w.open(w.bucket).Restore(context.Background(), id, dir, nil); err != nil {
				return fmt.Errorf("second try: %w", err)
			}
		}
		return compare(dir, id, want)
	}
}

func compare(dir, id string, want contents) error {
	for name, content := range want {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.Equal(got, content) {
			return fmt.Errorf("%s of %s: restored other bytes (%w)", name, id, err)
		}
	}
	return nil
}

// verify may find a snapshot gone that was deleted meanwhile.
func (w *world) verify(r *rapid.T, id string) func() error {
	v, plan := w.process(r)
	return func() error {
		err := v.Verify(context.Background(), id, nil)
		return unexplained(err, plan)
	}
}

func (w *world) change(change func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change()
}

// unexplained is an error that the process's own faults do not account for. A read that ended early looks like damage.
func unexplained(err error, plan blobtest.Plan) error {
	if err == nil || !plan.Clean() && (errors.Is(err, blobtest.ErrInjected) || errors.Is(err, vault.ErrDamaged)) {
		return nil
	}
	return fmt.Errorf("%w (a process with %+v)", err, plan)
}

// end wants every snapshot byte for byte, and nothing else in the store once a sweep could do its work.
func (w *world) end(r *rapid.T) {
	v, ids := w.open(w.bucket), slices.Sorted(maps.Keys(w.snapshots))
	v.Owner.Name = "one"
	if _, err := v.Sweep(context.Background(), keeping(ids...)); err != nil {
		r.Fatal(err)
	}
	if garbage, err := v.Garbage(context.Background(), ids); err != nil || len(garbage) > 0 {
		r.Fatalf("left: %v, %v", garbage, err)
	}
	for _, id := range ids {
		if err := w.restore(r, id)(); err != nil {
			r.Fatal(err)
		}
	}
}
