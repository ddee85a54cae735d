package meta

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"
)

type fruit struct {
	Colour string
	Tags   []string
}

var fruits = Records[fruit]{Kind: "fruit", Index: func(f fruit) []Entry {
	entries := []Entry{{Name: "colour", Value: f.Colour}}
	for _, tag := range f.Tags {
		entries = append(entries, Entry{Name: "tag", Value: tag})
	}
	return entries
}}

func open(t testing.TB) *Store {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "meta.db"))
}

func openAt(t testing.TB, path string) *Store {
	t.Helper()
	store, err := Open(t.Context(), Config{Path: path, Now: time.Now})
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

func TestRecords(t *testing.T) {
	t.Parallel()
	store := open(t)
	key := Key{Account: "111111111111", Region: "us-east-1", ID: "apple"}
	update(t, store, func(tx *Tx) error {
		_, err := fruits.Insert(tx, key, fruit{Colour: "green"})
		return err
	})
	update(t, store, func(tx *Tx) error {
		apple, err := fruits.Find(tx, key)
		if err != nil {
			return err
		}
		apple.Body.Colour = "red"
		if err := fruits.Put(tx, apple); err != nil {
			return err
		}
		if err := fruits.Put(tx, apple); !errors.Is(err, ErrConflict) {
			t.Errorf("second put: got %v, want ErrConflict", err)
		}
		return nil
	})
	err := store.View(context.Background(), func(tx *Tx) error {
		for colour, want := range map[string]int{"green": 0, "red": 1} {
			found, err := fruits.List(tx, Query{Index: Entry{"colour", colour}, Limit: 1})
			if err != nil {
				return err
			}
			if len(found) != want {
				t.Errorf("%s fruits: got %v, want %d", colour, found, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
