package control

import (
	"errors"
	"strings"

	"slipher/internal/api"
	"slipher/internal/meta"
)

func tagKeyed(key string) meta.Entry    { return meta.Entry{Name: "tag key", Value: key} }
func tagValued(value string) meta.Entry { return meta.Entry{Name: "tag value", Value: value} }

// createdIn is the order of an account's snapshots in a region by their create time.
func createdIn(account, region string) string { return "created in " + account + "/" + region }

func snapshotOrder(key meta.Key, s snapshot) []meta.Entry {
	return []meta.Entry{{Name: createdIn(key.Account, key.Region), Value: idAt(s.createTime().UnixNano())}}
}

// timed says that a search goes by the snapshots' create times. Those that others share are few.
func (s snapshotSearch) timed() bool {
	return s.owner == s.caller.Account && !(s.StartTime.IsZero() && s.EndTime.IsZero())
}

// between reads the page of a search by time, in the order of the create times.
func (s snapshotSearch) between(tx *meta.Tx) (found []snapshotRecord, marker string, err error) {
	span := meta.Span{Name: createdIn(s.owner, s.caller.Region), Limit: s.page.limit + 1}
	if !s.StartTime.IsZero() {
		span.From = idAt(s.StartTime.UnixNano())
	}
	if !s.EndTime.IsZero() {
		span.UpTo = idAt(s.EndTime.UnixNano())
	}
	if s.page.after != "" {
		time, id, whole := strings.Cut(s.page.after, "/")
		if !whole {
			return nil, "", api.InvalidParameterValue("The marker is not one of this list: use the one that the page before ended with.")
		}
		span.After = meta.Position{Value: time, Account: s.owner, Region: s.caller.Region, ID: id}
	}
	for {
		batch, err := snapshots.InOrder(tx, span)
		if err != nil {
			return nil, "", err
		}
		for _, record := range batch {
			if !s.matches(record) {
				continue
			}
			if len(found) == s.page.limit {
				last := positionOf(found[len(found)-1])
				return found, s.page.marker(last.Value + "/" + last.ID), nil
			}
			found = append(found, record)
		}
		if len(batch) < span.Limit {
			return found, "", nil
		}
		span.After = positionOf(batch[len(batch)-1])
	}
}

func positionOf(record snapshotRecord) meta.Position {
	return meta.Position{Value: idAt(record.Body.createTime().UnixNano()), Account: record.Account, Region: record.Region, ID: record.ID}
}

// snapshotIndex counts up whenever the entries of snapshots change.
const snapshotIndex = 1

type indexed struct{ Version int }

var indexes = meta.Records[indexed]{Kind: "index"}

// reindexSnapshots gives the snapshots of an earlier slipher the entries that this one looks for.
func reindexSnapshots(tx *meta.Tx) error {
	key := meta.Key{ID: snapshots.Kind}
	record, err := indexes.Find(tx, key)
	if errors.Is(err, meta.ErrNotFound) {
		record, err = indexes.Insert(tx, key, indexed{})
	}
	if err != nil || record.Body.Version >= snapshotIndex {
		return err
	}
	if err := snapshots.Reindex(tx); err != nil {
		return err
	}
	record.Body.Version = snapshotIndex
	return indexes.Put(tx, record)
}
