package keys

import (
	"errors"
	"fmt"
	"math"
	"time"

	"golang.org/x/time/rate"

	"slipher/internal/meta"
)

type grantBody struct {
	KeyARN  string
	Grantee string
	Name    string
	Created time.Time
	Client  *Grant `json:",omitempty"` // one that CreateGrant made; nil for those of Redshift
}

var grantRecords = meta.Records[grantBody]{Kind: "grant", Index: func(grant grantBody) []meta.Entry {
	if grant.Client == nil {
		return []meta.Entry{ofKey(grant.KeyARN)}
	}
	return []meta.Entry{ofKey(grant.KeyARN), grantedTo(grant.KeyARN, grant.Grantee)}
}}

// Grant lets the grantee account use the key, under a name that RetireGrant takes back. Granting the
// same again changes nothing and counts against no limit but that of requests.
func (r *Ring) Grant(tx *meta.Tx, arn, grantee, name string) error {
	key, err := findUsable(tx, arn)
	if err != nil {
		return err
	}
	if !r.allow(key.Key) {
		return fmt.Errorf("grant %s: %w", arn, ErrThrottled)
	}
	id := grantKey(key.Key, grantee, name)
	if _, err := grantRecords.Find(tx, id); !errors.Is(err, meta.ErrNotFound) {
		return err
	}
	granted, err := grantRecords.Count(tx, meta.Query{
		Account: key.Account, Region: key.Region,
		Index: ofKey(arn),
	})
	if err != nil {
		return err
	}
	if granted >= r.config.GrantLimit {
		return fmt.Errorf("grant %s: %w", arn, ErrGrantLimit)
	}
	_, err = grantRecords.Insert(tx, id, grantBody{
		KeyARN: arn, Grantee: grantee, Name: name, Created: r.config.Now().UTC(),
	})
	return err
}

// RetireGrant takes a grant back. A grant that is not there, or no more, is no error: who retires it
// twice wants what is already so. The key may be gone.
func (r *Ring) RetireGrant(tx *meta.Tx, arn, grantee, name string) error {
	key, ok := parseARN(arn)
	if !ok {
		return fmt.Errorf("%q: %w", arn, ErrNotFound)
	}
	err := grantRecords.Delete(tx, grantKey(key, grantee, name))
	if errors.Is(err, meta.ErrNotFound) {
		return nil
	}
	return err
}

func grantKey(key meta.Key, grantee, name string) meta.Key {
	return meta.Key{Account: key.Account, Region: key.Region, ID: key.ID + "/" + grantee + "/" + name}
}

// allow spends one of the requests that the key's account has in the key's region.
func (r *Ring) allow(key meta.Key) bool {
	at := place{key.Account, key.Region}
	r.mu.Lock()
	defer r.mu.Unlock()
	limiter := r.limiters[at]
	if limiter == nil {
		burst := max(1, int(math.Ceil(r.config.RequestsPerSecond)))
		limiter = rate.NewLimiter(rate.Limit(r.config.RequestsPerSecond), burst)
		r.limiters[at] = limiter
	}
	return limiter.AllowN(r.config.Now(), 1)
}
