package accounts

import (
	"context"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"slipher/internal/meta"
)

// AccessKey is what a principal signs with, and who that is. It prints without its secret.
type AccessKey struct {
	ID      string // AKIA and 16 of A–Z and 2–7; ASIA of a temporary one
	Secret  string
	Account string
	ARN     string
	UserID  string
}

func (k AccessKey) String() string { return "access key " + k.ID + " of " + k.ARN }

// Format is String whatever the verb, so that no %+v prints the secret.
func (k AccessKey) Format(out fmt.State, _ rune) { io.WriteString(out, k.String()) }

// LogValue is String, so that a log has no secret either.
func (k AccessKey) LogValue() slog.Value { return slog.StringValue(k.String()) }

type accessKeyBody struct {
	Account  string
	User     string `json:",omitempty"` // the name; empty for the root user
	UserID   string `json:",omitempty"` // the unique id
	Secret   []byte // sealed
	Created  time.Time
	Inactive bool `json:",omitempty"`
}

// Requests name access keys without their account, so the records have none in their key. Those of a root user go by its account.
var accessKeyRecords = meta.Records[accessKeyBody]{Kind: "access key", Generation: generation, Index: func(key accessKeyBody) []meta.Entry {
	if key.UserID != "" {
		return []meta.Entry{{Name: "user", Value: key.UserID}}
	}
	return []meta.Entry{{Name: "account", Value: key.Account}}
}}

// rootOf is the root user of an account. Its user id is the account's, as STS answers it.
func rootOf(account, keyID, secret string) AccessKey {
	return AccessKey{
		ID:      keyID,
		Secret:  secret,
		Account: account,
		ARN:     "arn:aws:iam::" + account + ":root",
		UserID:  account,
	}
}

func secretOf(keyID string) string { return "secret of access key " + keyID }

// AccessKey answers a long-term access key, active or not, or ErrNotFound.
func (d *Directory) AccessKey(ctx context.Context, id string) (AccessKey, error) {
	var record meta.Record[accessKeyBody]
	err := d.Store.View(ctx, func(tx *meta.Tx) (err error) {
		record, err = findAccessKey(tx, id)
		return err
	})
	if err != nil {
		return AccessKey{}, err
	}
	secret, err := d.Sealer.Unseal(secretOf(id), record.Body.Secret)
	if err != nil {
		return AccessKey{}, err
	}
	return rootOf(record.Body.Account, id, string(secret)), nil
}

// AccountOfKey answers the account of an access key, of a temporary one too, or ErrNotFound.
func (d *Directory) AccountOfKey(ctx context.Context, id string) (account string, err error) {
	if account, ok := accountOf(id); ok {
		return account, nil
	}
	err = d.Store.View(ctx, func(tx *meta.Tx) error {
		record, err := findAccessKey(tx, id)
		account = record.Body.Account
		return err
	})
	return account, err
}

func findAccessKey(tx *meta.Tx, id string) (meta.Record[accessKeyBody], error) {
	record, err := accessKeyRecords.Find(tx, meta.Key{ID: id})
	if errors.Is(err, meta.ErrNotFound) {
		err = fmt.Errorf("access key %q: %w", id, ErrNotFound)
	}
	return record, err
}

// newAccessKey draws an access key in AWS's form: 80 bits name it, 240 are its secret.
func (d *Directory) newAccessKey() (AccessKey, error) {
	drawn, err := d.draw(10)
	if err != nil {
		return AccessKey{}, err
	}
	secret, err := d.newSecret()
	return AccessKey{ID: "AKIA" + base32.StdEncoding.EncodeToString(drawn), Secret: secret}, err
}

// newRootKey draws an access key of an account's root user.
func (d *Directory) newRootKey(account string) (AccessKey, error) {
	key, err := d.newAccessKey()
	return rootOf(account, key.ID, key.Secret), err
}

func (d *Directory) insertAccessKey(tx *meta.Tx, key AccessKey, owner KeyOwner) (meta.Record[accessKeyBody], error) {
	sealed, err := d.Sealer.Seal(secretOf(key.ID), []byte(key.Secret))
	if err != nil {
		return meta.Record[accessKeyBody]{}, err
	}
	return accessKeyRecords.Insert(tx, meta.Key{ID: key.ID}, accessKeyBody{
		Account: owner.Account, User: owner.User, UserID: owner.UserID, Secret: sealed, Created: d.Now().UTC().Truncate(time.Second),
	})
}

func deleteRootKeys(tx *meta.Tx, account string) error {
	records, err := accessKeyRecords.List(tx, meta.Query{Index: meta.Entry{Name: "account", Value: account}})
	if err != nil {
		return err
	}
	for _, record := range records {
		if err := accessKeyRecords.Delete(tx, record.Key); err != nil {
			return err
		}
	}
	return nil
}
