package keys

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Keeper wraps the root key with a key of its own, as a KMS does, or a KeyFile. It is asked once, when the ring is opened.
type Keeper interface {
	// Name says which key it wraps with. It is kept in clear beside the wrapped root key and shown in refusals.
	Name() string
	Encrypt(ctx context.Context, plain []byte) ([]byte, error)
	Decrypt(ctx context.Context, wrapped []byte) ([]byte, error)
}

// wrappedRootKey is what the root key file holds when there is a keeper. Without one it holds the key itself, in hexadecimal digits. One name for both
// forms means that there is never a choice between two root keys.
type wrappedRootKey struct {
	Keeper  string
	Wrapped []byte
}

// openRootKey reads what the root key file holds. What does not fit how slipher was started is refused, whatever it would open.
func (r *Ring) openRootKey(ctx context.Context, text []byte) ([]byte, error) {
	if bytes.HasPrefix(text, []byte("{")) {
		return r.unwrapRootKey(ctx, text)
	}
	key, err := hex.DecodeString(string(bytes.TrimSpace(text)))
	if err != nil || len(key) != keySize {
		return nil, fmt.Errorf("the root key file %s holds neither %d hexadecimal digits nor a wrapped key: restore it", r.config.RootKeyFile, 2*keySize)
	}
	if r.config.Keeper != nil {
		return nil, fmt.Errorf("the root key in %s lies there in clear, so %s cannot have wrapped it: start without --root-key, "+
			"or with another data directory", r.config.RootKeyFile, r.config.Keeper.Name())
	}
	return key, nil
}

func (r *Ring) unwrapRootKey(ctx context.Context, text []byte) ([]byte, error) {
	var root wrappedRootKey
	if err := json.Unmarshal(text, &root); err != nil || root.Keeper == "" || len(root.Wrapped) == 0 {
		return nil, fmt.Errorf("the wrapped root key in %s is damaged: restore the file", r.config.RootKeyFile)
	}
	keeper := r.config.Keeper
	if keeper == nil || !fits(keeper.Name(), root.Keeper) {
		return nil, fmt.Errorf("the root key in %s is wrapped by %s: start with that --root-key", r.config.RootKeyFile, root.Keeper)
	}
	key, err := keeper.Decrypt(ctx, root.Wrapped)
	if err != nil {
		return nil, fmt.Errorf("unwrap the root key in %s with %s (it opens only unchanged and with the key that wrapped it): %w", r.config.RootKeyFile, root.Keeper, err)
	}
	if len(key) != keySize {
		return nil, fmt.Errorf("what %s unwrapped of %s is no root key: restore the file", root.Keeper, r.config.RootKeyFile)
	}
	return key, nil
}

// fits lets a key file be in another place than it was.
func fits(keeper, wrappedBy string) bool {
	return keeper == wrappedBy || strings.HasPrefix(keeper, fileScheme) && strings.HasPrefix(wrappedBy, fileScheme)
}

// rememberKeyFile notes the new place of a key file that was moved: what wraps the key is the same.
func (r *Ring) rememberKeyFile() error {
	if r.config.Keeper == nil || !strings.HasPrefix(r.config.Keeper.Name(), fileScheme) {
		return nil
	}
	before, wrapped, err := KeyFileOf(r.config.RootKeyFile)
	if err != nil || !wrapped || before.Name() == r.config.Keeper.Name() {
		return err
	}
	text, err := readPrivate(r.config.RootKeyFile)
	if err != nil {
		return err
	}
	var root wrappedRootKey
	if err := json.Unmarshal(text, &root); err != nil {
		return err
	}
	root.Keeper = r.config.Keeper.Name()
	if text, err = json.Marshal(root); err != nil {
		return err
	}
	return writeRootKey(r.config.RootKeyFile, string(text))
}

// makeRootKey makes a new root key durable before anything is sealed with it.
func (r *Ring) makeRootKey(ctx context.Context) ([]byte, error) {
	key, err := r.random(keySize)
	if err != nil {
		return nil, err
	}
	text := hex.EncodeToString(key)
	if r.config.Keeper != nil {
		if text, err = wrapRootKey(ctx, r.config.Keeper, key); err != nil {
			return nil, err
		}
	}
	return key, writeRootKey(r.config.RootKeyFile, text)
}

// writeRootKey writes beside the final name first, so that the name never stands for half a key.
func writeRootKey(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := writeDurably(path+".new", text+"\n"); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	return syncDirectory(filepath.Dir(path))
}

// wrapRootKey unwraps again what it wrapped: a caller may be allowed to do only the one, and would find out at the next start.
func wrapRootKey(ctx context.Context, keeper Keeper, key []byte) (string, error) {
	wrapped, err := keeper.Encrypt(ctx, key)
	if err != nil {
		return "", fmt.Errorf("wrap the root key with %s: %w", keeper.Name(), err)
	}
	unwrapped, err := keeper.Decrypt(ctx, wrapped)
	if err != nil {
		return "", fmt.Errorf("unwrap the root key again with %s, as every later start has to: %w", keeper.Name(), err)
	}
	if !bytes.Equal(unwrapped, key) {
		return "", fmt.Errorf("%s unwraps something else than it wrapped", keeper.Name())
	}
	text, err := json.Marshal(wrappedRootKey{Keeper: keeper.Name(), Wrapped: wrapped})
	return string(text), err
}

func readPrivate(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if others := info.Mode().Perm() & 0o077; others != 0 {
		return nil, fmt.Errorf("the root key file %s can be read by others (mode %04o): chmod 600 it", path, info.Mode().Perm())
	}
	return os.ReadFile(path)
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
