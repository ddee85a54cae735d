package keys

import (
	"errors"
	"strings"
	"testing"

	"slipher/internal/meta"
	"slipher/internal/policy"
)

func TestKeyPolicy(t *testing.T) {
	t.Parallel()
	ring := open(t, configure(t))
	update(t, ring, func(tx *meta.Tx) error {
		arn, err := ring.Create(tx, owner, region)
		if err != nil {
			return err
		}
		decide := func(account string, want bool) {
			t.Helper()
			decision, err := ring.Decide(tx, policy.NewRequest(policy.RootUser(account), "kms:Decrypt", arn), policy.Policies{}, "redshift")
			if err != nil || decision.Allowed != want {
				t.Errorf("account %s: %v (%v), want allowed: %t", account, decision, err, want)
			}
		}
		document, err := ring.Policy(tx, arn)
		if err != nil || !strings.Contains(document, "arn:aws:iam::"+owner+":root") {
			t.Errorf("the default policy is %s (%v)", document, err)
		}
		decide(owner, true)
		decide(grantee, false)

		shared := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + grantee + `"},"Action":"kms:Decrypt","Resource":"*"}]}`
		if err := ring.PutPolicy(tx, arn, shared); err != nil {
			t.Error(err)
		}
		if document, err := ring.Policy(tx, arn); err != nil || document != shared {
			t.Errorf("got %s (%v), want what was put", document, err)
		}
		decide(grantee, true)
		decide(owner, false)

		var malformed *policy.MalformedError
		if err := ring.PutPolicy(tx, arn, `{"Statement":[]}`); !errors.As(err, &malformed) {
			t.Errorf("got %v, want a MalformedError", err)
		}
		decide(grantee, true)
		for _, err := range []error{
			ring.PutPolicy(tx, arn+"0", shared),
			second(ring.Policy(tx, arn+"0")),
			second(ring.Decide(tx, policy.NewRequest(policy.RootUser(owner), "kms:Decrypt", arn+"0"), policy.Policies{}, "redshift")),
		} {
			if !errors.Is(err, ErrNotFound) {
				t.Errorf("got %v for no key, want ErrNotFound", err)
			}
		}
		return nil
	})
}

func second[T any](_ T, err error) error { return err }
