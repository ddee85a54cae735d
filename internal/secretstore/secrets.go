// Package secretstore keeps the secrets that a service keeps for its users, as Redshift keeps the admin passwords of clusters.
//
// It promises that a secret's values are at rest only sealed under a KMS key, and that AWSCURRENT is what the owner of the secret has said is in force. It
// does not know what the values are for, nor who may see one: the service that owns a secret makes its values and puts them to use.
package secretstore

import (
	"crypto/rand"
	"errors"
	"io"
	"time"

	"github.com/google/uuid"

	"slipher/internal/meta"
	"slipher/internal/policy"
)

// Keyring seals the values. *keys.Ring is one.
type Keyring interface {
	SecretsDefault(tx *meta.Tx, account, region string) (arn string, err error)
	Usable(tx *meta.Tx, arn string) (bool, error)
	SealUnder(tx *meta.Tx, arn, purpose string, plain []byte) ([]byte, error)
	UnsealUnder(tx *meta.Tx, arn, purpose string, sealed []byte) ([]byte, error)
	Decide(tx *meta.Tx, request policy.Request, own policy.Policies, service string) (policy.Decision, error)
}

// Config is what a Safe needs of its surroundings.
type Config struct {
	Store  *meta.Store
	Keys   Keyring
	Now    func() time.Time
	NewID  func() string // UUIDs; nil makes random ones
	Random io.Reader     // nil is crypto/rand
}

// Safe keeps the secrets of all accounts.
type Safe struct {
	config    Config
	mayRotate func(tx *meta.Tx, secret Secret) error
}

// New opens a safe. Whoever owns the secrets belongs after it: see Own.
func New(config Config) (*Safe, error) {
	if config.Store == nil || config.Keys == nil || config.Now == nil {
		return nil, errors.New("secrets need a store, keys and a clock")
	}
	if config.NewID == nil {
		config.NewID = uuid.NewString
	}
	if config.Random == nil {
		config.Random = rand.Reader
	}
	return &Safe{config: config, mayRotate: func(*meta.Tx, Secret) error { return nil }}, nil
}

// Own has the owner of the secrets say whether one can be rotated at the moment: what it refuses with is the answer to the caller. The owner also works the jobs
// of type Rotation. It belongs before the first request.
func (s *Safe) Own(mayRotate func(tx *meta.Tx, secret Secret) error) { s.mayRotate = mayRotate }

// Now has the precision of the answers.
func (s *Safe) Now() time.Time { return s.config.Now().UTC().Truncate(time.Millisecond) }

// NewID is a new version's.
func (s *Safe) NewID() string { return s.config.NewID() }

// MayRotate asks the owner of the secret.
func (s *Safe) MayRotate(tx *meta.Tx, secret Secret) error { return s.mayRotate(tx, secret) }
