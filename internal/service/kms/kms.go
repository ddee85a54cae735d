// Package kms is the Key Management Service as far as Redshift's users need it: keys of their own, aliases, key policies, grants, encryption of what is
// small, the rotation and the end of keys.
//
// It promises that nobody does anything with a key that neither its policy and the policies of the caller nor a grant allows, that a ciphertext opens
// with the same key and encryption context only, and that a key is destroyed at its time and not before. It shows no key.
package kms

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"slipher/internal/api"
	"slipher/internal/api/kms"
	"slipher/internal/keys"
	"slipher/internal/meta"
	"slipher/internal/service"
)

// Config is what Service needs of its surroundings.
type Config struct {
	Store *meta.Store
	Keys  *keys.Ring
	Now   func() time.Time
	Log   *slog.Logger // nil discards
}

// Service answers the operations, and destroys keys when their time has come.
type Service struct{ config Config }

// New registers the job that destroys keys. The store's Run belongs after it.
func New(config Config) (*Service, error) {
	if config.Store == nil || config.Keys == nil || config.Now == nil {
		return nil, errors.New("kms needs a store, keys and a clock")
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	s := &Service{config}
	meta.Handle(config.Store, s.destroy)
	meta.Handle(config.Store, s.rotate)
	return s, nil
}

// Service is the table of operations. Each asks in its own transaction: what a caller may do with a key depends on the key's policy and grants.
func (s *Service) Service() (api.Service, error) {
	return service.Join(kms.Table(), service.Lookup{Store: s.config.Store}, s.families()...)
}

// changeKey lets a decision alter the key that a request names, in one transaction. The caller needs the action on it.
func (s *Service) changeKey(ctx context.Context, caller api.Caller, name string, u use, decide func(tx *meta.Tx, key keys.Key) error) (key keys.Key, err error) {
	err = s.config.Store.Update(ctx, func(tx *meta.Tx) error {
		if key, err = s.findAllowed(tx, caller, name, u); err != nil {
			return err
		}
		return decide(tx, key)
	})
	return key, err
}

// readKey is changeKey for what changes nothing, which may be asked of every key.
func (s *Service) readKey(ctx context.Context, caller api.Caller, name string, u use, read func(tx *meta.Tx, key keys.Key) error) error {
	return s.config.Store.View(ctx, func(tx *meta.Tx) error {
		key, err := s.findAllowed(tx, caller, name, u)
		if err != nil {
			return err
		}
		return read(tx, key)
	})
}

func notFound(err error, name string) error {
	if errors.Is(err, keys.ErrNotFound) {
		return kms.NotFound("There is no key %q.", name)
	}
	return err
}

// destroyKey is a job at the time of a key's deletion.
type destroyKey struct{ ARN string }

func (destroyKey) Kind() string { return "key" }

// destroy does nothing for a key whose deletion was cancelled or put off.
func (s *Service) destroy(ctx context.Context, job destroyKey) error {
	destroyed := false
	err := s.config.Store.Update(ctx, func(tx *meta.Tx) (err error) {
		destroyed, err = s.config.Keys.Destroy(tx, job.ARN)
		return err
	})
	if err != nil {
		return fmt.Errorf("destroy key %s: %w", job.ARN, err)
	}
	if destroyed {
		s.config.Log.Info("key destroyed", "key", job.ARN)
	}
	return nil
}
