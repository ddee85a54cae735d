package vault

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"

	"slipher/internal/vault/store"

	"golang.org/x/sync/errgroup"
)

// batches groups packs whose live blocks fill about one new pack, so that a sweep needs little room to make room.
func (w *sweeping) batches(numbers []uint32) iter.Seq[[]uint32] {
	return func(yield func([]uint32) bool) {
		var batch []uint32
		bytes := int64(0)
		for _, number := range numbers {
			batch = append(batch, number)
			if bytes += w.liveBytes[number]; bytes >= int64(w.packBytes)*3/4 {
				if !yield(batch) {
					return
				}
				batch, bytes = nil, 0
			}
		}
		if len(batch) > 0 {
			yield(batch)
		}
	}
}

// rewrite copies the live blocks of some packs into new ones, and returns when these are durable.
func (w *sweeping) rewrite(ctx context.Context, batch []uint32, records map[uint32][]placedRecord) error {
	packer := newPacker(w.opened)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return packer.upload(ctx) })
	group.Go(func() error {
		for _, number := range batch {
			if err := w.copyLive(ctx, packer, w.known.packs[number], records[number]); err != nil {
				return fmt.Errorf("rewrite pack %s: %w", w.known.packs[number].id, err)
			}
		}
		return packer.finish(ctx)
	})
	err := group.Wait()
	w.count(func(swept *Swept) { swept.FreedBytes -= packer.stored.Load() })
	return err
}

// copyLive seals the blocks anew, as a key and a nonce belong to one pack. They stay compressed as they are.
func (w *sweeping) copyLive(ctx context.Context, packer *packer, pack pack, live []placedRecord) error {
	reader, buffer := newBlockReader(w.keys), make([]byte, blockSize+tagSize)
	for _, rec := range live {
		sealed := buffer[:rec.sealed]
		if err := w.pace.Wait(ctx, len(sealed)); err != nil {
			return err
		}
		if err := store.ReadRange(ctx, w, w.packKey(pack.id), int64(rec.offset), sealed); err != nil {
			return shortened(err)
		}
		packed, err := reader.open(pack.aead, rec.slot, rec.record, sealed)
		if err != nil {
			return err
		}
		if _, err := reader.unpack(rec.record, packed); err != nil {
			return err
		}
		if err := packer.add(ctx, &reader.sealing, rec.record, packed); err != nil {
			return err
		}
	}
	return nil
}

// placedRecord is a record with its place in a pack.
type placedRecord struct {
	record
	slot, offset uint32
}

// recordsOf finds the live records of some packs in one pass, each pack's in their order.
func (w *sweeping) recordsOf(numbers []uint32) map[uint32][]placedRecord {
	records := make(map[uint32][]placedRecord, len(numbers))
	for _, number := range numbers {
		records[number] = nil
	}
	for id := range w.live {
		at := w.known.blocks[id]
		if of, wanted := records[at.pack]; wanted {
			records[at.pack] = append(of, placedRecord{at.record(id), at.slot, at.offset})
		}
	}
	for _, of := range records {
		slices.SortFunc(of, func(a, b placedRecord) int { return cmp.Compare(a.slot, b.slot) })
	}
	return records
}
