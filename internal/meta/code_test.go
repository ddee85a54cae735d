package meta

import (
	"bytes"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

var codeTestKey = bytes.Repeat([]byte{7}, 32)

// ordered are fruits that lists go through in the order of their colours.
var ordered = Records[fruit]{Kind: "fruit", Order: func(_ Key, f fruit) []Entry { return []Entry{{Name: "order", Value: f.Colour}} }}

// orchard is a store with three fruits, whose rows have codes.
func orchard(t *testing.T) *Store {
	t.Helper()
	store := open(t)
	authenticate(t, store, codeTestKey)
	for _, id := range []string{"apple", "pear", "plum"} {
		key := apple()
		key.ID = id
		update(t, store, func(tx *Tx) error { _, err := ordered.Insert(tx, key, fruit{Colour: "red"}); return err })
	}
	return store
}

func authenticate(t *testing.T, store *Store, key []byte) {
	t.Helper()
	if err := store.Authenticate(t.Context(), key); err != nil {
		t.Fatal(err)
	}
}

// spoil changes rows behind the store's back.
func spoil(t *testing.T, store *Store, statement string) {
	t.Helper()
	done, err := store.writer.Exec(statement)
	if err == nil {
		err = expectOne(done, errors.New("it changed nothing"))
	}
	if err != nil {
		t.Fatal(err)
	}
}

func listed(t *testing.T, store *Store, list func(tx *Tx) ([]Record[fruit], error)) (ids []string) {
	t.Helper()
	view(t, store, func(tx *Tx) error {
		found, err := list(tx)
		for _, one := range found {
			ids = append(ids, one.ID)
		}
		return err
	})
	return ids
}

func wantDamages(t *testing.T, store *Store, want ...string) {
	t.Helper()
	found, err := store.Damages(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, one := range found {
		name := one.ID
		if one.Entry != nil {
			name += " by " + one.Entry.Name
		}
		got = append(got, name)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("damages: got %q, want %q", got, want)
	}
}

func TestDamagedRow(t *testing.T) {
	t.Parallel()
	for name, statement := range map[string]string{
		"body":         `UPDATE record SET body = replace(body, 'red', 'rfd') WHERE id = 'apple'`,
		"version":      `UPDATE record SET version = version + 1 WHERE id = 'apple'`,
		"code":         `UPDATE record SET code = zeroblob(16) WHERE id = 'apple'`,
		"missing_code": `UPDATE record SET code = NULL WHERE id = 'apple'`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := orchard(t)
			var told []Damage
			store.OnDamage(func(found Damage) { told = append(told, found) })
			spoil(t, store, statement)
			wantFruit(t, store, apple(), ErrDamaged)
			wantFruit(t, store, Key{apple().Account, apple().Region, "pear"}, nil)
			for _, query := range []Query{{}, {Limit: 1}, {Limit: 2}, {Account: apple().Account, Limit: 2}, {Index: Entry{"order", "red"}, Limit: 1}} {
				want := []string{"pear", "plum"}
				if query.Limit == 1 {
					want = want[:1]
				}
				if got := listed(t, store, func(tx *Tx) ([]Record[fruit], error) { return ordered.List(tx, query) }); !slices.Equal(got, want) {
					t.Errorf("list %+v: got %q, want %q", query, got, want)
				}
			}
			inOrder := listed(t, store, func(tx *Tx) ([]Record[fruit], error) { return ordered.InOrder(tx, Span{Name: "order", Limit: 2}) })
			if got := inOrder; !slices.Equal(got, []string{"pear", "plum"}) {
				t.Errorf("in order: got %q", got)
			}
			err := store.Update(t.Context(), insert(apple(), fruit{}))
			if !errors.Is(err, ErrExists) {
				t.Errorf("insert in its place: got %v, want ErrExists", err)
			}
			if len(told) != 1 || told[0].Kind != "fruit" || told[0].Key != apple() {
				t.Errorf("told %v, want the apple once", told)
			}
			wantDamages(t, store, "apple")
		})
	}
	t.Run("under_another_name", func(t *testing.T) {
		t.Parallel()
		store := orchard(t)
		spoil(t, store, `UPDATE record SET body = (SELECT replace(body, 'red', 'blue') FROM record WHERE id = 'apple'),
			code = (SELECT code FROM record WHERE id = 'apple') WHERE id = 'pear'`)
		wantFruit(t, store, Key{apple().Account, apple().Region, "pear"}, ErrDamaged)
	})
	t.Run("entry", func(t *testing.T) {
		t.Parallel()
		store := orchard(t)
		spoil(t, store, `UPDATE entry SET value = 'blue' WHERE id = 'apple' AND name = 'order'`)
		blue := listed(t, store, func(tx *Tx) ([]Record[fruit], error) { return ordered.List(tx, Query{Index: Entry{"order", "blue"}}) })
		if got := blue; len(got) != 0 {
			t.Errorf("%q are listed by an entry that they do not have", got)
		}
		inOrder := listed(t, store, func(tx *Tx) ([]Record[fruit], error) { return ordered.InOrder(tx, Span{Name: "order"}) })
		if got := inOrder; !slices.Equal(got, []string{"pear", "plum"}) {
			t.Errorf("in order: got %q", got)
		}
		wantFruit(t, store, apple(), nil)
		wantDamages(t, store, "apple by order")
	})
}

// Whoever destroys what no row names asks first.
func TestSound(t *testing.T) {
	t.Parallel()
	clock := noon()
	store := openBy(t, clock)
	authenticate(t, store, codeTestKey)
	update(t, store, insert(apple(), fruit{Colour: "red"}))
	if err := store.Sound(t.Context()); err != nil {
		t.Fatal(err)
	}
	spoil(t, store, `UPDATE entry SET value = 'blue' WHERE id = 'apple' AND name = 'colour'`)
	clock.move(soundFor)
	for range 2 {
		if err := store.Sound(t.Context()); !errors.Is(err, ErrDamaged) {
			t.Errorf("got %v, want ErrDamaged", err)
		}
	}
}

func TestAuthenticate(t *testing.T) {
	t.Parallel()
	t.Run("seals_the_rows_of_before_once", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "meta.db")
		before, err := Open(t.Context(), Config{Path: path, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		update(t, before, insert(apple(), fruit{Colour: "red"}))
		authenticate(t, before, codeTestKey)
		wantDamages(t, before)
		if err := before.Close(); err != nil {
			t.Fatal(err)
		}
		store := openAt(t, path)
		if err := store.Update(t.Context(), insert(Key{ID: "pear"}, fruit{})); err == nil {
			t.Error("a row was written without a code")
		}
		spoil(t, store, `UPDATE record SET code = NULL WHERE kind = 'fruit'`)
		authenticate(t, store, codeTestKey)
		wantFruit(t, store, apple(), ErrDamaged)
	})
	t.Run("takes_one_key", func(t *testing.T) {
		t.Parallel()
		store := orchard(t)
		authenticate(t, store, codeTestKey)
		if err := store.Authenticate(t.Context(), bytes.Repeat([]byte{8}, 32)); err == nil {
			t.Error("another key was taken")
		}
	})
	t.Run("checks_what_is_only_looked_at", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "meta.db")
		store := openAt(t, path)
		authenticate(t, store, codeTestKey)
		update(t, store, insert(apple(), fruit{Colour: "red"}))
		spoil(t, store, `UPDATE record SET body = replace(body, 'red', 'rfd') WHERE id = 'apple'`)
		look, err := Look(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		defer look.Close()
		wantFruit(t, look, apple(), nil) // nobody knows yet
		authenticate(t, look, codeTestKey)
		wantFruit(t, look, apple(), ErrDamaged)
		wantDamages(t, look, "apple")
	})
}

// What is given up is only what is damaged; afterwards nothing is, and nothing keeps a sweep from its work.
func TestGiveUp(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		statement string
		left      []string
		inOrder   []string
	}{
		"record":      {`UPDATE record SET body = replace(body, 'red', 'rfd') WHERE id = 'apple'`, []string{"pear", "plum"}, []string{"pear", "plum"}},
		"entry":       {`UPDATE entry SET value = 'blue' WHERE id = 'apple' AND name = 'order'`, []string{"apple", "pear", "plum"}, []string{"pear", "plum"}},
		"entry_alike": {`UPDATE entry SET code = zeroblob(16) WHERE id = 'apple' AND name = ''`, []string{"apple", "pear", "plum"}, []string{"apple", "pear", "plum"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := orchard(t)
			spoil(t, store, c.statement)
			damages, err := store.Damages(t.Context())
			if err != nil || len(damages) != 1 {
				t.Fatalf("got %v, %v, want one damage", damages, err)
			}
			body, err := store.GiveUp(t.Context(), damages[0].Name())
			if err != nil || !bytes.Contains(body, []byte(`"Colour"`)) {
				t.Errorf("got %s, %v, want what was in the row", body, err)
			}
			wantDamages(t, store)
			if got := listed(t, store, func(tx *Tx) ([]Record[fruit], error) { return ordered.List(tx, Query{}) }); !slices.Equal(got, c.left) {
				t.Errorf("left: got %q, want %q", got, c.left)
			}
			if got := listed(t, store, func(tx *Tx) ([]Record[fruit], error) { return ordered.InOrder(tx, Span{Name: "order"}) }); !slices.Equal(got, c.inOrder) {
				t.Errorf("in order: got %q, want %q", got, c.inOrder)
			}
			if err := store.Sound(t.Context()); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
	store := orchard(t)
	if _, err := store.GiveUp(t.Context(), "fruit/"+apple().Account+"/"+apple().Region+"/apple"); !errors.Is(err, ErrNotDamaged) {
		t.Errorf("a sound row: got %v", err)
	}
}
