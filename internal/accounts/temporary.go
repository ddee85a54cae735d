package accounts

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"slipher/internal/meta"
	"slipher/internal/policy"
)

// Grant is what temporary credentials are for. It travels in their token, sealed, so that nothing is stored of a session; whose it is
// is looked up at each request.
type Grant struct {
	Account string
	Role    string `json:",omitempty"` // the name of the role assumed
	User    string `json:",omitempty"` // the name of the user who got a session token; root's if both are empty
	ID      string `json:",omitempty"` // unique, of the role or user
	Session string `json:",omitempty"` // its name, of a role's

	Policy     string   `json:",omitempty"` // a session policy's document
	PolicyARNs []string `json:",omitempty"` // of managed policies that are session policies
	Tags       []Tag    `json:",omitempty"` // the session's own
	Transitive []string `json:",omitempty"` // keys of the tags that go on to the next role
	Source     string   `json:",omitempty"` // the SourceIdentity

	Issued, Expires time.Time
}

// Temporary is what somebody signs with for a time.
type Temporary struct {
	AccessKey
	Token   string
	Expires time.Time
}

// sealedGrant is what a token holds.
type sealedGrant struct {
	Grant
	Secret string
}

func tokenOf(keyID string) string { return "session token of access key " + keyID }

// Begin makes temporary credentials for a grant, which lasts from now on.
func (d *Directory) Begin(grant Grant, lasts time.Duration) (Temporary, error) {
	grant.Issued = d.Now().UTC().Truncate(time.Second)
	grant.Expires = grant.Issued.Add(lasts)
	id, err := d.temporaryID(grant.Account)
	if err != nil {
		return Temporary{}, err
	}
	secret, err := d.newSecret()
	if err != nil {
		return Temporary{}, err
	}
	text, err := json.Marshal(sealedGrant{Grant: grant, Secret: secret})
	if err != nil {
		return Temporary{}, err
	}
	sealed, err := d.Sealer.Seal(tokenOf(id), Pack(text))
	if err != nil {
		return Temporary{}, err
	}
	made := Temporary{Token: base64.StdEncoding.EncodeToString(sealed), Expires: grant.Expires}
	made.ID, made.Secret, made.Account = id, secret, grant.Account
	return made, nil
}

// Pack is how a token holds what it holds: compressed.
func Pack(text []byte) []byte {
	var packed bytes.Buffer
	writer, _ := flate.NewWriter(&packed, flate.BestCompression) // the level is one that there is
	_, _ = writer.Write(text)                                    // a buffer takes everything
	_ = writer.Close()
	return packed.Bytes()
}

// longestGrant is more than any grant has in JSON, unpacked.
const longestGrant = 1 << 20

// openToken reads what Begin has sealed for an access key. Any other token is ErrNotFound.
func (d *Directory) openToken(keyID, token string) (sealedGrant, error) {
	sealed, err := base64.StdEncoding.DecodeString(token)
	if err != nil || base64.StdEncoding.EncodeToString(sealed) != token { // line ends, for one, are passed over
		return sealedGrant{}, fmt.Errorf("session token: %w", ErrNotFound)
	}
	packed, err := d.Sealer.Unseal(tokenOf(keyID), sealed)
	if err != nil {
		return sealedGrant{}, fmt.Errorf("session token: %w", ErrNotFound)
	}
	text, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), longestGrant))
	if err != nil {
		return sealedGrant{}, fmt.Errorf("unpack a session token: %w", err)
	}
	var opened sealedGrant
	if err := json.Unmarshal(text, &opened); err != nil {
		return sealedGrant{}, fmt.Errorf("read a session token: %w", err)
	}
	return opened, nil
}

// temporary finds out whose temporary credentials are. Those of an account, a role or a user that is gone are ErrNotFound.
func (r *reading) temporary(ctx context.Context, keyID, token string) (*Credentials, error) {
	d := r.directory
	opened, err := d.openToken(keyID, token)
	if err != nil {
		return nil, err
	}
	made := &Credentials{Context: policy.Context{}}
	err = d.Store.View(ctx, func(tx *meta.Tx) (err error) {
		if err := d.mustBeActive(tx, opened.Account); err != nil {
			return err
		}
		switch {
		case opened.Role != "":
			err = made.fillFromRole(tx, r, opened.Grant)
		case opened.User != "":
			err = made.fillFromUser(tx, r, opened.Account, opened.User, opened.ID)
		default:
			made.fillFromRoot(opened.Account)
		}
		if err != nil {
			return err
		}
		made.Policies.Session, err = r.sessionPolicies(tx, opened.Grant)
		return err
	})
	made.ID, made.Secret = keyID, opened.Secret
	made.describe(opened.Grant)
	return made, err
}

// sessionPolicies are nil when a grant has none. A managed policy that is gone allows nothing any more.
func (r *reading) sessionPolicies(tx *meta.Tx, grant Grant) ([]*policy.Policy, error) {
	if grant.Policy == "" && len(grant.PolicyARNs) == 0 {
		return nil, nil
	}
	made := []*policy.Policy{}
	if grant.Policy != "" {
		parsed, err := policy.Parse(policy.SessionPolicy, "session policy", grant.Policy)
		if err != nil {
			return nil, err
		}
		made = append(made, parsed)
	}
	for _, arn := range grant.PolicyARNs {
		parsed, err := r.managed(tx, arn)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		made = append(made, parsed)
	}
	return made, nil
}
