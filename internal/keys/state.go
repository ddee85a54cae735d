package keys

import (
	"errors"
	"fmt"
	"time"

	"slipher/internal/meta"
)

// Tag is one of a key's tags.
type Tag struct{ Key, Value string }

// findUsable refuses a key that is disabled or waits for its deletion.
func findUsable(tx *meta.Tx, arn string) (meta.Record[keyBody], error) {
	record, err := find(tx, arn)
	if err == nil && record.Body.Disabled {
		err = fmt.Errorf("%s: %w", arn, ErrDisabled)
	}
	return record, err
}

func change(tx *meta.Tx, arn string, alter func(*keyBody)) error {
	record, err := find(tx, arn)
	if err != nil {
		return err
	}
	alter(&record.Body)
	return keyRecords.Put(tx, record)
}

// Describe replaces the key's description.
func (r *Ring) Describe(tx *meta.Tx, arn, description string) error {
	return change(tx, arn, func(key *keyBody) { key.Description = description })
}

// SetTags replaces all of the key's tags.
func (r *Ring) SetTags(tx *meta.Tx, arn string, tags []Tag) error {
	return change(tx, arn, func(key *keyBody) { key.Tags = tags })
}

// Enable lets the key be used again, and Disable keeps everybody from it: what it has wrapped opens with neither NewDataKey nor Unwrap.
func (r *Ring) Enable(tx *meta.Tx, arn string) error {
	return change(tx, arn, func(key *keyBody) { key.Disabled = false })
}

// Disable undoes Enable.
func (r *Ring) Disable(tx *meta.Tx, arn string) error {
	return change(tx, arn, func(key *keyBody) { key.Disabled = true })
}

// ScheduleDeletion disables the key, and lets Destroy take it from that time on.
func (r *Ring) ScheduleDeletion(tx *meta.Tx, arn string, at time.Time) error {
	return change(tx, arn, func(key *keyBody) { key.Disabled, key.Deletion = true, at.UTC() })
}

// CancelDeletion leaves the key disabled.
func (r *Ring) CancelDeletion(tx *meta.Tx, arn string) error {
	return change(tx, arn, func(key *keyBody) { key.Deletion = time.Time{} })
}

// Destroy removes a key whose time of deletion has come, with its aliases and grants. What it has wrapped can never be opened again. Any other
// key stays, and one that is gone is no error.
func (r *Ring) Destroy(tx *meta.Tx, arn string) (destroyed bool, err error) {
	record, err := find(tx, arn)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil || record.Body.Deletion.IsZero() || record.Body.Deletion.After(r.config.Now()) {
		return false, err
	}
	if err := deleteOf(tx, aliasRecords, record); err != nil {
		return false, err
	}
	if err := deleteOf(tx, grantRecords, record); err != nil {
		return false, err
	}
	return true, keyRecords.Delete(tx, record.Key)
}

// deleteOf deletes what belongs to a key.
func deleteOf[T any](tx *meta.Tx, records meta.Records[T], key meta.Record[keyBody]) error {
	found, err := records.List(tx, meta.Query{Account: key.Account, Region: key.Region, Index: ofKey(arnOf(key.Key))})
	if err != nil {
		return err
	}
	for _, record := range found {
		if err := records.Delete(tx, record.Key); err != nil {
			return err
		}
	}
	return nil
}
