package secretstore

import (
	"context"
	"errors"

	"slipher/internal/meta"
)

// Inspected is what became of opening every value that is kept.
type Inspected struct {
	Secrets int
	Closed  []string // ARNs of secrets whose KMS key cannot be used at the moment
	Damaged []string // ARNs of secrets with a value that does not open
}

// Inspect opens all values of all secrets, and tells nothing of them.
func Inspect(ctx context.Context, store *meta.Store, keys Keyring) (Inspected, error) {
	// Of a Safe no more than its opening half is needed.
	s := &Safe{config: Config{Keys: keys}}
	var found Inspected
	err := store.View(ctx, func(tx *meta.Tx) error {
		records, err := Records.List(tx, meta.Query{})
		for _, record := range records {
			found.Secrets++
			switch err := s.openAll(tx, record); {
			case errors.Is(err, ErrKey):
				found.Closed = append(found.Closed, record.Body.ARN)
			case err != nil:
				found.Damaged = append(found.Damaged, record.Body.ARN)
			}
		}
		return err
	})
	return found, err
}

func (s *Safe) openAll(tx *meta.Tx, record Record) error {
	for at, v := range record.Body.Versions {
		if v.Sealed == nil {
			continue
		}
		if _, err := s.Open(tx, record, at); err != nil {
			return err
		}
	}
	return nil
}
