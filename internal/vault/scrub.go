package vault

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
)

// Share is the part of a scope's packs that is scrubbed at once: those of Days days in a row. A pack has the same day in each Cycle.
type Share struct{ From, Days int }

// Cycle is after how many days every pack has been scrubbed.
const Cycle = 30

func (s Share) holds(id packID) bool {
	day := int(binary.LittleEndian.Uint32(id[:]) % Cycle)
	return (day-s.From%Cycle+Cycle)%Cycle < s.Days
}

// Scrubbed is what a scrub found.
type Scrubbed struct {
	Blocks int              // read and checked
	Hurt   map[string]error // what each snapshot that needs something damaged has lost
}

// Scrub reads those blocks of the snapshots back that are in a share of the packs, each once, and checks them. A manifest that
// cannot be read, and a block that is in no sound pack, are found whatever the share.
func (v Vault) Scrub(ctx context.Context, ids []string, share Share) (Scrubbed, error) {
	scrubbed, err := v.scrub(ctx, ids, share)
	if err != nil {
		return scrubbed, fmt.Errorf("scrub: %w", err)
	}
	return scrubbed, nil
}

func (v Vault) scrub(ctx context.Context, ids []string, share Share) (Scrubbed, error) {
	scrubbed := Scrubbed{Hurt: map[string]error{}}
	s, err := v.open()
	if err != nil {
		return scrubbed, err
	}
	all, owner := Manifest{}, []string{} // the files of all snapshots as if they were one's, and whose each file is
	for _, id := range ids {
		manifest, err := s.manifest(ctx, id)
		switch {
		case errors.Is(err, ErrNotFound), errors.Is(err, ErrDamaged):
			scrubbed.Hurt[id] = err
			continue
		case err != nil:
			return scrubbed, err
		}
		all.Files = append(all.Files, manifest.Files...)
		for range manifest.Files {
			owner = append(owner, id)
		}
	}
	bad, err := s.badBlocks(ctx, all, share, &scrubbed)
	for i, file := range all.Files {
		for number, id := range file.Blocks {
			if cause := bad[id]; cause != nil && scrubbed.Hurt[owner[i]] == nil {
				scrubbed.Hurt[owner[i]] = fmt.Errorf("block %d of %s: %w", number, file.Name, cause)
			}
		}
	}
	return scrubbed, err
}

// badBlocks checks each block once, in one of the places where it is needed.
func (s *opened) badBlocks(ctx context.Context, all Manifest, share Share, scrubbed *Scrubbed) (map[BlockID]error, error) {
	var mu sync.Mutex
	bad := map[BlockID]error{}
	f := newFetcher(s, all)
	f.deliver = all.checkLength
	f.damaged = func(at place, err error) error {
		mu.Lock()
		defer mu.Unlock()
		bad[f.id(at)] = err
		return nil
	}
	known, err := f.catalogueAfter(ctx, nil)
	if err != nil {
		return nil, err
	}
	seen := map[BlockID]bool{}
	var wants []want
	for _, w := range f.allPlaces() {
		id := f.id(w.place)
		at, err := known.find(id)
		if !seen[id] && (err != nil || share.holds(known.packs[at.pack].id)) {
			wants = append(wants, w)
		}
		seen[id] = true
	}
	scrubbed.Blocks = len(wants)
	if len(wants) == 0 {
		return bad, nil
	}
	return bad, f.fetch(ctx, wants)
}
