package keys

import (
	"crypto/cipher"
	"fmt"
	"io"
	"log/slog"

	"slipher/internal/meta"
)

// DataKey is a key for data, in clear for use and wrapped for keeping. It prints as neither.
type DataKey struct {
	Plain   []byte
	Wrapped []byte
}

const redacted = "data key (redacted)"

func (DataKey) Format(out fmt.State, _ rune) { io.WriteString(out, redacted) }
func (DataKey) LogValue() slog.Value         { return slog.StringValue(redacted) }

// NewDataKey draws a data key and wraps it with the key arn names.
func (r *Ring) NewDataKey(tx *meta.Tx, arn string) (DataKey, error) {
	wrapper, err := r.wrapper(tx, arn)
	if err != nil {
		return DataKey{}, err
	}
	plain, err := r.random(keySize)
	if err != nil {
		return DataKey{}, err
	}
	wrapped, err := r.seal(wrapper, arn, plain)
	if err != nil {
		return DataKey{}, err
	}
	return DataKey{Plain: plain, Wrapped: wrapped}, nil
}

// Unwrap answers the plain data key, or ErrDamaged when it was not wrapped with the key arn names.
func (r *Ring) Unwrap(tx *meta.Tx, arn string, wrapped []byte) ([]byte, error) {
	wrapper, err := r.wrapper(tx, arn)
	if err != nil {
		return nil, err
	}
	plain, err := unseal(wrapper, arn, wrapped)
	if err != nil {
		return nil, fmt.Errorf("unwrap a data key of %s: %w", arn, err)
	}
	return plain, nil
}

func (r *Ring) wrapper(tx *meta.Tx, arn string) (cipher.AEAD, error) {
	record, err := findUsable(tx, arn)
	if err != nil {
		return nil, err
	}
	material, err := r.Unseal(materialOf(arn), record.Body.Material)
	if err != nil {
		return nil, err
	}
	return newCipher(material)
}
