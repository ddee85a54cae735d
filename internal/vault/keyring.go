package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"sync"

	"github.com/zeebo/blake3"
)

const (
	keySize  = 32
	nameSize = 16
)

type (
	// BlockID is the keyed hash of a block's plain bytes.
	BlockID [32]byte
	// packID is random, and new for every pack that is begun.
	packID [nameSize]byte
	// objectName is the keyed hash of a manifest's id, so that the bucket does not show the id.
	objectName [nameSize]byte
)

func (id BlockID) String() string      { return hex.EncodeToString(id[:]) }
func (id packID) String() string       { return hex.EncodeToString(id[:]) }
func (name objectName) String() string { return hex.EncodeToString(name[:]) }

func parseName(text string) (name [nameSize]byte, ok bool) {
	if len(text) != hex.EncodedLen(nameSize) {
		return name, false
	}
	_, err := hex.Decode(name[:], []byte(text))
	return name, err == nil && hex.EncodeToString(name[:]) == text
}

func newPackID() packID {
	var id packID
	fillRandom(id[:])
	return id
}

// fillRandom never fails: crypto/rand stops the process rather than return less than it was asked for.
func fillRandom(into []byte) { _, _ = rand.Read(into) }

// keyring derives every key from the data key, each for one purpose.
type keyring struct {
	data    []byte
	blocks  *blake3.Hasher
	names   *blake3.Hasher
	packs   *derivation
	objects *derivation
}

// The purposes. They are part of the format.
const (
	purposeBlockIDs      = "slipher vault 1 block ids"
	purposeManifestNames = "slipher vault 1 manifest names"
	purposePack          = "slipher vault 1 pack"
	purposeSealedObject  = "slipher vault 1 sealed object"
)

func deriveKeys(data []byte) (keyring, error) {
	if len(data) != keySize {
		return keyring{}, fmt.Errorf("data key has %d bytes, not %d", len(data), keySize)
	}
	return keyring{
		data:    data,
		blocks:  keyedHasher(newDerivation(purposeBlockIDs).key(data)),
		names:   keyedHasher(newDerivation(purposeManifestNames).key(data)),
		packs:   newDerivation(purposePack),
		objects: newDerivation(purposeSealedObject),
	}, nil
}

// derivation makes keys for one purpose. A hasher has 10 KB and is worth keeping: a large save needs thousands of keys.
type derivation struct {
	mu     sync.Mutex
	hasher *blake3.Hasher
}

func newDerivation(purpose string) *derivation {
	return &derivation{hasher: blake3.NewDeriveKey(purpose)}
}

func (d *derivation) key(material ...[]byte) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hasher.Reset()
	for _, part := range material {
		_, _ = d.hasher.Write(part)
	}
	return d.hasher.Sum(make([]byte, 0, keySize))
}

func (k keyring) manifestName(id string) (name objectName) {
	hasher := k.names.Clone()
	_, _ = hasher.WriteString(id)
	sum := hasher.Sum(nil)
	copy(name[:], sum)
	return name
}

// packCipher seals the blocks of one pack. Its nonces are the blocks' numbers in the pack: the key is new with every pack,
// and a number is given out once.
func (k keyring) packCipher(id packID) cipher.AEAD {
	return newAEAD(k.packs.key(k.data, id[:]))
}

func (k keyring) objectCipher(salt [saltSize]byte) cipher.AEAD {
	return newAEAD(k.objects.key(k.data, salt[:]))
}

func keyedHasher(key []byte) *blake3.Hasher {
	hasher, err := blake3.NewKeyed(key)
	if err != nil {
		panic(err) // the key was derived with the right length
	}
	return hasher
}

func newAEAD(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // the key was derived with the right length
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // AES has GCM's block size
	}
	return aead
}
