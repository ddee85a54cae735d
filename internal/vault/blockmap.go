package vault

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slipher/internal/vault/store"
	"sync"
	"sync/atomic"
)

// blocksSuffix marks the file that says which blocks of an unfinished lazy restore are there.
const blocksSuffix = ".blocks"

// blockMap knows which pieces of a file are there, and keeps that in a file: a line that names the manifest, then one byte for each piece.
// Bytes only ever go from 0 to 1, each on its own, so a write that is cut off loses knowledge and invents none.
type blockMap struct {
	file   *os.File
	head   int64
	pieces []atomic.Bool

	mu    sync.Mutex
	fresh []int32 // there, but not yet kept
}

func mapHead(manifest string, pieces int) []byte {
	return fmt.Appendf(nil, "slipher blocks 1 %q %d\n", manifest, pieces)
}

// makeBlockMap makes the map of a file of which nothing is there.
func makeBlockMap(path, manifest string, pieces int) (*blockMap, error) {
	head := mapHead(manifest, pieces)
	if err := store.WriteFile(path, append(head, make([]byte, pieces)...)); err != nil {
		return nil, err
	}
	return openBlockMap(path, manifest, pieces)
}

func openBlockMap(path, manifest string, pieces int) (*blockMap, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	head := mapHead(manifest, pieces)
	if !bytes.HasPrefix(content, head) || len(content) != len(head)+pieces {
		return nil, errors.New("the folder holds the unfinished restore of another snapshot: restore into an empty one")
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	m := &blockMap{file: file, head: int64(len(head)), pieces: make([]atomic.Bool, pieces)}
	for piece, there := range content[len(head):] {
		m.pieces[piece].Store(there == 1)
	}
	return m, nil
}

func (m *blockMap) has(piece int32) bool { return m.pieces[piece].Load() }

func (m *blockMap) add(piece int32) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.pieces[piece].Store(true)
	m.fresh = append(m.fresh, piece)
}

func (m *blockMap) missing() (missing []int32) {
	for piece := range m.pieces {
		if !m.has(int32(piece)) {
			missing = append(missing, int32(piece))
		}
	}
	return missing
}

// arrived hands over the pieces that are not kept yet, to be kept once they are durable.
func (m *blockMap) arrived() []int32 {
	m.mu.Lock()
	defer m.mu.Unlock()
	arrived := m.fresh
	m.fresh = nil
	return arrived
}

func (m *blockMap) again(arrived []int32) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fresh = append(m.fresh, arrived...)
}

// keep notes durably that these pieces are there.
func (m *blockMap) keep(arrived []int32) error {
	if len(arrived) == 0 {
		return nil
	}
	for _, piece := range arrived {
		if _, err := m.file.WriteAt([]byte{1}, m.head+int64(piece)); err != nil {
			m.again(arrived)
			return fmt.Errorf("keep the map of blocks: %w", withoutPath(err))
		}
	}
	if err := m.file.Sync(); err != nil {
		m.again(arrived)
		return fmt.Errorf("keep the map of blocks: %w", withoutPath(err))
	}
	return nil
}

func (m *blockMap) close() error { return m.file.Close() }
