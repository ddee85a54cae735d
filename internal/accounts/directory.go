// Package accounts knows the accounts and who is in them: root users, users, groups and roles, their access keys and policies, and the
// sessions that roles and users have for a time.
//
// It promises that a secret is at rest only sealed, that credentials found are valid now, and that a change counts from the next
// look on. It does not know requests or signatures, nor who may change what.
package accounts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"slipher/internal/meta"
)

// What the directory refuses. It is wrapped with what was asked for.
var (
	ErrNotFound = errors.New("not found")
	ErrExists   = errors.New("already exists")
	// ErrAccountID refuses a name that no account can have.
	ErrAccountID = errors.New("an account id has 12 digits and is not 000000000000")
)

// Sealer keeps secrets at rest; only the same purpose unseals them. The keyring is one.
type Sealer interface {
	Seal(purpose string, plain []byte) ([]byte, error)
	Unseal(purpose string, sealed []byte) ([]byte, error)
}

// Directory holds all accounts. Its fields are set before the first use and not changed after.
type Directory struct {
	Store  *meta.Store
	Sealer Sealer
	Now    func() time.Time
	Random io.Reader // nil means crypto/rand

	// Every signed request looks its credentials up, so those found are remembered, with their secrets in clear, and so are the policies of each
	// identity and the managed policies, ready to decide.
	mu    sync.RWMutex
	known map[string]any
	of    int64 // the generation that is known
}

// generation is raised by every change of who there is or what they may do, by whichever control plane. What another generation knew counts no more.
const generation = "accounts"

type accountBody struct{ Created time.Time }

var accountRecords = meta.Records[accountBody]{Kind: "account", Generation: generation}

func accountKey(id string) meta.Key { return meta.Key{Account: id, ID: id} }

// CreateAccount makes an account whose root user has one access key, or answers ErrExists or ErrAccountID.
func (d *Directory) CreateAccount(ctx context.Context, id string) (AccessKey, error) {
	if !validAccountID(id) {
		return AccessKey{}, fmt.Errorf("create account %q: %w", id, ErrAccountID)
	}
	key, err := d.newRootKey(id)
	if err != nil {
		return AccessKey{}, err
	}
	err = d.Store.Update(ctx, func(tx *meta.Tx) error {
		if _, err := accountRecords.Insert(tx, accountKey(id), accountBody{Created: d.Now().UTC()}); err != nil {
			return err
		}
		_, err := d.insertAccessKey(tx, key, KeyOwner{Account: id})
		return err
	})
	if errors.Is(err, meta.ErrExists) {
		err = ErrExists
	}
	if err != nil {
		return AccessKey{}, fmt.Errorf("create account %s: %w", id, err)
	}
	return key, nil
}

// ReplaceRootKey gives the account's root user a new access key and ends those it had.
func (d *Directory) ReplaceRootKey(ctx context.Context, account string) (AccessKey, error) {
	key, err := d.newRootKey(account)
	if err != nil {
		return AccessKey{}, err
	}
	err = d.Store.Update(ctx, func(tx *meta.Tx) error {
		if err := d.mustBeActive(tx, account); err != nil {
			return err
		}
		if err := deleteRootKeys(tx, account); err != nil {
			return err
		}
		_, err := d.insertAccessKey(tx, key, KeyOwner{Account: account})
		return err
	})
	if err != nil {
		return AccessKey{}, fmt.Errorf("replace the root key of account %s: %w", account, err)
	}
	return key, nil
}

// Active says whether there is such an account.
func (d *Directory) Active(tx *meta.Tx, account string) (bool, error) {
	_, err := accountRecords.Find(tx, accountKey(account))
	if errors.Is(err, meta.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Created is when an account was made.
func (d *Directory) Created(tx *meta.Tx, account string) (time.Time, error) {
	record, err := accountRecords.Find(tx, accountKey(account))
	return record.Body.Created, err
}

func (d *Directory) mustBeActive(tx *meta.Tx, account string) error {
	active, err := d.Active(tx, account)
	if err == nil && !active {
		err = fmt.Errorf("account %s: %w", account, ErrNotFound)
	}
	return err
}

func validAccountID(id string) bool {
	for _, digit := range []byte(id) {
		if digit < '0' || digit > '9' {
			return false
		}
	}
	return len(id) == 12 && id != "000000000000"
}
