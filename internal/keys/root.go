package keys

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

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
	key, err := readRootKey(r.config.RootKeyFile)
	if errors.Is(err, fs.ErrNotExist) && !known {
		key, err = r.makeRootKey()
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the root key file %s is missing, and the keys in the store open with nothing else: restore the file", r.config.RootKeyFile)
	}
	if err != nil {
		return err
	}
	if r.root, err = newCipher(key); err != nil {
		return err
	}
	if !known {
		return r.writeRootCheck(ctx)
	}
	if _, err := r.Unseal(rootPurpose, check); err != nil {
		return fmt.Errorf("the root key in %s is not the one the store was sealed with: restore that file", r.config.RootKeyFile)
	}
	return nil
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

func readRootKey(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if others := info.Mode().Perm() & 0o077; others != 0 {
		return nil, fmt.Errorf("the root key file %s can be read by others (mode %04o): chmod 600 it", path, info.Mode().Perm())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != keySize {
		return nil, fmt.Errorf("the root key file %s does not hold %d hexadecimal digits: restore it", path, 2*keySize)
	}
	return key, nil
}

// makeRootKey writes a new root key beside its final name first, so that the name never stands for half
// a key, and makes both durable before anything is sealed with it.
func (r *Ring) makeRootKey() ([]byte, error) {
	key, err := r.random(keySize)
	if err != nil {
		return nil, err
	}
	path := r.config.RootKeyFile
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	if err := writeDurably(path+".new", hex.EncodeToString(key)+"\n"); err != nil {
		return nil, err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return nil, err
	}
	return key, syncDirectory(filepath.Dir(path))
}

func writeDurably(path, text string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	return errors.Join(err, file.Sync(), file.Close())
}

func syncDirectory(path string) error {
	directory, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(directory.Sync(), directory.Close())
}
