package secretstore

import (
	"errors"
	"fmt"

	"slipher/internal/meta"
)

// ErrExists says that a secret's name is taken.
var ErrExists = errors.New("the secret exists already")

// suffixSize is the length of what an ARN has behind the name.
const suffixSize = 6

// Spec is what an owner makes a secret of.
type Spec struct {
	Account, Region string
	Name            string
	Description     string
	Service         string // that owns it, such as redshift
	Owner           string // what the service knows it by
	Tags            []Tag
	KmsKey          string // ARN; empty is the account's aws/secretsmanager key
	Value           []byte
}

// Create keeps a new secret, and has it rotated every 30 days. A name that is taken is ErrExists, a key that cannot be used ErrKey.
func (s *Safe) Create(tx *meta.Tx, spec Spec) (Secret, error) {
	suffix, err := randomText(s.config.Random, Lower+Upper+Digits, suffixSize)
	if err != nil {
		return Secret{}, fmt.Errorf("name a secret: %w", err)
	}
	now := s.Now()
	record := Record{Key: meta.Key{Account: spec.Account, Region: spec.Region, ID: spec.Name}, Body: Entry{
		ARN: ARN(spec.Account, spec.Region, spec.Name+"-"+suffix), Description: spec.Description,
		Service: spec.Service, Owner: spec.Owner, Tags: spec.Tags, KmsKey: spec.KmsKey,
		Versions: []Version{{ID: s.config.NewID(), Stages: []string{Current}, Created: now}},
		Rules:    managedRules, Created: now, Changed: now, Next: managedRules.Next(now),
	}}
	if err := s.seal(tx, &record, 0, spec.Value); err != nil {
		return Secret{}, err
	}
	record, err = Records.Insert(tx, record.Key, record.Body)
	if errors.Is(err, meta.ErrExists) {
		return Secret{}, fmt.Errorf("%s: %w", spec.Name, ErrExists)
	}
	if err != nil {
		return Secret{}, err
	}
	return Known(record), RotateLater(tx, record)
}

// Delete removes a secret with all its versions. One that is gone is no error.
func (s *Safe) Delete(tx *meta.Tx, arn string) error {
	record, err := findARN(tx, arn)
	if errors.Is(err, meta.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return Records.Delete(tx, record.Key)
}

// SetKey seals all versions under another key; an empty ARN is the account's aws/secretsmanager key. It answers the key's ARN. ErrKey says that one of
// the two keys cannot be used.
func (s *Safe) SetKey(tx *meta.Tx, arn, key string) (sealing string, err error) {
	err = s.change(tx, arn, func(record *Record) error {
		record.Body.KmsKey, record.Body.Changed = key, s.Now()
		for at, v := range record.Body.Versions {
			if v.Sealed == nil {
				continue
			}
			value, err := s.Open(tx, *record, at)
			if err != nil {
				return err
			}
			if err := s.seal(tx, record, at, value); err != nil {
				return err
			}
		}
		sealing = Known(*record).KmsKey
		return nil
	})
	return sealing, err
}

// SetTags replaces all of the secret's tags, and its description.
func (s *Safe) SetTags(tx *meta.Tx, arn, description string, tags []Tag) error {
	return s.change(tx, arn, func(record *Record) error {
		record.Body.Description, record.Body.Tags = description, tags
		return nil
	})
}

func (s *Safe) change(tx *meta.Tx, arn string, alter func(*Record) error) error {
	record, err := findARN(tx, arn)
	if err != nil {
		return err
	}
	if err := alter(&record); err != nil {
		return err
	}
	return Records.Put(tx, record)
}

// findARN answers the secret with this very ARN, or meta.ErrNotFound.
func findARN(tx *meta.Tx, arn string) (Record, error) {
	reference, ok := ParseARN(arn)
	if !ok {
		return Record{}, fmt.Errorf("%q: %w", arn, meta.ErrNotFound)
	}
	found, err := reference.LookUp(tx)
	if err == nil && found.Body.ARN != arn {
		err = fmt.Errorf("%s: %w", arn, meta.ErrNotFound)
	}
	return found, err
}
