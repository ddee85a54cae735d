package secrets

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

// staged answers where the version with a label is, or -1.
func (s secret) staged(stage string) int {
	return slices.IndexFunc(s.Versions, func(v version) bool { return slices.Contains(v.Stages, stage) })
}

func (s secret) version(id string) int {
	return slices.IndexFunc(s.Versions, func(v version) bool { return v.ID == id })
}

// promote makes the pending version the current one, and the current one the previous.
func (s *secret) promote(now time.Time) {
	for i := range s.Versions {
		switch v := &s.Versions[i]; {
		case slices.Contains(v.Stages, pending):
			v.Stages = []string{current}
		case slices.Contains(v.Stages, current):
			v.Stages = []string{previous}
		default:
			v.Stages = nil
		}
	}
	s.Versions = slices.DeleteFunc(s.Versions, func(v version) bool {
		return len(v.Stages) == 0 && now.Sub(v.Created) >= deprecatedFor
	})
	s.Changed, s.Rotated = now, now
}

// discard removes the pending version.
func (s *secret) discard() {
	s.Versions = slices.DeleteFunc(s.Versions, func(v version) bool { return slices.Contains(v.Stages, pending) })
}

func purpose(arn, version string) string { return "value of secret " + arn + " version " + version }

// seal gives a version its value, under the key that the secret has now.
func (s *Safe) seal(tx *meta.Tx, record *secretRecord, at int, value []byte) error {
	key, err := s.keyOf(tx, *record)
	if err != nil {
		return err
	}
	if err := s.mustBeUsable(tx, key); err != nil {
		return err
	}
	v := &record.Body.Versions[at]
	v.KmsKey = key
	v.Sealed, err = s.config.Keys.SealUnder(tx, key, purpose(record.Body.ARN, v.ID), value)
	return err
}

func (s *Safe) open(tx *meta.Tx, record secretRecord, at int) ([]byte, error) {
	v := record.Body.Versions[at]
	if err := s.mustBeUsable(tx, v.KmsKey); err != nil {
		return nil, err
	}
	return s.config.Keys.UnsealUnder(tx, v.KmsKey, purpose(record.Body.ARN, v.ID), v.Sealed)
}

// keyOf is the key that seals what is put into the secret from now on.
func (s *Safe) keyOf(tx *meta.Tx, record secretRecord) (string, error) {
	if record.Body.KmsKey != "" {
		return record.Body.KmsKey, nil
	}
	return s.config.Keys.SecretsDefault(tx, record.Account, record.Region)
}

func (s *Safe) mustBeUsable(tx *meta.Tx, key string) error {
	usable, err := s.config.Keys.Usable(tx, key)
	if err == nil && !usable {
		err = fmt.Errorf("%s: %w", key, ErrKey)
	}
	return err
}
