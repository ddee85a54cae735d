package accounts

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"slipher/internal/api"
	"slipher/internal/meta"
	"slipher/internal/policy"
)

// ErrExpired says that temporary credentials are over.
var ErrExpired = errors.New("expired")

// Credentials are an access key, and what it makes of whoever signs with it. They print as the key, without its secret.
type Credentials struct {
	AccessKey
	Principal policy.Principal
	Policies  policy.Policies
	Context   policy.Context // the condition keys that go with the credentials
	Session   *api.Session   // of temporary credentials; nil for others
}

// Credentials answers what an access key, with its session token if it is a temporary one, stands for now. A key that does not exist or
// is inactive, a token that is not the key's, and a principal that is gone are ErrNotFound; temporary credentials that are over, ErrExpired.
func (d *Directory) Credentials(ctx context.Context, keyID, token string) (*Credentials, error) {
	name := "key " + keyID + " " + token
	if !strings.HasPrefix(keyID, temporaryPrefix) {
		name = "key " + keyID
	}
	r := &reading{directory: d, generation: d.Store.Generation(generation)}
	found, err := remembered(r, name, func() (*Credentials, error) { return r.credentials(ctx, keyID, token) })
	if err != nil {
		return nil, err
	}
	if found.Session != nil && !d.Now().Before(found.Session.Expires) {
		return nil, fmt.Errorf("%s: %w", keyID, ErrExpired)
	}
	return found, nil
}

// recall answers what is remembered of a generation, or nil.
func (d *Directory) recall(name string, of int64) any {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.of != of {
		return nil
	}
	return d.known[name]
}

// mostKnown bounds what is remembered; tokens come and go.
const mostKnown = 4096

// remember keeps what was read, unless something changed since the reading began.
func (d *Directory) remember(name string, found any, of int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if of != d.Store.Generation(generation) {
		return
	}
	if d.known == nil || len(d.known) >= mostKnown || d.of != of {
		d.known, d.of = map[string]any{}, of
	}
	d.known[name] = found
}

func (r *reading) credentials(ctx context.Context, keyID, token string) (*Credentials, error) {
	if strings.HasPrefix(keyID, temporaryPrefix) {
		return r.temporary(ctx, keyID, token)
	}
	d := r.directory
	made := &Credentials{Context: policy.Context{}}
	var record meta.Record[accessKeyBody]
	err := d.Store.View(ctx, func(tx *meta.Tx) (err error) {
		if record, err = findAccessKey(tx, keyID); err != nil {
			return err
		}
		switch {
		case record.Body.Inactive:
			return fmt.Errorf("access key %s is inactive: %w", keyID, ErrNotFound)
		case record.Body.User != "":
			return made.fillFromUser(tx, r, record.Body.Account, record.Body.User, record.Body.UserID)
		}
		made.fillFromRoot(record.Body.Account)
		return nil
	})
	if err != nil {
		return nil, err
	}
	secret, err := d.Sealer.Unseal(secretOf(keyID), record.Body.Secret)
	made.ID, made.Secret = keyID, string(secret)
	return made, err
}

func (c *Credentials) fillFromRoot(account string) {
	c.AccessKey = rootOf(account, "", "")
	c.Principal = policy.RootUser(account)
}

// fillFromUser finds the user by name, and checks that it is the one with the unique id.
func (c *Credentials) fillFromUser(tx *meta.Tx, r *reading, account, name, id string) error {
	record, err := Users.Find(tx, account, name)
	if err != nil {
		return err
	}
	if record.Body.ID != id {
		return fmt.Errorf("user %s of id %s: %w", name, id, ErrNotFound)
	}
	c.Principal = principalOfUser(record)
	c.AccessKey = AccessKey{Account: account, ARN: c.Principal.ARN, UserID: id}
	c.Policies, err = r.policiesOf(tx, Users, record)
	return err
}

// fillFromRole is fillFromUser for a role's session, which has the tags of both.
func (c *Credentials) fillFromRole(tx *meta.Tx, r *reading, grant Grant) error {
	record, err := Roles.Find(tx, grant.Account, grant.Role)
	if err != nil {
		return err
	}
	if record.Body.ID != grant.ID {
		return fmt.Errorf("role %s of id %s: %w", grant.Role, grant.ID, ErrNotFound)
	}
	c.Principal = policy.Principal{
		Type: policy.RoleSession, Account: grant.Account, ARN: SessionARN(grant.Account, grant.Role, grant.Session),
		Source: Roles.ARNOf(record), UserID: grant.ID + ":" + grant.Session, Tags: TagMap(WithTags(record.Body.Tags, grant.Tags)),
	}
	c.AccessKey = AccessKey{Account: grant.Account, ARN: c.Principal.ARN, UserID: c.Principal.UserID}
	c.Session = &api.Session{Role: &api.Role{ARN: c.Principal.Source, ID: grant.ID, Name: grant.Role}}
	c.Policies, err = r.policiesOf(tx, Roles, record)
	return err
}

// SessionARN is that of a session of a role, which leaves the role's path out.
func SessionARN(account, role, session string) string {
	return "arn:aws:sts::" + account + ":assumed-role/" + role + "/" + session
}

// describe says of temporary credentials what only they have.
func (c *Credentials) describe(grant Grant) {
	if c.Session == nil {
		c.Session = &api.Session{}
	}
	c.Session.Issued, c.Session.Expires, c.Session.Source = grant.Issued, grant.Expires, grant.Source
	for _, tag := range grant.Tags {
		if containsFold(grant.Transitive, tag.Key) {
			c.Session.Passed = append(c.Session.Passed, api.SessionTag(tag))
		}
	}
	c.Context.Set("aws:TokenIssueTime", grant.Issued.Format(time.RFC3339))
	c.Context.Set("aws:MultiFactorAuthPresent", "false")
	if grant.Source != "" {
		c.Context.Set("aws:SourceIdentity", grant.Source)
	}
}

func containsFold(keys []string, key string) bool {
	for _, known := range keys {
		if strings.EqualFold(known, key) {
			return true
		}
	}
	return false
}
