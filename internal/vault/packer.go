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
	store  *opened
	free   chan *openPack
	full   chan *openPack
	stored atomic.Int64 // in the store
	sealed atomic.Int64 // on the way there

	written []packID // by upload, which is one goroutine

	mu      sync.Mutex
	current *openPack
}

// openPack is a pack that is being filled, and used again for another one when it is stored.
type openPack struct {
	index   index
	aead    cipher.AEAD
	buffer  []byte // grows within its capacity; what is reserved is filled by the worker that reserved it
	filling sync.WaitGroup

	plainIndex []byte
}

func (o *openPack) begin(s *opened) {
	if o.buffer == nil {
		o.buffer = make([]byte, 0, s.packBytes)
	}
	id := newPackID()
	o.index = index{pack: id, records: o.index.records[:0]}
	o.aead = s.keys.packCipher(id)
	o.buffer = append(o.buffer[:0], header(kindPack, id)...)
}

const packBuffers = 2 // made when they are needed

func newPacker(s *opened) *packer {
	p := &packer{store: s, free: make(chan *openPack, packBuffers), full: make(chan *openPack)}
	for range packBuffers {
		p.free <- &openPack{}
	}
	return p
}

// spent are the buffers of all packs, for the manifest of a large file to lie in. It is for after upload, and ends the packer.
func (p *packer) spent() (a, b []byte) { return (<-p.free).buffer[:0], (<-p.free).buffer[:0] }

// added is how much a save has added to the store so far, counting what waits in a pack: a small save writes a single one, at its end.
func (p *packer) added() int64 { return max(p.stored.Load(), p.sealed.Load()) }

// add seals one block into the current pack.
func (p *packer) add(ctx context.Context, sealing *sealing, rec record, packed []byte) error {
	rec.sealed = uint32(len(packed) + tagSize)
	into, slot, at, err := p.reserve(ctx, rec)
	if err != nil {
		return err
	}
	defer into.filling.Done()
	// Sealing in place: the room behind at is this worker's alone.
	sealing.seal(at, into.aead, slot, rec, packed)
	p.sealed.Add(int64(rec.sealed))
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
		select {
		case p.current = <-p.free:
			p.current.begin(p.store)
		case <-ctx.Done():
			return nil, 0, nil, ctx.Err()
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
			p.free <- filled
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// put writes the pack first: an index never speaks of a pack that is not there.
func (p *packer) put(ctx context.Context, filled *openPack) error {
	filled.filling.Wait()
	id, records := filled.index.pack, len(filled.buffer)
	filled.plainIndex = filled.index.encode(filled.plainIndex[:0])
	content := p.store.keys.sealObject(filled.buffer, kindIndex, id, filled.plainIndex)
	sealed := content[records:]
	content = append(content, trailer(len(sealed))...)
	if err := p.store.Put(ctx, p.store.packKey(id), content); err != nil {
		return fmt.Errorf("write pack %s: %w", id, err)
	}
	p.stored.Add(int64(len(content)))
	if err := p.store.Put(ctx, p.store.indexKey(id), sealed); err != nil {
		return fmt.Errorf("write index of pack %s: %w", id, err)
	}
	p.stored.Add(int64(len(sealed)))
	p.written = append(p.written, id)
	return nil
}
