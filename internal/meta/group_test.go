package meta

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// crowd is changes that wait for each other: the first holds its turn until all others have queued behind it.
type crowd struct {
	t     *testing.T
	store *Store
	path  string
	first chan struct{}
	wait  sync.WaitGroup

	mu    sync.Mutex
	ended map[string]error
}

func gather(t *testing.T) *crowd {
	path := filepath.Join(t.TempDir(), "meta.db")
	c := &crowd{t: t, store: openAt(t, path), path: path, first: make(chan struct{}), ended: map[string]error{}}
	c.join(t.Context(), "first", func(tx *Tx) error {
		<-c.first
		return insert(Key{ID: "first"}, fruit{})(tx)
	})
	return c
}

// join queues a change and waits until it is in the queue.
func (c *crowd) join(ctx context.Context, name string, change func(tx *Tx) error) {
	c.wait.Go(func() {
		defer func() {
			if cause := recover(); cause != nil {
				c.end(name, fmt.Errorf("panic: %v", cause))
			}
		}()
		c.end(name, c.store.Update(ctx, change))
	})
	synctest.Wait()
}

func (c *crowd) end(name string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended[name] = err
}

func (c *crowd) insert(name string) {
	c.join(c.t.Context(), name, insert(Key{ID: name}, fruit{}))
}

// goAhead lets the first change end, and all others after it. It answers how many commits they took.
func (c *crowd) goAhead() int {
	before := commits(c.t, c.path)
	close(c.first)
	c.wait.Wait()
	return commits(c.t, c.path) - before
}

func (c *crowd) want(name string, present bool) {
	c.t.Helper()
	err := c.ended[name]
	if (err == nil) != present {
		c.t.Errorf("%s ended with %v", name, err)
	}
	want := ErrNotFound
	if present {
		want = nil
	}
	wantFruit(c.t, c.store, Key{ID: name}, want)
}

// commits counts the frames of the write-ahead log that end a transaction. The format is SQLite's: a header of 32 bytes, then
// frames of 24 bytes and a page, whose second number is 0 but in the last frame of a transaction.
func commits(t *testing.T, path string) (count int) {
	t.Helper()
	log, err := os.ReadFile(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	page := int(binary.BigEndian.Uint32(log[8:]))
	for at := 32; at+24+page <= len(log); at += 24 + page {
		if binary.BigEndian.Uint32(log[at+4:]) != 0 && string(log[at+8:at+16]) == string(log[16:24]) {
			count++
		}
	}
	return count
}

func TestGroup(t *testing.T) {
	t.Parallel()
	t.Run("commits_once_for_all_who_waited", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := gather(t)
			for i := range 10 {
				c.insert(fmt.Sprint(i))
			}
			if got := c.goAhead(); got != 1 {
				t.Errorf("%d commits, want 1", got)
			}
			for i := range 10 {
				c.want(fmt.Sprint(i), true)
			}
		})
	})
	t.Run("ends_no_update_before_the_commit", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := gather(t)
			last := make(chan struct{})
			c.join(t.Context(), "last", func(*Tx) error { <-last; return nil })
			close(c.first)
			synctest.Wait()
			if len(c.ended) != 0 {
				t.Errorf("%v ended while the group was open", c.ended)
			}
			close(last)
			c.wait.Wait()
			c.want("first", true)
		})
	})
	t.Run("ends_no_refusal_before_the_commit_of_what_it_saw", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := gather(t)
			last := make(chan struct{})
			c.join(t.Context(), "refused", insert(Key{ID: "first"}, fruit{}))
			c.join(t.Context(), "last", func(*Tx) error { <-last; return nil })
			close(c.first)
			synctest.Wait()
			if len(c.ended) != 0 {
				t.Errorf("%v ended while the group was open", c.ended)
			}
			close(last)
			c.wait.Wait()
			if err := c.ended["refused"]; !errors.Is(err, ErrExists) {
				t.Errorf("got %v, want ErrExists", err)
			}
		})
	})
	t.Run("undoes_only_what_fails", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := gather(t)
			c.insert("before")
			c.join(t.Context(), "refused", func(tx *Tx) error {
				return errors.Join(insert(Key{ID: "refused"}, fruit{})(tx), errors.New("refused"))
			})
			c.insert("between")
			c.join(t.Context(), "panics", func(tx *Tx) error {
				insert(Key{ID: "panics"}, fruit{})(tx)
				panic("a bug")
			})
			c.wait.Go(func() {
				c.store.Update(t.Context(), func(tx *Tx) error {
					insert(Key{ID: "leaves"}, fruit{})(tx)
					runtime.Goexit()
					return nil
				})
			})
			synctest.Wait()
			ctx, cancel := context.WithCancel(t.Context())
			c.join(ctx, "gives up while it waits", func(tx *Tx) error { return insert(Key{ID: "gives up while it waits"}, fruit{})(tx) })
			cancel()
			ctx, cancel = context.WithCancel(t.Context())
			c.join(ctx, "gives up too late", func(tx *Tx) error {
				defer cancel()
				return insert(Key{ID: "gives up too late"}, fruit{})(tx)
			})
			c.insert("after")
			if got := c.goAhead(); got != 1 {
				t.Errorf("%d commits, want 1", got)
			}
			for _, name := range []string{"first", "before", "between", "after"} {
				c.want(name, true)
			}
			for _, name := range []string{"refused", "panics", "gives up while it waits", "gives up too late"} {
				c.want(name, false)
			}
			wantFruit(t, c.store, Key{ID: "leaves"}, ErrNotFound)
		})
	})
	t.Run("a_failed_first_ends_without_the_others", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			store := openAt(t, filepath.Join(t.TempDir(), "meta.db"))
			if err := store.Update(t.Context(), func(*Tx) error { return errors.New("refused") }); err == nil {
				t.Error("the refused change was committed")
			}
			update(t, store, insert(apple(), fruit{}))
			wantFruit(t, store, apple(), nil)
		})
	})
	t.Run("fails_as_a_whole_when_the_commit_fails", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := gather(t)
			c.insert("before")
			c.join(t.Context(), "spoils", func(tx *Tx) error {
				_, err := tx.exec(`PRAGMA defer_foreign_keys = 1`)
				if err == nil {
					_, err = tx.exec(`INSERT INTO entry VALUES ('fruit', 'colour', 'red', '', '', 'nowhere', NULL)`)
				}
				return err
			})
			c.insert("after")
			c.join(t.Context(), "refused", insert(Key{ID: "before"}, fruit{}))
			c.goAhead()
			for _, name := range []string{"first", "before", "after"} {
				c.want(name, false)
			}
			if err := c.ended["refused"]; err == nil || errors.Is(err, ErrExists) {
				t.Errorf("got %v although nothing is there", err)
			}
			update(t, c.store, insert(apple(), fruit{}))
			wantFruit(t, c.store, apple(), nil)
		})
	})
	t.Run("fails_as_a_whole_when_the_transaction_is_lost", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := gather(t)
			c.insert("before")
			c.join(t.Context(), "loses", func(tx *Tx) error {
				_, err := tx.exec(`ROLLBACK`) // as SQLite does itself when the disk is full
				return err
			})
			c.insert("after")
			c.goAhead()
			c.want("first", false)
			c.want("before", false)
			c.want("after", true)
			if err := c.ended["before"]; err == nil || !strings.Contains(err.Error(), "commit") {
				t.Errorf("got %v, want to hear of the commit", err)
			}
		})
	})
	t.Run("enqueues_the_jobs_of_all", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := gather(t)
			for i := range 3 {
				c.join(t.Context(), fmt.Sprint(i), func(tx *Tx) error {
					return errors.Join(insert(Key{ID: fmt.Sprint(i)}, fruit{})(tx), tx.Enqueue(finish{i}, EnqueueOptions{Unique: true}))
				})
			}
			c.join(t.Context(), "refused", func(tx *Tx) error {
				return errors.Join(tx.Enqueue(finish{9}, EnqueueOptions{}), errors.New("refused"))
			})
			c.goAhead()
			if got := len(jobs(t, c.store)); got != 3 {
				t.Errorf("%d jobs, want 3", got)
			}
		})
	})
}

func workTogetherUntilKilled(path string) error {
	ctx := context.Background()
	store, err := Open(ctx, Config{Path: path, Now: time.Now})
	if err != nil {
		return err
	}
	var first int
	if err := store.View(ctx, func(tx *Tx) (err error) { first, err = lefts.Count(tx, Query{}); return err }); err != nil {
		return err
	}
	var begun, mu = atomic.Int64{}, sync.Mutex{}
	committed := first
	failed := make(chan error)
	for range 6 {
		go func() {
			for {
				step := first*1000 + int(begun.Add(1))
				if err := store.Update(ctx, func(tx *Tx) error { return doStep(tx, step) }); err != nil {
					failed <- err
				}
				mu.Lock()
				committed++
				fmt.Println(committed)
				mu.Unlock()
			}
		}()
	}
	return <-failed
}

// TestKillTogether kills a process in which several write: what any of them was told is there.
func TestKillTogether(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "meta.db")
	committed := 0
	for round := range 3 {
		committed = killAfter(t, path, "work together", committed, 40+25*round)
	}
	store := openAt(t, path)
	if steps := checkHalves(t, store); steps < committed {
		t.Errorf("%d steps are left of %d that were committed", steps, committed)
	}
}
