package keys

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestKeyFile(t *testing.T) {
	t.Parallel()
	plain := []byte("0123456789abcdef0123456789abcdef")
	file := KeyFile{filepath.Join(t.TempDir(), "folder of keys", "root.key")}
	wrapped, err := file.Encrypt(t.Context(), plain)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := file.Decrypt(t.Context(), wrapped); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("got %q, %v", got, err)
	}
	again, err := file.Encrypt(t.Context(), plain)
	if err != nil || bytes.Equal(again, wrapped) {
		t.Errorf("wrapping twice is the same (%v)", err)
	}
	if got, err := file.Decrypt(t.Context(), wrapped); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("after wrapping again: got %q, %v", got, err)
	}
	other := KeyFile{filepath.Join(t.TempDir(), "other.key")}
	if _, err := other.Decrypt(t.Context(), wrapped); err == nil {
		t.Error("a missing file opens")
	}
	if _, err := os.Stat(other.Path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("opening has made a file: %v", err)
	}
	if _, err := other.Encrypt(t.Context(), plain); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Decrypt(t.Context(), wrapped); !errors.Is(err, ErrDamaged) {
		t.Errorf("another file opens: %v", err)
	}
	if err := os.WriteFile(file.Path, []byte("0f0f"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, use := range map[string]func() error{
		"decrypt": func() error { _, err := file.Decrypt(t.Context(), wrapped); return err },
		"encrypt": func() error { _, err := file.Encrypt(t.Context(), plain); return err },
	} {
		if err := use(); err == nil {
			t.Errorf("a damaged file can be used to %s", name)
		}
	}
}

func TestKeyFileOf(t *testing.T) {
	t.Parallel()
	config := configure(t)
	if _, _, err := KeyFileOf(config.RootKeyFile); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("before there is any: %v", err)
	}
	file := KeyFile{filepath.Join(t.TempDir(), "a file", "100%.key")}
	config.Keeper = file
	sealed, err := open(t, config).Seal("a", []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	if found, ok, err := KeyFileOf(config.RootKeyFile); err != nil || !ok || found != file {
		t.Errorf("got %v, %t, %v", found, ok, err)
	}
	moved := KeyFile{filepath.Join(t.TempDir(), "moved.key")}
	if err := os.Rename(file.Path, moved.Path); err != nil {
		t.Fatal(err)
	}
	config.Keeper = moved
	if plain, err := open(t, config).Unseal("a", sealed); err != nil || string(plain) != "secret" {
		t.Errorf("from another place: got %q, %v", plain, err)
	}
	for _, other := range []string{`{"Keeper":"kms://key","Wrapped":"AAAA"}`, "0f0f"} {
		if err := os.WriteFile(config.RootKeyFile, []byte(other), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, ok, err := KeyFileOf(config.RootKeyFile); ok || err != nil {
			t.Errorf("%s: got %t, %v", other, ok, err)
		}
	}
}

// TestMovedKeyFile opens with the file in another place, once by its name and from then on without.
func TestMovedKeyFile(t *testing.T) {
	t.Parallel()
	config := configure(t)
	config.Keeper = KeyFile{filepath.Join(t.TempDir(), "first.key")}
	if _, err := Open(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	moved := KeyFile{filepath.Join(t.TempDir(), "moved.key")}
	if err := os.Rename(config.Keeper.(KeyFile).Path, moved.Path); err != nil {
		t.Fatal(err)
	}
	config.Keeper = moved
	if _, err := Look(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	if kept, _, err := KeyFileOf(config.RootKeyFile); err != nil || kept == moved {
		t.Errorf("who only looked has changed the place to %v, %v", kept, err)
	}
	if _, err := Open(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	if kept, _, err := KeyFileOf(config.RootKeyFile); err != nil || kept != moved {
		t.Errorf("the place kept is %v, %v", kept, err)
	}
}
