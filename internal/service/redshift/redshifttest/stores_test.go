package redshifttest_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipher/internal/testbed"
	"slipher/internal/warehouse"
)

// TestRegionsStore gives the copies' region a store of its own. What is there needs nothing of the other store, which is lost.
func TestRegionsStore(t *testing.T) {
	t.Parallel()
	content := rows(400_000, "sales")
	bed := copied(t, testbed.Config{StoreOf: elsewhere})
	bed.CreateSnapshot(testbed.Owner, "sales", "monday")
	awaitCopy(bed, "copy:monday", "available")
	for _, name := range bed.Stored() {
		if !strings.HasPrefix(name, "/"+testbed.Region+"/") {
			t.Errorf("the common store has %s", name)
		}
		if err := os.Remove(bed.StoredPath(name)); err != nil {
			t.Fatal(err)
		}
	}
	bed.Restart()
	in(bed, elsewhere, func() {
		bed.Must(testbed.Owner, "RestoreFromClusterSnapshot", "ClusterIdentifier=again", "SnapshotIdentifier=copy:monday")
		bed.AwaitRestore(testbed.Owner, "again", "completed")
		wantRows(t, bed, testbed.Owner, "again", content)
		bed.CreateSnapshot(testbed.Owner, "again", "tuesday")
		bed.Must(testbed.Owner, "DeleteClusterSnapshot", "SnapshotIdentifier=copy:monday")
		bed.Must(testbed.Owner, "DeleteClusterSnapshot", "SnapshotIdentifier=tuesday")
		bed.Must(testbed.Owner, "DeleteCluster", "ClusterIdentifier=again", "SkipFinalClusterSnapshot=true")
	})
	bed.Must(testbed.Owner, "DeleteCluster", "ClusterIdentifier=sales", "SkipFinalClusterSnapshot=true")
	bed.Await("the region's store to be empty", func() bool { return files(t, bed.StoreFolder()) == 0 })
}

func files(t *testing.T, folder string) (count int) {
	t.Helper()
	err := filepath.WalkDir(folder, func(_ string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			count++
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return count
}

// TestRegionsStoreIsGivenLater gives a store of its own to a region that has snapshots in the common store, and then takes it away.
func TestRegionsStoreIsGivenLater(t *testing.T) {
	t.Parallel()
	bed := testbed.New(t, testbed.Config{})
	bed.CreateCluster(testbed.Owner, "old", rows(1000, "old"))
	bed.CreateSnapshot(testbed.Owner, "old", "monday")
	bed.SetStoreOf(testbed.Region)
	bed.Restart()
	bed.CreateCluster(testbed.Owner, "new", rows(1000, "new"))
	bed.CreateSnapshot(testbed.Owner, "old", "tuesday")
	if there := files(t, bed.StoreFolder()); there > 0 {
		t.Errorf("the old cluster's snapshots left %d files in the region's own store", there)
	}
	bed.CreateSnapshot(testbed.Owner, "new", "wednesday")
	if files(t, bed.StoreFolder()) == 0 {
		t.Error("the new cluster's snapshot is not in the region's own store")
	}
	for cluster, snapshot := range map[string]string{"old": "monday", "new": "wednesday"} {
		bed.Must(testbed.Owner, "RestoreFromClusterSnapshot", "ClusterIdentifier=from-"+cluster, "SnapshotIdentifier="+snapshot)
		bed.AwaitRestore(testbed.Owner, "from-"+cluster, "completed")
		wantRows(t, bed, testbed.Owner, "from-"+cluster, rows(1000, cluster))
	}
	_, err := warehouse.New(warehouse.Config{
		Store: bed.Store, Keys: bed.Keys, Secrets: bed.Secrets, Nodes: bed.Nodes, Accounts: bed.Accounts, Snapshots: "file://" + t.TempDir(), Now: bed.Clock.Now,
	})
	if err == nil || !strings.Contains(err.Error(), "--snapshots-in "+testbed.Region) {
		t.Errorf("a start without the region's store: %v", err)
	}
}

// TestRegionsStoreIsOutOfReach has the region of the copies lose its store for a while.
func TestRegionsStoreIsOutOfReach(t *testing.T) {
	t.Parallel()
	bed := testbed.New(t, testbed.Config{StoreOf: elsewhere})
	bed.CreateCluster(testbed.Owner, "sales", rows(1000, "sales"))
	away := bed.StoreFolder() + "-away"
	if err := os.Rename(bed.StoreFolder(), away); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(bed.StoreFolder(), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := bed.Call(testbed.Owner, "EnableSnapshotCopy", "ClusterIdentifier=sales", "DestinationRegion="+elsewhere)
	wantFault(t, err, "CopyToRegionDisabledFault")
	if err := os.Remove(bed.StoreFolder()); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(away, bed.StoreFolder()); err != nil {
		t.Fatal(err)
	}
	bed.Must(testbed.Owner, "EnableSnapshotCopy", "ClusterIdentifier=sales", "DestinationRegion="+elsewhere)
}
