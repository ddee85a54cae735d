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
	"testing"

	"pgregory.net/rapid"

	"slipher/internal/vault"
	"slipher/internal/vault/blobtest"
)

// cluster is a model of one scope: what the files hold now, and what every snapshot must restore to.
type cluster struct {
	vault  vault.Vault
	bucket *blobtest.Faulty
	dir    string

	now       contents
	snapshots map[string]contents
	begun     string // a save that failed and is tried again
	last      string // the latest snapshot, the parent of the next
	count     int
}

// TestModel saves, sweeps and restores at random with a store that fails at random.
func TestModel(t *testing.T) {
	t.Parallel()
	pool, dir := random(t, 4<<20), t.TempDir()
	rapid.Check(t, func(r *rapid.T) {
		beneath, err := vault.OpenBucket(context.Background(), "mem://")
		if err != nil {
			r.Fatal(err)
		}
		bucket := &blobtest.Faulty{Bucket: beneath}
		c := &cluster{
			vault: newVault(bucket), bucket: bucket, dir: dir, snapshots: map[string]contents{},
			now: contents{"dev.db": slices.Clone(pool[:gridHeaders+4*blockSize])},
		}
		r.Repeat(map[string]func(*rapid.T){
			"change":  func(r *rapid.T) { c.change(r, pool) },
			"save":    c.save,
			"sweep":   c.sweep,
			"restore": c.restore,
		})
		c.end(r)
	})
}

// change writes a few bytes somewhere, or lets the file grow or shrink. A block that is written gets another checksum.
func (c *cluster) change(r *rapid.T, pool []byte) {
	file := c.now["dev.db"]
	switch rapid.SampledFrom([]string{"block", "block", "size", "log"}).Draw(r, "what") {
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
		c.now["dev.db"] = grown
	case "log":
		c.now["dev.db.wal"] = slices.Clone(pool[:rapid.IntRange(0, blockSize+100).Draw(r, "log")])
	}
}

func (c *cluster) save(r *rapid.T) {
	id := c.begun
	if id == "" {
		c.count++
		id = fmt.Sprint("snapshot-", c.count)
	}
	request := vault.SaveRequest{Manifest: id, Parent: c.last, TrustHints: rapid.Bool().Draw(r, "trust"), Files: c.now.files()}
	c.fail(r)
	_, err := c.vault.Save(context.Background(), request)
	c.bucket.Fault = nil
	if err != nil {
		c.accept(r, err)
		if _, err := c.vault.Manifest(context.Background(), id); err != nil {
			c.begun = id
			return
		} // else only the answer was lost
	}
	c.begun, c.last = "", id
	c.snapshots[id] = c.now.clone()
}

func (c *cluster) sweep(r *rapid.T) {
	var keep []string
	for _, id := range slices.Sorted(maps.Keys(c.snapshots)) {
		if rapid.IntRange(0, 3).Draw(r, "keep") > 0 {
			keep = append(keep, id)
		} else {
			delete(c.snapshots, id)
		}
	}
	c.fail(r)
	_, err := c.vault.Sweep(context.Background(), keeping(keep...))
	c.bucket.Fault = nil
	if err != nil {
		c.accept(r, err)
	}
	c.verifyAll(r)
}

func (c *cluster) restore(r *rapid.T) {
	if len(c.snapshots) == 0 {
		return
	}
	id := rapid.SampledFrom(slices.Sorted(maps.Keys(c.snapshots))).Draw(r, "snapshot")
	dir, err := os.MkdirTemp(c.dir, "restore")
	if err != nil {
		r.Fatal(err)
	}
	c.fail(r)
	_, err = c.vault.Restore(context.Background(), id, dir, nil)
	c.bucket.Fault = nil
	if err != nil {
		c.accept(r, err)
		for name := range c.snapshots[id] {
			if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
				r.Fatalf("the restore of %s failed, and yet %s has its name", id, name)
			}
		}
		if _, err := c.vault.Restore(context.Background(), id, dir, nil); err != nil {
			r.Fatalf("second try: %v", err)
		}
	}
	for name, want := range c.snapshots[id] {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.Equal(got, want) {
			r.Fatalf("%s of %s: restored other bytes (%v)", name, id, err)
		}
	}
	if err := os.RemoveAll(dir); err != nil {
		r.Fatal(err)
	}
}

// fail lets one of the coming operations fail, or all from there on, or none.
func (c *cluster) fail(r *rapid.T) {
	kind := rapid.SampledFrom([]string{"none", "once", "from then on", "full"}).Draw(r, "failure")
	at := rapid.IntRange(0, 25).Draw(r, "at") + c.bucket.Count()
	how := rapid.SampledFrom([]blobtest.Fault{blobtest.Refused, blobtest.AnswerLost, blobtest.Torn, blobtest.Short}).Draw(r, "how")
	crash := blobtest.CrashAt(at, how)
	switch kind {
	case "once":
		c.bucket.Fault = func(op blobtest.Op) blobtest.Fault {
			if op.Number > at {
				return blobtest.Works
			}
			return crash(op)
		}
	case "from then on":
		c.bucket.Fault = crash
	case "full": // out of space: only puts fail
		c.bucket.Fault = func(op blobtest.Op) blobtest.Fault {
			if op.Kind != "put" {
				return blobtest.Works
			}
			return crash(op)
		}
	}
}

// accept takes an error that a fault explains. A read that ended early looks like damage.
func (c *cluster) accept(r *rapid.T, err error) {
	if !errors.Is(err, blobtest.ErrInjected) && !errors.Is(err, vault.ErrDamaged) {
		r.Fatal(err)
	}
}

func (c *cluster) verifyAll(r *rapid.T) {
	for id := range c.snapshots {
		if err := c.vault.Verify(context.Background(), id); err != nil {
			r.Fatal(err)
		}
	}
}

// end wants no garbage once a sweep could do its work.
func (c *cluster) end(r *rapid.T) {
	c.verifyAll(r)
	if _, err := c.vault.Sweep(context.Background(), keeping(slices.Collect(maps.Keys(c.snapshots))...)); err != nil {
		r.Fatal(err)
	}
	c.verifyAll(r)
	if left, err := c.bucket.List(context.Background(), ""); err != nil || len(c.snapshots) == 0 && len(left) > 0 {
		r.Fatalf("left: %v, %v", left, err)
	}
}
