package server_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipher/internal/installation"
	"slipher/internal/server"
	"slipher/internal/testbed"
	"slipher/internal/warehouse"
)

// An installation is not opened with another store than the one that has its snapshots, and follows them when they have moved.
func TestAnotherStoreIsRefused(t *testing.T) {
	t.Parallel()
	bed := testbed.New(t, testbed.Config{})
	bed.CreateCluster(testbed.Owner, "sales", []byte("rows"))
	bed.CreateSnapshot(testbed.Owner, "sales", "monday")
	bed.Stop()
	folder := bed.Folder()
	start := func(url string) error {
		s, err := server.New(t.Context(), server.Config{
			Data: folder, Snapshots: url, Now: bed.Clock.Now, Log: slog.New(slog.DiscardHandler),
			World: server.World{Nodes: func(func(string) error) (warehouse.Nodes, error) { return struct{ warehouse.Nodes }{}, nil }},
		})
		if err == nil {
			err = s.Close()
		}
		return err
	}
	refused := func(url string, words ...string) {
		t.Helper()
		err := start(url)
		for _, word := range words {
			if err == nil || !strings.Contains(err.Error(), word) {
				t.Errorf("got %v, want a refusal with %q", err, word)
			}
		}
	}
	other := t.TempDir()
	refused("file://"+other, "1 of 1 are not in file://"+other, "no --snapshots, which is "+folder.SnapshotsURL(), "To move them, copy")

	if err := os.CopyFS(other, os.DirFS(folder.Path("snapshots"))); err != nil {
		t.Fatal(err)
	}
	if err := start("file://" + other); err != nil {
		t.Fatalf("with the store that they were moved to: %v", err)
	}
	if err := os.RemoveAll(folder.Path("snapshots")); err != nil {
		t.Fatal(err)
	}
	refused("", "start with --snapshots file://"+other)

	if err := os.RemoveAll(other); err != nil {
		t.Fatal(err)
	}
	if err := start("file://" + other); err != nil {
		t.Errorf("with a store that has lost everything: %v", err)
	}
}

// The folder may be moved with the store in it.
func TestOwnStoreMovesWithTheFolder(t *testing.T) {
	t.Parallel()
	bed := testbed.New(t, testbed.Config{})
	bed.CreateCluster(testbed.Owner, "sales", []byte("rows"))
	bed.CreateSnapshot(testbed.Owner, "sales", "monday")
	bed.Stop()
	moved := filepath.Join(t.TempDir(), "moved")
	if err := os.Rename(string(bed.Folder()), moved); err != nil {
		t.Fatal(err)
	}
	s, err := server.New(t.Context(), server.Config{
		Data: installation.Folder(moved), Now: bed.Clock.Now, Log: slog.New(slog.DiscardHandler),
		World: server.World{Nodes: func(func(string) error) (warehouse.Nodes, error) { return struct{ warehouse.Nodes }{}, nil }},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
