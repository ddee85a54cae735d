package meta

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The records of these tests.
type fruit struct {
	Colour string
	Tags   []string
	Weight int
}

var fruits = Records[fruit]{Kind: "fruit", Index: func(f fruit) []Entry {
	entries := []Entry{{Name: "colour", Value: f.Colour}}
	for _, tag := range f.Tags {
		entries = append(entries, Entry{Name: "tag", Value: tag})
	}
	return entries
}}

func apple() Key { return Key{Account: "111111111111", Region: "us-east-1", ID: "apple"} }

func open(t testing.TB) *Store {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "meta.db"))
}

func openAt(t testing.TB, path string) *Store {
	t.Helper()
	return openWith(t, Config{Path: path, Now: time.Now})
}

func openWith(t testing.TB, config Config) *Store {
	t.Helper()
	store, err := Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

func update(t testing.TB, store *Store, change func(tx *Tx) error) {
	t.Helper()
	if err := store.Update(t.Context(), change); err != nil {
		t.Fatal(err)
	}
}

func view(t testing.TB, store *Store, read func(tx *Tx) error) {
	t.Helper()
	if err := store.View(t.Context(), read); err != nil {
		t.Fatal(err)
	}
}

// insert is a change that adds one fruit.
func insert(key Key, body fruit) func(tx *Tx) error {
	return func(tx *Tx) error {
		_, err := fruits.Insert(tx, key, body)
		return err
	}
}

func wantFruit(t testing.TB, store *Store, key Key, want error) {
	t.Helper()
	view(t, store, func(tx *Tx) error {
		if _, err := fruits.Find(tx, key); !errors.Is(err, want) {
			t.Errorf("find %s: got %v, want %v", key.ID, err, want)
		}
		return nil
	})
}

func TestOpen(t *testing.T) {
	t.Parallel()
	t.Run("keeps_what_was_committed", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "a folder? with #odd % names", "meta.db")
		if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		first, err := Open(t.Context(), Config{Path: path, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		update(t, first, insert(apple(), fruit{}))
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
		wantFruit(t, openAt(t, path), apple(), nil)
	})
	t.Run("keeps_others_from_reading", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "meta.db")
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		update(t, openAt(t, path), insert(apple(), fruit{}))
		for _, file := range []string{path, path + "-wal", path + "-shm", path + ".lock"} {
			info, err := os.Stat(file)
			if err != nil {
				t.Fatal(err)
			}
			if info.Mode().Perm() != 0o600 {
				t.Errorf("%s: got mode %v, want 0600", filepath.Base(file), info.Mode())
			}
		}
	})
	t.Run("refuses_while_open_elsewhere", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "meta.db")
		openAt(t, path)
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), childEnv+"=open", childPathEnv+"="+path)
		output, err := child.CombinedOutput()
		if err == nil || !bytes.Contains(output, []byte("is held by process")) {
			t.Errorf("a second process: got %v and %q, want a refusal that names the first", err, output)
		}
	})
	for name, statement := range map[string]string{
		"refuses_newer_records": `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)`,
		"refuses_newer_jobs":    `INSERT INTO river_migration (line, version) VALUES ('main', 99)`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "meta.db")
			store, err := Open(t.Context(), Config{Path: path, Now: time.Now})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := store.writer.Exec(statement); err != nil {
				t.Fatal(err)
			}
			if err := store.Close(); err != nil {
				t.Fatal(err)
			}
			_, err = Open(t.Context(), Config{Path: path, Now: time.Now})
			if err == nil || !strings.Contains(err.Error(), "newer slipher") {
				t.Errorf("got %v, want a refusal that speaks of a newer slipher", err)
			}
		})
	}
	t.Run("refuses_what_is_no_database", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "meta.db")
		content := bytes.Repeat([]byte("something else "), 1000)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(t.Context(), Config{Path: path, Now: time.Now}); err == nil {
			t.Error("opened it")
		}
		if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, content) {
			t.Errorf("the file was changed (%v)", err)
		}
	})
}

func TestSettings(t *testing.T) {
	t.Parallel()
	store := open(t)
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"} {
		for name, db := range map[string]*sql.DB{"writer": store.writer, "readers": store.readers} {
			var got string
			if err := db.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
				t.Errorf("%s of the %s: got %s, %v, want %s", pragma, name, got, err, want)
			}
		}
	}
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	t.Run("rolls_back_an_error", func(t *testing.T) {
		t.Parallel()
		store := open(t)
		refusal := errors.New("refused")
		err := store.Update(t.Context(), func(tx *Tx) error {
			return errors.Join(insert(apple(), fruit{})(tx), refusal)
		})
		if !errors.Is(err, refusal) {
			t.Errorf("got %v, want the function's error", err)
		}
		wantFruit(t, store, apple(), ErrNotFound)
	})
	t.Run("rolls_back_a_panic_and_passes_it_on", func(t *testing.T) {
		t.Parallel()
		store := open(t)
		cause := catch(func() {
			store.Update(t.Context(), func(tx *Tx) error {
				insert(apple(), fruit{})(tx)
				panic("a bug")
			})
		})
		if cause != "a bug" {
			t.Errorf("got %v, want the panic", cause)
		}
		wantFruit(t, store, apple(), ErrNotFound)
		update(t, store, insert(apple(), fruit{}))
	})
	t.Run("panics_inside_itself", func(t *testing.T) {
		t.Parallel()
		store, other := open(t), open(t)
		update(t, store, func(tx *Tx) error {
			if catch(func() { store.Update(t.Context(), insert(apple(), fruit{})) }) == nil {
				t.Error("an Update inside an Update did not panic")
			}
			return other.Update(t.Context(), insert(apple(), fruit{}))
		})
		update(t, store, insert(apple(), fruit{}))
	})
	t.Run("waits_its_turn_only_while_its_context_lives", func(t *testing.T) {
		t.Parallel()
		store := open(t)
		ctx, cancel := context.WithCancel(t.Context())
		update(t, store, func(tx *Tx) error {
			waiting := make(chan error)
			go func() { waiting <- store.Update(ctx, insert(apple(), fruit{})) }()
			cancel()
			if err := <-waiting; !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want the context's error", err)
			}
			return nil
		})
	})
	t.Run("commits_nothing_once_its_context_has_ended", func(t *testing.T) {
		t.Parallel()
		store := open(t)
		ctx, cancel := context.WithCancel(t.Context())
		err := store.Update(ctx, func(tx *Tx) error {
			defer cancel()
			return insert(apple(), fruit{})(tx)
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want the context's error", err)
		}
		wantFruit(t, store, apple(), ErrNotFound)
	})
}

func TestView(t *testing.T) {
	t.Parallel()
	t.Run("sees_one_state_while_others_write", func(t *testing.T) {
		t.Parallel()
		store := open(t)
		view(t, store, func(tx *Tx) error {
			if _, err := fruits.Find(tx, apple()); !errors.Is(err, ErrNotFound) {
				t.Fatalf("got %v, want ErrNotFound", err)
			}
			update(t, store, insert(apple(), fruit{}))
			if _, err := fruits.Find(tx, apple()); !errors.Is(err, ErrNotFound) {
				t.Errorf("after another's commit: got %v, want ErrNotFound still", err)
			}
			return nil
		})
		wantFruit(t, store, apple(), nil)
	})
	t.Run("does_not_wait_for_a_writer", func(t *testing.T) {
		t.Parallel()
		store := open(t)
		update(t, store, func(tx *Tx) error {
			if err := insert(apple(), fruit{})(tx); err != nil {
				return err
			}
			wantFruit(t, store, apple(), ErrNotFound)
			return nil
		})
	})
	t.Run("ends_with_its_context", func(t *testing.T) {
		t.Parallel()
		store := open(t)
		ctx, end := context.WithCancel(t.Context())
		err := store.View(ctx, func(tx *Tx) (err error) {
			end()
			for !errors.Is(err, sql.ErrTxDone) { // from when the driver has seen it
				_, err = fruits.List(tx, Query{})
			}
			return err
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want that the context was canceled", err)
		}
	})
	t.Run("panics_when_asked_to_write", func(t *testing.T) {
		t.Parallel()
		store := open(t)
		for name, write := range map[string]func(tx *Tx) error{
			"insert":  insert(apple(), fruit{}),
			"put":     func(tx *Tx) error { return fruits.Put(tx, Record[fruit]{Key: apple()}) },
			"delete":  func(tx *Tx) error { return fruits.Delete(tx, apple()) },
			"enqueue": func(tx *Tx) error { return tx.Enqueue(greet{}, EnqueueOptions{}) },
		} {
			if catch(func() { store.View(t.Context(), write) }) == nil {
				t.Errorf("%s in a View did not panic", name)
			}
		}
	})
}

func catch(do func()) (cause any) {
	defer func() { cause = recover() }()
	do()
	return nil
}

func TestUnreadableBody(t *testing.T) {
	t.Parallel()
	store := open(t)
	update(t, store, insert(apple(), fruit{}))
	if _, err := store.writer.Exec(`UPDATE record SET body = '{"Colour": 7'`); err != nil {
		t.Fatal(err)
	}
	view(t, store, func(tx *Tx) error {
		if _, err := fruits.Find(tx, apple()); err == nil || !strings.Contains(err.Error(), "fruit apple: decode") {
			t.Errorf("got %v, want an error that names the record", err)
		}
		return nil
	})
}
