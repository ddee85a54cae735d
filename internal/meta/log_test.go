package meta

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// killed is the files of a database as a killed process leaves them, with ten changes in the log, one commit each.
func killed(t *testing.T) (path string, log []byte) {
	t.Helper()
	store := open(t)
	store.emptyLog()
	for i := range 10 {
		update(t, store, insert(Key{ID: fmt.Sprint(i)}, fruit{Colour: "red"}))
	}
	from := filepath.Join(t.TempDir(), "meta.db")
	view(t, store, func(tx *Tx) error {
		var name string
		if err := tx.queryRow(`SELECT file FROM pragma_database_list WHERE name = 'main'`).Scan(&name); err != nil {
			return err
		}
		return errors.Join(copyFile(from, name), copyFile(from+"-wal", name+"-wal"))
	})
	log, err := os.ReadFile(from + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	return from, log
}

const framesSize = frameHeaderSize + 4096

func TestDamagedLog(t *testing.T) {
	t.Parallel()
	path, log := killed(t)
	frames := (len(log) - logHeaderSize) / framesSize
	put := func(t *testing.T, content []byte) (copied string) {
		t.Helper()
		copied = filepath.Join(t.TempDir(), "meta.db")
		if err := errors.Join(copyFile(copied, path), os.WriteFile(copied+"-wal", content, 0o600)); err != nil {
			t.Fatal(err)
		}
		return copied
	}
	flipped := func(at int) []byte {
		damaged := bytes.Clone(log)
		damaged[at] ^= 4
		return damaged
	}
	frame := func(i int) int { return logHeaderSize + i*framesSize }
	refused := map[string]int{
		"magic": 0, "page_size": 10, "salts_of_the_log": 17, "checksum_of_the_header": 25,
		"first_frame": frame(0) + 100, "page_of_the_middle": frame(frames/2) + 2000, "number_of_a_page": frame(frames/2) + 3,
		"salt_of_a_frame": frame(frames/2) + 9, "checksum_of_a_frame": frame(frames/2) + 17, "last_but_one": frame(frames-2) + 4000,
	}
	for name, at := range refused {
		t.Run("refuses_"+name, func(t *testing.T) {
			t.Parallel()
			copied := put(t, flipped(at))
			for what, err := range map[string]error{"open": tryOpen(t, copied), "look": tryLook(t, copied)} {
				if !errors.Is(err, ErrLogDamaged) {
					t.Errorf("%s: got %v, want ErrLogDamaged", what, err)
				}
			}
			if after, err := os.ReadFile(copied + "-wal"); err != nil || !bytes.Equal(after, flipped(at)) {
				t.Errorf("the log was changed: %v", err)
			}
		})
	}
	taken := map[string][]byte{
		"whole": log, "none": nil, "torn_in_the_last_frame": log[:len(log)-1000], "torn_in_its_header": log[:frame(frames-1)+10],
		"torn_in_the_middle": log[:frame(frames/2)+100], "torn_in_the_header": log[:20],
	}
	for name, content := range taken {
		t.Run("takes_"+name, func(t *testing.T) {
			t.Parallel()
			copied := put(t, content)
			if err := errors.Join(tryLook(t, copied), tryOpen(t, copied)); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("takes_an_earlier_log_behind_its_own", func(t *testing.T) {
		t.Parallel()
		copied := put(t, log)
		store := openAt(t, copied)
		if _, err := store.writer.Exec("PRAGMA wal_checkpoint(RESTART)"); err != nil {
			t.Fatal(err)
		}
		update(t, store, insert(Key{ID: "later"}, fruit{}))
		after, err := os.ReadFile(copied + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		if len(after) < framesSize*5 {
			t.Fatalf("the log has only %d bytes: nothing of the earlier one is left", len(after))
		}
		if err := checkLog(copied); err != nil {
			t.Error(err)
		}
	})
}

func tryOpen(t *testing.T, path string) error {
	t.Helper()
	store, err := Open(t.Context(), Config{Path: path, Now: time.Now})
	if err == nil {
		err = store.Close()
	}
	return err
}

func tryLook(t *testing.T, path string) error {
	t.Helper()
	store, err := Look(t.Context(), path)
	if err == nil {
		err = store.Close()
	}
	return err
}

func TestAcceptLoss(t *testing.T) {
	t.Parallel()
	path, log := killed(t)
	if kept, err := AcceptLoss(path, noon().read()); err != nil || kept != "" {
		t.Fatalf("of a log without damage: %q, %v", kept, err)
	}
	damaged := bytes.Clone(log)
	damaged[len(log)-3*framesSize] ^= 1
	if err := os.WriteFile(path+"-wal", damaged, 0o600); err != nil {
		t.Fatal(err)
	}
	kept, err := AcceptLoss(path, noon().read())
	if err != nil {
		t.Fatal(err)
	}
	if content, err := os.ReadFile(kept); err != nil || !bytes.Equal(content, damaged) {
		t.Errorf("%s is not the damaged log: %v", kept, err)
	}
	store := openAt(t, path)
	wantFruit(t, store, Key{ID: "0"}, nil)
	wantFruit(t, store, Key{ID: "9"}, ErrNotFound)
}

// Once it is quiet, nothing is left in the log that damage could take.
func TestQuietLog(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "meta.db")
	store := openAt(t, path)
	update(t, store, insert(apple(), fruit{}))
	if info, err := os.Stat(path + "-wal"); err != nil || info.Size() == 0 {
		t.Fatalf("the log: %v, %v", info, err)
	}
	store.emptyLog()
	if info, err := os.Stat(path + "-wal"); err != nil || info.Size() != 0 {
		t.Errorf("the log: %v, %v", info, err)
	}
	wantFruit(t, store, apple(), nil)
	t.Run("does_not_wait_for_readers", func(t *testing.T) {
		update(t, store, insert(Key{ID: "pear"}, fruit{}))
		view(t, store, func(tx *Tx) error {
			if _, err := fruits.Find(tx, apple()); err != nil { // from here on it sees what was before
				return err
			}
			began := time.Now()
			store.emptyLog()
			if waited := time.Since(began); waited > 8*time.Second {
				t.Errorf("it waited for %s", waited)
			}
			return store.Update(t.Context(), insert(Key{ID: "plum"}, fruit{}))
		})
	})
}
