package vault_test

import (
	"context"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"testing"

	"slipher/internal/vault"
	"slipher/internal/vault/store/blobtest"
)

// story is a few days of a cluster. Each step runs until the store fails, and is told to a model of what must be readable.
type story struct {
	days     []contents
	finished map[string]contents
	swept    map[string]bool // may be gone: a sweep that deletes them has begun
}

func newStory(t *testing.T) *story {
	t.Helper()
	one := contents{"dev.db": random(t, gridHeaders+7*blockSize), "dev.db.wal": random(t, 1000)}
	two := one.clone()
	copy(two["dev.db"][gridHeaders:], random(t, 5*blockSize))
	three := two.clone()
	copy(three["dev.db"][gridHeaders+6*blockSize:], random(t, blockSize))
	return &story{days: []contents{one, two, three}}
}

// run tells the whole story, or as much of it as the store allows.
func (s *story) run(v vault.Vault) error {
	s.finished, s.swept = map[string]contents{}, map[string]bool{}
	for _, step := range []func(vault.Vault) error{
		func(v vault.Vault) error { return s.save(v, 0) },
		func(v vault.Vault) error { return s.save(v, 1) },
		func(v vault.Vault) error { return s.sweep(v, 1, "day-0") }, // leaves packs that are mostly dead, to be rewritten
		func(v vault.Vault) error { return s.save(v, 2) },
		func(v vault.Vault) error { return s.sweep(v, 2, "day-1") },
	} {
		if err := step(v); err != nil {
			return err
		}
	}
	return nil
}

func (s *story) save(v vault.Vault, day int) error {
	id := fmt.Sprintf("day-%d", day)
	request := vault.SaveRequest{Manifest: id, Files: s.days[day].files()}
	if day > 0 {
		request.Parent, request.TrustHints = fmt.Sprintf("day-%d", day-1), true
	}
	if _, err := v.Save(context.Background(), request); err != nil {
		return err
	}
	s.finished[id] = s.days[day]
	return nil
}

func (s *story) sweep(v vault.Vault, keep int, dead string) error {
	s.swept[dead] = true
	_, err := v.Sweep(context.Background(), keeping(fmt.Sprintf("day-%d", keep)))
	return err
}

// check opens the store after the crash: what was finished is whole, the story can be told to its end, and no garbage stays.
func (s *story) check(t *testing.T, v vault.Vault) {
	t.Helper()
	var keep []string
	for id := range s.finished {
		if !s.swept[id] {
			keep = append(keep, id)
			verify(t, v, id)
		}
	}
	sweep(t, v, keep...)
	checkNoGarbage(t, v, len(keep), keep...)
	if err := s.run(v); err != nil {
		t.Fatalf("the second time: %v", err)
	}
	checkRestores(t, v, "day-2", s.days[2])
	checkNoGarbage(t, v, 1, "day-2")
	if sweep(t, v); len(objects(t, v.Bucket)) > 0 {
		t.Errorf("left at last: %v", objects(t, v.Bucket))
	}
}

func checkNoGarbage(t *testing.T, v vault.Vault, manifests int, keep ...string) {
	t.Helper()
	if got := len(list(t, v, "manifests")); got != manifests {
		t.Errorf("%d manifests, want %d", got, manifests)
	}
	if packs, indexes := len(packs(t, v)), len(list(t, v, "index")); packs < indexes {
		t.Errorf("%d indexes for %d packs", indexes, packs)
	}
	if again := sweep(t, v, keep...); again.Packs+again.Manifests > 0 || again.FreedBytes != 0 {
		t.Errorf("a second sweep did %+v", again)
	}
}

func TestCrash(t *testing.T) {
	t.Parallel()
	told := newStory(t)
	for name, how := range map[string]blobtest.Fault{
		"before_the_operation": blobtest.Refused, "after_the_operation": blobtest.AnswerLost, "in_the_operation": blobtest.Torn,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// A quarter of the operations, another quarter each time; all of them in a long run.
			first, step := mathrand.IntN(4), 4
			if stress() {
				first, step = 0, 1
			}
			for at := first; ; at += step {
				story := &story{days: told.days}
				beneath := openBucket(t, "mem://")
				failing := &blobtest.Faulty{Bucket: beneath, Fault: blobtest.CrashAt(at, how)}
				err := story.run(newVault(failing))
				if err == nil {
					if at < 30 {
						t.Errorf("the whole story took %d operations, so little was tried", at)
					}
					return
				}
				if !errors.Is(err, blobtest.ErrInjected) {
					t.Fatalf("crash at operation %d: %v", at, err)
				}
				story.check(t, newVault(beneath))
				if t.Failed() {
					t.Fatalf("after a crash at operation %d", at)
				}
			}
		})
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	v := newVault(openFolder(t))
	if listed, err := v.List(t.Context()); err != nil || len(listed) != 0 {
		t.Errorf("empty scope: got %v, %v", listed, err)
	}
	save(t, v, "b", "", contents{"x": random(t, 100)})
	save(t, v, "a", "", contents{"x": random(t, 200), "y": random(t, 5)})
	want := []vault.Listed{{ID: "a", TotalBytes: 205}, {ID: "b", TotalBytes: 100}}
	if listed, err := v.List(t.Context()); err != nil || !slices.Equal(listed, want) {
		t.Errorf("got %v, %v, want %v", listed, err, want)
	}
	put(t, v.Bucket, "scopes/one/manifests/00112233445566778899aabbccddeeff", []byte("no manifest"))
	listed, err := v.List(t.Context())
	if !errors.Is(err, vault.ErrDamaged) || !slices.Equal(listed, want) {
		t.Errorf("beside an unreadable one: got %v, %v", listed, err)
	}
}
