package ondisk

import "encoding/binary"

// The engine sums products of the content's words, and mixes the bytes that are left at the end by MurmurHash64A.
const (
	checksumStart  = 5381
	checksumFactor = 0xbf58476d1ce4e5b9
	murmurFactor   = 0xc6a4a7935bd1e995
	murmurSeed     = 0xe17a1465
	murmurShift    = 47
)

// Checksum is the engine's checksum of headers, blocks and records of the log.
func Checksum(content []byte) uint64 {
	var a, b, c, d uint64 = checksumStart, 0, 0, 0
	for ; len(content) >= 32; content = content[32:] {
		a ^= binary.LittleEndian.Uint64(content) * checksumFactor
		b ^= binary.LittleEndian.Uint64(content[8:]) * checksumFactor
		c ^= binary.LittleEndian.Uint64(content[16:]) * checksumFactor
		d ^= binary.LittleEndian.Uint64(content[24:]) * checksumFactor
	}
	a ^= b ^ c ^ d
	for ; len(content) >= 8; content = content[8:] {
		a ^= binary.LittleEndian.Uint64(content) * checksumFactor
	}
	if len(content) > 0 {
		a ^= murmurOfRest(content)
	}
	return a
}

// murmurOfRest is for fewer than eight bytes.
func murmurOfRest(rest []byte) uint64 {
	hash := murmurSeed ^ uint64(len(rest))*murmurFactor
	for i, b := range rest {
		hash ^= uint64(b) << (8 * i)
	}
	hash *= murmurFactor
	hash ^= hash >> murmurShift
	hash *= murmurFactor
	return hash ^ hash>>murmurShift
}

// checksumBytes is the length of the checksum with which headers and blocks begin.
const checksumBytes = 8

// Sound says whether a header or a block answers to the checksum with which it begins.
func Sound(block []byte) bool {
	return len(block) > checksumBytes && binary.LittleEndian.Uint64(block) == Checksum(block[checksumBytes:])
}
