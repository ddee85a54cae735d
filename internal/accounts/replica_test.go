package accounts

import (
	"errors"
	"testing"

	"slipher/internal/meta"
	"slipher/internal/policy"
)

// mayAll is a policy of everything, with the effect.
func mayAll(effect string) map[string]string {
	return map[string]string{"own": `{"Version":"2012-10-17","Statement":{"Effect":"` + effect + `","Action":"*","Resource":"*"}}`}
}

// What one control plane has revoked, another one that knew it does not go on using.
func TestRevokedOnAnotherControlPlane(t *testing.T) {
	t.Parallel()
	first := open(t)
	session := begin(t, first)
	key := addUser(t, first, provider, "ada")
	store, err := first.Store.Replica()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	second := &Directory{Store: store, Sealer: first.Sealer, Now: first.Now}
	look := func(id, token string) (*Credentials, error) { return second.Credentials(t.Context(), id, token) }
	change := func(made func(tx *meta.Tx) error) {
		t.Helper()
		if err := first.Store.Update(t.Context(), made); err != nil {
			t.Fatal(err)
		}
	}
	for name, kind := range map[string]Kind{"ada": Users, "reader": Roles} {
		id, token := key.ID, ""
		if name == "reader" {
			id, token = session.ID, session.Token
		}
		for _, effect := range []string{"Allow", "Deny"} {
			change(func(tx *meta.Tx) error {
				identity, err := kind.Find(tx, provider, name)
				if err != nil {
					return err
				}
				identity.Body.Inline = mayAll(effect)
				return kind.Put(tx, identity)
			})
			found, err := look(id, token)
			if err != nil {
				t.Fatal(err)
			}
			err = Decide(found.Policies, policy.NewRequest(found.Principal, "redshift:DeleteCluster", "*"))
			if (err == nil) != (effect == "Allow") {
				t.Errorf("after %s for %s the second control plane decides: %v", effect, name, err)
			}
		}
	}
	change(func(tx *meta.Tx) error { return SetInactive(tx, KeyOwner{provider, "ada", "AIDAada"}, key.ID, true) })
	if _, err := look(key.ID, ""); !errors.Is(err, ErrNotFound) {
		t.Errorf("a key that is inactive: got %v, want ErrNotFound", err)
	}
	change(func(tx *meta.Tx) error {
		role, err := Roles.Find(tx, provider, "reader")
		if err != nil {
			return err
		}
		return Roles.Delete(tx, role)
	})
	if _, err := look(session.ID, session.Token); !errors.Is(err, ErrNotFound) {
		t.Errorf("a session of a role that is gone: got %v, want ErrNotFound", err)
	}
}
