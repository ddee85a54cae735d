package meta

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// What records refuse: to be found, to be inserted twice, and to be overwritten by somebody who has not seen what they are.
var (
	ErrNotFound = errors.New("not found")
	ErrExists   = errors.New("already exists")
	// ErrConflict says that a record has changed since it was read.
	ErrConflict = errors.New("changed meanwhile")
)

// IgnoreNotFound takes ErrNotFound for success, where what is gone needs no more work.
func IgnoreNotFound(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// Key names one record of a kind. Account and Region may be empty for what belongs to none.
type Key struct{ Account, Region, ID string }

// Record is what the store holds under a key. Its Version counts the writes.
type Record[T any] struct {
	Key
	Version int64
	Body    T
}

// Entry makes a record findable by something else than its key: a status, a tag, an account it is shared with.
type Entry struct{ Name, Value string }

// Records are all records of one kind, kept as JSON. Index, if set, names the entries of a body; they
// are kept in step with it in the same transaction.
type Records[T any] struct {
	Kind  string
	Index func(T) []Entry
	// Generation, if set, names what every change of a record raises.
	Generation string
	Order      func(Key, T) []Entry // further entries, that depend on the key too: what InOrder goes by within an account
}

// Query selects records. An empty field matches all.
type Query struct {
	Account string
	Region  string
	Index   Entry  // exactly this name and value
	After   string // only ids greater than this one
	Limit   int    // 0 means no limit
}

// Find answers one record, or ErrNotFound with the kind and the id.
func (r Records[T]) Find(tx *Tx, key Key) (Record[T], error) {
	row, err := tx.find(r.Kind, key)
	if err != nil {
		return Record[T]{}, r.about(key, err)
	}
	return r.decode(row)
}

// Insert makes a new record, or answers ErrExists.
func (r Records[T]) Insert(tx *Tx, key Key, body T) (Record[T], error) {
	row, err := r.encode(key, 1, body)
	if err != nil {
		return Record[T]{}, err
	}
	err = tx.insert(row, r.entries(key, body))
	if err == nil {
		err = tx.raise(r.Generation)
	}
	if err != nil {
		return Record[T]{}, r.about(key, err)
	}
	return Record[T]{Key: key, Version: 1, Body: body}, nil
}

// Put replaces the record if it still has the version it was read with, or answers ErrConflict, or
// ErrNotFound when it is gone. The stored version is one higher than the given record's.
func (r Records[T]) Put(tx *Tx, record Record[T]) error {
	row, err := r.encode(record.Key, record.Version, record.Body)
	if err != nil {
		return err
	}
	if err := tx.put(row, r.entries(record.Key, record.Body)); err != nil {
		return r.about(record.Key, err)
	}
	return tx.raise(r.Generation)
}

// Reindex gives all records the entries that Index and Order name now, for when they name more than they did.
func (r Records[T]) Reindex(tx *Tx) error {
	rows, err := r.rows(tx, Query{})
	if err != nil {
		return err
	}
	for _, row := range rows {
		record := row.record.(Record[T])
		if err := tx.replaceEntries(row, r.entries(record.Key, record.Body)); err != nil {
			return r.about(row.Key, err)
		}
	}
	return nil
}

// Delete removes the record, or answers ErrNotFound.
func (r Records[T]) Delete(tx *Tx, key Key) error {
	if err := tx.delete(r.Kind, key); err != nil {
		return r.about(key, err)
	}
	return tx.raise(r.Generation)
}

// List answers the selected records ordered by id, without those that are damaged. Where a query spans accounts or regions, records of
// the same id follow each other by account and region, and the last id of a page is complete even if
// that exceeds the limit; so the last id is always a good After for the next page.
func (r Records[T]) List(tx *Tx, query Query) ([]Record[T], error) {
	rows, err := r.rows(tx, query)
	return recordsOf[T](rows), err
}

func (r Records[T]) rows(tx *Tx, query Query) ([]row, error) {
	rows, err := tx.list(r.Kind, query, r.acceptance(tx, func(*row) Entry { return query.Index }))
	if err != nil {
		return nil, fmt.Errorf("list %ss: %w", r.Kind, err)
	}
	return rows, nil
}

// acceptance decodes what a list has found by an entry. A row whose code does not fit is damaged, and so is an entry that the record does not name.
func (r Records[T]) acceptance(tx *Tx, by func(found *row) Entry) acceptance {
	return func(found *row) error {
		wrong := tx.codes.checkRecord(*found)
		if wrong == nil {
			record, err := r.decode(*found)
			if err != nil {
				return err
			}
			found.record = record
			if entry := by(found); tx.codes.checks() && !slices.Contains(r.entries(record.Key, record.Body), entry) {
				wrong = Damage{Kind: r.Kind, Key: record.Key, Entry: &entry}
			}
		}
		tx.codes.damage.report(wrong)
		found.damaged = wrong != nil
		return nil
	}
}

func recordsOf[T any](rows []row) []Record[T] {
	records := make([]Record[T], len(rows))
	for i, row := range rows {
		records[i] = row.record.(Record[T])
	}
	return records
}

// Count counts what List without a limit would answer.
func (r Records[T]) Count(tx *Tx, query Query) (int, error) {
	count, err := tx.count(r.Kind, query)
	if err != nil {
		return 0, fmt.Errorf("count %ss: %w", r.Kind, err)
	}
	return count, nil
}

func (r Records[T]) encode(key Key, version int64, body T) (row, error) {
	encoded, err := json.Marshal(body)
	if err != nil {
		return row{}, r.about(key, fmt.Errorf("encode: %w", err))
	}
	return row{Key: key, kind: r.Kind, version: version, body: encoded}, nil
}

func (r Records[T]) decode(row row) (Record[T], error) {
	record := Record[T]{Key: row.Key, Version: row.version}
	if err := json.Unmarshal(row.body, &record.Body); err != nil {
		return record, r.about(row.Key, fmt.Errorf("decode: %w", err))
	}
	return record, nil
}

func (r Records[T]) entries(key Key, body T) []Entry {
	entries := []Entry{{}}
	if r.Index != nil {
		entries = append(entries, r.Index(body)...)
	}
	if r.Order != nil {
		entries = append(entries, r.Order(key, body)...)
	}
	return entries
}

func (r Records[T]) about(key Key, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w", r.Kind, key.ID, err)
}
