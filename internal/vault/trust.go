package vault

import (
	"context"
	"fmt"
	"iter"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// Announced is content whose owner wants to know early what Save will read of it: Announce is called once, with the ranges that are left when
// hints have been looked at, in order. From then on Save reads each of them once, and nothing else.
type Announced interface {
	Announce(ranges iter.Seq2[int64, int])
}

func announce(files []File, into []StoredFile) {
	for i, file := range files {
		content, wanted := file.Content.(Announced)
		if !wanted {
			continue
		}
		grid := gridOf(file.Size, file.Grid)
		content.Announce(func(yield func(int64, int) bool) {
			for number, id := range into[i].Blocks {
				if id == (BlockID{}) && !yield(grid.piece(number)) {
					return
				}
			}
		})
	}
}

// takeOnTrust compares the engine's checksums with the parents', and takes the parent's block when they are the same and the block is where
// it should be. The other blocks stay without an id.
func (s *saving) takeOnTrust(ctx context.Context, files []File, into []StoredFile) error {
	for i, file := range files {
		parent, found := s.parent[file.Name]
		if !found || !file.Grid || !parent.Grid {
			continue
		}
		group, ctx := errgroup.WithContext(ctx)
		workers := runtime.GOMAXPROCS(0)
		for first := range workers {
			group.Go(func() error { return s.compareHints(ctx, file, &into[i], parent, first, workers) })
		}
		if err := group.Wait(); err != nil {
			return err
		}
	}
	return nil
}

// compareHints looks at every block from first on in steps.
func (s *saving) compareHints(ctx context.Context, file File, into *StoredFile, parent StoredFile, first, step int) error {
	grid, old := gridOf(file.Size, true), gridOf(parent.Size, true)
	var begin [8]byte
	for number := first; number < min(len(into.Blocks), len(parent.Blocks)) && ctx.Err() == nil; number += step {
		if !grid.hinted(number) || !old.hinted(number) || parent.Hints[number] == 0 || !s.known.holds(parent.Blocks[number]) {
			continue
		}
		offset, length := grid.piece(number)
		if err := readPiece(file.Content, begin[:], offset); err != nil {
			return fmt.Errorf("block %d of %s: %w", number, file.Name, err)
		}
		if hintOf(begin[:]) != parent.Hints[number] {
			continue
		}
		s.rely(parent.Blocks[number])
		into.Blocks[number], into.Hints[number] = parent.Blocks[number], parent.Hints[number]
		s.meter.add(length)
	}
	return ctx.Err()
}
