package accounts

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"slipher/internal/meta"
)

// ManagedPolicy is a policy of its own, which is attached to identities or bounds them.
type ManagedPolicy struct {
	Name        string
	Path        string
	ID          string // unique for ever
	Description string `json:",omitempty"`
	Created     time.Time
	Updated     time.Time // when its default version was last changed
	Tags        []Tag     `json:",omitempty"`

	Versions []Version // the oldest first
	Default  string    // the id of the version that counts
	Made     int       // how many versions there have been
}

// Version is one document of a managed policy.
type Version struct {
	ID       string // v1
	Document string
	Created  time.Time
}

var policyRecords = meta.Records[ManagedPolicy]{Kind: "policy", Generation: generation}

// PolicyARN is that of a managed policy in its account.
func PolicyARN(account, path, name string) string {
	return "arn:aws:iam::" + account + ":policy" + path + name
}

// PolicyARNOf is the ARN of a policy that exists.
func PolicyARNOf(record meta.Record[ManagedPolicy]) string {
	return PolicyARN(record.Account, record.Body.Path, record.Body.Name)
}

// FindPolicy answers the managed policy with an ARN, one of AWS's own too, or ErrNotFound.
func FindPolicy(tx *meta.Tx, arn string) (meta.Record[ManagedPolicy], error) {
	if found, known := awsPolicies()[arn]; known {
		return found, nil
	}
	rest, isARN := strings.CutPrefix(arn, "arn:aws:iam::")
	account, resource, _ := strings.Cut(rest, ":")
	name := resource[strings.LastIndexByte(resource, '/')+1:]
	if !isARN || name == "" {
		return meta.Record[ManagedPolicy]{}, fmt.Errorf("policy %q: %w", arn, ErrNotFound)
	}
	record, err := policyRecords.Find(tx, identityKey(account, name))
	if errors.Is(err, meta.ErrNotFound) || err == nil && PolicyARNOf(record) != arn {
		return meta.Record[ManagedPolicy]{}, fmt.Errorf("policy %s: %w", arn, ErrNotFound)
	}
	return record, err
}

// InsertPolicy makes a managed policy, or answers ErrExists if one in the account has that name in upper or lower case.
func InsertPolicy(tx *meta.Tx, account string, made ManagedPolicy) (meta.Record[ManagedPolicy], error) {
	record, err := policyRecords.Insert(tx, identityKey(account, made.Name), made)
	if errors.Is(err, meta.ErrExists) {
		err = fmt.Errorf("policy %q: %w", made.Name, ErrExists)
	}
	return record, err
}

// PutPolicy replaces a policy that was found in the same transaction.
func PutPolicy(tx *meta.Tx, record meta.Record[ManagedPolicy]) error {
	return policyRecords.Put(tx, record)
}

// DeletePolicy removes a policy that was found in the same transaction.
func DeletePolicy(tx *meta.Tx, record meta.Record[ManagedPolicy]) error {
	return policyRecords.Delete(tx, record.Key)
}

// ListPolicies answers the account's own policies in the order of their names in lower case, which are their records' ids: at most limit
// of those after one.
func ListPolicies(tx *meta.Tx, account, after string, limit int) ([]meta.Record[ManagedPolicy], error) {
	return policyRecords.List(tx, meta.Query{Account: account, After: after, Limit: limit})
}

// CountPolicies counts the account's own policies.
func CountPolicies(tx *meta.Tx, account string) (int, error) {
	return policyRecords.Count(tx, meta.Query{Account: account})
}

// Version answers one of the policy's, or false.
func (p ManagedPolicy) Version(id string) (Version, bool) {
	for _, version := range p.Versions {
		if version.ID == id {
			return version, true
		}
	}
	return Version{}, false
}

// Document is that of the default version.
func (p ManagedPolicy) Document() string {
	version, _ := p.Version(p.Default)
	return version.Document
}
