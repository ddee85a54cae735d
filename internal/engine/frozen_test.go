package engine

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// A database of some blocks, frozen, and what its file holds at that moment.
func frozenDatabase(t *testing.T) (d *Database, frozen *Frozen, content []byte) {
	t.Helper()
	d = open(t)
	d.gate.checkpointAt, d.gate.asideAt = 0, 0
	run(t, session(t, d), "CREATE TABLE t AS SELECT i AS n, hash(i) AS h FROM range(300000) r(i)")
	if err := d.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	frozen, err := d.Freeze(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(frozen.Release)
	content = make([]byte, frozen.Files[0].Size)
	if _, err := d.file.ReadAt(content, 0); err != nil {
		t.Fatal(err)
	}
	return d, frozen, content
}

// rewrite changes every row and checkpoints until all blocks of the old rows were written over, if it gets the gate's turn while ctx lives.
func rewrite(ctx context.Context, t *testing.T, d *Database) error {
	t.Helper()
	s := session(t, d)
	for range 4 {
		run(t, s, "CREATE OR REPLACE TABLE t AS SELECT n, hash(h) AS h FROM t")
		if err := d.gate.take(ctx); err != nil {
			return err
		}
		err := d.checkpoint()
		d.gate.give()
		if err != nil {
			return err
		}
	}
	return nil
}

func announced(offsets ...int64) iter.Seq2[int64, int] {
	return func(yield func(int64, int) bool) {
		for _, offset := range offsets {
			length := blockSize
			if offset == 0 {
				length = gridHeaders
			}
			if !yield(offset, length) {
				return
			}
		}
	}
}

func TestSetAside(t *testing.T) {
	t.Parallel()
	const first, second, third, fourth = gridHeaders, gridHeaders + blockSize, gridHeaders + 2*blockSize, gridHeaders + 3*blockSize

	t.Run("keeps_what_is_still_to_be_read_and_nothing_else", func(t *testing.T) {
		t.Parallel()
		d, frozen, want := frozenDatabase(t)
		var copied *os.File
		d.gate.createAside = func() (file *os.File, err error) {
			copied, err = d.createAside()
			return copied, err
		}
		content := frozen.Files[0].Content.(*frozenContent)
		content.Announce(announced(0, second, third, fourth))
		got := make([]byte, blockSize)
		if _, err := content.ReadAt(got, second); err != nil || !bytes.Equal(got, want[second:third]) {
			t.Fatalf("before: %v", err)
		}
		touchWALOf(t, d)
		waitUntilAside(t, frozen)
		if err := rewrite(t.Context(), t, d); err != nil {
			t.Fatalf("after the blocks were set aside: %v", err)
		}
		if now, err := os.ReadFile(d.path()); err != nil || bytes.Equal(now[third:fourth], want[third:fourth]) {
			t.Fatalf("the test does not write over the block: %v", err)
		}
		for _, offset := range []int64{third, fourth} {
			if _, err := content.ReadAt(got, offset); err != nil || !bytes.Equal(got, want[offset:offset+blockSize]) {
				t.Errorf("block at %d: not what was frozen, %v", offset, err)
			}
		}
		if _, err := content.ReadAt(got[:gridHeaders], 0); err != nil || !bytes.Equal(got[:gridHeaders], want[:gridHeaders]) {
			t.Errorf("headers: not what was frozen, %v", err)
		}
		for _, offset := range []int64{first, second} {
			if _, err := content.ReadAt(got, offset); err == nil {
				t.Errorf("block at %d was read, though it was not kept", offset)
			}
		}
		stat, err := copied.Stat()
		if err != nil {
			t.Fatal(err)
		}
		if kept := stat.Sys().(*syscall.Stat_t).Blocks * 512; kept > gridHeaders+2*blockSize+64<<10 {
			t.Errorf("the copy takes %d bytes, want two blocks and the headers", kept)
		}
	})
	t.Run("keeps_everything_when_nothing_was_announced", func(t *testing.T) {
		t.Parallel()
		d, frozen, want := frozenDatabase(t)
		touchWALOf(t, d)
		waitUntilAside(t, frozen)
		if err := rewrite(t.Context(), t, d); err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(io.NewSectionReader(frozen.Files[0].Content, 0, frozen.Files[0].Size))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("not what was frozen, %v", err)
		}
		frozen.Release()
		if next, err := d.Freeze(t.Context()); err != nil {
			t.Error(err)
		} else {
			next.Release()
		}
	})
	t.Run("waits_for_a_large_WAL", func(t *testing.T) {
		t.Parallel()
		d, frozen, _ := frozenDatabase(t)
		d.gate.asideAt = 1 << 30
		d.setAside()
		if frozen.aside {
			t.Error("set aside without a need")
		}
	})
	t.Run("holds_the_gate_when_the_disk_is_full", func(t *testing.T) {
		t.Parallel()
		d, frozen, want := frozenDatabase(t)
		var tries atomic.Int32
		d.gate.createAside = func() (*os.File, error) {
			tries.Add(1)
			return os.OpenFile("/dev/full", os.O_RDWR, 0)
		}
		touchWALOf(t, d)
		for range 3 {
			d.setAside()
		}
		if tries.Load() != 1 || frozen.aside {
			t.Errorf("%d tries, set aside: %v", tries.Load(), frozen.aside)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if err := rewrite(ctx, t, d); err == nil {
			t.Error("a checkpoint ran while the files were frozen")
		}
		got, err := io.ReadAll(io.NewSectionReader(frozen.Files[0].Content, 0, frozen.Files[0].Size))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("not what was frozen, %v", err)
		}
	})
}

// touchWALOf commits something small, which wakes the scheduler.
func touchWALOf(t *testing.T, d *Database) {
	t.Helper()
	run(t, session(t, d), "CREATE TABLE small (n INTEGER)")
}

func waitUntilAside(t *testing.T, frozen *Frozen) {
	t.Helper()
	for {
		frozen.mu.Lock()
		aside := frozen.aside
		frozen.mu.Unlock()
		if aside {
			return
		}
		if !pause(t.Context(), time.Millisecond) {
			t.Fatal("the snapshot was not set aside")
		}
	}
}

// However slowly a snapshot is read, commits go on and the WAL stays small.
func TestWALStaysBoundedWhileASnapshotIsStuck(t *testing.T) {
	t.Parallel()
	const bound = 2 << 20
	d := open(t)
	d.gate.checkpointAt, d.gate.asideAt = bound/2, bound
	s := session(t, d)
	run(t, s, "CREATE TABLE t (id BIGINT, filler VARCHAR)", "INSERT INTO t SELECT i, 'old' FROM range(1000) r(i)")
	frozen, err := d.Freeze(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	written := int64(0)
	for written < 8*bound {
		before := d.walBytes()
		run(t, s, "INSERT INTO t SELECT i, repeat('x', 100) || i FROM range(2000) r(i)")
		written += max(0, d.walBytes()-before)
		for d.walBytes() > bound+bound/2 {
			if !pause(t.Context(), time.Millisecond) {
				t.Fatalf("the WAL has grown to %d bytes", d.walBytes())
			}
		}
	}
	dir := copyFrozen(t, frozen, func() {})
	frozen.Release()
	if got := fmt.Sprint(all(t, session(t, openWith(t, testConfig(dir))), "SELECT count(*), max(filler) FROM t")); got != "[[1000 old]]" {
		t.Errorf("the copy holds %s, want what was there before", got)
	}
}
