package keys

import (
	"bytes"
	"errors"
	"testing"

	"slipher/internal/meta"
)

// A data key of slipher's own must not open as a client's ciphertext, nor the other way round.
func TestCiphertextsAndDataKeysAreApart(t *testing.T) {
	t.Parallel()
	ring := open(t, configure(t))
	update(t, ring, func(tx *meta.Tx) error {
		arn, err := ring.Create(tx, owner, region)
		if err != nil {
			return err
		}
		dataKey, err := ring.NewDataKey(tx, arn)
		if err != nil {
			return err
		}
		blob, err := ring.Encrypt(tx, arn, nil, []byte("secret"))
		if err != nil {
			return err
		}
		head := blob[:3+len(arn)]
		if _, err := ring.Decrypt(tx, append(bytes.Clone(head), dataKey.Wrapped...), nil); !errors.Is(err, ErrDamaged) {
			t.Errorf("a data key as a ciphertext: %v", err)
		}
		if _, err := ring.Unwrap(tx, arn, blob[len(head):]); !errors.Is(err, ErrDamaged) {
			t.Errorf("a ciphertext as a data key: %v", err)
		}
		for at := range blob {
			changed := bytes.Clone(blob)
			changed[at] ^= 1
			if plain, err := ring.Decrypt(tx, changed, nil); err == nil {
				t.Errorf("with byte %d changed it opens to %q", at, plain)
			}
		}
		return nil
	})
}

func FuzzDecrypt(f *testing.F) {
	ring := open(f, configure(f))
	var arn string
	var sealed []byte
	update(f, ring, func(tx *meta.Tx) (err error) {
		if arn, err = ring.Create(tx, owner, region); err != nil {
			return err
		}
		sealed, err = ring.Encrypt(tx, arn, map[string]string{"a": "b"}, []byte("secret"))
		return err
	})
	f.Add(sealed)
	f.Add([]byte{clientVersion, 0, 0})
	f.Fuzz(func(t *testing.T, blob []byte) {
		err := ring.config.Store.View(t.Context(), func(tx *meta.Tx) error {
			_, err := ring.Decrypt(tx, blob, map[string]string{"a": "b"})
			return err
		})
		if err == nil && !bytes.Equal(blob, sealed) {
			t.Errorf("%x opens", blob)
		}
	})
}
