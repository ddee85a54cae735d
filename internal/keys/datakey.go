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

// Format keeps the key out of whatever is printed.
func (DataKey) Format(out fmt.State, _ rune) { io.WriteString(out, redacted) }

// LogValue keeps the key out of logs.
func (DataKey) LogValue() slog.Value { return slog.StringValue(redacted) }

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
	with, err := r.unwrappers(tx, arn)
	if err != nil {
		return nil, err
	}
	plain, err := unsealWithAny(with, arn, wrapped)
	if err != nil {
		return nil, fmt.Errorf("unwrap a data key of %s: %w", arn, err)
	}
	return plain, nil
}

// wrapper is the key's present material.
func (r *Ring) wrapper(tx *meta.Tx, arn string) (cipher.AEAD, error) {
	all, err := r.unwrappers(tx, arn)
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// unwrappers are the key's materials, the present one first.
func (r *Ring) unwrappers(tx *meta.Tx, arn string) ([]cipher.AEAD, error) {
	record, err := findUsable(tx, arn)
	if err != nil {
		return nil, err
	}
	var all []cipher.AEAD
	for _, sealed := range append([][]byte{record.Body.Material}, record.Body.Earlier...) {
		material, err := r.Unseal(materialOf(arn), sealed)
		if err != nil {
			return nil, err
		}
		opened, err := newCipher(material)
		if err != nil {
			return nil, err
		}
		all = append(all, opened)
	}
	return all, nil
}
