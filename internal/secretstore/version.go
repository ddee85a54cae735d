package secretstore

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"slipher/internal/meta"
)

// ErrKey says that the KMS key of a secret cannot be used: it is disabled, waits for its deletion or was destroyed.
var ErrKey = errors.New("the KMS key of the secret cannot be used")

// deprecatedFor is how long a version without a label stays at least, as in Secrets Manager.
const deprecatedFor = 24 * time.Hour

// Staged answers where the version with a label is, or -1.
func (e Entry) Staged(stage string) int {
	return slices.IndexFunc(e.Versions, func(v Version) bool { return slices.Contains(v.Stages, stage) })
}

// Version answers where the version with an id is, or -1.
func (e Entry) Version(id string) int {
	return slices.IndexFunc(e.Versions, func(v Version) bool { return v.ID == id })
}

// promote makes the pending version the current one, and the current one the previous.
func (e *Entry) promote(now time.Time) {
	for i := range e.Versions {
		switch v := &e.Versions[i]; {
		case slices.Contains(v.Stages, Pending):
			v.Stages = []string{Current}
		case slices.Contains(v.Stages, Current):
			v.Stages = []string{Previous}
		default:
			v.Stages = nil
		}
	}
	e.Versions = slices.DeleteFunc(e.Versions, func(v Version) bool {
		return len(v.Stages) == 0 && now.Sub(v.Created) >= deprecatedFor
	})
	e.Changed, e.Rotated = now, now
}

// discard removes the pending version.
func (e *Entry) discard() {
	e.Versions = slices.DeleteFunc(e.Versions, func(v Version) bool { return slices.Contains(v.Stages, Pending) })
}

func purpose(arn, version string) string { return "value of secret " + arn + " version " + version }

// seal gives a version its value, under the key that the secret has now.
func (s *Safe) seal(tx *meta.Tx, record *Record, at int, value []byte) error {
	key, err := s.KeyOf(tx, *record)
	if err != nil {
		return err
	}
	if err := s.MustBeUsable(tx, key); err != nil {
		return err
	}
	v := &record.Body.Versions[at]
	v.KmsKey = key
	v.Sealed, err = s.config.Keys.SealUnder(tx, key, purpose(record.Body.ARN, v.ID), value)
	return err
}

// Open unseals the value of the version at a place. ErrKey says that its key cannot be used.
func (s *Safe) Open(tx *meta.Tx, record Record, at int) ([]byte, error) {
	v := record.Body.Versions[at]
	if err := s.MustBeUsable(tx, v.KmsKey); err != nil {
		return nil, err
	}
	return s.config.Keys.UnsealUnder(tx, v.KmsKey, purpose(record.Body.ARN, v.ID), v.Sealed)
}

// KeyOf is the key that seals what is put into the secret from now on.
func (s *Safe) KeyOf(tx *meta.Tx, record Record) (string, error) {
	if record.Body.KmsKey != "" {
		return record.Body.KmsKey, nil
	}
	return s.config.Keys.SecretsDefault(tx, record.Account, record.Region)
}

// MustBeUsable answers ErrKey for a key that cannot be used.
func (s *Safe) MustBeUsable(tx *meta.Tx, key string) error {
	usable, err := s.config.Keys.Usable(tx, key)
	if err == nil && !usable {
		err = fmt.Errorf("%s: %w", key, ErrKey)
	}
	return err
}

// AddPending adds the version that the owner is to fill.
func (e *Entry) AddPending(id string, now time.Time) {
	e.Versions = append(e.Versions, Version{ID: id, Stages: []string{Pending}, Created: now})
	e.Changed = now
}
