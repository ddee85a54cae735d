package accounts

import (
	"errors"
	"testing"

	"slipher/internal/meta"
	"slipher/internal/policy"
)

const denyAll = `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}`

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
	revoke := func(change func(tx *meta.Tx) error) {
		t.Helper()
		if err := first.Store.Update(t.Context(), change); err != nil {
			t.Fatal(err)
		}
	}
	wantDenied := func(what, id, token string) {
		t.Helper()
		found, err := look(id, token)
		if err != nil {
			t.Fatal(err)
		}
		if Decide(found.Policies, policy.NewRequest(found.Principal, "redshift:DeleteCluster", "*")) == nil {
			t.Errorf("%s does not count on the second control plane", what)
		}
	}
	for _, known := range [][2]string{{key.ID, ""}, {session.ID, session.Token}} {
		if _, err := look(known[0], known[1]); err != nil {
			t.Fatal(err)
		}
	}
	revoke(func(tx *meta.Tx) error {
		user, err := Users.Find(tx, provider, "ada")
		if err != nil {
			return err
		}
		user.Body.Inline = map[string]string{"own": denyAll}
		return Users.Put(tx, user)
	})
	wantDenied("a user's policy", key.ID, "")
	revoke(func(tx *meta.Tx) error {
		role, err := Roles.Find(tx, provider, "reader")
		if err != nil {
			return err
		}
		role.Body.Inline = map[string]string{"own": denyAll}
		return Roles.Put(tx, role)
	})
	wantDenied("the policy of a session's role", session.ID, session.Token)
	revoke(func(tx *meta.Tx) error { return SetInactive(tx, KeyOwner{provider, "ada", "AIDAada"}, key.ID, true) })
	if _, err := look(key.ID, ""); !errors.Is(err, ErrNotFound) {
		t.Errorf("a key that is inactive: got %v, want ErrNotFound", err)
	}
	revoke(func(tx *meta.Tx) error {
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
