package engine

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"slipher/internal/engine/ondisk"
)

// checked reads a frozen database as a save does, and answers the first complaint.
func checked(t *testing.T, d *Database) error {
	t.Helper()
	frozen, err := d.Freeze(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer frozen.Release()
	file := frozen.Files[0]
	piece := make([]byte, gridHeaders)
	for offset := int64(0); offset < file.Size; piece = make([]byte, blockSize) {
		piece = piece[:min(int64(len(piece)), file.Size-offset)]
		if _, err := file.Content.ReadAt(piece, offset); err != nil {
			t.Fatal(err)
		}
		if err := file.Check(t.Context(), offset, piece); err != nil {
			return err
		}
		offset += int64(len(piece))
	}
	return nil
}

func TestDamagedBlocksAreNamed(t *testing.T) {
	t.Parallel()
	d := open(t)
	s := session(t, d)
	run(t, s, "CREATE SCHEMA sales", "CREATE TABLE sales.orders AS SELECT hash(i) AS n, 'order ' || hash(i) AS name FROM range(200000) r(i)",
		"CREATE TABLE small AS SELECT hash(i) AS n FROM range(200000) r(i)")
	if err := d.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := checked(t, d); err != nil {
		t.Fatalf("a sound database: %v", err)
	}
	content, err := os.ReadFile(d.path())
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]int{}
	for at := gridHeaders; at+blockSize <= len(content); at += blockSize {
		flipped := bytes.Clone(content[at : at+blockSize])
		flipped[blockSize/2] ^= 1
		file, err := os.OpenFile(d.path(), os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		write := func(block []byte) {
			if _, err := file.WriteAt(block, int64(at)); err != nil {
				t.Fatal(err)
			}
		}
		write(flipped)
		what, _ := ondisk.IsDamage(checked(t, d))
		write(content[at : at+blockSize])
		switch {
		case strings.Contains(what, "table sales.orders"):
			named["orders"]++
		case strings.Contains(what, "table public.small"):
			named["small"]++
		case strings.Contains(what, "catalogue"):
			named["catalogue"]++
		case what != "":
			t.Errorf("block %d: %s", (at-gridHeaders)/blockSize, what)
		}
	}
	for _, part := range []string{"orders", "small", "catalogue"} {
		if named[part] == 0 {
			t.Errorf("no damage was of %s: %v", part, named)
		}
	}
}

// BenchmarkBlockCheck is what a save pays for each block.
func BenchmarkBlockCheck(b *testing.B) {
	block := make([]byte, blockSize)
	b.SetBytes(blockSize)
	for b.Loop() {
		ondisk.Sound(block)
	}
}
