package redshifttest_test

import (
	"database/sql"
	"errors"
	"slices"
	"testing"
	"time"

	"slipher/internal/testbed"
)

// A snapshot whose record is damaged is in no list. Its blocks are not garbage for that.
func TestNothingIsSweptWhileARowIsDamaged(t *testing.T) {
	t.Parallel()
	bed := testbed.New(t, testbed.Config{})
	bed.CreateCluster(testbed.Owner, "sales", []byte("rows"))
	bed.CreateSnapshot(testbed.Owner, "sales", "monday")
	before := bed.Stored()
	if err := bed.Nodes.Write(bed.Key(testbed.Owner, "sales"), []byte("other rows")); err != nil {
		t.Fatal(err)
	}
	bed.CreateSnapshot(testbed.Owner, "sales", "tuesday")
	bed.Rest()
	db, err := sql.Open("sqlite", bed.Folder().Path("meta.db")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(`UPDATE record SET body = replace(body, 'monday', 'mondaz') WHERE kind = 'snapshot' AND body LIKE '%monday%'`)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	if bed.Snapshot(testbed.Owner, "monday") != nil {
		t.Error("a damaged record is shown")
	}
	bed.Clock.Advance(2 * time.Minute) // so that all rows are looked at again
	bed.Must(testbed.Owner, "DeleteClusterSnapshot", "SnapshotIdentifier=tuesday")
	bed.Rest()
	after := bed.Stored()
	for _, kept := range before {
		if !slices.Contains(after, kept) {
			t.Errorf("%s was deleted", kept)
		}
	}
}
