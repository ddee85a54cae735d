package pin_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"slipher/internal/meta"
	"slipher/internal/warehouse/pin"
	"slipher/internal/warehouse/state"
)

func TestNeeds(t *testing.T) {
	t.Parallel()
	store, err := meta.Open(t.Context(), meta.Config{Path: filepath.Join(t.TempDir(), "meta.db"), Now: func() time.Time { return time.Unix(0, 0) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	at := func(id string) meta.Key { return meta.Key{Account: "111111111111", Region: "us-east-1", ID: id} }
	err = store.Update(t.Context(), func(tx *meta.Tx) error {
		cluster := state.Cluster{Key: "c", Scope: "own", Restore: &state.RestoreOrigin{Status: state.RestoreRunning, Scope: "source", Manifest: "restored"},
			SnapshotCopy: &state.SnapshotCopy{Scope: "abroad"}}
		if _, err := state.Clusters.Insert(tx, at("cluster"), cluster); err != nil {
			return err
		}
		for id, snapshot := range map[string]state.Snapshot{
			"1": {Identifier: "there", Status: state.Available, Scope: "own", Manifest: "there"},
			"2": {Identifier: "failed", Status: state.Failed, Scope: "own", Manifest: "garbage"},
			"3": {Identifier: "copying", Status: state.Creating, Scope: "abroad", Manifest: "copy", Origin: &state.Origin{Scope: "own", Manifest: "copied"}},
			"4": {Identifier: "copied", Status: state.Available, Scope: "abroad", Manifest: "done", Origin: &state.Origin{Scope: "own", Manifest: "gone"}},
		} {
			if _, err := state.Snapshots.Insert(tx, at(id), snapshot); err != nil {
				return err
			}
		}
		for id, restore := range map[string]state.TableRestore{
			"1": {Status: state.TablePending, Scope: "own", Manifest: "table"},
			"2": {Status: state.TableSucceeded},
		} {
			if _, err := state.TableRestores.Insert(tx, at(id), restore); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for scope, want := range map[string][]string{
		"own":    {"copied", "table", "there"},
		"source": {"restored"},
		"abroad": {"copy", "done"},
		"none":   nil,
	} {
		var here, everywhere []pin.Need
		err := store.View(t.Context(), func(tx *meta.Tx) (err error) {
			if here, err = pin.InScope(tx, scope); err != nil {
				return err
			}
			everywhere, err = pin.All(tx)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := pin.Manifests(here); !slices.Equal(got, want) {
			t.Errorf("scope %s: got %v, want %v", scope, got, want)
		}
		everywhere = slices.DeleteFunc(everywhere, func(need pin.Need) bool { return need.Scope != scope })
		if len(here) != len(everywhere) {
			t.Errorf("scope %s: the sweep sees the needs %v, the doctor %v", scope, here, everywhere)
		}
	}
}
