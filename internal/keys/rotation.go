package keys

import (
	"errors"
	"time"

	"slipher/internal/meta"
)

// rotation is when a key gets new material.
type rotation struct {
	Days int
	Next time.Time
}

// EnableRotation gives the key new material every so many days from now on. What was sealed before opens as ever.
func (r *Ring) EnableRotation(tx *meta.Tx, arn string, days int) (next time.Time, err error) {
	next = r.config.Now().UTC().AddDate(0, 0, days)
	return next, change(tx, arn, func(key *keyBody) { key.Rotation = &rotation{Days: days, Next: next} })
}

// RotateDue gives the key new material if its time has come, and says when the next is; zero if it has not. A key that is disabled waits until it is
// enabled. One that is gone is no error.
func (r *Ring) RotateDue(tx *meta.Tx, arn string) (next time.Time, err error) {
	record, err := find(tx, arn)
	if errors.Is(err, ErrNotFound) {
		return time.Time{}, nil
	}
	body := &record.Body
	now := r.config.Now().UTC()
	if err != nil || body.Disabled || body.Rotation == nil || body.Rotation.Next.After(now) {
		return time.Time{}, err
	}
	material, err := r.random(keySize)
	if err != nil {
		return time.Time{}, err
	}
	sealed, err := r.Seal(materialOf(arn), material)
	if err != nil {
		return time.Time{}, err
	}
	body.Earlier = append([][]byte{body.Material}, body.Earlier...)
	body.Material = sealed
	next = now.AddDate(0, 0, body.Rotation.Days)
	body.Rotation = &rotation{Days: body.Rotation.Days, Next: next}
	return next, keyRecords.Put(tx, record)
}
