package redshifttest_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"slipher/internal/api/redshift"
	"slipher/internal/testbed"
	"slipher/internal/vault"
	"slipher/internal/warehouse/scrub"
)

func damageEvents(bed *testbed.Bed) (found []redshift.Event) {
	for _, event := range bed.Must(testbed.Owner, "DescribeEvents", "Duration=20160").(*redshift.EventsMessage).Events {
		if event.EventId == "REDSHIFT-EVENT-2990" {
			found = append(found, event)
		}
	}
	return found
}

// TestScrub lets days pass over a store with a damaged pack: within a month it is found, and only the snapshots that need it are named.
func TestScrub(t *testing.T) {
	t.Parallel()
	bed := shared(t, testbed.Config{}, "monday")
	if err := bed.Nodes.Write(bed.Key(testbed.Owner, "sales"), rows(2000, "other rows")); err != nil {
		t.Fatal(err)
	}
	before := bed.Stored()
	bed.CreateSnapshot(testbed.Owner, "sales", "tuesday")
	bed.DamagePacks(before)
	for day := 1; day <= vault.Cycle && len(damageEvents(bed)) == 0; day++ {
		bed.Clock.Advance(24 * time.Hour)
		bed.Store.Wake()
		today := int(bed.Clock.Now().Unix() / (24 * 60 * 60))
		bed.Await("the day's scrub", func() bool {
			last, err := scrubbedUpTo(t.Context(), bed.Store)
			return err == nil && last >= today
		})
	}
	found := damageEvents(bed)
	if len(found) == 0 {
		t.Fatal("the damage was not found")
	}
	for _, event := range found[1:] { // the automated snapshots since then need the damaged pack too
		if !strings.HasPrefix(event.SourceIdentifier, "rs:sales-") {
			t.Errorf("%s is said to be damaged", event.SourceIdentifier)
		}
	}
	event := found[0]
	if event.SourceIdentifier != "tuesday" || event.SourceType != "cluster-snapshot" || event.Severity != "ERROR" || event.EventCategories[0] != "management" {
		t.Errorf("got %+v", event)
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	bed := shared(t, testbed.Config{}, "monday")
	if err := bed.Nodes.Write(bed.Key(testbed.Owner, "sales"), rows(2000, "other rows")); err != nil {
		t.Fatal(err)
	}
	before := bed.Stored()
	bed.CreateSnapshot(testbed.Owner, "sales", "tuesday")
	bed.DamagePacks(before)
	damage := map[string]string{}
	err := bed.Warehouse.Scrubber.Verify(context.Background(), scrub.Request{}, func(string, vault.Progress) {}, func(v scrub.Verified) {
		damage[v.Snapshot] = v.Damage
	})
	if err != nil || len(damage) != 2 || damage["monday"] != "" || !strings.Contains(damage["tuesday"], "damaged") {
		t.Errorf("got %v, %v", damage, err)
	}
	err = bed.Warehouse.Scrubber.Verify(context.Background(), scrub.Request{Snapshot: "sunday"}, nil, nil)
	if err == nil || !strings.Contains(err.Error(), "sunday") {
		t.Errorf("got %v", err)
	}
}
