package secretstore

import (
	"errors"
	"regexp"
	"time"

	"slipher/internal/meta"
)

// The staging labels of Secrets Manager.
const (
	Current  = "AWSCURRENT"
	Previous = "AWSPREVIOUS"
	Pending  = "AWSPENDING"
)

// Tag is one of a secret's tags.
type Tag struct{ Key, Value string }

// Entry is what is kept of a secret, under its name.
type Entry struct {
	ARN         string
	Description string
	Service     string // that owns it
	Owner       string // what the service knows it by
	Tags        []Tag
	KmsKey      string `json:",omitempty"` // a key of the account's own; empty is its aws/secretsmanager key
	Versions    []Version
	Rules       Rules
	Created     time.Time
	Changed     time.Time
	Rotated     time.Time `json:",omitzero"`
	Accessed    time.Time `json:",omitzero"` // the day
	Next        time.Time `json:",omitzero"` // when it is rotated by itself; zero after a rotation that its owner gave up
}

// Version is one value of a secret.
type Version struct {
	ID       string
	Stages   []string
	Created  time.Time
	Accessed time.Time `json:",omitzero"` // the day
	KmsKey   string    // that seals it
	Sealed   []byte    // none while its owner has not made it yet
}

// Record is an entry with its key.
type Record = meta.Record[Entry]

// Records are all of the metadata.
var Records = meta.Records[Entry]{Kind: "secret"}

// Secret is what its owner may know of a secret.
type Secret struct {
	Account string
	Region  string
	Name    string
	ARN     string
	Owner   string
	KmsKey  string // ARN of the key that seals the value in force
	Pending string // the id of the version that a rotation under way is about; empty without one
}

// Known is what the owner may know of it.
func Known(record Record) Secret {
	known := Secret{Account: record.Account, Region: record.Region, Name: record.ID, ARN: record.Body.ARN, Owner: record.Body.Owner}
	if at := record.Body.Staged(Current); at >= 0 {
		known.KmsKey = record.Body.Versions[at].KmsKey
	}
	if at := record.Body.Staged(Pending); at >= 0 {
		known.Pending = record.Body.Versions[at].ID
	}
	return known
}

const arnPrefix = "arn:aws:secretsmanager:"

// ARN is that of a secret by the part behind its type: a name, and a suffix if it has one.
func ARN(account, region, resource string) string {
	return arnPrefix + region + ":" + account + ":secret:" + resource
}

// Reference is what names a secret: its name, its ARN, or that without the suffix.
type Reference struct {
	Account, Region string
	Name            string // with the suffix if it is an ARN that has one
	ARN             string // empty for a name
}

var secretARN = regexp.MustCompile(`^arn:aws:secretsmanager:([a-z0-9-]+):([0-9]{12}):secret:(.+)$`)

// ParseARN says whether it is a secret's.
func ParseARN(arn string) (reference Reference, ok bool) {
	parts := secretARN.FindStringSubmatch(arn)
	if parts == nil {
		return Reference{}, false
	}
	return Reference{Account: parts[2], Region: parts[1], Name: parts[3], ARN: arn}, true
}

// LookUp answers the secret, or meta.ErrNotFound. Who may know of it is for the caller to decide.
func (r Reference) LookUp(tx *meta.Tx) (Record, error) {
	key := meta.Key{Account: r.Account, Region: r.Region, ID: r.Name}
	if r.ARN == "" {
		return Records.Find(tx, key)
	}
	if end := len(r.Name) - suffixSize - 1; end > 0 {
		key.ID = r.Name[:end]
		found, err := Records.Find(tx, key)
		if err == nil && found.Body.ARN == r.ARN || err != nil && !errors.Is(err, meta.ErrNotFound) {
			return found, err
		}
	}
	key.ID = r.Name
	return Records.Find(tx, key)
}
