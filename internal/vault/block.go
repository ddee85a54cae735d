package vault

import (
	"crypto/cipher"
	"encoding/binary"
	"fmt"

	libzstd "github.com/DataDog/zstd"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
	"github.com/zeebo/blake3"
)

// A block record is how one block stands in a pack: its plain bytes, compressed by a codec, sealed.

type codec uint8

const (
	codecRaw codec = iota
	codecS2
	codecZstd
)

// record describes a block record. It is what an index lists, and all of it is bound to the sealed bytes.
type record struct {
	id     BlockID
	plain  uint32
	sealed uint32
	codec  codec
}

func (r record) check() error {
	switch {
	case r.plain == 0 || r.plain > blockSize:
		return fmt.Errorf("%w: block of %d bytes", ErrDamaged, r.plain)
	case r.sealed <= tagSize || r.sealed > blockSize+tagSize:
		return fmt.Errorf("%w: record of %d bytes", ErrDamaged, r.sealed)
	case r.codec > codecZstd:
		return fmt.Errorf("%w: unknown codec %d", ErrDamaged, r.codec)
	}
	return nil
}

// sealing is what a record is sealed with besides its key: the number of the block in its pack is the nonce, and the record
// answers only to its own id, length and codec. It is kept and used again, as a save has very many records.
type sealing struct {
	nonce [nonceSize]byte
	bound [37]byte
}

func (s *sealing) set(slot uint32, rec record) {
	binary.LittleEndian.PutUint32(s.nonce[:], slot)
	copy(s.bound[:], rec.id[:])
	s.bound[32] = byte(rec.codec)
	binary.LittleEndian.PutUint32(s.bound[33:], rec.plain)
}

func (s *sealing) seal(into []byte, aead cipher.AEAD, slot uint32, rec record, packed []byte) {
	s.set(slot, rec)
	aead.Seal(into[:0], s.nonce[:], packed, s.bound[:])
}

// open decrypts in place.
func (s *sealing) open(aead cipher.AEAD, slot uint32, rec record, sealed []byte) ([]byte, error) {
	s.set(slot, rec)
	packed, err := aead.Open(sealed[:0], s.nonce[:], sealed, s.bound[:])
	if err != nil {
		return nil, fmt.Errorf("%w: altered, swapped, or sealed with another key", ErrDamaged)
	}
	return packed, nil
}

// blockWriter names and compresses blocks, one at a time. Each worker has its own.
type blockWriter struct {
	hasher *blake3.Hasher
	zstd   libzstd.Ctx
	packed []byte
	sealing
}

func newBlockWriter(keys keyring) *blockWriter {
	return &blockWriter{hasher: keys.blocks.Clone()}
}

func (w *blockWriter) id(plain []byte) (id BlockID) {
	w.hasher.Reset()
	_, _ = w.hasher.Write(plain)
	w.hasher.Sum(id[:0])
	return id
}

// compress returns bytes that are good until the next call.
func (w *blockWriter) compress(plain []byte) (codec, []byte) {
	if w.packed == nil {
		w.zstd, w.packed = libzstd.NewCtx(), make([]byte, max(s2.MaxEncodedLen(blockSize), libzstd.CompressBound(blockSize)))
	}
	by := codecS2
	if w.zstdGains(plain) {
		by = codecZstd
	}
	packed := w.pack(by, plain)
	if !worthwhile(len(packed), len(plain)) {
		return codecRaw, plain
	}
	return by, packed
}

// worthwhile says no to what saves less than a thirtieth: it is not worth decompressing.
func worthwhile(packed, plain int) bool { return packed <= plain-plain/32 }

const sampleSize = 4 << 10

// zstdGains says whether a sample gets smaller by zstd, which costs twice as much as S2. The bound was measured on a database of mixed
// columns: a gain of a ninth instead of a thirteenth would save a tenth of the time and store one part in a hundred more.
func (w *blockWriter) zstdGains(plain []byte) bool {
	if len(plain) < 2*sampleSize {
		return true
	}
	middle := (len(plain) - sampleSize) / 2
	sample := plain[middle : middle+sampleSize]
	byS2, byZstd := len(w.pack(codecS2, sample)), len(w.pack(codecZstd, sample))
	return worthwhile(byZstd, sampleSize) && byZstd < byS2*12/13
}

func (w *blockWriter) pack(by codec, plain []byte) []byte {
	if by == codecS2 {
		return s2.Encode(w.packed, plain)
	}
	packed, err := w.zstd.CompressLevel(w.packed, plain, libzstd.BestSpeed)
	if err != nil {
		panic(err) // the buffer has room for whatever a block becomes
	}
	return packed
}

// blockReader opens records, one at a time. Each worker has its own.
type blockReader struct {
	hasher *blake3.Hasher
	zstd   *zstd.Decoder
	plain  []byte
	sealing
}

func newBlockReader(keys keyring) *blockReader {
	return &blockReader{hasher: keys.blocks.Clone()}
}

// unpack decompresses and checks the hash. The bytes are good until the next call.
func (r *blockReader) unpack(rec record, packed []byte) ([]byte, error) {
	plain, err := r.decompress(rec, packed)
	if err != nil {
		return nil, err
	}
	var id BlockID
	r.hasher.Reset()
	_, _ = r.hasher.Write(plain)
	if r.hasher.Sum(id[:0]); id != rec.id {
		return nil, fmt.Errorf("%w: content is not what its id says", ErrDamaged)
	}
	return plain, nil
}

// decompress never writes more than a block, whatever packed says of its own length.
func (r *blockReader) decompress(rec record, packed []byte) ([]byte, error) {
	if r.plain == nil && rec.codec != codecRaw {
		r.plain = make([]byte, blockSize)
	}
	plain, err := packed, error(nil)
	switch rec.codec {
	case codecRaw:
	case codecS2:
		if n, err := s2.DecodedLen(packed); err != nil || n != int(rec.plain) {
			return nil, fmt.Errorf("%w: wrong length", ErrDamaged)
		}
		plain, err = s2.Decode(r.plain, packed)
	case codecZstd:
		plain, err = r.decompressZstd(packed)
	default:
		return nil, fmt.Errorf("%w: unknown codec %d", ErrDamaged, rec.codec)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if len(plain) != int(rec.plain) {
		return nil, fmt.Errorf("%w: wrong length", ErrDamaged)
	}
	return plain, nil
}

func (r *blockReader) decompressZstd(packed []byte) ([]byte, error) {
	if r.zstd == nil {
		decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(blockSize),
			zstd.WithDecoderMaxWindow(blockSize), zstd.WithDecodeAllCapLimit(true))
		if err != nil {
			panic(err) // the options are constants
		}
		r.zstd = decoder
	}
	return r.zstd.DecodeAll(packed, r.plain[:0])
}
