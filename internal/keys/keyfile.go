package keys

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
)

// KeyFile is a Keeper whose key lies in a file: where that is in another place than the data, a copy of the data opens nothing. The file is made with mode
// 0600 when it first wraps something.
type KeyFile struct{ Path string } // absolute

const fileScheme = "file://"

// Name is the file's URL.
func (f KeyFile) Name() string { return (&url.URL{Scheme: "file", Path: f.Path}).String() }

const wrapPurpose = "root key"

// Encrypt wraps with the key in the file, which it makes where there is none.
func (f KeyFile) Encrypt(_ context.Context, plain []byte) ([]byte, error) {
	with, err := f.open()
	if errors.Is(err, fs.ErrNotExist) {
		with, err = f.make()
	}
	if err != nil {
		return nil, err
	}
	return seal(rand.Reader, with, wrapPurpose, plain)
}

// Decrypt is the inverse of Encrypt.
func (f KeyFile) Decrypt(_ context.Context, wrapped []byte) ([]byte, error) {
	with, err := f.open()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the file %s is missing, and nothing else opens the keys: restore it (from another place, start with --root-key file:///that/place)", f.Path)
	}
	if err != nil {
		return nil, err
	}
	return unseal(with, wrapPurpose, wrapped)
}

func (f KeyFile) open() (cipher.AEAD, error) {
	text, err := readPrivate(f.Path)
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != keySize {
		return nil, fmt.Errorf("the root key file %s does not hold %d hexadecimal digits: restore it", f.Path, 2*keySize)
	}
	return newCipher(key)
}

func (f KeyFile) make() (cipher.AEAD, error) {
	key, err := draw(rand.Reader, keySize)
	if err != nil {
		return nil, err
	}
	if err := writeRootKey(f.Path, hex.EncodeToString(key)); err != nil {
		return nil, fmt.Errorf("make the root key file: %w", err)
	}
	return newCipher(key)
}

// KeyFileOf finds the KeyFile that has wrapped the root key in a file; found is false where something else did, or where the key lies there in clear. Where
// there is no such file at all, the error is fs.ErrNotExist.
func KeyFileOf(rootKeyFile string) (wrappedBy KeyFile, found bool, err error) {
	text, err := readPrivate(rootKeyFile)
	if err != nil {
		return KeyFile{}, false, err
	}
	var root wrappedRootKey
	if json.Unmarshal(text, &root) != nil || !strings.HasPrefix(root.Keeper, fileScheme) {
		return KeyFile{}, false, nil //nolint:nilerr // what is damaged is told when it is opened
	}
	location, err := url.Parse(root.Keeper)
	if err != nil {
		return KeyFile{}, false, fmt.Errorf("the wrapped root key in %s is damaged: restore the file", rootKeyFile)
	}
	return KeyFile{location.Path}, true, nil
}
