package vault_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"slipher/internal/vault"
	"slipher/internal/vault/store"
	"slipher/internal/vault/store/blobtest"
)

func openLazy(t testing.TB, v vault.Vault, id, dir string) *vault.Lazy {
	t.Helper()
	lazy, err := v.RestoreLazily(context.Background(), id, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lazy.Close() })
	return lazy
}

func fillUp(t testing.TB, lazy *vault.Lazy) vault.Restored {
	t.Helper()
	restored, err := lazy.Fill(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !lazy.Whole() {
		t.Error("not whole after Fill")
	}
	return restored
}

// packReads counts the reads of packs, which are the fetches of blocks.
func packReads(bucket store.Bucket) (*blobtest.Faulty, *atomic.Int64) {
	var reads atomic.Int64
	return &blobtest.Faulty{Bucket: bucket, Fault: func(op blobtest.Op) blobtest.Fault {
		if op.Kind == "get" && strings.Contains(op.Key, "/packs/") {
			reads.Add(1)
		}
		return blobtest.Works
	}}, &reads
}

func TestLazy(t *testing.T) {
	t.Parallel()
	database := contents{"dev.db": random(t, gridHeaders+12*blockSize+777), "dev.db.wal": random(t, blockSize+17)}
	whole := database["dev.db"]

	t.Run("reads_at_once_and_fetches_only_what_is_read", func(t *testing.T) {
		t.Parallel()
		bucket, reads := packReads(openBucket(t, "mem://"))
		v := newVault(bucket)
		save(t, v, "first", "", database)
		dir := t.TempDir()
		lazy := openLazy(t, v, "first", dir)
		if wal, err := os.ReadFile(filepath.Join(dir, "dev.db.wal")); err != nil || !bytes.Equal(wal, database["dev.db.wal"]) {
			t.Errorf("the file without a grid is not there: %v", err)
		}
		file, before := lazy.File("dev.db"), reads.Load()
		at := int64(gridHeaders + 5*blockSize + 100)
		got := make([]byte, 1000)
		for range 3 {
			if _, err := file.ReadAt(t.Context(), got, at); err != nil || !bytes.Equal(got, whole[at:at+1000]) {
				t.Fatalf("wrong bytes, error %v", err)
			}
		}
		if fetched := reads.Load() - before; fetched != 1 {
			t.Errorf("%d blocks were fetched for a thousand bytes of one", fetched)
		}
		fillUp(t, lazy)
		checkFiles(t, dir, database)
	})

	t.Run("keeps_what_was_written", func(t *testing.T) {
		t.Parallel()
		bucket, reads := packReads(openBucket(t, "mem://"))
		v := newVault(bucket)
		save(t, v, "first", "", database)
		dir := t.TempDir()
		lazy := openLazy(t, v, "first", dir)
		file, before := lazy.File("dev.db"), reads.Load()
		block, part := random(t, blockSize), random(t, 100)
		want := bytes.Clone(whole)
		for at, content := range map[int][]byte{gridHeaders + 3*blockSize: block, gridHeaders + 7*blockSize + 50: part} {
			if _, err := file.WriteAt(t.Context(), content, int64(at)); err != nil {
				t.Fatal(err)
			}
			copy(want[at:], content)
		}
		if fetched := reads.Load() - before; fetched != 1 {
			t.Errorf("%d blocks were fetched, want one: that which was overwritten in part", fetched)
		}
		if _, err := file.WriteAt(t.Context(), part, int64(len(want))); err != nil {
			t.Fatal(err)
		}
		fillUp(t, lazy)
		checkFiles(t, dir, contents{"dev.db": append(want, part...), "dev.db.wal": database["dev.db.wal"]})
	})

	t.Run("goes_on_after_a_crash", func(t *testing.T) {
		t.Parallel()
		bucket, reads := packReads(openBucket(t, "mem://"))
		v := newVault(bucket)
		save(t, v, "first", "", database)
		dir, block := t.TempDir(), random(t, blockSize)
		crashed := openLazy(t, v, "first", dir).File("dev.db")
		if _, err := crashed.WriteAt(t.Context(), block, gridHeaders+2*blockSize); err != nil {
			t.Fatal(err)
		}
		if err := crashed.Ready(t.Context(), 0, gridHeaders+2*blockSize); err != nil {
			t.Fatal(err)
		}
		if err := crashed.Sync(); err != nil {
			t.Fatal(err)
		}
		// The file without a grid is its user's by now.
		if err := os.WriteFile(filepath.Join(dir, "dev.db.wal"), []byte("newer"), 0o600); err != nil {
			t.Fatal(err)
		}
		lazy, before := openLazy(t, v, "first", dir), reads.Load()
		if got := make([]byte, gridHeaders+3*blockSize); true {
			if _, err := lazy.File("dev.db").ReadAt(t.Context(), got, 0); err != nil || !bytes.Equal(got[gridHeaders+2*blockSize:], block) {
				t.Errorf("what was written and synced is lost, error %v", err)
			}
		}
		if fetched := reads.Load() - before; fetched != 0 {
			t.Errorf("%d blocks were fetched again", fetched)
		}
		if restored := fillUp(t, lazy); restored.KeptBytes < gridHeaders+3*blockSize {
			t.Errorf("kept only %d bytes", restored.KeptBytes)
		}
		want := bytes.Clone(whole)
		copy(want[gridHeaders+2*blockSize:], block)
		checkFiles(t, dir, contents{"dev.db": want, "dev.db.wal": []byte("newer")})
		again := openLazy(t, v, "first", dir)
		if !again.Whole() {
			t.Error("a finished restore is not whole when it is opened again")
		}
		fillUp(t, again)
	})

	t.Run("names_damage_and_refuses_it", func(t *testing.T) {
		t.Parallel()
		v := newVault(openFolder(t))
		save(t, v, "first", "", contents{"dev.db": whole})
		damage(t, v)
		dir := t.TempDir()
		lazy := openLazy(t, v, "first", dir)
		if _, err := lazy.Fill(t.Context(), nil); !errors.Is(err, vault.ErrDamaged) || !strings.Contains(err.Error(), "dev.db") {
			t.Errorf("got %v, want damage in dev.db", err)
		}
		if _, err := os.Stat(filepath.Join(dir, "dev.db")); err == nil {
			t.Error("a damaged file has its name")
		}
		if _, err := lazy.File("dev.db").ReadAt(t.Context(), make([]byte, len(whole)), 0); !errors.Is(err, vault.ErrDamaged) {
			t.Errorf("read: got %v, want damage", err)
		}
	})

	t.Run("is_not_mixed_up_with_others", func(t *testing.T) {
		t.Parallel()
		v := newVault(openBucket(t, "mem://"))
		save(t, v, "first", "", database)
		save(t, v, "second", "", contents{"dev.db": whole[:gridHeaders+4*blockSize]})
		dir := t.TempDir()
		openLazy(t, v, "first", dir)
		if _, err := v.RestoreLazily(t.Context(), "second", dir); err == nil || !strings.Contains(err.Error(), "another snapshot") {
			t.Errorf("another snapshot: got %v", err)
		}
		if _, err := v.Restore(t.Context(), "first", dir, nil); err == nil || !strings.Contains(err.Error(), "lazy restore") {
			t.Errorf("an eager restore over a lazy one: got %v", err)
		}
		if _, err := v.RestoreLazily(t.Context(), "none", t.TempDir()); !errors.Is(err, vault.ErrNotFound) {
			t.Errorf("no such snapshot: got %v", err)
		}
	})

	t.Run("finds_blocks_that_a_sweep_moved", func(t *testing.T) {
		t.Parallel()
		v := newVault(openFolder(t))
		save(t, v, "first", "", database)
		kept := contents{"dev.db": append(bytes.Clone(whole[:gridHeaders+blockSize]), whole[gridHeaders+11*blockSize:]...)}
		save(t, v, "kept", "", kept)
		dir := t.TempDir()
		lazy := openLazy(t, v, "kept", dir)
		if err := lazy.File("dev.db").Ready(t.Context(), 0, 1); err != nil {
			t.Fatal(err)
		}
		sweep(t, v, "kept")
		fillUp(t, lazy)
		checkFiles(t, dir, kept)
	})

	t.Run("fetches_again_what_a_fault_interrupted", func(t *testing.T) {
		t.Parallel()
		bucket := &blobtest.Faulty{Bucket: openBucket(t, "mem://")}
		v := newVault(bucket)
		save(t, v, "first", "", database)
		dir := t.TempDir()
		lazy := openLazy(t, v, "first", dir)
		var gets atomic.Int64
		bucket.Fault = func(op blobtest.Op) blobtest.Fault {
			if op.Kind == "get" && strings.Contains(op.Key, "/packs/") && gets.Add(1) > 2 {
				return blobtest.Refused
			}
			return blobtest.Works
		}
		if _, err := lazy.Fill(t.Context(), nil); !errors.Is(err, blobtest.ErrInjected) {
			t.Errorf("got %v", err)
		}
		bucket.Fault = nil
		fillUp(t, lazy)
		checkFiles(t, dir, database)
	})
}

// damage alters one byte of the first pack.
func damage(t *testing.T, v vault.Vault) {
	t.Helper()
	packs, err := v.Bucket.List(t.Context(), v.Scope+"/packs/")
	if err != nil {
		t.Fatal(err)
	}
	reader, err := v.Bucket.Get(t.Context(), packs[0].Key, 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(reader)
	if err = errors.Join(err, reader.Close()); err != nil {
		t.Fatal(err)
	}
	content[100] ^= 1
	if err := v.Bucket.Put(t.Context(), packs[0].Key, content); err != nil {
		t.Fatal(err)
	}
}

// Readers, writers and two fills at the same time, for the race detector, and for claims that are never settled.
func TestLazyTogether(t *testing.T) {
	t.Parallel()
	const blocks, writers = 40, 4
	database := contents{"dev.db": random(t, gridHeaders+blocks*blockSize)}
	v, dir := newVault(openBucket(t, "mem://")), t.TempDir()
	save(t, v, "first", "", database)
	lazy := openLazy(t, v, "first", dir)
	file, want := lazy.File("dev.db"), bytes.Clone(database["dev.db"])
	var working sync.WaitGroup
	for writer := range writers {
		working.Go(func() {
			chance := rand.New(rand.NewPCG(uint64(writer), 1))
			for block := writer; block < blocks; block += 2 * writers {
				at, length := gridHeaders+block*blockSize, 1+chance.IntN(blockSize)
				content := bytes.Repeat([]byte{byte(block)}, length)
				if _, err := file.WriteAt(t.Context(), content, int64(at)); err != nil {
					t.Error(err)
				}
				copy(want[at:], content)
			}
		})
		working.Go(func() {
			chance := rand.New(rand.NewPCG(uint64(writer), 2))
			for range 3 * blocks {
				block := writers + chance.IntN(blocks/writers/2)*2*writers // those that nobody writes
				at, got := gridHeaders+block*blockSize, make([]byte, 5000)
				if _, err := file.ReadAt(t.Context(), got, int64(at)); err != nil || !bytes.Equal(got, database["dev.db"][at:at+5000]) {
					t.Errorf("block %d: wrong bytes, error %v", block, err)
				}
			}
		})
	}
	working.Go(func() { fillUp(t, lazy) })
	working.Wait()
	checkFiles(t, dir, contents{"dev.db": want})
}

// A file under any order of reads, writes, changes of size, syncs, crashes and fills has what a plain file would have.
func TestLazyModel(t *testing.T) {
	t.Parallel()
	const blocks = 6
	original := contents{"dev.db": random(t, gridHeaders+blocks*blockSize+4096)}
	v := newVault(openBucket(t, "mem://"))
	save(t, v, "first", "", original)
	rapid.Check(t, func(r *rapid.T) {
		dir, err := os.MkdirTemp("", "lazy-*")
		if err != nil {
			r.Fatal(err)
		}
		defer os.RemoveAll(dir)
		m := &lazyModel{t: t, vault: v, dir: dir, want: bytes.Clone(original["dev.db"]), unsynced: map[int]bool{}, original: original["dev.db"]}
		m.open(r)
		defer m.close()
		r.Repeat(map[string]func(*rapid.T){"read": m.read, "write": m.write, "truncate": m.truncate, "sync": m.sync, "crash": m.crash, "fill": m.fill})
		m.fill(r)
		if got, err := os.ReadFile(filepath.Join(dir, "dev.db")); err != nil || !bytes.Equal(got, m.want) {
			r.Fatalf("the file differs from the model: %d and %d bytes, error %v", len(got), len(m.want), err)
		}
	})
}

type lazyModel struct {
	t        *testing.T
	vault    vault.Vault
	dir      string
	lazy     *vault.Lazy
	crashed  []*vault.Lazy
	file     *vault.LazyFile
	want     []byte
	original []byte
	unsynced map[int]bool // blocks written since the last sync: a crash may take them back to the snapshot's
	filled   bool
}

func (m *lazyModel) open(r *rapid.T) {
	var err error
	if m.lazy, err = m.vault.RestoreLazily(m.t.Context(), "first", m.dir); err != nil {
		r.Fatal(err)
	}
	m.file = m.lazy.File("dev.db")
}

func (m *lazyModel) close() {
	for _, lazy := range append(m.crashed, m.lazy) {
		_ = lazy.Close()
	}
}

func (m *lazyModel) span(r *rapid.T) (at, length int) {
	at = rapid.IntRange(0, len(m.original)).Draw(r, "at")
	if rapid.Bool().Draw(r, "on_grid") && at > gridHeaders {
		at -= (at - gridHeaders) % blockSize
		return at, blockSize
	}
	return at, rapid.IntRange(1, 2*blockSize).Draw(r, "length")
}

func (m *lazyModel) read(r *rapid.T) {
	at, length := m.span(r)
	got := make([]byte, length)
	n, err := m.file.ReadAt(m.t.Context(), got, int64(at))
	if err != nil && !errors.Is(err, io.EOF) {
		r.Fatal(err)
	}
	if want := m.want[min(at, len(m.want)):min(at+length, len(m.want))]; !bytes.Equal(got[:n], want) {
		r.Fatalf("wrong bytes at %d", at)
	}
}

func (m *lazyModel) write(r *rapid.T) {
	at, length := m.span(r)
	at = min(at, len(m.want))
	content := bytes.Repeat([]byte{rapid.Byte().Draw(r, "byte")}, length)
	if _, err := m.file.WriteAt(m.t.Context(), content, int64(at)); err != nil {
		r.Fatal(err)
	}
	if grown := at + length - len(m.want); grown > 0 {
		m.want = append(m.want, make([]byte, grown)...)
	}
	copy(m.want[at:], content)
	for block := at / 4096; block <= (at+length-1)/4096; block++ {
		m.unsynced[block] = true
	}
}

func (m *lazyModel) truncate(r *rapid.T) {
	size := rapid.IntRange(0, len(m.original)+blockSize).Draw(r, "size")
	if err := m.file.Truncate(m.t.Context(), int64(size)); err != nil {
		r.Fatal(err)
	}
	if size > len(m.want) {
		m.want = append(m.want, make([]byte, size-len(m.want))...)
	}
	m.want = m.want[:size:size]
	m.sync(r) // what a crash makes of an unsynced change of size is the file system's affair
}

func (m *lazyModel) sync(r *rapid.T) {
	if err := m.file.Sync(); err != nil {
		r.Fatal(err)
	}
	clear(m.unsynced)
}

// crash drops what the process knew. Each 4 KiB that were not synced are as they were written, or as the snapshot has them.
func (m *lazyModel) crash(r *rapid.T) {
	m.crashed = append(m.crashed, m.lazy)
	m.open(r)
	got := make([]byte, len(m.want))
	if n, err := m.file.ReadAt(m.t.Context(), got, 0); n != len(got) {
		r.Fatalf("%d bytes of %d, error %v", n, len(got), err)
	}
	for at := 0; at < len(got); at += 4096 {
		page := got[at:min(at+4096, len(got))]
		if bytes.Equal(page, m.want[at:at+len(page)]) {
			continue
		}
		if !m.unsynced[at/4096] || m.filled || at+len(page) > len(m.original) || !bytes.Equal(page, m.original[at:at+len(page)]) {
			r.Fatalf("after a crash the bytes at %d are neither those written nor the snapshot's", at)
		}
	}
	m.want = got
	clear(m.unsynced)
}

func (m *lazyModel) fill(r *rapid.T) {
	if _, err := m.lazy.Fill(m.t.Context(), nil); err != nil {
		r.Fatal(err)
	}
	m.filled = true
	clear(m.unsynced)
}
