package accounts

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"slipher/internal/meta"
	"slipher/internal/policy"
)

// Kind tells users, groups and roles apart.
type Kind struct {
	Name    string // user, group or role, as ARNs have it
	Prefix  string // of unique ids
	records meta.Records[Identity]
}

// The kinds of identities.
var (
	Users  = kindOf("user", "AIDA")
	Groups = kindOf("group", "AGPA")
	Roles  = kindOf("role", "AROA")
)

func kindOf(name, prefix string) Kind {
	return Kind{Name: name, Prefix: prefix, records: meta.Records[Identity]{Kind: name, Index: identityEntries, Generation: generation}}
}

// Identity is a user, a group or a role. What only some of them have is empty for the others.
type Identity struct {
	Name    string
	Path    string // begins and ends with a slash
	ID      string // unique for ever, where names can be given anew
	Created time.Time

	Inline   map[string]string `json:",omitempty"` // documents by the policy's name
	Attached []string          `json:",omitempty"` // ARNs of managed policies
	Boundary string            `json:",omitempty"` // ARN of a managed policy; of users and roles
	Tags     []Tag             `json:",omitempty"` // of users and roles
	Groups   []string          `json:",omitempty"` // names; of users
	Role     *Role             `json:",omitempty"`
}

// Tag is one of a user, a role or a managed policy.
type Tag struct{ Key, Value string }

// Role is what only roles have.
type Role struct {
	Description string `json:",omitempty"`
	MaxSession  int    // seconds
	Trust       string // the document that says who may assume it
	// Trusted are the unique ids of the users and roles that the document names, by their ARN, from when it was put: who is made anew
	// under an old name is somebody else.
	Trusted map[string]string `json:",omitempty"`
}

func identityEntries(identity Identity) []meta.Entry {
	var entries []meta.Entry
	for _, arn := range identity.Attached {
		entries = append(entries, meta.Entry{Name: "attached", Value: arn})
	}
	if identity.Boundary != "" {
		entries = append(entries, meta.Entry{Name: "boundary", Value: identity.Boundary})
	}
	for _, group := range identity.Groups {
		entries = append(entries, meta.Entry{Name: "group", Value: strings.ToLower(group)})
	}
	return entries
}

// ARN is the identity's in its account.
func (k Kind) ARN(account, path, name string) string {
	return "arn:aws:iam::" + account + ":" + k.Name + path + name
}

// ARNOf is the ARN of an identity that exists.
func (k Kind) ARNOf(record meta.Record[Identity]) string {
	return k.ARN(record.Account, record.Body.Path, record.Body.Name)
}

// identityKey: names differ by more than upper and lower case.
func identityKey(account, name string) meta.Key {
	return meta.Key{Account: account, ID: strings.ToLower(name)}
}

// Find answers the identity of exactly this name, or ErrNotFound.
func (k Kind) Find(tx *meta.Tx, account, name string) (meta.Record[Identity], error) {
	record, err := k.records.Find(tx, identityKey(account, name))
	if errors.Is(err, meta.ErrNotFound) || err == nil && record.Body.Name != name {
		return meta.Record[Identity]{}, fmt.Errorf("%s %q: %w", k.Name, name, ErrNotFound)
	}
	return record, err
}

// Insert makes an identity, or answers ErrExists if one in the account has that name in upper or lower case.
func (k Kind) Insert(tx *meta.Tx, account string, identity Identity) (meta.Record[Identity], error) {
	record, err := k.records.Insert(tx, identityKey(account, identity.Name), identity)
	if errors.Is(err, meta.ErrExists) {
		err = fmt.Errorf("%s %q: %w", k.Name, identity.Name, ErrExists)
	}
	return record, err
}

// Put replaces an identity that was found in the same transaction.
func (k Kind) Put(tx *meta.Tx, record meta.Record[Identity]) error { return k.records.Put(tx, record) }

// Delete removes an identity that was found in the same transaction.
func (k Kind) Delete(tx *meta.Tx, record meta.Record[Identity]) error {
	return k.records.Delete(tx, record.Key)
}

// List answers the account's identities in the order of their names in lower case, which are their records' ids: at most limit of those
// after one.
func (k Kind) List(tx *meta.Tx, account, after string, limit int) ([]meta.Record[Identity], error) {
	return k.records.List(tx, meta.Query{Account: account, After: after, Limit: limit})
}

// Count counts the account's identities.
func (k Kind) Count(tx *meta.Tx, account string) (int, error) {
	return k.records.Count(tx, meta.Query{Account: account})
}

// Attached lists those that a managed policy is attached to.
func (k Kind) Attached(tx *meta.Tx, account, arn string) ([]meta.Record[Identity], error) {
	return k.records.List(tx, meta.Query{Account: account, Index: meta.Entry{Name: "attached", Value: arn}})
}

// Bounded lists those whose permissions boundary a managed policy is.
func (k Kind) Bounded(tx *meta.Tx, account, arn string) ([]meta.Record[Identity], error) {
	return k.records.List(tx, meta.Query{Account: account, Index: meta.Entry{Name: "boundary", Value: arn}})
}

// Members lists the users of a group.
func Members(tx *meta.Tx, account, group string) ([]meta.Record[Identity], error) {
	return Users.records.List(tx, meta.Query{Account: account, Index: meta.Entry{Name: "group", Value: strings.ToLower(group)}})
}

// Identified finds the user or role with an ARN, wherever it is, or answers ErrNotFound.
func Identified(tx *meta.Tx, arn string) (Kind, meta.Record[Identity], error) {
	segments := strings.SplitN(arn, ":", 6)
	if len(segments) == 6 && strings.HasPrefix(arn, "arn:aws:iam::") {
		kind, _, _ := strings.Cut(segments[5], "/")
		name := segments[5][strings.LastIndexByte(segments[5], '/')+1:]
		for _, known := range []Kind{Users, Groups, Roles} {
			if known.Name != kind {
				continue
			}
			record, err := known.Find(tx, segments[4], name)
			if err != nil || known.ARNOf(record) == arn {
				return known, record, err
			}
		}
	}
	return Kind{}, meta.Record[Identity]{}, fmt.Errorf("%s: %w", arn, ErrNotFound)
}

// principalOfUser is the user as policies know it.
func principalOfUser(record meta.Record[Identity]) policy.Principal {
	return policy.Principal{Type: policy.User, Account: record.Account, ARN: Users.ARNOf(record), UserID: record.Body.ID, Tags: TagMap(record.Body.Tags)}
}

// TagMap answers tags as policies have them.
func TagMap(tags []Tag) map[string]string {
	made := map[string]string{}
	for _, tag := range tags {
		made[tag.Key] = tag.Value
	}
	return made
}

// WithTags answers the tags with others added; one with the same key in upper or lower case is replaced.
func WithTags(tags, added []Tag) []Tag {
	made := slices.Clone(tags)
	for _, tag := range added {
		at := slices.IndexFunc(made, func(old Tag) bool { return strings.EqualFold(old.Key, tag.Key) })
		if at < 0 {
			made = append(made, tag)
		} else {
			made[at] = tag
		}
	}
	return made
}
