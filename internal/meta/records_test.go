package meta

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestRecords(t *testing.T) {
	t.Parallel()
	store := open(t)
	update(t, store, func(tx *Tx) error {
		inserted, err := fruits.Insert(tx, apple(), fruit{Colour: "green"})
		if err != nil {
			return err
		}
		if want := (Record[fruit]{Key: apple(), Version: 1, Body: fruit{Colour: "green"}}); !cmp.Equal(inserted, want) {
			t.Errorf("insert: %s", cmp.Diff(want, inserted))
		}
		if _, err := fruits.Insert(tx, apple(), fruit{}); !errors.Is(err, ErrExists) {
			t.Errorf("insert again: got %v, want ErrExists", err)
		}
		inserted.Body.Colour = "red"
		return fruits.Put(tx, inserted)
	})
	update(t, store, func(tx *Tx) error {
		found, err := fruits.Find(tx, apple())
		if err != nil {
			return err
		}
		if want := (Record[fruit]{Key: apple(), Version: 2, Body: fruit{Colour: "red"}}); !cmp.Equal(found, want) {
			t.Errorf("find: %s", cmp.Diff(want, found))
		}
		stale := found
		stale.Version = 1
		if err := fruits.Put(tx, stale); !errors.Is(err, ErrConflict) {
			t.Errorf("put a stale record: got %v, want ErrConflict", err)
		}
		if err := fruits.Delete(tx, apple()); err != nil {
			return err
		}
		if err := fruits.Put(tx, found); !errors.Is(err, ErrNotFound) || errors.Is(err, ErrConflict) {
			t.Errorf("put a deleted record: got %v, want ErrNotFound", err)
		}
		if err := fruits.Delete(tx, apple()); !errors.Is(err, ErrNotFound) {
			t.Errorf("delete again: got %v, want ErrNotFound", err)
		}
		if _, err := fruits.Insert(tx, Key{}, fruit{}); err == nil {
			t.Error("insert without an id was accepted")
		}
		return nil
	})
}

func TestOneOfManyPutsWins(t *testing.T) {
	t.Parallel()
	const writers, rounds = 8, 12
	store := open(t)
	update(t, store, insert(apple(), fruit{}))
	var wins sync.Map // version → writer
	var crowd sync.WaitGroup
	for writer := range writers {
		crowd.Go(func() {
			for range rounds {
				var seen Record[fruit]
				view(t, store, func(tx *Tx) (err error) { seen, err = fruits.Find(tx, apple()); return err })
				seen.Body.Weight++
				err := store.Update(t.Context(), func(tx *Tx) error { return fruits.Put(tx, seen) })
				if errors.Is(err, ErrConflict) {
					continue
				}
				if err != nil {
					t.Error(err)
				}
				if other, twice := wins.LoadOrStore(seen.Version, writer); twice {
					t.Errorf("writers %v and %d both replaced version %d", other, writer, seen.Version)
				}
			}
		})
	}
	crowd.Wait()
	won := 0
	wins.Range(func(any, any) bool { won++; return true })
	view(t, store, func(tx *Tx) error {
		last, err := fruits.Find(tx, apple())
		if last.Body.Weight != won || last.Version != int64(won)+1 {
			t.Errorf("got weight %d at version %d after %d wins", last.Body.Weight, last.Version, won)
		}
		return err
	})
}

func TestList(t *testing.T) {
	t.Parallel()
	store := open(t)
	update(t, store, func(tx *Tx) error {
		for _, account := range []string{"1", "2"} {
			for _, region := range []string{"east", "west"} {
				for _, id := range []string{"a", "b", "c"} {
					body := fruit{Colour: "red"}
					if account == "2" && id == "b" {
						body = fruit{Colour: "green", Tags: []string{"old", "old", "sour"}}
					}
					if _, err := fruits.Insert(tx, Key{account, region, id}, body); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
	red := Entry{Name: "colour", Value: "red"}
	for name, test := range map[string]struct {
		query Query
		want  string
	}{
		"one_region":                {Query{Account: "1", Region: "east"}, "1/east/a 1/east/b 1/east/c"},
		"after":                     {Query{Account: "1", Region: "east", After: "a"}, "1/east/b 1/east/c"},
		"limit":                     {Query{Account: "1", Region: "east", Limit: 2}, "1/east/a 1/east/b"},
		"limit_after":               {Query{Account: "1", Region: "east", After: "a", Limit: 1}, "1/east/b"},
		"one_account":               {Query{Account: "1"}, "1/east/a 1/west/a 1/east/b 1/west/b 1/east/c 1/west/c"},
		"all":                       {Query{Limit: 1}, "1/east/a 1/west/a 2/east/a 2/west/a"},
		"all_after":                 {Query{After: "b"}, "1/east/c 1/west/c 2/east/c 2/west/c"},
		"one_region_of_all":         {Query{Region: "west", After: "a", Limit: 1}, "1/west/b 2/west/b"},
		"entry":                     {Query{Index: red, After: "a", Limit: 1}, "1/east/b 1/west/b"},
		"entry_of_account":          {Query{Account: "2", Index: red}, "2/east/a 2/west/a 2/east/c 2/west/c"},
		"entry_of_region":           {Query{Account: "2", Region: "west", Index: red}, "2/west/a 2/west/c"},
		"entry_twice":               {Query{Index: Entry{Name: "tag", Value: "old"}}, "2/east/b 2/west/b"},
		"entry_of_no_value":         {Query{Index: Entry{Name: "tag"}}, ""},
		"no_such_account":           {Query{Account: "3"}, ""},
		"after_the_last":            {Query{After: "c"}, ""},
		"limit_ending_within_an_id": {Query{Account: "2", Limit: 3}, "2/east/a 2/west/a 2/east/b 2/west/b"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			view(t, store, func(tx *Tx) error {
				records, err := fruits.List(tx, test.query)
				if err != nil {
					return err
				}
				var got []string
				for _, record := range records {
					got = append(got, fmt.Sprintf("%s/%s/%s", record.Account, record.Region, record.ID))
				}
				if strings.Join(got, " ") != test.want {
					t.Errorf("got  %s\nwant %s", strings.Join(got, " "), test.want)
				}
				unlimited := test.query
				unlimited.Limit = 0
				all, err := fruits.List(tx, unlimited)
				if err != nil {
					return err
				}
				if count, err := fruits.Count(tx, test.query); err != nil || count != len(all) {
					t.Errorf("count: got %d, %v, want %d", count, err, len(all))
				}
				return nil
			})
		})
	}
}

// A list must walk an index from its marker on, and never sort or filter what it does not return.
func TestListPlans(t *testing.T) {
	t.Parallel()
	store := open(t)
	const prefix = "kind=? AND name=? AND value=? AND "
	for name, test := range map[string]struct {
		query Query
		walks string
	}{
		"one_region":  {Query{Account: "1", Region: "east", After: "a", Limit: 100}, prefix + "account=? AND region=? AND id>?"},
		"one_account": {Query{Account: "1", After: "a", Limit: 100}, prefix + "account=? AND id>?"},
		"all":         {Query{After: "a", Limit: 100}, prefix + "id>?"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			selected := test.query.page("fruit")
			plan := explain(t, store, selectRows+selected.where, selected.args...)
			if !strings.Contains(plan[0], "SEARCH e USING COVERING INDEX") || !strings.HasSuffix(plan[0], "("+test.walks+")") {
				t.Errorf("got %q, want a search of (%s)", plan[0], test.walks)
			}
			if !strings.HasSuffix(plan[1], "(kind=? AND account=? AND region=? AND id=?)") || len(plan) != 2 {
				t.Errorf("got %q, want one lookup of each record and no sorting", plan[1:])
			}
		})
	}
}

// TestReindex finds records by an entry that they were not given when they were made.
func TestReindex(t *testing.T) {
	t.Parallel()
	store := open(t)
	update(t, store, insert(apple(), fruit{Colour: "red"}))
	wiser := Records[fruit]{Kind: fruits.Kind, Order: func(key Key, body fruit) []Entry {
		return []Entry{{Name: "of " + key.Account, Value: body.Colour}}
	}}
	span := Span{Name: "of " + apple().Account}
	count := func() (count int) {
		view(t, store, func(tx *Tx) error {
			found, err := wiser.InOrder(tx, span)
			count = len(found)
			return err
		})
		return count
	}
	if got := count(); got != 0 {
		t.Errorf("%d records have the entry at first, want none", got)
	}
	update(t, store, wiser.Reindex)
	if got := count(); got != 1 {
		t.Errorf("%d records have the entry then, want 1", got)
	}
}

// TestEntriesOfARecord wants that to cost what the record has, however many others there are.
func TestEntriesOfARecord(t *testing.T) {
	t.Parallel()
	plan := explain(t, open(t), selectEntries, "fruit", "1", "us-east-1", "apple")
	if len(plan) != 1 || !strings.HasSuffix(plan[0], "USING COVERING INDEX entry_of_record (kind=? AND account=? AND region=? AND id=?)") {
		t.Errorf("got %q", plan)
	}
}

func explain(t *testing.T, store *Store, query string, args ...any) (steps []string) {
	t.Helper()
	view(t, store, func(tx *Tx) error {
		found, err := tx.query("EXPLAIN QUERY PLAN "+query, args...)
		if err != nil {
			return err
		}
		defer found.Close()
		for found.Next() {
			var id, parent, unused int
			var step string
			if err := found.Scan(&id, &parent, &unused, &step); err != nil {
				return err
			}
			steps = append(steps, step)
		}
		return found.Err()
	})
	return steps
}

// The model keeps the same records in a map and finds by looking at all of them.
type model map[Key]Record[fruit]

func (m model) list(query Query) []Key {
	var found []Key
	for key, record := range m {
		entries := append(fruits.Index(record.Body), Entry{})
		if slices.Contains(entries, query.Index) &&
			(query.Account == "" || query.Account == key.Account) &&
			(query.Region == "" || query.Region == key.Region) && key.ID > query.After {
			found = append(found, key)
		}
	}
	slices.SortFunc(found, func(a, b Key) int {
		return strings.Compare(a.ID+"|"+a.Account+"|"+a.Region, b.ID+"|"+b.Account+"|"+b.Region)
	})
	return found
}

// cut is a page of the found as List promises it: the last id is complete.
func cut(found []Key, limit int) []Key {
	if limit == 0 || limit >= len(found) {
		return found
	}
	for limit < len(found) && found[limit].ID == found[limit-1].ID {
		limit++
	}
	return found[:limit]
}

func TestIndexFollowsRecords(t *testing.T) {
	t.Parallel()
	store := open(t)
	rapid.Check(t, func(t *rapid.T) {
		records := model{}
		err := store.Update(t.Context(), func(tx *Tx) error {
			t.Repeat(records.actions(tx))
			return errRollback
		})
		if !errors.Is(err, errRollback) {
			t.Fatal(err)
		}
	})
}

var errRollback = errors.New("the next run begins with an empty store")

var (
	someKey = rapid.Custom(func(t *rapid.T) Key {
		return Key{
			Account: rapid.SampledFrom([]string{"1", "2"}).Draw(t, "account"),
			Region:  rapid.SampledFrom([]string{"east", "west"}).Draw(t, "region"),
			ID:      rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "id"),
		}
	})
	someFruit = rapid.Custom(func(t *rapid.T) fruit {
		return fruit{
			Colour: rapid.SampledFrom([]string{"red", "green"}).Draw(t, "colour"),
			Tags:   rapid.SliceOfN(rapid.SampledFrom([]string{"old", "sour", "green"}), 0, 3).Draw(t, "tags"),
		}
	})
	someQuery = rapid.Custom(func(t *rapid.T) Query {
		return Query{
			Account: rapid.SampledFrom([]string{"", "1", "2"}).Draw(t, "account"),
			Region:  rapid.SampledFrom([]string{"", "east", "west"}).Draw(t, "region"),
			Index:   rapid.SampledFrom([]Entry{{}, {"colour", "red"}, {"tag", "green"}, {"tag", "old"}}).Draw(t, "entry"),
			After:   rapid.SampledFrom([]string{"", "a", "c"}).Draw(t, "after"),
			Limit:   rapid.IntRange(0, 5).Draw(t, "limit"),
		}
	})
)

func (m model) actions(tx *Tx) map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"insert": func(t *rapid.T) {
			key, body := someKey.Draw(t, "key"), someFruit.Draw(t, "body")
			inserted, err := fruits.Insert(tx, key, body)
			if _, exists := m[key]; exists != errors.Is(err, ErrExists) || !exists && err != nil {
				t.Fatalf("exists %v, got %v", exists, err)
			} else if !exists {
				m[key] = inserted
			}
		},
		"put": func(t *rapid.T) {
			key, body := someKey.Draw(t, "key"), someFruit.Draw(t, "body")
			record, exists := m[key]
			record.Key, record.Body = key, body
			err := fruits.Put(tx, record)
			if exists == errors.Is(err, ErrNotFound) || exists && err != nil {
				t.Fatalf("exists %v, got %v", exists, err)
			} else if exists {
				record.Version++
				m[key] = record
			}
		},
		"delete": func(t *rapid.T) {
			key := someKey.Draw(t, "key")
			err := fruits.Delete(tx, key)
			if _, exists := m[key]; exists == errors.Is(err, ErrNotFound) || exists && err != nil {
				t.Fatalf("exists %v, got %v", exists, err)
			}
			delete(m, key)
		},
		"": func(t *rapid.T) {
			query := someQuery.Draw(t, "query")
			found := m.list(query)
			if count, err := fruits.Count(tx, query); err != nil || count != len(found) {
				t.Fatalf("count of %+v: got %d, %v, want %d", query, count, err, len(found))
			}
			listed, err := fruits.List(tx, query)
			if err != nil {
				t.Fatal(err)
			}
			want := cut(found, query.Limit)
			if len(listed) != len(want) {
				t.Fatalf("list of %+v: got %v, want %v", query, listed, want)
			}
			for i, record := range listed {
				if !cmp.Equal(record, m[want[i]]) {
					t.Fatalf("list of %+v, row %d: %s", query, i, cmp.Diff(m[want[i]], record))
				}
			}
		},
	}
}
