package vault_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"

	"slipher/internal/vault"
)

// regions are two worlds: snapshots of the first are copied into the second.
type regions struct {
	home, abroad *world
	made         []vault.Copied
}

// TestCopyModel has a cluster save while its snapshots are copied, deleted, swept and restored in both scopes. Neither side's sweeps may ever take a
// block that a snapshot, a copy, or a copy under way needs.
func TestCopyModel(t *testing.T) {
	t.Parallel()
	pool, dir := random(t, 4<<20), t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		rapid.Check(inBubble{t}, func(r *rapid.T) {
			both := &regions{home: newWorld(r, newVault, dir, pool), abroad: newWorld(r, abroad, dir, pool)}
			cluster := &saver{now: contents{"dev.db": slices.Clone(pool[:gridHeaders+4*blockSize])}}
			for range rapid.IntRange(2, 6).Draw(r, "rounds") {
				both.round(r, cluster)
			}
			both.home.end(r)
			both.abroad.end(r)
		})
	})
}

func (both *regions) round(r *rapid.T, cluster *saver) {
	var acts []func() error
	if rapid.Bool().Draw(r, "saves") {
		cluster.change(r, both.home.pool)
		acts = append(acts, both.home.save(r, cluster, "cluster"))
	}
	for _, world := range []*world{both.home, both.abroad} {
		if rapid.Bool().Draw(r, "sweeps") {
			acts = append(acts, world.sweep(r, "one"))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(both.home.snapshots)) {
		switch rapid.SampledFrom([]string{"nothing", "copy", "copy and delete", "delete"}).Draw(r, "to "+id) {
		case "copy":
			acts = append(acts, both.copy(r, id))
		case "copy and delete":
			acts = append(acts, both.copy(r, id), both.home.delete(r, id))
		case "delete":
			acts = append(acts, both.home.delete(r, id))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(both.abroad.snapshots)) {
		switch rapid.SampledFrom([]string{"nothing", "nothing", "delete", "restore and delete"}).Draw(r, "to "+id) {
		case "delete":
			acts = append(acts, both.abroad.delete(r, id))
		case "restore and delete":
			acts = append(acts, both.abroad.restore(r, id), both.abroad.delete(r, id))
		}
	}
	sideBySide(r, acts)
	both.home.verifyAll(r)
	both.abroad.verifyAll(r)
}

// copy pins the source and notes the copy's id before it begins.
func (both *regions) copy(r *rapid.T, id string) func() error {
	from, fromPlan := both.home.process(r)
	to, toPlan := both.abroad.process(r)
	both.abroad.count++
	copied := vault.Copied{Source: id, Copy: fmt.Sprintf("copy-%d", both.abroad.count)}
	request := vault.CopyRequest{Source: id, Manifest: copied.Copy, Earlier: slices.Clone(both.made)}
	want := both.home.snapshots[id].clone()
	both.home.restoring[id]++
	return func() error {
		both.abroad.change(func() { both.abroad.saving[copied.Copy] = true })
		_, err := to.Copy(context.Background(), from, request)
		both.abroad.change(func() {
			delete(both.abroad.saving, copied.Copy)
			if err == nil {
				both.abroad.snapshots[copied.Copy] = want
				both.made = append(both.made, copied)
			}
		})
		both.home.change(func() {
			if both.home.restoring[id]--; both.home.restoring[id] == 0 {
				delete(both.home.restoring, id)
			}
		})
		if unexplained(err, fromPlan) == nil {
			return nil
		}
		return unexplained(err, toPlan)
	}
}
