package warehouse

import (
	"context"
	"errors"
	"fmt"
	"time"

	"slipher/internal/api"
	"slipher/internal/keys"
	"slipher/internal/meta"
	"slipher/internal/meta/lease"
	"slipher/internal/vault"
	"slipher/internal/warehouse/pin"
	"slipher/internal/warehouse/state"
)

// OpenScope gives a new cluster a data key of its own.
func (w *Warehouse) OpenScope(tx *meta.Tx, record *state.ClusterRecord) (err error) {
	record.Body.Scope, err = w.newScope(tx, record.Region, record.Body.KmsKey)
	return err
}

// newScope makes a data key, wrapped by a KMS key of the region.
func (w *Warehouse) newScope(tx *meta.Tx, region, kmsKey string) (name string, err error) {
	dataKey, err := w.config.Keys.NewDataKey(tx, kmsKey)
	if errors.Is(err, keys.ErrDisabled) {
		return "", api.InvalidParameterValue("The KMS key %s is disabled or waits for its deletion.", kmsKey)
	}
	if err != nil {
		return "", fmt.Errorf("make a data key for snapshots: %w", err)
	}
	name = region + "/" + w.config.NewID()
	_, err = state.Scopes.Insert(tx, state.ScopeKey(name), state.Scope{KmsKey: kmsKey, Wrapped: dataKey.Wrapped, Store: w.Stores.home(region)})
	return name, err
}

func (w *Warehouse) dataKey(tx *meta.Tx, name string) ([]byte, error) {
	record, err := state.Scopes.Find(tx, state.ScopeKey(name))
	var key []byte
	if err == nil {
		key, err = w.config.Keys.Unwrap(tx, record.Body.KmsKey, record.Body.Wrapped)
	}
	if err != nil {
		return nil, fmt.Errorf("open snapshot scope %s: %w", name, err)
	}
	return key, nil
}

// keyLost says that a scope's data key cannot be unwrapped any more, by any number of tries.
func keyLost(err error) bool {
	return errors.Is(err, keys.ErrNotFound) || errors.Is(err, keys.ErrDamaged)
}

func SweepLater(tx *meta.Tx, scope string) error {
	return tx.Enqueue(scopeSweep{scope}, meta.EnqueueOptions{Unique: true})
}

// sweep frees what no snapshot and no restore needs any more. Beside a save it does nothing and comes again; a restore that is
// accepted later begins from a snapshot that was kept.
func (w *Warehouse) sweep(ctx context.Context, job scopeSweep) error {
	swept, emptied, err := w.sweepVault(ctx, job.Scope)
	if errors.Is(err, vault.ErrBusy) {
		return w.sweepAgain(ctx, job)
	}
	if err != nil {
		return fmt.Errorf("sweep snapshot scope %s: %w", job.Scope, err)
	}
	w.config.Log.Info("snapshot scope swept", "scope", job.Scope, "manifests", swept.Manifests, "bytes", swept.FreedBytes)
	if !emptied { // what is not needed any more since then has a sweep of its own, which still has to find the scope
		return nil
	}
	return w.closeScope(ctx, job.Scope)
}

// sweepOwner may take over the pin of a sweep that was killed or has lost its lease.
const (
	sweepOwner = "control"
	sweepLease = 30 * time.Second
)

// ownSweep takes the lease of sweeping a scope, by which the vault knows this sweep from earlier ones.
func (w *Warehouse) ownSweep(ctx context.Context, name string) (owned context.Context, owner vault.Owner, end func(), err error) {
	taken, err := lease.Acquire(ctx, w.config.Store, "sweep of "+name, w.config.Store.Name(), sweepLease, w.config.Now)
	if err != nil {
		return nil, owner, nil, err
	}
	owned, stop := taken.Keep(ctx)
	owner = vault.Owner{Name: sweepOwner, Generation: uint64(taken.Generation()), Holds: func(ctx context.Context) error {
		return w.config.Store.View(ctx, func(tx *meta.Tx) error { return lease.Check(tx, taken) })
	}}
	return owned, owner, func() {
		stop()
		if err := taken.Release(ctx); err != nil {
			w.config.Log.Error("lease not released", "scope", name, "error", err)
		}
	}, nil
}

// sweepVault also says whether it left nothing.
func (w *Warehouse) sweepVault(ctx context.Context, name string) (done vault.Swept, emptied bool, err error) {
	bucket, err := w.BucketOf(ctx, name)
	if err != nil {
		return done, false, meta.IgnoreNotFound(err) // a closed scope is swept
	}
	// What a damaged row needs would look like garbage.
	if err := w.config.Store.Sound(ctx); err != nil {
		return done, false, fmt.Errorf("nothing is deleted while the metadata is damaged: %w", err)
	}
	ctx, owner, end, err := w.ownSweep(ctx, name)
	if err != nil {
		return done, false, err
	}
	defer end()
	swept := vault.Vault{Bucket: bucket, Scope: name, Owner: owner}
	needs, err := w.needs(ctx, name)
	if err != nil {
		return done, false, err
	}
	if len(pin.Manifests(needs)) > 0 { // of a scope that nobody needs the key may be gone
		store, err := w.storeOf(ctx, name)
		if err != nil {
			return done, false, err
		}
		swept.Key = store.Key
	}
	done, err = swept.Sweep(ctx, func(ctx context.Context) ([]string, error) {
		needs, err := w.needs(ctx, name)
		manifests := pin.Manifests(needs)
		emptied = err == nil && len(manifests) == 0
		return manifests, err
	})
	return done, emptied, err
}

const sweepAfter = 30 * time.Second

// sweepAgain comes back when the save of this process that was in the way ends, and for others' saves after a while.
func (w *Warehouse) sweepAgain(ctx context.Context, job scopeSweep) error {
	w.postponed.Add(job.Scope)
	return w.config.Store.Update(ctx, func(tx *meta.Tx) error {
		return tx.Enqueue(job, meta.EnqueueOptions{Unique: true, At: w.config.Now().Add(sweepAfter)})
	})
}

// sweepPostponed belongs after the end of a save.
func (w *Warehouse) sweepPostponed(ctx context.Context, scope string) error {
	if !w.postponed.Has(scope) {
		return nil
	}
	w.postponed.Remove(scope)
	return w.config.Store.Update(ctx, func(tx *meta.Tx) error { return SweepLater(tx, scope) })
}

// needs are what records need of a scope.
func (w *Warehouse) needs(ctx context.Context, name string) (needs []pin.Need, err error) {
	err = w.config.Store.View(ctx, func(tx *meta.Tx) error {
		needs, err = pin.InScope(tx, name)
		return err
	})
	return needs, err
}

// closeScope forgets the data key of a scope that nothing needs.
func (w *Warehouse) closeScope(ctx context.Context, name string) error {
	return w.config.Store.Update(ctx, func(tx *meta.Tx) error {
		needs, err := pin.InScope(tx, name)
		if err != nil || len(needs) > 0 {
			return err
		}
		err = state.Scopes.Delete(tx, state.ScopeKey(name))
		if errors.Is(err, meta.ErrNotFound) {
			return nil
		}
		return err
	})
}
