package control

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"slipher/internal/meta"
	"slipher/internal/service/redshift/render"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/paging"
	"slipher/internal/warehouse/state"
)

func TestReservedWordsAreSorted(t *testing.T) {
	t.Parallel()
	if !slices.IsSorted(state.ReservedWords) {
		t.Error("reserved words are found by binary search and must be sorted")
	}
	if !state.ReservedWord("verbose") || !state.ReservedWord("AES128") || state.ReservedWord("sales") {
		t.Error("reserved words are not told from others")
	}
}

func TestPasswordRules(t *testing.T) {
	t.Parallel()
	for password, valid := range map[string]bool{
		"Redshift1":                     true,
		"A1" + strings.Repeat("a", 62):  true,
		"A1" + strings.Repeat("a", 63):  false,
		"Short1a":                       false,
		"nouppercase1":                  false,
		"NOLOWERCASE1":                  false,
		"NoDigitsHere":                  false,
		"With Space1":                   false,
		`With"Quote1`:                   false,
		"With/Slash1":                   false,
		"Umlaut\u00e4Umlaut1":           false,
		"~!#$%^&*()_+-={}[]|;:<>,.?Aa1": true,
	} {
		if err := state.CheckPassword(password); (err == nil) != valid {
			t.Errorf("%q: %v", password, err)
		}
	}
}

func TestMaintenanceWindow(t *testing.T) {
	t.Parallel()
	monday := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
	for text, next := range map[string]string{
		"mon:09:00-mon:10:00": "2026-01-12T09:00:00Z",
		"mon:10:00-mon:11:00": "2026-01-12T10:00:00Z",
		"mon:10:01-mon:11:00": "2026-01-05T10:01:00Z",
		"sun:23:15-mon:03:15": "2026-01-11T23:15:00Z",
		"Wed:00:00-Thu:00:00": "2026-01-07T00:00:00Z",
	} {
		window, err := state.ParseWindow(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := window.Next(monday).Format(time.RFC3339); got != next || window.String() != strings.ToLower(text) {
			t.Errorf("%s: next %s, want %s; written %s", text, got, next, window)
		}
	}
	for _, text := range []string{"", "mon:09:00", "mon:24:00-tue:01:00", "mon:09:60-mon:11:00", "xyz:09:00-mon:11:00", "mon:09:00-mon:09:29", "mon:09:00-tue:09:01", "mon:9:00-mon:11:00"} {
		if window, err := state.ParseWindow(text); err == nil {
			t.Errorf("%q is taken for %s", text, window)
		}
	}
}

func TestRandomWindowIsValid(t *testing.T) {
	t.Parallel()
	for day := range 7 {
		for half := range 16 {
			window, err := state.RandomWindow("eu-west-1", strings.NewReader(string([]byte{byte(day), byte(half)})))
			if err != nil {
				t.Fatal(err)
			}
			if again, err := state.ParseWindow(window.String()); err != nil || again != window {
				t.Errorf("%s: %v", window, err)
			}
		}
	}
}

func FuzzMaintenanceWindow(f *testing.F) {
	f.Add("sun:23:15-mon:03:15")
	f.Fuzz(func(t *testing.T, text string) {
		window, err := state.ParseWindow(text)
		if err != nil {
			return
		}
		if again, err := state.ParseWindow(window.String()); err != nil || again != window {
			t.Errorf("%q becomes %s, which becomes %s (%v)", text, window, again, err)
		}
	})
}

func FuzzSnapshotARN(f *testing.F) {
	f.Add(state.SnapshotARN("111111111111", "us-east-1", "sales", "monday"))
	f.Add("arn:aws:redshift-serverless:us-east-1:111111111111:snapshot/8f6c")
	f.Fuzz(func(t *testing.T, arn string) {
		located, err := state.LocateARN(arn)
		if err != nil || located.Serverless {
			return
		}
		again, err := state.LocateARN(state.SnapshotARN(located.Owner, located.Region, located.Cluster, located.Identifier))
		if err != nil || again != located {
			t.Errorf("%q is %+v, written again %+v (%v)", arn, located, again, err)
		}
	})
}

func FuzzMarker(f *testing.F) {
	f.Add(paging.Page{Kind: "snapshots"}.Marker("0018a1"))
	f.Fuzz(func(t *testing.T, marker string) {
		found, err := paging.Page{Kind: "snapshots"}.At(marker)
		if err != nil || marker == "" {
			return
		}
		if again, err := found.At(found.Marker(found.After)); err != nil || again != found {
			t.Errorf("%q leads to %+v and then to %+v (%v)", marker, found, again, err)
		}
	})
}

// TestListReadsOnlyItsPage counts the records that a page of a long list looks at.
func TestListReadsOnlyItsPage(t *testing.T) {
	t.Parallel()
	store := manySnapshots(t, 500)
	read := 0
	count := func(state.SnapshotRecord) bool { read++; return true }
	page := paging.Page{Kind: "snapshots", Limit: 20}
	total, pages := 0, 0
	for more := true; more; pages++ {
		err := store.View(t.Context(), func(tx *meta.Tx) error {
			found, marker, err := paging.List(tx, state.Snapshots, meta.Query{Account: "111111111111", Region: "us-east-1"}, page, count)
			if err != nil {
				return err
			}
			total += len(found)
			if more = marker != ""; more {
				page, err = page.At(marker)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if total != 500 || pages != 25 {
		t.Errorf("%d records on %d pages, want 500 on 25", total, pages)
	}
	if most := 25 * 21; read > most {
		t.Errorf("looked at %d records, more than %d", read, most)
	}
}

// manySnapshots is a store with so many snapshots, one cluster each.
func manySnapshots(t testing.TB, count int) *meta.Store {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC) }
	store, err := meta.Open(t.Context(), meta.Config{Path: filepath.Join(t.TempDir(), "meta.db"), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	err = store.Update(context.Background(), func(tx *meta.Tx) error {
		for i := range count {
			key := meta.Key{Account: "111111111111", Region: "us-east-1", ID: state.IDAt(int64(i))}
			name := fmt.Sprintf("s%d", i)
			_, err := state.Snapshots.Insert(tx, key, state.Snapshot{
				Identifier: name, ClusterIdentifier: "c" + name, ClusterKey: "k" + name, Type: state.Manual, Status: state.Available, Scope: "us-east-1/" + name,
				Source: state.Settings{NodeType: "ra3.large", NumberOfNodes: 1}, Retention: state.Forever,
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// BenchmarkFirstPage describes the first 100 of 10,000 snapshots.
func BenchmarkFirstPage(b *testing.B) {
	store := manySnapshots(b, 10_000)
	renderer := render.New(&warehouse.Warehouse{Clock: &state.Clock{Time: time.Now}})
	page := paging.Page{Kind: "snapshots", Limit: 100}
	for b.Loop() {
		err := store.View(context.Background(), func(tx *meta.Tx) error {
			found, _, err := paging.List(tx, state.Snapshots, meta.Query{Account: "111111111111", Region: "us-east-1"}, page, func(state.SnapshotRecord) bool { return true })
			for _, record := range found {
				renderer.DescribedSnapshot(record, "111111111111")
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
