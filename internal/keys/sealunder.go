package keys

import (
	"encoding/binary"
	"errors"
	"fmt"

	"slipher/internal/meta"
)

// Usable says whether a key can wrap and unwrap: it exists, is not disabled and does not wait for its deletion.
func (r *Ring) Usable(tx *meta.Tx, arn string) (bool, error) {
	_, err := findUsable(tx, arn)
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrDisabled) {
		return false, nil
	}
	return err == nil, err
}

// SealUnder encrypts something small with a data key of its own, which the key arn names wraps and which is kept with it. Only the same purpose
// unseals it.
func (r *Ring) SealUnder(tx *meta.Tx, arn, purpose string, plain []byte) ([]byte, error) {
	dataKey, err := r.NewDataKey(tx, arn)
	if err != nil {
		return nil, err
	}
	with, err := newCipher(dataKey.Plain)
	if err != nil {
		return nil, err
	}
	sealed := binary.BigEndian.AppendUint16(nil, uint16(len(dataKey.Wrapped)))
	sealed = append(sealed, dataKey.Wrapped...)
	body, err := r.seal(with, purpose, plain)
	return append(sealed, body...), err
}

// UnsealUnder is the inverse of SealUnder, or answers ErrDamaged.
func (r *Ring) UnsealUnder(tx *meta.Tx, arn, purpose string, sealed []byte) ([]byte, error) {
	if len(sealed) < 2 || len(sealed)-2 < int(binary.BigEndian.Uint16(sealed)) {
		return nil, fmt.Errorf("unseal %s: %w", purpose, ErrDamaged)
	}
	end := 2 + int(binary.BigEndian.Uint16(sealed))
	dataKey, err := r.Unwrap(tx, arn, sealed[2:end])
	if err != nil {
		return nil, err
	}
	with, err := newCipher(dataKey)
	if err != nil {
		return nil, err
	}
	plain, err := unseal(with, purpose, sealed[end:])
	if err != nil {
		return nil, fmt.Errorf("unseal %s: %w", purpose, err)
	}
	return plain, nil
}
