package keys

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"slipher/internal/meta"
	"slipher/internal/policy"
)

// Grant lets a principal do some operations with a key, whatever the key's policy says, as long as that does not deny them.
type Grant struct {
	ID         string // 64 hexadecimal digits
	KeyARN     string
	Name       string
	Grantee    string   // ARN of a principal, or of an account's root for the account
	Retiring   string   // ARN of who may give the grant up, or empty
	Issuer     string   // account of who made it
	Operations []string // as in GrantOperation of the KMS API

	// Equals and Subset limit the operations that take an encryption context: it has to be exactly this one, or to have all of these pairs.
	Equals, Subset map[string]string `json:",omitempty"`

	Created time.Time
}

// ErrNoGrant says that a key has no such grant, and ErrGrantToken that a text is no token of a grant.
var (
	ErrNoGrant    = errors.New("there is no such grant")
	ErrGrantToken = errors.New("not the token of a grant")
)

// takesContext are the operations that an encryption context goes with.
var takesContext = []string{"Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo"}

func grantedTo(arn, principal string) meta.Entry {
	return meta.Entry{Name: "granted to", Value: arn + " " + principal}
}

// CreateGrant makes a grant, and a token that names it. One of the same name that is the same otherwise is answered instead. The key must be usable.
func (r *Ring) CreateGrant(tx *meta.Tx, wanted Grant) (made Grant, token string, err error) {
	key, err := findUsable(tx, wanted.KeyARN)
	if err != nil {
		return wanted, "", err
	}
	same, err := r.sameGrant(tx, wanted)
	if err != nil || same.ID != "" {
		token, tokenErr := r.grantToken(same)
		return same, token, errors.Join(err, tokenErr)
	}
	granted, err := grantRecords.Count(tx, meta.Query{Account: key.Account, Region: key.Region, Index: ofKey(wanted.KeyARN)})
	if err != nil {
		return wanted, "", err
	}
	if granted >= r.config.GrantLimit {
		return wanted, "", fmt.Errorf("grant %s: %w", wanted.KeyARN, ErrGrantLimit)
	}
	id, err := r.random(32)
	if err != nil {
		return wanted, "", err
	}
	wanted.ID, wanted.Created = hex.EncodeToString(id), r.config.Now().UTC()
	body := grantBody{KeyARN: wanted.KeyARN, Grantee: wanted.Grantee, Name: wanted.Name, Created: wanted.Created, Client: &wanted}
	if _, err := grantRecords.Insert(tx, clientGrantKey(key.Key, wanted.ID), body); err != nil {
		return wanted, "", err
	}
	token, err = r.grantToken(wanted)
	return wanted, token, err
}

func clientGrantKey(key meta.Key, id string) meta.Key {
	return meta.Key{Account: key.Account, Region: key.Region, ID: key.ID + "/" + id}
}

// sameGrant has no ID if there is none, as there never is without a name.
func (r *Ring) sameGrant(tx *meta.Tx, wanted Grant) (Grant, error) {
	if wanted.Name == "" {
		return Grant{}, nil
	}
	present, err := grantsTo(tx, wanted.KeyARN, wanted.Grantee)
	for _, grant := range present {
		if grant.Name == wanted.Name && grant.Retiring == wanted.Retiring && slices.Equal(grant.Operations, wanted.Operations) &&
			maps.Equal(grant.Equals, wanted.Equals) && maps.Equal(grant.Subset, wanted.Subset) {
			return grant, err
		}
	}
	return Grant{}, err
}

const tokenPurpose = "token of a grant"

func (r *Ring) grantToken(grant Grant) (string, error) {
	if grant.ID == "" {
		return "", nil
	}
	sealed, err := r.Seal(tokenPurpose, []byte(grant.KeyARN+" "+grant.ID))
	return base64.RawURLEncoding.EncodeToString(sealed), err
}

// GrantOfToken answers which grant a token names, or ErrGrantToken. Whether there still is such a grant is for FindGrant to say.
func (r *Ring) GrantOfToken(token string) (keyARN, id string, err error) {
	sealed, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return "", "", ErrGrantToken
	}
	named, err := r.Unseal(tokenPurpose, sealed)
	if err != nil {
		return "", "", ErrGrantToken
	}
	keyARN, id, _ = strings.Cut(string(named), " ")
	return keyARN, id, nil
}

// FindGrant answers a grant of the key, or ErrNoGrant.
func (r *Ring) FindGrant(tx *meta.Tx, arn, id string) (Grant, error) {
	key, ok := parseARN(arn)
	if !ok || id == "" {
		return Grant{}, ErrNoGrant
	}
	found, err := grantRecords.Find(tx, clientGrantKey(key, id))
	if errors.Is(err, meta.ErrNotFound) || err == nil && found.Body.Client == nil {
		return Grant{}, fmt.Errorf("%s of %s: %w", id, arn, ErrNoGrant)
	}
	if err != nil {
		return Grant{}, err
	}
	return *found.Body.Client, nil
}

// EndGrant takes a grant away, or answers ErrNoGrant.
func (r *Ring) EndGrant(tx *meta.Tx, arn, id string) error {
	key, _ := parseARN(arn)
	err := grantRecords.Delete(tx, clientGrantKey(key, id))
	if errors.Is(err, meta.ErrNotFound) {
		return ErrNoGrant
	}
	return err
}

// Grants are those of the key that CreateGrant made, in the order of their ids.
func (r *Ring) Grants(tx *meta.Tx, arn string) ([]Grant, error) {
	key, ok := parseARN(arn)
	if !ok {
		return nil, ErrNotFound
	}
	return clientGrants(tx, meta.Query{Account: key.Account, Region: key.Region, Index: ofKey(arn)})
}

func grantsTo(tx *meta.Tx, arn, principal string) ([]Grant, error) {
	return clientGrants(tx, meta.Query{Index: grantedTo(arn, principal)})
}

func clientGrants(tx *meta.Tx, query meta.Query) ([]Grant, error) {
	found, err := grantRecords.List(tx, query)
	var grants []Grant
	for _, record := range found {
		if record.Body.Client != nil {
			grants = append(grants, *record.Body.Client)
		}
	}
	return grants, err
}

// decideByGrants asks the grants that name the principal, its role, or its account.
func decideByGrants(tx *meta.Tx, arn string, use Use) (policy.Decision, error) {
	principal := use.Request.Principal
	for _, named := range []string{principal.ARN, principal.Source, "arn:aws:iam::" + principal.Account + ":root"} {
		if named == "" {
			continue
		}
		grants, err := grantsTo(tx, arn, named)
		if err != nil {
			return policy.Decision{}, err
		}
		for _, grant := range grants {
			if !grant.covers(use) {
				continue
			}
			policies := use.Policies
			if policies.Resource, err = grant.policy(); err != nil {
				return policy.Decision{}, err
			}
			if decision := policies.Decide(use.Request); decision.Allowed {
				return decision, nil
			}
		}
	}
	return policy.Decision{}, nil
}

// covers says whether the grant is about such a use. One to make grants lets make none that go further than itself.
func (g Grant) covers(use Use) bool {
	operation := strings.TrimPrefix(use.Request.Action, "kms:")
	switch {
	case !slices.Contains(g.Operations, operation):
		return false
	case operation == "CreateGrant":
		return use.Wanted != nil && g.includes(*use.Wanted)
	case !slices.Contains(takesContext, operation):
		return true
	case g.Equals != nil:
		return maps.Equal(g.Equals, use.EncryptionContext)
	}
	return isSubset(g.Subset, use.EncryptionContext)
}

func (g Grant) includes(child Grant) bool {
	for _, operation := range child.Operations {
		if !slices.Contains(g.Operations, operation) {
			return false
		}
	}
	switch {
	case g.Equals != nil:
		return child.Equals != nil && maps.Equal(g.Equals, child.Equals)
	case g.Subset != nil:
		return child.Equals != nil && isSubset(g.Subset, child.Equals) || isSubset(g.Subset, child.Subset)
	}
	return true
}

func isSubset(part, whole map[string]string) bool {
	for key, value := range part {
		if found, there := whole[key]; !there || found != value {
			return false
		}
	}
	return true
}

// CheckPrincipal says whether a grant can name somebody: the ARN of an account's root, a user, a role or a session.
func CheckPrincipal(arn string) bool {
	if !strings.HasPrefix(arn, "arn:aws:iam::") && !strings.HasPrefix(arn, "arn:aws:sts::") {
		return false
	}
	_, err := Grant{ID: "check", Grantee: arn, Operations: []string{"Decrypt"}}.policy()
	return err == nil
}

// policy says the same as the grant but for its constraints, so that who is named counts as much as in the key's policy.
func (g Grant) policy() (*policy.Policy, error) {
	actions := make([]string, 0, len(g.Operations))
	for _, operation := range g.Operations {
		actions = append(actions, "kms:"+operation)
	}
	document, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
		"Effect": "Allow", "Principal": map[string]string{"AWS": g.Grantee}, "Action": actions, "Resource": "*",
	}}})
	if err != nil {
		return nil, err
	}
	parsed, err := policy.Parse(policy.KeyPolicy, "grant "+g.ID, string(document))
	if err != nil {
		return nil, fmt.Errorf("grant %s: %w", g.ID, err)
	}
	return parsed, nil
}

// RetirableBy says whether somebody may give the grant up: whom it names for that, its grantee if it has that operation, and the account of who made
// it. Of an account it is for the policies there to say who.
func (g Grant) RetirableBy(request policy.Request, policies policy.Policies) (decision policy.Decision, err error) {
	mayRetire := []string{g.Retiring, "arn:aws:iam::" + g.Issuer + ":root"}
	if slices.Contains(g.Operations, "RetireGrant") {
		mayRetire = append(mayRetire, g.Grantee)
	}
	for _, named := range mayRetire {
		if named == "" {
			continue
		}
		policies.Resource, err = Grant{ID: g.ID, Grantee: named, Operations: []string{"RetireGrant"}}.policy()
		if err != nil {
			return policy.Decision{}, err
		}
		if decision = policies.Decide(request); decision.Allowed {
			return decision, nil
		}
	}
	return decision, nil
}
