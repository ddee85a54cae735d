package keys

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"

	"slipher/internal/meta"
)

// The store keeps a text sealed under the root key: it tells that there is a root key, and which.
type rootBody struct{ Sealed []byte }

var rootRecords = meta.Records[rootBody]{Kind: "root key"}

var rootRecord = meta.Key{ID: "root"}

const rootPurpose = "check of the root key"

func (r *Ring) openRoot(ctx context.Context) error {
	check, known, err := r.rootCheck(ctx)
	if err != nil {
		return err
	}
	key, err := r.rootKey(ctx, known)
	if err != nil {
		return err
	}
	if known {
		err = r.useRoot(key, check)
	} else if r.root, err = newCipher(key); err == nil {
		err = r.writeRootCheck(ctx)
	}
	if err != nil {
		return err
	}
	return r.authenticate(ctx, key)
}

// authenticate has the store's rows checked from now on. What was read of it before is sealed by the root key itself.
func (r *Ring) authenticate(ctx context.Context, root []byte) error {
	key, err := hkdf.Key(sha256.New, root, nil, "codes of the metadata's rows", keySize)
	if err != nil {
		return err
	}
	return r.config.Store.Authenticate(ctx, key)
}

// useRoot takes the key if it is the one that has sealed the store's check.
func (r *Ring) useRoot(key, check []byte) (err error) {
	if r.root, err = newCipher(key); err != nil {
		return err
	}
	if _, err := r.Unseal(rootPurpose, check); err != nil {
		return fmt.Errorf("the root key in %s is not the one the store was sealed with: restore that file", r.config.RootKeyFile)
	}
	return nil
}

// rootKey makes a root key only where nothing is sealed yet and no file is in the way.
func (r *Ring) rootKey(ctx context.Context, known bool) ([]byte, error) {
	text, err := readPrivate(r.config.RootKeyFile)
	switch {
	case err == nil:
		return r.openRootKey(ctx, text)
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	case known:
		return nil, fmt.Errorf("the root key file %s is missing, and the keys in the store open with nothing else: restore the file", r.config.RootKeyFile)
	}
	return r.makeRootKey(ctx)
}

func (r *Ring) rootCheck(ctx context.Context) (sealed []byte, known bool, err error) {
	err = r.config.Store.View(ctx, func(tx *meta.Tx) error {
		record, err := rootRecords.Find(tx, rootRecord)
		if errors.Is(err, meta.ErrNotFound) {
			return nil
		}
		sealed, known = record.Body.Sealed, err == nil
		return err
	})
	return sealed, known, err
}

func (r *Ring) writeRootCheck(ctx context.Context) error {
	sealed, err := r.Seal(rootPurpose, []byte(rootPurpose))
	if err != nil {
		return err
	}
	return r.config.Store.Update(ctx, func(tx *meta.Tx) error {
		_, err := rootRecords.Insert(tx, rootRecord, rootBody{Sealed: sealed})
		return err
	})
}
