package keys

import (
	"errors"
	"io/fs"
	"os"
	"testing"
)

func TestLook(t *testing.T) {
	t.Parallel()
	config := configure(t)
	if _, err := Look(t.Context(), config); err == nil {
		t.Error("a ring was opened where nothing was ever sealed")
	}
	if _, err := os.Stat(config.RootKeyFile); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("looking made a root key: %v", err)
	}
	sealed, err := open(t, config).Seal("a", []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	looked, err := Look(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := looked.Unseal("a", sealed); err != nil || string(plain) != "secret" {
		t.Errorf("got %q, %v, want the secret", plain, err)
	}
}
