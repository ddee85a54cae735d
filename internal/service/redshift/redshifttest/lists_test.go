package redshifttest_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"slipher/internal/meta"
	"slipher/internal/service/redshift/render"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/paging"
	"slipher/internal/warehouse/state"
)

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
