package meta

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
)

// A generation is the version of a record that every change of certain kinds of records writes. What was made of such records and is remembered
// counts as long as their generation is the same.
var generationRecords = Records[struct{}]{Kind: "generation"}

// generations are those that are committed. All control planes of this process read them here; no other process has the database open.
type generations struct {
	mu        sync.RWMutex
	committed map[string]int64
}

// Generation answers the generation of a name as it is in the metadata now. Before an Update that changes a record of this generation returns, it
// is a greater one, on every control plane; and it may be greater already when a View still sees the records from before.
func (s *Store) Generation(name string) int64 {
	s.generations.mu.RLock()
	defer s.generations.mu.RUnlock()
	return s.generations.committed[name]
}

func (d *database) readGenerations(ctx context.Context) error {
	tx, err := d.readers.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	all, err := generationRecords.List(&Tx{session: d.reads.session(tx), codes: &d.codes}, Query{})
	if err != nil {
		return err
	}
	d.generations.committed = map[string]int64{}
	for _, one := range all {
		d.generations.committed[one.ID] = one.Version
	}
	return nil
}

// raise begins a new generation with the transaction.
func (tx *Tx) raise(name string) error {
	if name == "" || tx.raised[name] != 0 {
		return nil
	}
	last, err := generationRecords.Find(tx, Key{ID: name})
	switch {
	case errors.Is(err, ErrNotFound):
		last, err = generationRecords.Insert(tx, Key{ID: name}, struct{}{})
	case err == nil:
		err = generationRecords.Put(tx, last)
		last.Version++
	}
	if err != nil {
		return fmt.Errorf("raise generation %s: %w", name, err)
	}
	if tx.raised == nil {
		tx.raised = map[string]int64{}
	}
	tx.raised[name] = last.Version
	return nil
}

func (g *generations) publish(raised map[string]int64) {
	if len(raised) == 0 {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	maps.Copy(g.committed, raised)
}
