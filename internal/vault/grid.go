package vault

import (
	"encoding/binary"
	"math"
)

// A file with a grid is a DuckDB database: 12,288 bytes of headers, then blocks of 262,144 bytes. Cutting where the engine
// cuts means that a block which it did not write again is the same block in the next snapshot.
const (
	blockSize   = 256 << 10
	gridHeaders = 12 << 10
)

// grid cuts one file.
type grid struct {
	size    int64
	headers int64 // length of the first piece where it differs from the others
}

func gridOf(size int64, isGrid bool) grid {
	if isGrid {
		return grid{size, min(size, gridHeaders)}
	}
	return grid{size, 0}
}

// pieces is computed without an overflow for any size, since sizes are also read from manifests.
func (g grid) pieces() int64 {
	n := (g.size - g.headers) / blockSize
	if (g.size-g.headers)%blockSize != 0 {
		n++
	}
	if g.headers > 0 {
		n++
	}
	return n
}

func (g grid) piece(number int) (offset int64, length int) {
	offset = int64(number) * blockSize
	if g.headers > 0 {
		if number == 0 {
			return 0, int(g.headers)
		}
		offset = g.headers + int64(number-1)*blockSize
	}
	return offset, int(min(blockSize, g.size-offset))
}

// largestFile keeps the number of a piece within 32 bits.
const largestFile = math.MaxInt32 * blockSize

// Hint is the checksum with which DuckDB begins each block of a grid, as it stands in the file. Equal hints suggest equal
// blocks and prove nothing; the zero hint suggests nothing.
type Hint uint64

func hintOf(block []byte) Hint {
	if len(block) < 8 {
		return 0
	}
	return Hint(binary.LittleEndian.Uint64(block))
}

// hinted says which pieces begin with DuckDB's checksum.
func (g grid) hinted(number int) bool {
	_, length := g.piece(number)
	return g.headers > 0 && number > 0 && length == blockSize
}
