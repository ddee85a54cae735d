package control_test

import (
	"testing"
	"time"

	"slipher/internal/testbed"
)

// TestSaveAfterCopy makes a copy of an early point in time after a later snapshot: the next save still begins from the later one.
func TestSaveAfterCopy(t *testing.T) {
	t.Parallel()
	bed := shared(t, testbed.Config{})
	bed.Clock.Advance(6 * time.Minute)
	bed.Rest()
	bed.Clock.Advance(time.Hour)
	bed.CreateSnapshot(testbed.Owner, "sales", "late")
	bed.Must(testbed.Owner, "CopyClusterSnapshot", "SourceSnapshotIdentifier=rs:sales-2026-01-05-10-06-00", "TargetSnapshotIdentifier=copied")
	late, next, err := bed.Control.Manifests(t.Context(), testbed.Caller(testbed.Owner), "late")
	if err != nil {
		t.Fatal(err)
	}
	if next != late {
		t.Errorf("the next save begins from manifest %s, want that of the latest point in time, %s", next, late)
	}
}
