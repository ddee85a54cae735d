package vault

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// index lists the records of one pack in their order. A record begins where the one before it ends, and the first one after
// the pack's header, so an index cannot say that two records overlap.
type index struct {
	pack    packID
	records []record
}

const (
	indexHeadSize = nameSize + 4
	recordSize    = 32 + 4 + 4 + 1
	trailerSize   = 8
)

var trailerMagic = [4]byte{'S', 'L', 'P', 'E'}

// encode appends to content.
func (x index) encode(content []byte) []byte {
	content = slices.Grow(content, indexHeadSize+len(x.records)*recordSize)
	content = append(content, x.pack[:]...)
	content = binary.LittleEndian.AppendUint32(content, uint32(len(x.records)))
	for _, rec := range x.records {
		content = append(content, rec.id[:]...)
		content = binary.LittleEndian.AppendUint32(content, rec.plain)
		content = binary.LittleEndian.AppendUint32(content, rec.sealed)
		content = append(content, byte(rec.codec))
	}
	return content
}

func decodeIndex(content []byte) (index, error) {
	if len(content) < indexHeadSize {
		return index{}, fmt.Errorf("%w: index is cut short", ErrDamaged)
	}
	decoded := index{pack: packID(content[:nameSize])}
	count := uint64(binary.LittleEndian.Uint32(content[nameSize:]))
	content = content[indexHeadSize:]
	if uint64(len(content)) != count*recordSize {
		return index{}, fmt.Errorf("%w: index has %d bytes for %d blocks", ErrDamaged, len(content), count)
	}
	decoded.records = make([]record, count)
	end := int64(headerSize)
	for i := range decoded.records {
		line := content[i*recordSize:]
		rec := record{
			id:     BlockID(line[:32]),
			plain:  binary.LittleEndian.Uint32(line[32:]),
			sealed: binary.LittleEndian.Uint32(line[36:]),
			codec:  codec(line[40]),
		}
		if err := rec.check(); err != nil {
			return index{}, err
		}
		if end += int64(rec.sealed); end > largestPack {
			return index{}, fmt.Errorf("%w: index of a pack beyond %d bytes", ErrDamaged, largestPack)
		}
		decoded.records[i] = rec
	}
	return decoded, nil
}

// recordsEnd is where the pack's own copy of its index begins.
func (x index) recordsEnd() int64 {
	end := int64(headerSize)
	for _, rec := range x.records {
		end += int64(rec.sealed)
	}
	return end
}

// packSize is how long the pack must be.
func (x index) packSize() int64 { return x.recordsEnd() + int64(x.tailSize(0)) }

// tailSize is the length of what follows the records, when there are so many more of them.
func (x index) tailSize(more int) int {
	return sealedSize(indexHeadSize+(len(x.records)+more)*recordSize) + trailerSize
}

func (k keyring) openIndex(id packID, sealed []byte) (index, error) {
	content, err := k.openWhole(kindIndex, id, sealed)
	if err != nil {
		return index{}, err
	}
	decoded, err := decodeIndex(content)
	if err == nil && decoded.pack != id {
		err = fmt.Errorf("%w: index of another pack", ErrDamaged)
	}
	return decoded, err
}

// trailer ends a pack and says how long the sealed index before it is.
func trailer(sealedIndex int) []byte {
	return append(binary.LittleEndian.AppendUint32(nil, uint32(sealedIndex)), trailerMagic[:]...)
}

// parseTrailer returns where the pack's own index begins and how long it is.
func parseTrailer(end []byte, packSize int64) (offset int64, length int, err error) {
	if len(end) != trailerSize || [4]byte(end[4:]) != trailerMagic {
		return 0, 0, fmt.Errorf("%w: cut short", ErrDamaged)
	}
	length = int(binary.LittleEndian.Uint32(end))
	offset = packSize - trailerSize - int64(length)
	if offset < headerSize || length > largestIndex {
		return 0, 0, fmt.Errorf("%w: it ends wrongly", ErrDamaged)
	}
	return offset, length, nil
}

// largestIndex is more than any index needs: the records of a pack are limited by its size.
const largestIndex = 32 << 20
