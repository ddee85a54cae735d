// Package keys holds the encryption keys of all accounts: what AWS KMS is to Redshift.
//
// It promises that key material is at rest only sealed, under a root key that lives in a file of its own,
// wrapped by a KMS where there is one, and that a data key opens only with the key that wrapped it. It keeps
// the keys' policies and decides by them when it is asked. It does not know what is encrypted with its data
// keys, nor any KMS.
package keys

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/time/rate"

	"slipher/internal/meta"
)

// What the ring refuses. ErrNotFound is wrapped with the ARN or the alias.
var (
	ErrNotFound = errors.New("key not found")
	// ErrDamaged says that something sealed does not open: it was changed, or sealed with another key
	// or for another purpose.
	ErrDamaged = errors.New("damaged, or sealed with another key")
	// ErrDisabled says that a key exists, but is disabled or waits for its deletion.
	ErrDisabled = errors.New("the key is disabled, or waits for its deletion")
	// ErrGrantLimit and ErrThrottled are the limits of AWS KMS that a caller of Redshift can meet.
	ErrGrantLimit = errors.New("the key has as many grants as it may have")
	ErrThrottled  = errors.New("too many requests for keys of this account")
)

// DefaultAlias names the key that Redshift uses when a cluster names none, and SecretsAlias the one of secrets that name none.
const (
	DefaultAlias = "aws/redshift"
	SecretsAlias = "aws/secretsmanager"
)

// Config says where the keys are and how much may be asked of them.
type Config struct {
	Store             *meta.Store
	RootKeyFile       string // made with mode 0600 on first use; without it everything sealed is lost
	Keeper            Keeper // wraps the root key in that file; nil leaves it there in clear
	Now               func() time.Time
	Random            io.Reader // nil means crypto/rand
	GrantLimit        int       // grants per key; 0 means 50,000
	RequestsPerSecond float64   // grants made per account and region; 0 means 10,000
}

// Ring is the keyring of all accounts.
type Ring struct {
	config Config
	root   cipher.AEAD

	mu       sync.Mutex
	limiters map[place]*rate.Limiter
}

type place struct{ account, region string }

// Key is what may be known of a key.
type Key struct {
	ARN     string
	Account string
	Region  string
	Alias   string // without "alias/"; only a key that AWS would manage has one here, those of Alias records are not shown
	Created time.Time

	Description string
	Tags        []Tag
	Disabled    bool
	Deletion    time.Time // when the key will be destroyed; zero if it stays

	RotationDays int       // how often it gets new material; 0 is never
	NextRotation time.Time // zero without rotation
}

// Managed says that the key is one that AWS would manage: its account can look at it and use it, and change nothing.
func (k Key) Managed() bool { return k.Alias != "" }

type keyBody struct {
	Alias    string `json:",omitempty"`
	Created  time.Time
	Material []byte    // sealed under the root key
	Earlier  [][]byte  `json:",omitempty"` // materials before that, newest first
	Rotation *rotation `json:",omitempty"`
	Policy   string    `json:",omitempty"` // as it was put; empty is the default

	Description string    `json:",omitempty"`
	Tags        []Tag     `json:",omitempty"`
	Disabled    bool      `json:",omitempty"`
	Deletion    time.Time `json:",omitzero"`
}

var keyRecords = meta.Records[keyBody]{Kind: "key", Index: func(key keyBody) []meta.Entry {
	if key.Alias == "" {
		return nil
	}
	return []meta.Entry{{Name: "alias", Value: key.Alias}}
}}

// Open opens the ring. It refuses a store whose keys were sealed under another root key than the one
// in the file, and never makes a new root key where sealed keys exist.
func Open(ctx context.Context, config Config) (*Ring, error) {
	ring, err := openRing(ctx, config)
	if err != nil {
		return nil, err
	}
	if err := ring.rememberKeyFile(); err != nil {
		return nil, fmt.Errorf("remember where the root key's file is: %w", err)
	}
	return ring, nil
}

func openRing(ctx context.Context, config Config) (*Ring, error) {
	if config.GrantLimit == 0 {
		config.GrantLimit = 50_000
	}
	if config.RequestsPerSecond == 0 {
		config.RequestsPerSecond = 10_000
	}
	if config.Random == nil {
		config.Random = rand.Reader
	}
	ring := &Ring{config: config, limiters: map[place]*rate.Limiter{}}
	if err := ring.openRoot(ctx); err != nil {
		return nil, fmt.Errorf("open the keyring: %w", err)
	}
	return ring, nil
}

// Default answers the account's aws/redshift key in the region. It makes the key on first use, for
// which tx must be an Update.
func (r *Ring) Default(tx *meta.Tx, account, region string) (arn string, err error) {
	return r.managed(tx, account, region, DefaultAlias)
}

// SecretsDefault is Default for the account's aws/secretsmanager key.
func (r *Ring) SecretsDefault(tx *meta.Tx, account, region string) (arn string, err error) {
	return r.managed(tx, account, region, SecretsAlias)
}

func (r *Ring) managed(tx *meta.Tx, account, region, alias string) (arn string, err error) {
	found, err := keyRecords.List(tx, meta.Query{
		Account: account, Region: region,
		Index: meta.Entry{Name: "alias", Value: alias}, Limit: 1,
	})
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		return arnOf(found[0].Key), nil
	}
	return r.create(tx, account, region, alias)
}

func (r *Ring) create(tx *meta.Tx, account, region, alias string) (arn string, err error) {
	id, err := uuid.NewRandomFromReader(r.config.Random)
	if err != nil {
		return "", fmt.Errorf("name a key: %w", err)
	}
	key := meta.Key{Account: account, Region: region, ID: id.String()}
	material, err := r.random(keySize)
	if err != nil {
		return "", err
	}
	sealed, err := r.Seal(materialOf(arnOf(key)), material)
	if err != nil {
		return "", err
	}
	_, err = keyRecords.Insert(tx, key, keyBody{Alias: alias, Created: r.config.Now().UTC(), Material: sealed})
	return arnOf(key), err
}

// Lookup answers what is known of a key, or ErrNotFound.
func (r *Ring) Lookup(tx *meta.Tx, arn string) (Key, error) {
	record, err := find(tx, arn)
	if err != nil {
		return Key{}, err
	}
	return shown(record), nil
}

func shown(record meta.Record[keyBody]) Key {
	body := record.Body
	key := Key{
		ARN: arnOf(record.Key), Account: record.Account, Region: record.Region, Alias: body.Alias, Created: body.Created,
		Description: body.Description, Tags: body.Tags, Disabled: body.Disabled, Deletion: body.Deletion,
	}
	if body.Rotation != nil {
		key.RotationDays, key.NextRotation = body.Rotation.Days, body.Rotation.Next
	}
	return key
}

// List answers the account's keys in the region, in the order of their ids: at most limit of those after an id.
func (r *Ring) List(tx *meta.Tx, account, region, after string, limit int) ([]Key, error) {
	records, err := keyRecords.List(tx, meta.Query{Account: account, Region: region, After: after, Limit: limit})
	keys := make([]Key, len(records))
	for i, record := range records {
		keys[i] = shown(record)
	}
	return keys, err
}

func find(tx *meta.Tx, arn string) (meta.Record[keyBody], error) {
	key, ok := parseARN(arn)
	if !ok {
		return meta.Record[keyBody]{}, fmt.Errorf("%q: %w", arn, ErrNotFound)
	}
	record, err := keyRecords.Find(tx, key)
	if errors.Is(err, meta.ErrNotFound) {
		err = fmt.Errorf("%s: %w", arn, ErrNotFound)
	}
	return record, err
}
