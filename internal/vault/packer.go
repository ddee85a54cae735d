package vault

import (
	"context"
	"crypto/cipher"
	"fmt"
	"sync"
	"sync/atomic"
)

// packer gathers records into packs. Workers compress and seal side by side, each into its own place of the pack's buffer;
// a full pack goes to the store while the next one fills. There are two buffers and no more, which bounds the memory of a
// save and slows the workers down to the speed of the store.
type packer struct {
	store  *store
	free   chan []byte
	full   chan *openPack
	stored atomic.Int64

	mu      sync.Mutex
	current *openPack
}

// openPack is a pack that is being filled.
type openPack struct {
	index   index
	aead    cipher.AEAD
	buffer  []byte // grows within its capacity; what is reserved is filled by the worker that reserved it
	filling sync.WaitGroup
}

const packBuffers = 2

func newPacker(s *store) *packer {
	p := &packer{store: s, free: make(chan []byte, packBuffers), full: make(chan *openPack)}
	for range packBuffers {
		p.free <- nil // made when it is needed: a small save needs one small one
	}
	return p
}

// add seals one block into the current pack.
func (p *packer) add(ctx context.Context, rec record, packed []byte) error {
	rec.sealed = uint32(len(packed) + tagSize)
	into, slot, at, err := p.reserve(ctx, rec)
	if err != nil {
		return err
	}
	defer into.filling.Done()
	// Sealing in place: the room behind at is this worker's alone.
	into.aead.Seal(at[:0], slotNonce(slot), packed, rec.bound())
	return nil
}

// reserve gives out a slot of the pack, and with it the nonce, exactly once.
func (p *packer) reserve(ctx context.Context, rec record) (*openPack, uint32, []byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.current != nil && !p.current.fits(rec, p.store.packBytes) {
		if err := p.handOver(ctx); err != nil {
			return nil, 0, nil, err
		}
	}
	if p.current == nil {
		if err := p.begin(ctx); err != nil {
			return nil, 0, nil, err
		}
	}
	into := p.current
	slot, start := uint32(len(into.index.records)), len(into.buffer)
	into.index.records = append(into.index.records, rec)
	into.buffer = into.buffer[:start+int(rec.sealed)]
	into.filling.Add(1)
	return into, slot, into.buffer[start:len(into.buffer):len(into.buffer)], nil
}

// fits leaves room for the pack's own copy of its index.
func (o *openPack) fits(rec record, packBytes int) bool {
	return len(o.buffer)+int(rec.sealed)+o.index.tailSize(1) <= packBytes
}

func (p *packer) begin(ctx context.Context) error {
	var buffer []byte
	select {
	case buffer = <-p.free:
	case <-ctx.Done():
		return ctx.Err()
	}
	if buffer == nil {
		buffer = make([]byte, 0, p.store.packBytes)
	}
	id := newPackID()
	p.current = &openPack{
		index:  index{pack: id},
		aead:   p.store.keys.packCipher(id),
		buffer: append(buffer[:0], header(kindPack, id)...),
	}
	return nil
}

func (p *packer) handOver(ctx context.Context) error {
	select {
	case p.full <- p.current:
		p.current = nil
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// finish hands over the last pack. No add may be under way.
func (p *packer) finish(ctx context.Context) error {
	defer close(p.full)
	if p.current == nil {
		return nil
	}
	return p.handOver(ctx)
}

// upload stores full packs until finish.
func (p *packer) upload(ctx context.Context) error {
	for {
		select {
		case filled, open := <-p.full:
			if !open {
				return nil
			}
			if err := p.put(ctx, filled); err != nil {
				return err
			}
			p.free <- filled.buffer
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// put writes the pack first: an index never speaks of a pack that is not there.
func (p *packer) put(ctx context.Context, filled *openPack) error {
	filled.filling.Wait()
	id, sealed := filled.index.pack, p.store.keys.sealIndex(filled.index)
	content := append(filled.buffer, sealed...)
	content = append(content, trailer(len(sealed))...)
	if err := p.store.Put(ctx, p.store.packKey(id), content); err != nil {
		return fmt.Errorf("write pack %s: %w", id, err)
	}
	p.stored.Add(int64(len(content)))
	if err := p.store.Put(ctx, p.store.indexKey(id), sealed); err != nil {
		return fmt.Errorf("write index of pack %s: %w", id, err)
	}
	p.stored.Add(int64(len(sealed)))
	return nil
}
