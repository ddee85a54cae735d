package ondisk

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
)

// The layout of a database file: a header that stays, two that take turns at each checkpoint, then blocks.
const (
	headerBytes  = 4 << 10
	HeadersBytes = 3 * headerBytes
	BlockBytes   = 256 << 10

	magicAt     = checksumBytes
	identityAt  = 0x7c
	iterationAt = 8
)

var magic = []byte("DUCK")

// Identity tells databases apart; a database keeps it for life.
type Identity [16]byte

// Header is what a database file says of itself.
type Header struct {
	Identity  Identity
	Iteration uint64 // how many checkpoints there were
}

// ReadHeader reads and checks the three headers. How many blocks there are they only say before the engine cuts free ones off.
func ReadHeader(file io.ReaderAt, size int64) (Header, error) {
	content := make([]byte, HeadersBytes)
	if n, err := file.ReadAt(content, 0); n < len(content) {
		if size >= HeadersBytes {
			return Header{}, fmt.Errorf("read the headers of the database: %w", err)
		}
		return Header{}, damage("the database file has only %d bytes", size)
	}
	return ParseHeaders(content)
}

// ParseHeaders checks what stands before the first block.
func ParseHeaders(content []byte) (Header, error) {
	if len(content) < HeadersBytes {
		return Header{}, damage("the headers of the database are cut off")
	}
	main := content[:headerBytes]
	if !Sound(main) || !bytes.HasPrefix(main[magicAt:], magic) {
		return Header{}, damage("the main header of the database is damaged")
	}
	header := Header{Identity: Identity(main[identityAt:])}
	for _, at := range []int{headerBytes, 2 * headerBytes} {
		turn := content[at : at+headerBytes]
		if !Sound(turn) {
			return Header{}, damage("a header of the database is damaged")
		}
		if iteration := binary.LittleEndian.Uint64(turn[iterationAt:]); iteration >= header.Iteration {
			header.Iteration = iteration
		}
	}
	return header, nil
}
