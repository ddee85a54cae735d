package keys

import (
	"bytes"
	"errors"
	"testing"

	"slipher/internal/meta"
)

func TestSealUnder(t *testing.T) {
	t.Parallel()
	ring := open(t, configure(t))
	var key, other string
	var sealed []byte
	update(t, ring, func(tx *meta.Tx) (err error) {
		if key, err = ring.SecretsDefault(tx, owner, region); err != nil {
			return err
		}
		if other, err = ring.Create(tx, owner, region); err != nil {
			return err
		}
		sealed, err = ring.SealUnder(tx, key, "a secret", []byte("Redshift1"))
		return err
	})
	if bytes.Contains(sealed, []byte("Redshift1")) {
		t.Error("the value is in clear")
	}
	expect := func(what string, want error, arn, purpose string, from []byte) {
		t.Helper()
		update(t, ring, func(tx *meta.Tx) error {
			plain, err := ring.UnsealUnder(tx, arn, purpose, from)
			if !errors.Is(err, want) || want == nil && string(plain) != "Redshift1" {
				t.Errorf("%s: got %q, %v, want %v", what, plain, err, want)
			}
			return nil
		})
	}
	expect("the same key and purpose", nil, key, "a secret", sealed)
	expect("another key", ErrDamaged, other, "a secret", sealed)
	expect("another purpose", ErrDamaged, key, "another secret", sealed)
	for cut := range len(sealed) {
		expect("cut off", ErrDamaged, key, "a secret", sealed[:cut])
	}
	for at := range sealed {
		changed := bytes.Clone(sealed)
		changed[at] ^= 1
		expect("changed", ErrDamaged, key, "a secret", changed)
	}
	usable := func(arn string) (usable bool) {
		update(t, ring, func(tx *meta.Tx) (err error) { usable, err = ring.Usable(tx, arn); return err })
		return usable
	}
	if !usable(key) || usable("arn:aws:kms:us-east-1:111111111111:key/none") {
		t.Error("a key is usable if it exists")
	}
	update(t, ring, func(tx *meta.Tx) error { return ring.Disable(tx, key) })
	expect("a disabled key", ErrDisabled, key, "a secret", sealed)
	if usable(key) {
		t.Error("a disabled key is usable")
	}
}
