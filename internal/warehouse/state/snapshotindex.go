package state

import (
	"errors"

	"slipher/internal/meta"
)

// TagKeyed finds snapshots that have a tag with this key.
func TagKeyed(key string) meta.Entry { return meta.Entry{Name: "tag key", Value: key} }

// TagValued finds snapshots that have a tag with this value, whatever its key.
func TagValued(value string) meta.Entry { return meta.Entry{Name: "tag value", Value: value} }

// CreatedIn is the order of an account's snapshots in a region by their create time.
func CreatedIn(account, region string) string { return "created in " + account + "/" + region }

func snapshotOrder(key meta.Key, s Snapshot) []meta.Entry {
	return []meta.Entry{{Name: CreatedIn(key.Account, key.Region), Value: IDAt(s.CreateTime().UnixNano())}}
}

// snapshotIndex counts up whenever the entries of snapshots change.
const snapshotIndex = 1

type indexed struct{ Version int }

var indexes = meta.Records[indexed]{Kind: "index"}

// ReindexSnapshots gives the snapshots of an earlier slipher the entries that this one looks for.
func ReindexSnapshots(tx *meta.Tx) error {
	key := meta.Key{ID: Snapshots.Kind}
	record, err := indexes.Find(tx, key)
	if errors.Is(err, meta.ErrNotFound) {
		record, err = indexes.Insert(tx, key, indexed{})
	}
	if err != nil || record.Body.Version >= snapshotIndex {
		return err
	}
	if err := Snapshots.Reindex(tx); err != nil {
		return err
	}
	record.Body.Version = snapshotIndex
	return indexes.Put(tx, record)
}
