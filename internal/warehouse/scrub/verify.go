package scrub

import (
	"context"
	"errors"
	"fmt"

	"slipher/internal/meta"
	"slipher/internal/vault"
	"slipher/internal/warehouse/state"
)

// Request names the snapshots to be read back: one by its identifier, or all of an account and region. Empty fields stand for any.
type Request struct{ Account, Region, Snapshot string }

// Verified is what became of one snapshot.
type Verified struct {
	Account, Region, Snapshot string
	Bytes                     int64
	Damage                    string `json:",omitempty"` // what is damaged; empty when all is well
	Mended                    int    `json:",omitempty"` // index objects of its scope that were missing or damaged, and were written anew
}

// Verify reads back and checks every block of the snapshots. It keeps to the bandwidth that all transfers share. A snapshot that is
// deleted meanwhile is passed over.
func (s *Scrubber) Verify(ctx context.Context, request Request, progress func(snapshot string, p vault.Progress), each func(Verified)) error {
	query := meta.Query{Account: request.Account, Region: request.Region}
	if request.Snapshot != "" {
		query.Index = state.SnapshotNamed(request.Snapshot)
	}
	var records []state.SnapshotRecord
	err := s.Store.View(ctx, func(tx *meta.Tx) (err error) {
		records, err = state.Snapshots.List(tx, query)
		return err
	})
	if err != nil {
		return err
	}
	found, mended := 0, map[string]bool{}
	for _, record := range records {
		if record.Body.Status != state.Available {
			continue
		}
		found++
		verified, err := s.verifyOne(ctx, record, mended, progress)
		if errors.Is(err, meta.ErrNotFound) {
			continue
		}
		if err != nil {
			return fmt.Errorf("snapshot %s: %w", record.Body.Identifier, err)
		}
		each(verified)
	}
	if found == 0 && request.Snapshot != "" {
		return fmt.Errorf("there is no available snapshot %s", request.Snapshot)
	}
	return nil
}

// verifyOne first mends what can be mended of the snapshot's scope, once for all of them.
func (s *Scrubber) verifyOne(ctx context.Context, record state.SnapshotRecord, mended map[string]bool, progress func(string, vault.Progress)) (Verified, error) {
	body := record.Body
	verified := Verified{Account: record.Account, Region: record.Region, Snapshot: body.Identifier, Bytes: body.TotalBytes}
	checked, end, err := s.checked(ctx, body.Scope)
	if err != nil {
		return verified, err
	}
	defer end()
	if !mended[body.Scope] {
		mended[body.Scope] = true
		if verified.Mended, err = checked.MendIndexes(ctx); err != nil { // as when the store takes nothing: reading is what was asked for
			verified.Mended = 0
			s.Log.Warn("indexes not written anew", "scope", body.Scope, "err", err)
		}
	}
	err = checked.Verify(ctx, body.Manifest, func(p vault.Progress) { progress(body.Identifier, p) })
	if !errors.Is(err, vault.ErrDamaged) && !errors.Is(err, vault.ErrNotFound) {
		return verified, err
	}
	verified.Damage = err.Error()
	return verified, s.Store.View(ctx, func(tx *meta.Tx) error {
		_, err := state.Snapshots.Find(tx, record.Key)
		return err
	})
}
