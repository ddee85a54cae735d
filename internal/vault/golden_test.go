package vault_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"slipher/internal/vault"
)

// goldenFiles are what the stored snapshots of every version hold: blocks for each codec, with a grid and without, and an empty file.
func goldenFiles() contents {
	chance := rand.NewChaCha8([32]byte{'g', 'o', 'l', 'd'})
	noise := make([]byte, 30_000)
	_, _ = chance.Read(noise)
	letters := make([]byte, 60_000)
	for i := range letters {
		letters[i] = "etaoinshrdlucmfw"[chance.Uint64()%16]
	}
	database := bytes.Repeat([]byte("a row of a table, and "), (gridHeaders+2*blockSize)/22)
	return contents{"dev.db": database, "dev.db.wal": noise, "letters": letters, "folder/empty": {}}
}

func goldenVault(t *testing.T, folder string) vault.Vault {
	t.Helper()
	absolute, err := filepath.Abs(folder)
	if err != nil {
		t.Fatal(err)
	}
	key := []byte("0123456789abcdef0123456789abcdef")
	return vault.Vault{Bucket: openBucket(t, "file://"+filepath.ToSlash(absolute)), Scope: "golden/scope", Key: key, Now: time.Now}
}

// TestGolden restores a snapshot of every released version of the format. A new version adds a folder and changes none; -update
// writes the newest only.
func TestGolden(t *testing.T) {
	t.Parallel()
	const newest = "testdata/v1"
	if *update {
		if err := os.RemoveAll(newest); err != nil {
			t.Fatal(err)
		}
		v := goldenVault(t, newest)
		save(t, v, "snapshot-1", "", contents{"dev.db": goldenFiles()["dev.db"]})
		save(t, v, "snapshot-2", "snapshot-1", goldenFiles())
	}
	for _, version := range []string{newest} {
		t.Run(filepath.Base(version), func(t *testing.T) {
			t.Parallel()
			v := goldenVault(t, version)
			listed, err := v.List(t.Context())
			if err != nil || len(listed) != 2 || listed[1].ID != "snapshot-2" {
				t.Errorf("got %v, %v", listed, err)
			}
			verify(t, v, "snapshot-2")
			checkRestores(t, v, "snapshot-2", goldenFiles())
		})
	}
}
