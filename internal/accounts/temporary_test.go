package accounts

import (
	"errors"
	"strings"
	"testing"
	"time"

	"slipher/internal/meta"
)

// addRole makes a role in the account.
func addRole(t testing.TB, directory *Directory, account, name, id string) {
	t.Helper()
	err := directory.Store.Update(t.Context(), func(tx *meta.Tx) error {
		_, err := Roles.Insert(tx, account, Identity{Name: name, Path: "/", ID: id, Role: &Role{MaxSession: 3600}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func begin(t testing.TB, directory *Directory) Temporary {
	t.Helper()
	create(t, directory, provider)
	addRole(t, directory, provider, "reader", "AROAREADER")
	made, err := directory.Begin(Grant{Account: provider, Role: "reader", ID: "AROAREADER", Session: "monday", Tags: []Tag{{"team", "sales"}}}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestTemporaryCredentials(t *testing.T) {
	t.Parallel()
	directory := open(t)
	made := begin(t, directory)
	if !strings.HasPrefix(made.ID, "ASIA") || len(made.ID) != 20 || len(made.Secret) != 40 {
		t.Errorf("got the id %s and a secret of %d characters", made.ID, len(made.Secret))
	}
	for _, source := range []string{"the store", "memory"} {
		found, err := directory.Credentials(t.Context(), made.ID, made.Token)
		if err != nil {
			t.Fatal(err)
		}
		if found.Secret != made.Secret || found.ARN != "arn:aws:sts::111111111111:assumed-role/reader/monday" || found.Principal.Tags["team"] != "sales" ||
			found.UserID != "AROAREADER:monday" || found.Session.Role.ARN != "arn:aws:iam::111111111111:role/reader" {
			t.Errorf("from %s: got %+v", source, found.Principal)
		}
	}
	if account, err := directory.AccountOfKey(t.Context(), made.ID); err != nil || account != provider {
		t.Errorf("the account of the key: got %s, %v", account, err)
	}
	noon := directory.Now()
	directory.Now = func() time.Time { return noon.Add(time.Hour) }
	if _, err := directory.Credentials(t.Context(), made.ID, made.Token); !errors.Is(err, ErrExpired) {
		t.Errorf("after an hour: got %v, want ErrExpired", err)
	}
}

// Sessions come and go; what their role may do is made ready once for all of them.
func TestSessionsShareTheirRolesPolicies(t *testing.T) {
	t.Parallel()
	directory := open(t)
	first := begin(t, directory)
	err := directory.Store.Update(t.Context(), func(tx *meta.Tx) error {
		record, err := Roles.Find(tx, provider, "reader")
		if err != nil {
			return err
		}
		record.Body.Attached = []string{"arn:aws:iam::aws:policy/ReadOnlyAccess"}
		return Roles.Put(tx, record)
	})
	if err != nil {
		t.Fatal(err)
	}
	second, err := directory.Begin(Grant{Account: provider, Role: "reader", ID: "AROAREADER", Session: "tuesday"}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	var found [2]*Credentials
	for i, made := range []Temporary{first, second} {
		if found[i], err = directory.Credentials(t.Context(), made.ID, made.Token); err != nil {
			t.Fatal(err)
		}
	}
	if found[0] == found[1] || len(found[0].Policies.Identity) != 1 || found[0].Policies.Identity[0] != found[1].Policies.Identity[0] {
		t.Errorf("got %v and %v", found[0].Policies, found[1].Policies)
	}
}

func TestTemporarySecretsAreNotStored(t *testing.T) {
	t.Parallel()
	directory := open(t)
	made := begin(t, directory)
	if strings.Contains(made.Token, made.Secret) {
		t.Error("the token shows the secret")
	}
	if _, err := directory.AccessKey(t.Context(), made.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
}

// No text but the token itself is accepted for the key, nor the token for another key.
func FuzzSessionToken(f *testing.F) {
	directory := open(f)
	made := begin(f, directory)
	f.Add(made.ID, made.Token)
	f.Add(made.ID, "")
	f.Add(made.ID, made.Token[:len(made.Token)-4])
	f.Add(made.ID, strings.ToLower(made.Token))
	f.Add(made.ID, made.Token+"\n")
	f.Add("ASIA", made.Token)
	f.Add("AKIAAAAAAAAAAAAAAAAA", made.Token)
	f.Fuzz(func(t *testing.T, id, token string) {
		found, err := directory.Credentials(t.Context(), id, token)
		if id == made.ID && token == made.Token {
			if err != nil || found.Secret != made.Secret {
				t.Fatalf("the token itself: got %v", err)
			}
			return
		}
		if !errors.Is(err, ErrNotFound) {
			t.Fatalf("key %q, token %q: got %v, want ErrNotFound", id, token, err)
		}
	})
}

func BenchmarkTemporaryCredentials(b *testing.B) {
	directory := open(b)
	made := begin(b, directory)
	b.Run("remembered", func(b *testing.B) {
		for b.Loop() {
			if _, err := directory.Credentials(b.Context(), made.ID, made.Token); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			directory.known = nil
			if _, err := directory.Credentials(b.Context(), made.ID, made.Token); err != nil {
				b.Fatal(err)
			}
		}
	})
}
