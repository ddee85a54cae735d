package iam

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"slipher/internal/meta"
)

// AccessKey is the credentials of a principal, and who that is. It prints without its secret.
type AccessKey struct {
	ID      string // AKIA and 16 of A–Z and 2–7
	Secret  string
	Account string
	ARN     string
	UserID  string
}

func (k AccessKey) String() string { return "access key " + k.ID + " of " + k.ARN }

func (k AccessKey) Format(out fmt.State, _ rune) { io.WriteString(out, k.String()) }
func (k AccessKey) LogValue() slog.Value         { return slog.StringValue(k.String()) }

type accessKeyBody struct {
	Account string
	Secret  []byte // sealed
	Created time.Time
}

// Requests name access keys without their account, so the records have none in their key.
var accessKeyRecords = meta.Records[accessKeyBody]{Kind: "access key", Index: func(key accessKeyBody) []meta.Entry {
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

// AccessKey answers a valid access key, or ErrNotFound.
func (d *Directory) AccessKey(ctx context.Context, id string) (AccessKey, error) {
	d.mu.RLock()
	key, known := d.known[id]
	changes := d.changes
	d.mu.RUnlock()
	if known {
		return key, nil
	}
	key, err := d.readAccessKey(ctx, id)
	if err != nil {
		return AccessKey{}, err
	}
	d.remember(key, changes)
	return key, nil
}

// remember keeps what was read, unless something changed since the reading began.
func (d *Directory) remember(key AccessKey, changes int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if changes != d.changes {
		return
	}
	if d.known == nil {
		d.known = map[string]AccessKey{}
	}
	d.known[key.ID] = key
}

func (d *Directory) forget(ids []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.changes++
	for _, id := range ids {
		delete(d.known, id)
	}
}

func (d *Directory) readAccessKey(ctx context.Context, id string) (AccessKey, error) {
	var record meta.Record[accessKeyBody]
	err := d.Store.View(ctx, func(tx *meta.Tx) (err error) {
		record, err = accessKeyRecords.Find(tx, meta.Key{ID: id})
		return err
	})
	if errors.Is(err, meta.ErrNotFound) {
		return AccessKey{}, fmt.Errorf("access key %q: %w", id, ErrNotFound)
	}
	if err != nil {
		return AccessKey{}, err
	}
	secret, err := d.Sealer.Unseal(secretOf(id), record.Body.Secret)
	if err != nil {
		return AccessKey{}, err
	}
	return rootOf(record.Body.Account, id, string(secret)), nil
}

// newAccessKey draws a root user's access key in AWS's form: 80 bits name it, 240 are its secret.
func (d *Directory) newAccessKey(account string) (AccessKey, error) {
	random := d.Random
	if random == nil {
		random = rand.Reader
	}
	drawn := make([]byte, 10+30)
	if _, err := io.ReadFull(random, drawn); err != nil {
		return AccessKey{}, fmt.Errorf("draw an access key: %w", err)
	}
	id := "AKIA" + base32.StdEncoding.EncodeToString(drawn[:10])
	return rootOf(account, id, base64.StdEncoding.EncodeToString(drawn[10:])), nil
}

func (d *Directory) insertAccessKey(tx *meta.Tx, key AccessKey) error {
	sealed, err := d.Sealer.Seal(secretOf(key.ID), []byte(key.Secret))
	if err != nil {
		return err
	}
	_, err = accessKeyRecords.Insert(tx, meta.Key{ID: key.ID}, accessKeyBody{
		Account: key.Account, Secret: sealed, Created: d.Now().UTC(),
	})
	return err
}

func deleteAccessKeys(tx *meta.Tx, account string) (ids []string, err error) {
	records, err := accessKeyRecords.List(tx, meta.Query{Index: meta.Entry{Name: "account", Value: account}})
	if err != nil {
		return nil, err
	}
	for _, record := range records {
		if err := accessKeyRecords.Delete(tx, record.Key); err != nil {
			return nil, err
		}
		ids = append(ids, record.ID)
	}
	return ids, nil
}
