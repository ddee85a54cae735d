package keys

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"slipher/internal/meta"
)

// ErrExists says that an alias is taken.
var ErrExists = errors.New("the alias exists already")

// AliasPrefix begins the name of every alias.
const AliasPrefix = "alias/"

// Alias is another name for a key, in the key's account and region.
type Alias struct {
	Name             string // with "alias/"
	ARN              string
	KeyARN           string
	Created, Updated time.Time
}

type aliasBody struct {
	KeyARN           string
	Created, Updated time.Time
}

// An alias is kept under its name.
var aliasRecords = meta.Records[aliasBody]{Kind: "key alias", Index: func(alias aliasBody) []meta.Entry { return []meta.Entry{ofKey(alias.KeyARN)} }}

func ofKey(arn string) meta.Entry { return meta.Entry{Name: "key", Value: arn} }

// CreateAlias names a key of the account, or answers ErrExists.
func (r *Ring) CreateAlias(tx *meta.Tx, name, keyARN string) error {
	key, err := find(tx, keyARN)
	if err != nil {
		return err
	}
	now := r.config.Now().UTC()
	_, err = aliasRecords.Insert(tx, meta.Key{Account: key.Account, Region: key.Region, ID: name}, aliasBody{KeyARN: keyARN, Created: now, Updated: now})
	if errors.Is(err, meta.ErrExists) {
		return fmt.Errorf("%s: %w", name, ErrExists)
	}
	return err
}

// UpdateAlias gives the name to another key of the same account and region.
func (r *Ring) UpdateAlias(tx *meta.Tx, name, keyARN string) error {
	key, err := find(tx, keyARN)
	if err != nil {
		return err
	}
	record, err := findAlias(tx, key.Account, key.Region, name)
	if err != nil {
		return err
	}
	record.Body.KeyARN, record.Body.Updated = keyARN, r.config.Now().UTC()
	return aliasRecords.Put(tx, record)
}

// DeleteAlias takes the name from its key.
func (r *Ring) DeleteAlias(tx *meta.Tx, account, region, name string) error {
	record, err := findAlias(tx, account, region, name)
	if err != nil {
		return err
	}
	return aliasRecords.Delete(tx, record.Key)
}

func findAlias(tx *meta.Tx, account, region, name string) (meta.Record[aliasBody], error) {
	record, err := aliasRecords.Find(tx, meta.Key{Account: account, Region: region, ID: name})
	if errors.Is(err, meta.ErrNotFound) {
		err = fmt.Errorf("%s: %w", name, ErrNotFound)
	}
	return record, err
}

// Aliases are those of an account in a region by name, with those of the keys that AWS would manage.
func (r *Ring) Aliases(tx *meta.Tx, account, region string) ([]Alias, error) {
	here := meta.Query{Account: account, Region: region}
	records, err := aliasRecords.List(tx, here)
	if err != nil {
		return nil, err
	}
	var aliases []Alias
	for _, record := range records {
		aliases = append(aliases, newAlias(record.Key, record.Body))
	}
	for _, alias := range []string{DefaultAlias, SecretsAlias} {
		here.Index = meta.Entry{Name: "alias", Value: alias}
		managed, err := keyRecords.List(tx, here)
		if err != nil {
			return nil, err
		}
		for _, key := range managed {
			name := meta.Key{Account: account, Region: region, ID: AliasPrefix + key.Body.Alias}
			aliases = append(aliases, newAlias(name, aliasBody{arnOf(key.Key), key.Body.Created, key.Body.Created}))
		}
	}
	slices.SortFunc(aliases, func(a, b Alias) int { return cmp.Compare(a.Name, b.Name) })
	return aliases, nil
}

func newAlias(key meta.Key, body aliasBody) Alias {
	return Alias{
		Name: key.ID, ARN: "arn:aws:kms:" + key.Region + ":" + key.Account + ":" + key.ID,
		KeyARN: body.KeyARN, Created: body.Created, Updated: body.Updated,
	}
}

// Resolve answers the ARN of a key that is named by its id or ARN, or by the name or ARN of an alias; an id and a name are of the account and region.
// It answers ErrNotFound for a name that no key has. Whether there is a key of that ARN is for Lookup to say.
func (r *Ring) Resolve(tx *meta.Tx, account, region, name string) (arn string, err error) {
	if rest, isARN := strings.CutPrefix(name, "arn:aws:kms:"); isARN {
		parts := strings.SplitN(rest, ":", 3)
		if len(parts) < 3 || !strings.HasPrefix(parts[2], AliasPrefix) {
			return name, nil
		}
		region, account, name = parts[0], parts[1], parts[2]
	}
	if !strings.HasPrefix(name, AliasPrefix) {
		return arnOf(meta.Key{Account: account, Region: region, ID: name}), nil
	}
	aliases, err := r.Aliases(tx, account, region)
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(aliases, func(alias Alias) bool { return alias.Name == name })
	if at < 0 {
		return "", fmt.Errorf("%s: %w", name, ErrNotFound)
	}
	return aliases[at].KeyARN, nil
}
