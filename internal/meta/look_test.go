package meta

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// stored is a database with one record, and closed.
func stored(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "meta.db")
	store, err := Open(t.Context(), Config{Path: path, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	insertApple(t, store)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func insertApple(t *testing.T, store *Store) {
	t.Helper()
	if err := store.Update(t.Context(), func(tx *Tx) error {
		_, err := fruits.Insert(tx, apple(), fruit{Colour: "red"})
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// lookAtApple looks, checks and wants the record.
func lookAtApple(t *testing.T, path string) {
	t.Helper()
	looked, err := Look(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer looked.Close()
	if err := looked.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if err := looked.View(t.Context(), func(tx *Tx) error {
		_, err := fruits.Find(tx, apple())
		return err
	}); err != nil {
		t.Error(err)
	}
	if err := looked.Update(t.Context(), func(*Tx) error { return nil }); err == nil {
		t.Error("a database that was only looked at took a change")
	}
}

func folderOf(t *testing.T, path string) (names []string, content []byte) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if content, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	return names, content
}

func TestLook(t *testing.T) {
	t.Parallel()
	t.Run("stopped", func(t *testing.T) {
		t.Parallel()
		path := stored(t)
		names, content := folderOf(t, path)
		lookAtApple(t, path)
		if held, err := Held(path); held || err != nil {
			t.Errorf("held: got %t, %v, want false", held, err)
		}
		if after, same := folderOf(t, path); !slices.Equal(after, names) || !bytes.Equal(same, content) {
			t.Errorf("looking left %v where %v was, or another database", after, names)
		}
	})
	t.Run("running", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "meta.db")
		store := openAt(t, path)
		insertApple(t, store)
		lookAtApple(t, path)
		if held, err := Held(path); !held || err != nil {
			t.Errorf("held: got %t, %v, want true", held, err)
		}
	})
	// The record is in the write-ahead log alone.
	t.Run("killed", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "meta.db")
		store := openAt(t, path)
		insertApple(t, store)
		killed := filepath.Join(t.TempDir(), "meta.db")
		for _, suffix := range []string{"", "-wal"} {
			if err := copyFile(killed+suffix, path+suffix); err != nil {
				t.Fatal(err)
			}
		}
		lookAtApple(t, killed)
		if names, _ := folderOf(t, killed); !slices.Equal(names, []string{"meta.db", "meta.db-wal"}) {
			t.Errorf("looking left %v", names)
		}
	})
}

func TestLookRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(path string) error
		want  string
	}{
		"missing":      {os.Remove, "no such file"},
		"empty":        {func(path string) error { return os.Truncate(path, 0) }, "no such table"},
		"another_file": {func(path string) error { return os.WriteFile(path, bytes.Repeat([]byte("no database "), 1000), 0o600) }, "not a database"},
		"newer":        {writtenByNewer, "a newer slipher"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := stored(t)
			if err := c.spoil(path); err != nil {
				t.Fatal(err)
			}
			if _, err := Look(t.Context(), path); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error that says %q", err, c.want)
			}
		})
	}
}

func writtenByNewer(path string) error {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)`)
	return err
}

func TestCheckFindsDamage(t *testing.T) {
	t.Parallel()
	path := stored(t)
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	// Every page but the first few, whose tables Look itself reads.
	const begin = 4 * 4096
	if _, err := file.WriteAt(bytes.Repeat([]byte{0xa5}, int(info.Size())-begin), begin); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	looked, err := Look(t.Context(), path)
	if err != nil {
		t.Logf("refused by Look already: %v", err)
		return
	}
	defer looked.Close()
	if err := looked.Check(t.Context()); err == nil {
		t.Error("pages of noise were not found")
	}
}
