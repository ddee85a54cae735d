package keys

import (
	"crypto/cipher"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"slipher/internal/meta"
)

// A ciphertext is the byte clientVersion, the length of the key's ARN in two bytes, the ARN, and what is sealed by the key's material. The ARN and the
// encryption context are bound to it. No data key of slipher's own is bound so, and neither opens as the other.
const clientVersion = 2

// Encrypt seals something of a client's under a key. Only the same encryption context opens it. The key must be usable.
func (r *Ring) Encrypt(tx *meta.Tx, arn string, context map[string]string, plain []byte) ([]byte, error) {
	with, err := r.wrapper(tx, arn)
	if err != nil {
		return nil, err
	}
	bound, err := boundTo(arn, context)
	if err != nil {
		return nil, err
	}
	sealed, err := r.seal(with, bound, plain)
	if err != nil {
		return nil, err
	}
	blob := binary.BigEndian.AppendUint16([]byte{clientVersion}, uint16(len(arn)))
	return append(append(blob, arn...), sealed...), nil
}

// boundTo holds the context in one form whatever the order of its pairs.
func boundTo(arn string, context map[string]string) (string, error) {
	pairs := []byte("{}")
	if len(context) > 0 {
		var err error
		if pairs, err = json.Marshal(context); err != nil { // sorts by key
			return "", fmt.Errorf("encode the encryption context: %w", err)
		}
	}
	return "ciphertext of " + arn + " in " + string(pairs), nil
}

// KeyOf answers the ARN of the key that a ciphertext says it was made with, or ErrDamaged.
func KeyOf(blob []byte) (arn string, err error) {
	arn, _, err = splitBlob(blob)
	return arn, err
}

func splitBlob(blob []byte) (arn string, sealed []byte, err error) {
	if len(blob) < 3 || blob[0] != clientVersion {
		return "", nil, ErrDamaged
	}
	end := 3 + int(binary.BigEndian.Uint16(blob[1:]))
	if len(blob) < end {
		return "", nil, ErrDamaged
	}
	arn = string(blob[3:end])
	if _, ok := parseARN(arn); !ok {
		return "", nil, ErrDamaged
	}
	return arn, blob[end:], nil
}

// Decrypt is the inverse of Encrypt, or answers ErrDamaged, also for another encryption context.
func (r *Ring) Decrypt(tx *meta.Tx, blob []byte, context map[string]string) (plain []byte, err error) {
	arn, sealed, err := splitBlob(blob)
	if err != nil {
		return nil, err
	}
	with, err := r.unwrappers(tx, arn)
	if err != nil {
		return nil, err
	}
	bound, err := boundTo(arn, context)
	if err != nil {
		return nil, err
	}
	return unsealWithAny(with, bound, sealed)
}

// Random draws the bytes of a data key for a client.
func (r *Ring) Random(size int) ([]byte, error) { return r.random(size) }

// unsealWithAny tries the present material first, then those before.
func unsealWithAny(with []cipher.AEAD, bound string, sealed []byte) (plain []byte, err error) {
	err = ErrDamaged
	for _, one := range with {
		if plain, err = unseal(one, bound, sealed); !errors.Is(err, ErrDamaged) {
			return plain, err
		}
	}
	return nil, err
}
