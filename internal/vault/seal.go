package vault

import (
	"bufio"
	"bytes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// A sealed object is an index or a manifest: a clear header, then its content in chunks of AES-256-GCM under a key that
// only this object has. A chunk's nonce is its number and whether it is the last, so chunks cannot be moved or cut off.

const (
	formatVersion = 1

	kindPack     = 'P'
	kindIndex    = 'I'
	kindManifest = 'M'

	saltSize   = 16
	headerSize = 8 + saltSize
	chunkSize  = 64 << 10
	tagSize    = 16
	nonceSize  = 12
)

// errNewer is not damage: what cannot be read here must not be taken for garbage.
var errNewer = errors.New("unknown format")

var magic = [4]byte{'S', 'L', 'P', 'V'}

// header begins every object of the vault. The salt of a pack is its id.
func header(kind byte, salt [saltSize]byte) []byte {
	begin := append(make([]byte, 0, headerSize), magic[:]...)
	begin = append(begin, formatVersion, kind, 0, 0)
	return append(begin, salt[:]...)
}

func parseHeader(begin []byte, kind byte) (salt [saltSize]byte, err error) {
	switch {
	case len(begin) < headerSize || [4]byte(begin[:4]) != magic || begin[5] != kind:
		return salt, fmt.Errorf("%w: not an object of kind %c", ErrDamaged, kind)
	case begin[4] != formatVersion:
		return salt, fmt.Errorf("%w: it is in format %d, and this slipher reads format %d: use a newer slipher", errNewer, begin[4], formatVersion)
	case begin[6] != 0 || begin[7] != 0:
		return salt, fmt.Errorf("%w: unknown header", ErrDamaged)
	}
	copy(salt[:], begin[8:headerSize])
	return salt, nil
}

// sealObject appends content, sealed, to sealed. It binds it to its kind and to name, which is where it will be found.
func (k keyring) sealObject(sealed []byte, kind byte, name [nameSize]byte, content []byte) []byte {
	var salt [saltSize]byte
	fillRandom(salt[:])
	begin := header(kind, salt)
	sealed = append(slices.Grow(sealed, sealedSize(len(content))), begin...)
	aead, bound := k.objectCipher(salt), slices.Concat(begin, name[:])
	for number := uint64(0); ; number++ {
		chunk := content[:min(len(content), chunkSize)]
		content = content[len(chunk):]
		last := len(content) == 0
		sealed = aead.Seal(sealed, chunkNonce(number, last), chunk, bound)
		if last {
			return sealed
		}
	}
}

func sealedSize(content int) int {
	chunks := max(1, (content+chunkSize-1)/chunkSize)
	return headerSize + content + chunks*tagSize
}

func chunkNonce(number uint64, last bool) []byte {
	nonce := make([]byte, nonceSize)
	binary.LittleEndian.PutUint64(nonce, number)
	if last {
		nonce[nonceSize-1] = 1
	}
	return nonce
}

// openObject reads what sealObject wrote, a chunk at a time. Nothing that it hands out is unchecked; the end of the content
// is only reported once the last chunk has proved to be the last.
func (k keyring) openObject(kind byte, name [nameSize]byte, sealed io.Reader) (io.Reader, error) {
	begin := make([]byte, headerSize)
	if _, err := io.ReadFull(sealed, begin); err != nil {
		return nil, shortened(err)
	}
	salt, err := parseHeader(begin, kind)
	if err != nil {
		return nil, err
	}
	return &chunkReader{
		sealed: bufio.NewReaderSize(sealed, chunkSize+tagSize+1),
		aead:   k.objectCipher(salt),
		bound:  slices.Concat(begin, name[:]),
	}, nil
}

func (k keyring) openWhole(kind byte, name [nameSize]byte, sealed []byte) ([]byte, error) {
	content, err := k.openObject(kind, name, bytes.NewReader(sealed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(content)
}

type chunkReader struct {
	sealed *bufio.Reader
	aead   cipher.AEAD
	bound  []byte
	number uint64
	plain  []byte
	buffer [chunkSize + tagSize]byte
	err    error
}

func (r *chunkReader) Read(into []byte) (int, error) {
	for len(r.plain) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		r.err = r.nextChunk()
	}
	n := copy(into, r.plain)
	r.plain = r.plain[n:]
	return n, nil
}

// nextChunk returns io.EOF together with the last chunk.
func (r *chunkReader) nextChunk() error {
	n, err := io.ReadFull(r.sealed, r.buffer[:])
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return shortened(err)
	}
	_, err = r.sealed.Peek(1)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	last := errors.Is(err, io.EOF)
	r.plain, err = r.aead.Open(r.buffer[:0], chunkNonce(r.number, last), r.buffer[:n], r.bound)
	if err != nil {
		return fmt.Errorf("%w: altered, cut short, or sealed with another key", ErrDamaged)
	}
	r.number++
	if last {
		return io.EOF
	}
	return nil
}

// shortened turns the end of the bytes, where more were promised, into damage.
func shortened(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: cut short", ErrDamaged)
	}
	return err
}
