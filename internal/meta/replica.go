package meta

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// A replica is a control plane that works jobs, as the others see it: it lives as long as it renews its record. Its name is that of the opening,
// of the store and of the run, so that nobody ever has it again.
type replica struct{ Expires time.Time }

var replicas = Records[replica]{Kind: "replica"}

const (
	replicaLives = 30 * time.Second
	renewAfter   = replicaLives / 3
)

// Replica answers a store for another control plane: the same records and jobs, with handlers of its own, and a Run of its own beside the first's.
// Each has to be closed.
func (s *Store) Replica() (*Store, error) {
	s.places.Add(1)
	replica, err := newStore(s.database)
	if err != nil {
		return nil, errors.Join(err, s.database.leave())
	}
	return replica, nil
}

// Name is the store's among all that were ever opened on the database: the holder of its leases.
func (s *Store) Name() string { return s.name }

// signOn makes the replica known and takes over the jobs of the dead. It goes on trying: on a full disk others still want to read.
func (s *Store) signOn(ctx context.Context, name string) error {
	for {
		err := s.Update(ctx, func(tx *Tx) error {
			if _, err := replicas.Insert(tx, Key{ID: name}, replica{Expires: s.now().Add(replicaLives)}); err != nil {
				return err
			}
			return s.adopt(tx, name)
		})
		if err == nil || ctx.Err() != nil {
			return ctx.Err()
		}
		s.log.Error("jobs wait", "error", err)
		select {
		case <-time.After(s.rest):
		case <-ctx.Done():
		}
	}
}

// beat renews the replica until the context ends, and takes over the jobs of those that do not renew theirs. It answers earlier when others have
// taken over this one's, and when twice in a row there was no job.
func (s *Store) beat(ctx context.Context, name string) {
	tick := time.NewTicker(s.renew)
	defer tick.Stop()
	for idle := 0; ; {
		select {
		case <-ctx.Done():
			return
		case <-s.beats:
		case <-tick.C:
			if !s.workless(ctx, 2*s.renew) {
				idle = 0
			} else if idle++; idle == 2 {
				return
			}
		}
		err := s.renewReplica(ctx, name)
		if errors.Is(err, ErrNotFound) {
			s.log.Error("jobs were taken over by another control plane, as this one stood still: it begins again", "replica", name)
			return
		}
		if err != nil && ctx.Err() == nil {
			s.log.Error("renew the replica", "replica", name, "error", err)
		}
	}
}

// renewReplica writes only when there is something to be said, or answers ErrNotFound when others took the replica for dead.
func (s *Store) renewReplica(ctx context.Context, name string) error {
	var quiet bool
	err := s.View(ctx, func(tx *Tx) error {
		all, err := replicas.List(tx, Query{})
		quiet = err == nil
		for _, one := range all {
			if one.ID == name {
				quiet = quiet && one.Body.Expires.Sub(s.now()) > replicaLives-renewAfter
			} else {
				quiet = quiet && s.lives(one)
			}
		}
		if err == nil {
			_, err = replicas.Find(tx, Key{ID: name})
		}
		return err
	})
	if err != nil || quiet {
		return err
	}
	return s.Update(ctx, func(tx *Tx) error {
		record, err := replicas.Find(tx, Key{ID: name})
		if err != nil {
			return err
		}
		record.Body.Expires = s.now().Add(replicaLives)
		if err := replicas.Put(tx, record); err != nil {
			return err
		}
		return s.adopt(tx, name)
	})
}

// lives is false for all replicas of earlier openings, however long they said that they would live.
func (s *Store) lives(one Record[replica]) bool {
	return strings.HasPrefix(one.ID, s.opening+".") && s.now().Before(one.Body.Expires)
}

// adopt makes every job available that a dead replica took and did not finish. River's own rescue goes by the age of a run, and ours may last for
// hours.
func (s *Store) adopt(tx *Tx, name string) error {
	all, err := replicas.List(tx, Query{})
	if err != nil {
		return err
	}
	living := []string{}
	for _, one := range all {
		if one.ID == name || s.lives(one) {
			living = append(living, one.ID)
		} else if err := replicas.Delete(tx, one.Key); err != nil {
			return err
		}
	}
	names, err := json.Marshal(living)
	if err != nil {
		return err
	}
	_, err = tx.exec(`UPDATE river_job SET state = 'available' WHERE state IN ('retryable', 'scheduled')
		OR state = 'running' AND coalesce(attempted_by ->> '$[#-1]', '') NOT IN (SELECT value FROM json_each($1))`, string(names))
	if err != nil {
		return fmt.Errorf("adopt jobs: %w", err)
	}
	tx.ring = true
	return nil
}

// signOff lets the others have at once what this one has not finished.
func (s *Store) signOff(ctx context.Context, name string) {
	err := s.Update(ctx, func(tx *Tx) error {
		if err := replicas.Delete(tx, Key{ID: name}); err != nil {
			return err
		}
		return s.adopt(tx, "")
	})
	if err != nil && !errors.Is(err, ErrNotFound) {
		s.log.Error("sign the replica off", "replica", name, "error", err)
	}
}
