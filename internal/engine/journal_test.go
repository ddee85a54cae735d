package engine

import (
	"os"
	"path/filepath"
	"testing"

	"slipher/internal/engine/ondisk"
)

// A process that is killed while a checkpoint writes over the block of the catalogue leaves half of the new one.
func TestHalfWrittenBlockIsPutBack(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before func(t *testing.T, config Config, s *Session, d *Database)
		sound  bool
	}{
		"in_the_middle_of_a_checkpoint": {func(*testing.T, Config, *Session, *Database) {}, true},
		"after_a_later_checkpoint": {func(t *testing.T, _ Config, s *Session, d *Database) {
			kept, err := os.ReadFile(d.config.Note + ".blocks")
			if err != nil {
				t.Fatal(err)
			}
			run(t, s, "INSERT INTO t VALUES (4)")
			if err := d.Checkpoint(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(d.config.Note+".blocks", kept, 0o600); err != nil {
				t.Fatal(err)
			}
		}, false},
		"when_what_was_kept_is_damaged": {func(t *testing.T, config Config, _ *Session, _ *Database) {
			alter(t, config.Note+".blocks", flip(func(length int) int { return length / 2 }))
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := testConfig(t.TempDir())
			d, err := Open(t.Context(), config)
			if err != nil {
				t.Fatal(err)
			}
			s, err := d.Session(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			run(t, s, "CREATE TABLE t (n INTEGER)", "INSERT INTO t VALUES (1), (2), (3)")
			if err := d.Checkpoint(t.Context()); err != nil {
				t.Fatal(err)
			}
			d.keepBlocks(s)
			c.before(t, config, s, d)
			s.Close()
			closeDatabase(t, d) // the log is empty, so this is no checkpoint
			alter(t, filepath.Join(config.Dir, FileName(config.Database)), func(content []byte) []byte {
				clear(content[ondisk.HeadersBytes : ondisk.HeadersBytes+8192])
				return content
			})

			d, err = Open(t.Context(), config)
			if _, damaged := ondisk.IsDamage(err); damaged == c.sound {
				t.Fatalf("opening it answers %v", err)
			}
			if !c.sound {
				return
			}
			defer closeDatabase(t, d)
			s, err = d.Session(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if got := one(t, s, "SELECT count(*) FROM t"); got != int64(3) {
				t.Errorf("got %v rows, want 3", got)
			}
		})
	}
}
