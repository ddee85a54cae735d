package vault

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"slipher/internal/vault/store"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Swept is what a sweep did. After an error it is what was done before.
type Swept struct {
	Manifests  int      // deleted
	Packs      int      // deleted, the rewritten ones included
	FreedBytes int64    // deleted less written
	Missing    []string // ids to keep that have no manifest, such as those of saves that have not finished
}

// Sweep deletes every manifest that keep does not name, then everything that only they used, and what interrupted saves and
// sweeps left. keep is called once the sweep is pinned. It names every snapshot of the scope, and every save and restore under
// way, and so must read what others write before they begin; an id without a manifest is fine. A pack that is mostly dead is
// rewritten without its dead blocks.
//
// Nothing is deleted when a save of keep is under way or another sweep is, which is ErrBusy; when a manifest of keep cannot be
// read; when it lacks a block; or when the key opens nothing in the scope. A save that keep does not name has no say: what it
// needs is deleted, and it fails. With an empty keep everything goes, and no key is needed.
func (v Vault) Sweep(ctx context.Context, keep func(context.Context) ([]string, error)) (Swept, error) {
	sweeping := &sweeping{live: map[BlockID]struct{}{}}
	if err := sweeping.run(ctx, v, keep); err != nil {
		return sweeping.swept, fmt.Errorf("sweep: %w", err)
	}
	return sweeping.swept, nil
}

// sweeping is one sweep under way.
type sweeping struct {
	*opened
	pin       *sweepPin
	known     *catalogue
	manifests listed[objectName]
	kept      map[objectName]bool
	live      map[BlockID]struct{}
	liveBytes []int64 // of each pack

	mu    sync.Mutex
	swept Swept
}

// deleters is how many objects are deleted at once.
const deleters = 8

func (w *sweeping) run(ctx context.Context, v Vault, keep func(context.Context) ([]string, error)) (err error) {
	if w.opened, err = v.openKeyless(); err != nil {
		return err
	}
	if w.pin, err = w.pinSweep(ctx, v.Owner); err != nil {
		return err
	}
	defer w.pin.end(ctx)
	// The order is what makes it safe: a save that pinned itself before this list was known to keep before that, and one that
	// pins itself after it waits.
	found, err := w.pins(ctx)
	if err != nil {
		return err
	}
	ids, err := keep(ctx)
	if err != nil {
		return fmt.Errorf("find what is to be kept: %w", err)
	}
	if len(ids) == 0 {
		return w.all(ctx, found)
	}
	if w.keys, err = deriveKeys(v.Key); err != nil {
		return err
	}
	return w.allBut(ctx, found, ids)
}

func (w *sweeping) all(ctx context.Context, found pins) error {
	for _, folder := range []string{"manifests", "index", "packs"} {
		objects, err := w.List(ctx, w.scope+"/"+folder+"/")
		if err != nil {
			return fmt.Errorf("list %s: %w", folder, err)
		}
		switch folder {
		case "manifests":
			w.swept.Manifests = len(objects)
		case "packs":
			w.swept.Packs = len(objects)
		}
		if err := each(ctx, objects, func(ctx context.Context, object store.Object) error {
			return w.delete(ctx, object.Key, object.Size)
		}); err != nil {
			return err
		}
	}
	return w.deletePins(ctx, found)
}

func (w *sweeping) allBut(ctx context.Context, found pins, keep []string) (err error) {
	if w.manifests, err = list[objectName](ctx, w.opened, "manifests"); err != nil {
		return err
	}
	w.kept = map[objectName]bool{}
	for _, id := range keep {
		w.kept[w.keys.manifestName(id)] = true
	}
	if err := w.giveWay(ctx, found.saves); err != nil {
		return err
	}
	if w.known, err = w.catalogue(ctx); err != nil {
		return err
	}
	if err := w.mark(ctx, keep); err != nil {
		return err
	}
	if err := w.proveKey(ctx); err != nil {
		return err
	}
	// From here on things are deleted: what names blocks goes before the blocks.
	if err := w.deleteManifests(ctx); err != nil {
		return err
	}
	if err := w.deleteStrange(ctx); err != nil {
		return err
	}
	if err := w.deletePacks(ctx); err != nil {
		return err
	}
	return w.deletePins(ctx, found)
}

// giveWay fails with ErrBusy when a save that somebody wants has not written its manifest yet. It does not look at how old a pin
// is: who wanted the manifest of a dead save asks for another one, or for none.
func (w *sweeping) giveWay(ctx context.Context, saves []pinName) error {
	return each(ctx, saves, func(ctx context.Context, name pinName) error {
		save, err := w.readPin(ctx, pinSave, name)
		switch {
		case refusable(err): // it has ended, or is no pin at all
			return nil
		case err != nil:
			return fmt.Errorf("read pin: %w", err)
		case w.kept[save.manifest] && w.manifests.size(save.manifest) == absent:
			return ErrBusy
		}
		return nil
	})
}

// deletePins removes what dead saves left. A save that is still alive does not miss its pin: its manifest stands, or nobody
// wants it.
func (w *sweeping) deletePins(ctx context.Context, found pins) error {
	keys := found.foreign
	for _, name := range found.saves {
		keys = append(keys, w.pinKey(pinSave, name))
	}
	return each(ctx, keys, func(ctx context.Context, key string) error { return w.delete(ctx, key, 0) })
}

// mark finds the live blocks, and where they are.
func (w *sweeping) mark(ctx context.Context, keep []string) error {
	for _, id := range keep {
		manifest, err := w.manifest(ctx, id)
		if errors.Is(err, ErrNotFound) {
			w.swept.Missing = append(w.swept.Missing, id)
			continue
		}
		if err != nil {
			return fmt.Errorf("nothing was deleted, as a snapshot that is to be kept cannot be read: %w", err)
		}
		if err := w.markBlocks(manifest); err != nil {
			return fmt.Errorf("nothing was deleted, as snapshot %s is damaged and what looks like garbage may repair it: %w", id, err)
		}
	}
	w.weighPacks()
	return nil
}

// weighPacks finds how much of each pack is live. Of a block that is in several packs one copy is enough: the one in the pack that holds most,
// but rather one in a pack that stays as it is than one that would have to be written again. What a pack holds does not depend on the others,
// so the next sweep decides the same and finds nothing to do.
func (w *sweeping) weighPacks() {
	w.liveBytes = make([]int64, len(w.known.packs))
	holds := make([]int64, len(w.known.packs)) // live blocks, also those of which another pack has a copy
	var several []BlockID
	for id := range w.live {
		twins := w.known.twins[id]
		if twins == nil {
			at := w.known.blocks[id]
			w.liveBytes[at.pack] += int64(at.sealed)
			holds[at.pack] += int64(at.sealed)
			continue
		}
		several = append(several, id)
		for _, at := range twins {
			holds[at.pack] += int64(at.sealed)
		}
	}
	fullest := func(a, b location) int {
		return cmp.Or(cmp.Compare(holds[a.pack], holds[b.pack]), cmp.Compare(a.pack, b.pack))
	}
	for _, id := range several {
		w.keepAt(id, slices.MaxFunc(w.known.twins[id], fullest))
	}
	for _, id := range several {
		at := w.known.blocks[id]
		if !w.mostlyDead(at.pack) {
			continue
		}
		staying := slices.DeleteFunc(slices.Clone(w.known.twins[id]), func(l location) bool { return w.mostlyDead(l.pack) })
		if len(staying) > 0 {
			w.liveBytes[at.pack] -= int64(at.sealed)
			w.keepAt(id, slices.MaxFunc(staying, fullest))
		}
	}
}

func (w *sweeping) keepAt(id BlockID, at location) {
	w.known.blocks[id] = at
	w.liveBytes[at.pack] += int64(at.sealed)
}

func (w *sweeping) mostlyDead(pack uint32) bool {
	return w.liveBytes[pack] < w.known.packs[pack].size/2
}

func (w *sweeping) markBlocks(manifest Manifest) error {
	for _, file := range manifest.Files {
		for i, id := range file.Blocks {
			if _, err := w.known.find(id); err != nil {
				return fmt.Errorf("block %d of %s: %w", i, file.Name, err)
			}
			w.live[id] = struct{}{}
		}
	}
	return nil
}

// proveKey keeps a wrong key from making everything look like garbage: under it all manifests have other names. Where there is
// none, packs are garbage under any key.
func (w *sweeping) proveKey(ctx context.Context) error {
	opened := func(p pack) bool { return p.records > 0 }
	if len(w.manifests.sizes) == 0 || slices.ContainsFunc(w.known.packs, opened) {
		return nil
	}
	for name := range w.manifests.sizes {
		if _, err := w.manifestTop(ctx, name); err == nil {
			return nil
		}
	}
	return fmt.Errorf("nothing was deleted, as the key opens nothing in scope %s: is it the right key?", w.scope)
}

func (w *sweeping) deleteManifests(ctx context.Context) error {
	var dead []objectName
	for name := range w.manifests.sizes {
		if !w.kept[name] {
			dead = append(dead, name)
		}
	}
	return each(ctx, dead, func(ctx context.Context, name objectName) error {
		if err := w.delete(ctx, w.manifestKey(name), w.manifests.sizes[name]); err != nil {
			return err
		}
		w.count(func(swept *Swept) { swept.Manifests++ })
		return nil
	})
}

// deleteStrange removes what has no proper name, such as objects that were being written when a process died.
func (w *sweeping) deleteStrange(ctx context.Context) error {
	strange := slices.Concat(w.manifests.foreign, w.known.strange)
	return each(ctx, strange, func(ctx context.Context, key string) error { return w.delete(ctx, key, 0) })
}

// deletePacks deletes the dead packs, and then the mostly dead ones once their live blocks are in new packs.
func (w *sweeping) deletePacks(ctx context.Context) error {
	var dead, mostlyDead []uint32
	for number := range uint32(len(w.known.packs)) {
		switch {
		case w.liveBytes[number] == 0:
			dead = append(dead, number)
		case w.mostlyDead(number):
			mostlyDead = append(mostlyDead, number)
		}
	}
	if err := each(ctx, dead, w.deletePack); err != nil {
		return err
	}
	records := w.recordsOf(mostlyDead)
	for batch := range w.batches(mostlyDead) {
		if err := w.rewrite(ctx, batch, records); err != nil {
			return err
		}
		if err := each(ctx, batch, w.deletePack); err != nil {
			return err
		}
	}
	return nil
}

// deletePack deletes the index first: an index never speaks of a pack that is not there.
func (w *sweeping) deletePack(ctx context.Context, number uint32) error {
	pack := w.known.packs[number]
	if err := w.delete(ctx, w.indexKey(pack.id), pack.indexSize); err != nil {
		return err
	}
	if err := w.delete(ctx, w.packKey(pack.id), pack.size); err != nil {
		return err
	}
	w.count(func(swept *Swept) { swept.Packs++ })
	return nil
}

func (w *sweeping) delete(ctx context.Context, key string, size int64) error {
	if err := w.pin.check(ctx); err != nil {
		return err
	}
	if err := w.Delete(ctx, key); err != nil {
		return fmt.Errorf("delete %s: %w", key, err)
	}
	w.count(func(swept *Swept) { swept.FreedBytes += max(size, 0) }) // absent objects free nothing
	return nil
}

func (w *sweeping) count(change func(*Swept)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(&w.swept)
}

func each[T any](ctx context.Context, all []T, do func(context.Context, T) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(deleters)
	for _, one := range all {
		group.Go(func() error { return do(ctx, one) })
	}
	return group.Wait()
}
