package vault_test

import (
	"bytes"
	"fmt"
	"iter"
	"slices"
	"sync"
	"testing"

	"slipher/internal/vault"
)

// watched is content that notes what a save announces and reads.
type watched struct {
	*bytes.Reader
	mu        sync.Mutex
	announced []string // nil until then
	read      []string // since then
}

func rangeOf(offset int64, length int) string { return fmt.Sprintf("%09d+%d", offset, length) }

func (w *watched) Announce(ranges iter.Seq2[int64, int]) {
	w.announced = []string{}
	for offset, length := range ranges {
		w.announced = append(w.announced, rangeOf(offset, length))
	}
}

func (w *watched) ReadAt(into []byte, offset int64) (int, error) {
	w.mu.Lock()
	if w.announced != nil {
		w.read = append(w.read, rangeOf(offset, len(into)))
	}
	w.mu.Unlock()
	return w.Reader.ReadAt(into, offset)
}

func TestSaveAnnouncesWhatItReads(t *testing.T) {
	t.Parallel()
	v := newVault(openFolder(t))
	database := contents{"dev.db": random(t, gridHeaders+9*blockSize)}
	save(t, v, "first", "", database)
	changed := database.clone()
	for _, block := range []int{2, 7} {
		copy(changed["dev.db"][gridHeaders+block*blockSize:], random(t, blockSize))
	}
	for _, trust := range []bool{true, false} {
		content := &watched{Reader: bytes.NewReader(changed["dev.db"])}
		saved, err := v.Save(t.Context(), vault.SaveRequest{Manifest: fmt.Sprint("second ", trust), Parent: "first", TrustHints: trust,
			Files: []vault.File{{Name: "dev.db", Content: content, Size: content.Size(), Grid: true}}})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{rangeOf(0, gridHeaders)}
		for block := range 9 {
			if !trust || block == 2 || block == 7 {
				want = append(want, rangeOf(gridHeaders+int64(block)*blockSize, blockSize))
			}
		}
		if !slices.Equal(content.announced, want) {
			t.Errorf("trust %v: announced %v, want %v", trust, content.announced, want)
		}
		if slices.Sort(content.read); !slices.Equal(content.read, want) {
			t.Errorf("trust %v: read %v, want %v", trust, content.read, want)
		}
		if saved.Blocks != 10 {
			t.Errorf("trust %v: %d blocks", trust, saved.Blocks)
		}
	}
	checkRestores(t, v, "second true", changed)
}
