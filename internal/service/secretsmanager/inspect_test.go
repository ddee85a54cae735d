package secretsmanager_test

import (
	"bytes"
	"slices"
	"testing"

	"slipher/internal/keys"
	"slipher/internal/meta"
	"slipher/internal/secretstore"
)

// changing is a keyring that alters what it seals.
type changing struct{ *keys.Ring }

func (c changing) SealUnder(tx *meta.Tx, arn, purpose string, plain []byte) ([]byte, error) {
	sealed, err := c.Ring.SealUnder(tx, arn, purpose, plain)
	changed := bytes.Clone(sealed)
	changed[len(changed)-1] ^= 1
	return changed, err
}

func TestInspect(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	var whole, closed, damaged secretstore.Secret
	bad, err := secretstore.New(secretstore.Config{Store: s.store, Keys: changing{s.ring}, Now: s.clock})
	if err != nil {
		t.Fatal(err)
	}
	err = s.store.Update(t.Context(), func(tx *meta.Tx) error {
		key, err := s.ring.Create(tx, s.caller.Account, s.caller.Region)
		if err != nil {
			return err
		}
		spec := secretstore.Spec{Account: s.caller.Account, Region: s.caller.Region, Name: "whole", Value: []byte("value")}
		if whole, err = s.safe.Create(tx, spec); err != nil {
			return err
		}
		spec.Name = "damaged"
		if damaged, err = bad.Create(tx, spec); err != nil {
			return err
		}
		spec.Name, spec.KmsKey = "closed", key
		if closed, err = s.safe.Create(tx, spec); err != nil {
			return err
		}
		return s.ring.Disable(tx, key)
	})
	if err != nil {
		t.Fatal(err)
	}
	found, err := secretstore.Inspect(t.Context(), s.store, s.ring)
	if err != nil || found.Secrets != 3 || !slices.Equal(found.Closed, []string{closed.ARN}) || !slices.Equal(found.Damaged, []string{damaged.ARN}) {
		t.Errorf("got %+v, %v; want %s closed, %s damaged and %s in order", found, err, closed.ARN, damaged.ARN, whole.ARN)
	}
}
