package scope

import (
	"context"
	"errors"
	"fmt"
	"time"

	"slipher/internal/meta"
	"slipher/internal/meta/lease"
	"slipher/internal/vault"
	"slipher/internal/warehouse/pin"
	"slipher/internal/warehouse/state"
)

// Sweep is the job that frees what nothing needs in one scope.
type Sweep struct{ Scope string }

// Kind names the job.
func (Sweep) Kind() string { return "sweep" }

// SweepLater has a scope swept after the transaction.
func SweepLater(tx *meta.Tx, scope string) error {
	return tx.Enqueue(Sweep{scope}, meta.EnqueueOptions{Unique: true})
}

// Sweep frees what no snapshot and no restore needs any more. Beside a save it does nothing and comes again; a restore that is
// accepted later begins from a snapshot that was kept.
func (s *Scopes) Sweep(ctx context.Context, job Sweep) error {
	swept, emptied, err := s.sweepVault(ctx, job.Scope)
	if errors.Is(err, vault.ErrBusy) {
		return s.sweepAgain(ctx, job)
	}
	if err != nil {
		return fmt.Errorf("sweep snapshot scope %s: %w", job.Scope, err)
	}
	s.Log.Info("snapshot scope swept", "scope", job.Scope, "manifests", swept.Manifests, "bytes", swept.FreedBytes)
	if !emptied { // what is not needed any more since then has a sweep of its own, which still has to find the scope
		return nil
	}
	return s.close(ctx, job.Scope)
}

// sweepOwner may take over the pin of a sweep that was killed or has lost its lease.
const (
	sweepOwner = "control"
	sweepLease = 30 * time.Second
)

// ownSweep takes the lease of sweeping a scope, by which the vault knows this sweep from earlier ones.
func (s *Scopes) ownSweep(ctx context.Context, name string) (owned context.Context, owner vault.Owner, end func(), err error) {
	taken, err := lease.Acquire(ctx, s.Store, "sweep of "+name, s.Store.Name(), sweepLease, s.Clock.Time)
	if err != nil {
		return nil, owner, nil, err
	}
	owned, stop := taken.Keep(ctx)
	owner = vault.Owner{Name: sweepOwner, Generation: uint64(taken.Generation()), Holds: func(ctx context.Context) error {
		return s.Store.View(ctx, func(tx *meta.Tx) error { return lease.Check(tx, taken) })
	}}
	return owned, owner, func() {
		stop()
		if err := taken.Release(ctx); err != nil {
			s.Log.Error("lease not released", "scope", name, "error", err)
		}
	}, nil
}

// sweepVault also says whether it left nothing.
func (s *Scopes) sweepVault(ctx context.Context, name string) (done vault.Swept, emptied bool, err error) {
	bucket, err := s.Bucket(ctx, name)
	if err != nil {
		return done, false, meta.IgnoreNotFound(err) // a closed scope is swept
	}
	// What a damaged row needs would look like garbage.
	if err := s.Store.Sound(ctx); err != nil {
		return done, false, fmt.Errorf("nothing is deleted while the metadata is damaged: %w", err)
	}
	ctx, owner, end, err := s.ownSweep(ctx, name)
	if err != nil {
		return done, false, err
	}
	defer end()
	swept := vault.Vault{Bucket: bucket, Scope: name, Owner: owner, Now: s.Clock.Now}
	needs, err := s.needs(ctx, name)
	if err != nil {
		return done, false, err
	}
	if len(pin.Manifests(needs)) > 0 { // of a scope that nobody needs the key may be gone
		store, err := s.Node(ctx, name)
		if err != nil {
			return done, false, err
		}
		swept.Key = store.Key
	}
	done, err = swept.Sweep(ctx, func(ctx context.Context) ([]string, error) {
		needs, err := s.needs(ctx, name)
		manifests := pin.Manifests(needs)
		emptied = err == nil && len(manifests) == 0
		return manifests, err
	})
	return done, emptied, err
}

const sweepAfter = 30 * time.Second

// sweepAgain comes back when the save of this process that was in the way ends, and for others' saves after a while.
func (s *Scopes) sweepAgain(ctx context.Context, job Sweep) error {
	s.postponed.Add(job.Scope)
	return s.Store.Update(ctx, func(tx *meta.Tx) error {
		return tx.Enqueue(job, meta.EnqueueOptions{Unique: true, At: s.Clock.Time().Add(sweepAfter)})
	})
}

// SweepPostponed belongs after the end of a save.
func (s *Scopes) SweepPostponed(ctx context.Context, scope string) error {
	if !s.postponed.Has(scope) {
		return nil
	}
	s.postponed.Remove(scope)
	return s.Store.Update(ctx, func(tx *meta.Tx) error { return SweepLater(tx, scope) })
}

// needs are what records need of a scope.
func (s *Scopes) needs(ctx context.Context, name string) (needs []pin.Need, err error) {
	err = s.Store.View(ctx, func(tx *meta.Tx) error {
		needs, err = pin.InScope(tx, name)
		return err
	})
	return needs, err
}

// close forgets the data key of a scope that nothing needs.
func (s *Scopes) close(ctx context.Context, name string) error {
	return s.Store.Update(ctx, func(tx *meta.Tx) error {
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
