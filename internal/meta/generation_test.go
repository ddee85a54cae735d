package meta

import (
	"errors"
	"path/filepath"
	"testing"
	"time"
)

var policies = Records[fruit]{Kind: "policy of fruit", Generation: "fruit rules"}

func TestGeneration(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "meta.db")
	first, err := Open(t.Context(), Config{Path: path, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	second, err := first.Replica()
	if err != nil {
		t.Fatal(err)
	}
	last := second.Generation("fruit rules")
	wantRaised := func(what string, want bool) {
		t.Helper()
		now := second.Generation("fruit rules")
		if raised := now > last; raised != want || now != first.Generation("fruit rules") {
			t.Errorf("%s: %d after %d", what, now, last)
		}
		last = now
	}
	put := func(tx *Tx) error {
		found, err := policies.Find(tx, apple())
		if err != nil {
			return err
		}
		return policies.Put(tx, found)
	}
	update(t, first, insert(apple(), fruit{}))
	wantRaised("another kind", false)
	update(t, first, func(tx *Tx) error { _, err := policies.Insert(tx, apple(), fruit{}); return err })
	wantRaised("insert", true)
	update(t, first, put)
	wantRaised("put", true)
	refusal := errors.New("refused")
	if err := first.Update(t.Context(), func(tx *Tx) error { return errors.Join(put(tx), refusal) }); !errors.Is(err, refusal) {
		t.Fatal(err)
	}
	wantRaised("a change that failed", false)
	update(t, first, func(tx *Tx) error { return policies.Delete(tx, apple()) })
	wantRaised("delete", true)
	if err := errors.Join(first.Close(), second.Close()); err != nil {
		t.Fatal(err)
	}
	second = openAt(t, path)
	if got := second.Generation("fruit rules"); got != last {
		t.Errorf("%d after the database was opened again, want %d", got, last)
	}
}
