package accounts

import (
	"errors"
	"fmt"
	"time"

	"slipher/internal/meta"
)

// KeyOwner is a user, or the root user of an account if it has no name.
type KeyOwner struct{ Account, User, UserID string }

// OwnerOf is the user as the owner of access keys.
func OwnerOf(user meta.Record[Identity]) KeyOwner {
	return KeyOwner{Account: user.Account, User: user.Body.Name, UserID: user.Body.ID}
}

func (o KeyOwner) entry() meta.Entry {
	if o.UserID != "" {
		return meta.Entry{Name: "user", Value: o.UserID}
	}
	return meta.Entry{Name: "account", Value: o.Account}
}

// OwnKey is what may be known of somebody's access key once it was made.
type OwnKey struct {
	ID       string
	Created  time.Time
	Inactive bool
}

// NewKey makes an access key in a change. Its secret is answered here and never again.
func (d *Directory) NewKey(tx *meta.Tx, owner KeyOwner) (AccessKey, OwnKey, error) {
	key, err := d.newAccessKey()
	if err != nil {
		return AccessKey{}, OwnKey{}, err
	}
	record, err := d.insertAccessKey(tx, key, owner)
	return key, ownKey(record), err
}

// KeysOf lists the access keys of a user, in the order of their ids.
func KeysOf(tx *meta.Tx, owner KeyOwner) ([]OwnKey, error) {
	records, err := accessKeyRecords.List(tx, meta.Query{Index: owner.entry()})
	keys := make([]OwnKey, len(records))
	for i, record := range records {
		keys[i] = ownKey(record)
	}
	return keys, err
}

func ownKey(record meta.Record[accessKeyBody]) OwnKey {
	return OwnKey{ID: record.ID, Created: record.Body.Created, Inactive: record.Body.Inactive}
}

// SetInactive switches a user's access key off, or on again. A key that is not the user's is ErrNotFound.
func SetInactive(tx *meta.Tx, owner KeyOwner, id string, inactive bool) error {
	record, err := findOwnKey(tx, owner, id)
	if err != nil || record.Body.Inactive == inactive {
		return err
	}
	record.Body.Inactive = inactive
	return accessKeyRecords.Put(tx, record)
}

// DeleteKey ends a user's access key. A key that is not the user's is ErrNotFound.
func DeleteKey(tx *meta.Tx, owner KeyOwner, id string) error {
	record, err := findOwnKey(tx, owner, id)
	if err != nil {
		return err
	}
	return accessKeyRecords.Delete(tx, record.Key)
}

func findOwnKey(tx *meta.Tx, owner KeyOwner, id string) (meta.Record[accessKeyBody], error) {
	record, err := accessKeyRecords.Find(tx, meta.Key{ID: id})
	ours := record.Body.Account == owner.Account && record.Body.UserID == owner.UserID
	if errors.Is(err, meta.ErrNotFound) || err == nil && !ours {
		return meta.Record[accessKeyBody]{}, fmt.Errorf("access key %q: %w", id, ErrNotFound)
	}
	return record, err
}
