package vault_test

import (
	"context"
	"encoding/binary"
	"io"
	"math"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"

	"slipher/internal/vault"
	"slipher/internal/vault/pace"
	"slipher/internal/vault/store"
	"slipher/internal/vault/store/blobtest"
)

// TestMemory runs alone, as it looks at the memory of the whole process.
func TestMemory(t *testing.T) {
	if racing {
		t.Skip("says nothing under the race detector")
	}
	const most = 64 << 20
	t.Run("of_a_save_is_bounded", func(t *testing.T) {
		size := int64(512 << 20)
		if stress() {
			size = 20 << 30
		}
		var peak memory
		v := newVault(&forgetful{Bucket: openBucket(t, "mem://"), peak: &peak})
		v.PackBytes = 0
		peak.begin()
		files := []vault.File{{Name: "dev.db", Content: endless(random(t, 4<<20)), Size: size, Grid: true}}
		saved, err := v.Save(t.Context(), vault.SaveRequest{Manifest: "large", Files: files})
		if err != nil {
			t.Fatal(err)
		}
		if saved.NewBlocks != saved.Blocks {
			t.Errorf("%d of %d blocks were new", saved.NewBlocks, saved.Blocks)
		}
		t.Logf("a save of %d MiB used %d MiB", size>>20, peak.bytes()>>20)
		if peak.bytes() > most {
			t.Errorf("a save of %d MiB used %d MiB", size>>20, peak.bytes()>>20)
		}
	})
	t.Run("of_a_restore_is_bounded", func(t *testing.T) {
		var peak memory
		v := newVault(&forgetful{Bucket: openFolder(t), peak: &peak, keeps: true})
		v.PackBytes = 0
		files := []vault.File{{Name: "dev.db", Content: endless(random(t, 4<<20)), Size: 128 << 20, Grid: true}}
		if _, err := v.Save(t.Context(), vault.SaveRequest{Manifest: "large", Files: files}); err != nil {
			t.Fatal(err)
		}
		peak.begin()
		if _, err := v.Restore(t.Context(), "large", t.TempDir(), nil); err != nil {
			t.Fatal(err)
		}
		t.Logf("a restore used %d MiB", peak.bytes()>>20)
		if peak.bytes() > most {
			t.Errorf("a restore used %d MiB", peak.bytes()>>20)
		}
	})
	t.Run("of_a_copy_is_bounded", func(t *testing.T) {
		var peak memory
		from, to := newVault(openFolder(t)), abroad(&forgetful{Bucket: openBucket(t, "mem://"), peak: &peak})
		from.PackBytes, to.PackBytes = 0, 0
		files := []vault.File{{Name: "dev.db", Content: endless(random(t, 4<<20)), Size: 128 << 20, Grid: true}}
		if _, err := from.Save(t.Context(), vault.SaveRequest{Manifest: "large", Files: files}); err != nil {
			t.Fatal(err)
		}
		peak.begin()
		copySnapshot(t, to, from, "large", "copy")
		t.Logf("a copy used %d MiB", peak.bytes()>>20)
		if peak.bytes() > most {
			t.Errorf("a copy used %d MiB", peak.bytes()>>20)
		}
	})
}

// memory is how much the heap grew at most.
type memory struct {
	mu         sync.Mutex
	base, most uint64
}

func (m *memory) begin() {
	runtime.GC()
	m.base, m.most = 0, 0
	m.look()
	m.base = m.most
}

func (m *memory) look() {
	m.mu.Lock()
	defer m.mu.Unlock()
	var now runtime.MemStats
	runtime.ReadMemStats(&now)
	m.most = max(m.most, now.HeapInuse)
}

func (m *memory) bytes() uint64 { return m.most - m.base }

// forgetful looks at the memory whenever it is used. It empties packs and indexes unless it keeps them.
type forgetful struct {
	store.Bucket
	peak  *memory
	keeps bool
}

func (f *forgetful) Put(ctx context.Context, key string, content []byte) error {
	f.peak.look()
	if !f.keeps && !strings.Contains(key, "/manifests/") && !strings.Contains(key, "/pins/") {
		content = nil
	}
	return f.Bucket.Put(ctx, key, content)
}

func (f *forgetful) Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	f.peak.look()
	return f.Bucket.Get(ctx, key, offset, length)
}

// endless is a file whose blocks are all different.
type endless []byte

func (e endless) ReadAt(into []byte, offset int64) (int, error) {
	copy(into, e[offset/blockSize%8*blockSize:])
	binary.LittleEndian.PutUint64(into, uint64(offset)+1)
	return len(into), nil
}

// The clock of these tests moves only when everything waits for it.
func TestBandwidth(t *testing.T) {
	t.Parallel()
	const size = 20 * blockSize
	for name, test := range map[string]struct {
		limiter *rate.Limiter
		seconds float64
	}{
		"large_cap":             {pace.NewLimiter(20_000_000), size / 20e6},
		"small_cap":             {pace.NewLimiter(50_000), size / 50e3},
		"very_small_cap":        {pace.NewLimiter(1000), size / 1e3},
		"cap_with_a_large_rest": {rate.NewLimiter(1_000_000, 1<<30), 0},
		"cap_with_a_small_rest": {rate.NewLimiter(1_000_000, 4096), size / 1e6},
		"no_cap":                {pace.NewLimiter(0), 0},
		"no_limiter":            {nil, 0},
	} {
		t.Run("save_keeps_to_"+name, func(t *testing.T) {
			t.Parallel()
			content := random(t, size)
			synctest.Test(t, func(t *testing.T) {
				v := newVault(openBucket(t, "mem://"))
				v.Limiter = test.limiter
				begin := time.Now()
				save(t, v, "first", "", contents{"a": content})
				checkSeconds(t, time.Since(begin), test.seconds)
			})
		})
	}
	t.Run("restore_and_verify_keep_to_it", func(t *testing.T) {
		t.Parallel()
		v := newVault(openBucket(t, "mem://"))
		want := contents{"a": random(t, size)}
		save(t, v, "first", "", want)
		synctest.Test(t, func(t *testing.T) {
			v.Limiter = pace.NewLimiter(1_000_000)
			begin := time.Now()
			checkRestores(t, v, "first", want)
			verify(t, v, "first")
			checkSeconds(t, time.Since(begin), 2*size/1e6)
		})
	})
	t.Run("changes_while_a_save_runs", func(t *testing.T) {
		t.Parallel()
		content := random(t, size)
		synctest.Test(t, func(t *testing.T) {
			v := newVault(openBucket(t, "mem://"))
			v.Limiter = pace.NewLimiter(size / 100)
			lift := time.AfterFunc(10*time.Second, func() { pace.SetBandwidth(v.Limiter, size/10) })
			defer lift.Stop()
			begin := time.Now()
			save(t, v, "first", "", contents{"a": content})
			checkSeconds(t, time.Since(begin), 10+9) // a tenth in the first ten seconds, the rest at ten times the speed
		})
	})
	t.Run("is_shared", func(t *testing.T) {
		t.Parallel()
		content := random(t, size)
		synctest.Test(t, func(t *testing.T) {
			shared := pace.NewLimiter(1_000_000)
			begin := time.Now()
			var savers sync.WaitGroup
			for range 3 {
				savers.Go(func() {
					v := newVault(openBucket(t, "mem://"))
					v.Limiter = shared
					save(t, v, "first", "", contents{"a": content})
				})
			}
			savers.Wait()
			checkSeconds(t, time.Since(begin), 3*size/1e6)
		})
	})
}

func checkSeconds(t *testing.T, got time.Duration, want float64) {
	t.Helper()
	if math.Abs(got.Seconds()-want) > 0.03+want*0.02 {
		t.Errorf("took %.3f s, want %.3f s", got.Seconds(), want)
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	t.Run("is_told_all_the_way", func(t *testing.T) {
		t.Parallel()
		content := contents{"a": random(t, 20*blockSize)}
		synctest.Test(t, func(t *testing.T) {
			v := newVault(openBucket(t, "mem://"))
			v.PackBytes = 0 // more than the save: nothing is in the store before its end
			v.Limiter = pace.NewLimiter(1 << 20)
			var told []vault.Progress
			saved, err := v.Save(t.Context(), vault.SaveRequest{
				Manifest: "first", Files: content.files(), Progress: func(p vault.Progress) { told = append(told, p) },
			})
			if err != nil {
				t.Fatal(err)
			}
			checkTold(t, told, saved.TotalBytes)
			last := told[len(told)-1]
			if last.StoredBytes != saved.StoredBytes {
				t.Errorf("at the end: %d bytes stored, want %d", last.StoredBytes, saved.StoredBytes)
			}
			if middle := told[len(told)/2]; middle.StoredBytes < saved.StoredBytes/4 {
				t.Errorf("in the middle: %d of %d bytes stored", middle.StoredBytes, saved.StoredBytes)
			}
			checkSeconds(t, time.Duration(last.Seconds*float64(time.Second)), 5)
			told = nil
			if _, err := v.Restore(t.Context(), "first", t.TempDir(), func(p vault.Progress) { told = append(told, p) }); err != nil {
				t.Fatal(err)
			}
			checkTold(t, told, saved.TotalBytes)
		})
	})
	t.Run("shows_a_store_that_hangs", func(t *testing.T) {
		t.Parallel()
		content := contents{"a": random(t, 20*blockSize)}
		synctest.Test(t, func(t *testing.T) {
			const hangs = 20 * time.Second
			v := newVault(&blobtest.Faulty{Bucket: openBucket(t, "mem://"), Fault: func(op blobtest.Op) blobtest.Fault {
				if op.Kind == "put" && strings.Contains(op.Key, "/manifests/") {
					time.Sleep(hangs)
				}
				return blobtest.Works
			}})
			var told []vault.Progress
			_, err := v.Save(t.Context(), vault.SaveRequest{
				Manifest: "first", Files: content.files(), Progress: func(p vault.Progress) { told = append(told, p) },
			})
			if err != nil {
				t.Fatal(err)
			}
			if want := int(hangs / (100 * time.Millisecond)); len(told) < want {
				t.Errorf("%d reports, want %d", len(told), want)
			}
			if last := told[len(told)-1]; last.BytesPerSecond != 0 || last.DoneBytes != last.TotalBytes {
				t.Errorf("at the end: %+v", last)
			}
		})
	})
}

// checkTold wants reports every 100 ms that only ever grow, of 1 MiB a second, and a last one with everything done.
func checkTold(t *testing.T, told []vault.Progress, total int64) {
	t.Helper()
	if len(told) < 40 {
		t.Fatalf("%d reports in five seconds", len(told))
	}
	for i, now := range told[1:] {
		before := told[i]
		if now.TotalBytes != total || now.DoneBytes < before.DoneBytes || now.Seconds < before.Seconds || now.Seconds > before.Seconds+0.11 {
			t.Errorf("%+v after %+v", now, before)
		}
		if now.Seconds > 1 && math.Abs(now.BytesPerSecond-1<<20) > 1<<19 {
			t.Errorf("%.0f bytes a second after %.1f seconds", now.BytesPerSecond, now.Seconds)
		}
	}
	if last := told[len(told)-1]; last.DoneBytes != total {
		t.Errorf("at the end %d of %d bytes are done", last.DoneBytes, total)
	}
}
