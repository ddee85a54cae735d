package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"slipher/internal/engine/ondisk"
)

// Frozen is the database's files as of one moment. The files change on disk, but not the parts that Frozen reads.
type Frozen struct {
	Files []FrozenFile

	contents []*frozenContent // of Files
	release  func()           // gives the gate back

	mu      sync.Mutex // guards what follows
	done    bool       // Release was called
	aside   bool       // nothing is read from the database's own files any more, and the gate was given back
	refused bool       // there was no room to set anything aside
}

// FrozenFile is one file of a frozen database. Grid says that the file is laid out on the engine's block grid.
type FrozenFile struct {
	Name    string
	Content io.ReaderAt // to be read once, piece by piece; see frozenContent.Announce
	Size    int64
	Grid    bool
	Check   func(ctx context.Context, offset int64, piece []byte) error // says whether what was read is sound; nil where nothing says so
}

func (f *Frozen) add(file FrozenFile, content *frozenContent) {
	file.Content = content
	f.Files, f.contents = append(f.Files, file), append(f.contents, content)
}

// Release lets checkpoints happen again. It may be called more than once, when nobody reads any more.
func (f *Frozen) Release() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.done {
		return
	}
	f.done = true
	if !f.aside {
		f.release()
	}
	for _, content := range f.contents {
		content.close()
	}
}

// setAside copies what is still to be read and releases the gate. The readers notice nothing. A failure leaves everything as it was.
func (f *Frozen) setAside(create func() (*os.File, error)) (bytes int64, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.done || f.aside || f.refused {
		return 0, nil
	}
	copies := make([]*os.File, len(f.contents))
	defer func() {
		if err != nil {
			f.refused = true
			for _, made := range copies {
				if made != nil {
					made.Close()
				}
			}
		}
	}()
	for i, content := range f.contents {
		if copies[i], err = create(); err != nil {
			return 0, err
		}
		copied, err := content.copyTo(copies[i])
		if err != nil {
			return 0, fmt.Errorf("%s: %w", f.Files[i].Name, err)
		}
		bytes += copied
	}
	for i, content := range f.contents {
		content.readFrom(copies[i])
	}
	f.aside = true
	f.release()
	return bytes, nil
}

// The engine's grid: three headers, then blocks.
const (
	gridHeaders = 12 << 10
	blockSize   = 256 << 10
)

// frozenContent is the content of a frozen file. It keeps account of the pieces, so that only those that are still needed have to be copied
// when the gate cannot wait.
type frozenContent struct {
	size    int64
	headers int64 // length of the first piece, which is followed by pieces of a block each
	pieces  []atomic.Uint32

	mu   sync.RWMutex // held by readers; guards what follows
	from *os.File
	own  bool // from is a copy, or nobody else's
	kept bool // from holds what was needed when it was copied
}

// The states of a piece.
const (
	needed uint32 = iota
	unneeded
	copied
)

func newFrozenContent(from *os.File, size int64, own, grid bool) *frozenContent {
	c := &frozenContent{from: from, own: own, size: size, headers: blockSize}
	if grid {
		c.headers = gridHeaders
	}
	c.pieces = make([]atomic.Uint32, c.pieceAt(size+blockSize-1))
	return c
}

func (c *frozenContent) pieceAt(offset int64) int {
	if offset < c.headers {
		return 0
	}
	return int(1 + (offset-c.headers)/blockSize)
}

func (c *frozenContent) piece(number int) (offset, end int64) {
	if number == 0 {
		return 0, min(c.headers, c.size)
	}
	offset = c.headers + int64(number-1)*blockSize
	return offset, min(offset+blockSize, c.size)
}

// Announce says which ranges are going to be read; all others are not.
func (c *frozenContent) Announce(ranges iter.Seq2[int64, int]) {
	next := 0 // piece that no range has reached
	for offset, length := range ranges {
		for first := c.pieceAt(offset); next < first; next++ {
			c.pieces[next].Store(unneeded)
		}
		next = max(next, c.pieceAt(offset+int64(length)-1)+1)
	}
	for ; next < len(c.pieces); next++ {
		c.pieces[next].Store(unneeded)
	}
}

// ReadAt reads like io.ReaderAt. A piece that was read whole counts as not needed any more.
func (c *frozenContent) ReadAt(into []byte, offset int64) (int, error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if err := c.check(offset, int64(len(into))); err != nil {
		return 0, err
	}
	n, err := c.from.ReadAt(into, offset)
	if err == nil || errors.Is(err, io.EOF) {
		c.readUpTo(offset, offset+int64(n))
	}
	return n, err
}

// check refuses what was not copied since it was said, or seemed, not to be needed.
func (c *frozenContent) check(offset, length int64) error {
	if !c.kept {
		return nil
	}
	for number := c.pieceAt(offset); number < len(c.pieces) && number <= c.pieceAt(offset+length-1); number++ {
		if c.pieces[number].Load() != copied {
			return fmt.Errorf("bytes %d to %d were not kept for the snapshot: they had been read, or were not announced", offset, offset+length)
		}
	}
	return nil
}

func (c *frozenContent) readUpTo(offset, end int64) {
	for number := c.pieceAt(offset); number < len(c.pieces); number++ {
		from, to := c.piece(number)
		if to > end {
			return
		}
		if from >= offset {
			c.pieces[number].CompareAndSwap(needed, unneeded)
		}
	}
}

// syncEvery keeps the copy from piling up in memory, where a commit's own sync might have to wait for all of it.
const syncEvery = 16 << 20

// copyTo copies the pieces that are needed to where they are in the file, with holes between them.
func (c *frozenContent) copyTo(file *os.File) (bytes int64, err error) {
	buffer, unsynced := make([]byte, blockSize), int64(0)
	for number := range c.pieces {
		offset, end := c.piece(number)
		if c.pieces[number].Load() != needed || offset == end {
			continue
		}
		if err := c.copyPiece(file, buffer[:end-offset], offset); err != nil {
			return 0, err
		}
		c.pieces[number].CompareAndSwap(needed, copied)
		bytes += end - offset
		if unsynced += end - offset; unsynced >= syncEvery {
			unsynced = 0
			if err := file.Sync(); err != nil {
				return 0, err
			}
		}
	}
	return bytes, nil
}

// copyPiece reads a block that the engine is just writing, which no snapshot needs, until it is whole: half of it would look damaged.
func (c *frozenContent) copyPiece(to *os.File, buffer []byte, offset int64) error {
	for range rereads {
		if n, err := c.from.ReadAt(buffer, offset); n < len(buffer) {
			return fmt.Errorf("read what is to be set aside: %w", err)
		}
		if c.headers != gridHeaders || len(buffer) < blockSize || ondisk.Sound(buffer) {
			break
		}
		time.Sleep(rereadAfter)
	}
	if _, err := to.WriteAt(buffer, offset); err != nil {
		return fmt.Errorf("set aside: %w", err)
	}
	return nil
}

// readFrom waits for the reads under way and lets the following ones read the copy.
func (c *frozenContent) readFrom(file *os.File) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.own {
		c.from.Close()
	}
	c.from, c.own, c.kept = file, true, true
}

func (c *frozenContent) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.own {
		c.from.Close()
	}
}

// createAside makes a file that disappears with its last descriptor.
func (d *Database) createAside() (*os.File, error) {
	file, err := os.CreateTemp(d.config.TempDir, "snapshot-*.aside")
	if err != nil {
		return nil, fmt.Errorf("make a file to set blocks aside: %w", err)
	}
	if err := os.Remove(file.Name()); err != nil {
		return nil, errors.Join(fmt.Errorf("make a file to set blocks aside: %w", err), file.Close())
	}
	return file, nil
}
