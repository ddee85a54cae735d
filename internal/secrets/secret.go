package secrets

import (
	"errors"
	"regexp"
	"strings"
	"time"

	"slipher/internal/api"
	"slipher/internal/api/secretsmanager"
	"slipher/internal/meta"
)

// The staging labels of Secrets Manager.
const (
	current  = "AWSCURRENT"
	previous = "AWSPREVIOUS"
	pending  = "AWSPENDING"
)

// Tag is one of a secret's tags.
type Tag struct{ Key, Value string }

// secret is kept under its name.
type secret struct {
	ARN         string
	Description string
	Service     string // that owns it
	Owner       string // what the service knows it by
	Tags        []Tag
	KmsKey      string `json:",omitempty"` // a key of the account's own; empty is its aws/secretsmanager key
	Versions    []version
	Rules       rules
	Created     time.Time
	Changed     time.Time
	Rotated     time.Time `json:",omitzero"`
	Accessed    time.Time `json:",omitzero"` // the day
	Next        time.Time `json:",omitzero"` // when it is rotated by itself; zero after a rotation that its owner gave up
}

// version is one value of a secret.
type version struct {
	ID       string
	Stages   []string
	Created  time.Time
	Accessed time.Time `json:",omitzero"` // the day
	KmsKey   string    // that seals it
	Sealed   []byte    // none while its owner has not made it yet
}

type secretRecord = meta.Record[secret]

var secretRecords = meta.Records[secret]{Kind: "secret"}

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

func shown(record secretRecord) Secret {
	known := Secret{Account: record.Account, Region: record.Region, Name: record.ID, ARN: record.Body.ARN, Owner: record.Body.Owner}
	if at := record.Body.staged(current); at >= 0 {
		known.KmsKey = record.Body.Versions[at].KmsKey
	}
	if at := record.Body.staged(pending); at >= 0 {
		known.Pending = record.Body.Versions[at].ID
	}
	return known
}

const arnPrefix = "arn:aws:secretsmanager:"

func arnOf(account, region, resource string) string {
	return arnPrefix + region + ":" + account + ":secret:" + resource
}

// reference is how a request names a secret: by its name, by its ARN, or by that without the suffix.
type reference struct {
	account, region string
	name            string // with the suffix if it is an ARN that has one
	arn             string // empty for a name
}

var secretARN = regexp.MustCompile(`^arn:aws:secretsmanager:([a-z0-9-]+):([0-9]{12}):secret:(.+)$`)

func refer(caller api.Caller, id string) (reference, error) {
	switch {
	case id == "" || len(id) > 2048:
		return reference{}, invalidParameter("SecretId has 1 to 2048 characters.")
	case !strings.HasPrefix(id, "arn:"):
		return reference{account: caller.Account, region: caller.Region, name: id}, nil
	}
	parts := secretARN.FindStringSubmatch(id)
	if parts == nil {
		return reference{}, invalidParameter("%q is not the Amazon Resource Name of a secret.", id)
	}
	return reference{account: parts[2], region: parts[1], name: parts[3], arn: id}, nil
}

// lookUp answers the secret, or meta.ErrNotFound. Who may know of it is for the caller to decide.
func (r reference) lookUp(tx *meta.Tx) (secretRecord, error) {
	key := meta.Key{Account: r.account, Region: r.region, ID: r.name}
	if r.arn == "" {
		return secretRecords.Find(tx, key)
	}
	if end := len(r.name) - suffixSize - 1; end > 0 {
		key.ID = r.name[:end]
		found, err := secretRecords.Find(tx, key)
		if err == nil && found.Body.ARN == r.arn || err != nil && !errors.Is(err, meta.ErrNotFound) {
			return found, err
		}
	}
	key.ID = r.name
	return secretRecords.Find(tx, key)
}

// find answers a secret of the caller's account in its region.
func find(tx *meta.Tx, caller api.Caller, id string) (secretRecord, error) {
	named, err := refer(caller, id)
	if err != nil {
		return secretRecord{}, err
	}
	if named.account != caller.Account || named.region != caller.Region {
		return secretRecord{}, notFound(id)
	}
	record, err := named.lookUp(tx)
	if errors.Is(err, meta.ErrNotFound) {
		err = notFound(id)
	}
	return record, err
}

func notFound(id string) error {
	return secretsmanager.ResourceNotFound("There is no secret %q.", id)
}

func invalidParameter(format string, args ...any) error {
	return secretsmanager.InvalidParameter(format, args...)
}
