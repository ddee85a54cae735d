package secretstore

import (
	"errors"
	"fmt"
	"time"

	"slipher/internal/meta"
)

// Rotation is the job of a secret that is rotated, or will be at its time. The owner of the secrets works it: Begin says what is to be done, Value
// keeps what the owner has made for it, and when that is in force Finish makes it AWSCURRENT. All of them may be called again.
type Rotation struct{ Account, Region, Name string }

// Kind names the job.
func (Rotation) Kind() string { return "secret" }

func (r Rotation) key() meta.Key { return meta.Key{Account: r.Account, Region: r.Region, ID: r.Name} }

// RotateLater has the job come at once for a rotation that is under way, and at its time for the next one.
func RotateLater(tx *meta.Tx, record Record) error {
	due := record.Body.Next
	if record.Body.Staged(Pending) >= 0 {
		due = time.Time{}
	} else if due.IsZero() {
		return nil
	}
	return tx.Enqueue(Rotation{record.Account, record.Region, record.ID}, meta.EnqueueOptions{Unique: true, At: due})
}

// Begin answers the secret of the job, with the version that is pending. When its time has come a version is made; when it has not, there is none
// and the job comes again. A secret that is gone is meta.ErrNotFound.
func (s *Safe) Begin(tx *meta.Tx, job Rotation) (Secret, error) {
	record, err := Records.Find(tx, job.key())
	if err != nil || record.Body.Staged(Pending) >= 0 {
		return Known(record), err
	}
	if record.Body.Next.IsZero() || record.Body.Next.After(s.config.Now()) {
		return Known(record), RotateLater(tx, record)
	}
	record.Body.AddPending(s.config.NewID(), s.Now())
	return Known(record), Records.Put(tx, record)
}

// Current answers the value in force. ErrKey says that it cannot be opened.
func (s *Safe) Current(tx *meta.Tx, arn string) ([]byte, error) {
	record, err := findARN(tx, arn)
	if err != nil {
		return nil, err
	}
	return s.Open(tx, record, record.Body.Staged(Current))
}

// Value answers the value of the pending version, which draw makes once. ErrKey says that it can be neither kept nor opened.
func (s *Safe) Value(tx *meta.Tx, job Rotation, draw func() ([]byte, error)) ([]byte, error) {
	record, err := Records.Find(tx, job.key())
	if err != nil {
		return nil, err
	}
	at := record.Body.Staged(Pending)
	switch {
	case at < 0:
		return nil, fmt.Errorf("the pending version of secret %s: %w", job.Name, meta.ErrNotFound)
	case record.Body.Versions[at].Sealed != nil:
		return s.Open(tx, record, at)
	}
	value, err := draw()
	if err != nil {
		return nil, err
	}
	if err := s.seal(tx, &record, at, value); err != nil {
		return nil, err
	}
	return value, Records.Put(tx, record)
}

// Finish makes the pending version AWSCURRENT, if it is still the one that is meant, and plans the next rotation.
func (s *Safe) Finish(tx *meta.Tx, job Rotation, version string) error {
	return s.end(tx, job, version, func(body *Entry) {
		body.promote(s.Now())
		body.Next = body.Rules.Next(s.Now())
	})
}

// GiveUp ends a rotation that cannot be carried out. If it was the secret's own, it is tried again at the given time; zero leaves that to somebody who
// rotates the secret.
func (s *Safe) GiveUp(tx *meta.Tx, job Rotation, version string, again time.Time) error {
	return s.end(tx, job, version, func(body *Entry) {
		body.discard()
		if !body.Next.After(s.config.Now()) {
			body.Next = again
		}
	})
}

func (s *Safe) end(tx *meta.Tx, job Rotation, version string, alter func(*Entry)) error {
	record, err := Records.Find(tx, job.key())
	if errors.Is(err, meta.ErrNotFound) {
		return nil
	}
	if err != nil || Known(record).Pending != version {
		return err
	}
	alter(&record.Body)
	if err := Records.Put(tx, record); err != nil {
		return err
	}
	return RotateLater(tx, record)
}
