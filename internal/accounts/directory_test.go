package accounts

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"slipher/internal/keys"
	"slipher/internal/meta"
	"slipher/internal/policy"
)

const (
	provider = "111111111111"
	consumer = "222222222222"
)

func open(t testing.TB) *Directory {
	t.Helper()
	return openAt(t, t.TempDir())
}

func openAt(t testing.TB, folder string) *Directory {
	t.Helper()
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	now := func() time.Time { return noon }
	store, err := meta.Open(t.Context(), meta.Config{Path: filepath.Join(folder, "meta.db"), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	ring, err := keys.Open(t.Context(), keys.Config{Store: store, RootKeyFile: filepath.Join(folder, "root.key"), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return &Directory{Store: store, Sealer: ring, Now: now}
}

func create(t testing.TB, directory *Directory, account string) AccessKey {
	t.Helper()
	key, err := directory.CreateAccount(t.Context(), account)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestCreateAccount(t *testing.T) {
	t.Parallel()
	t.Run("gives_root_an_access_key", func(t *testing.T) {
		t.Parallel()
		key := create(t, open(t), provider)
		if !regexp.MustCompile(`^AKIA[A-Z2-7]{16}$`).MatchString(key.ID) {
			t.Errorf("id: got %s, want AKIA and 16 of A–Z, 2–7", key.ID)
		}
		if !regexp.MustCompile(`^[A-Za-z0-9+/]{40}$`).MatchString(key.Secret) {
			t.Errorf("secret: got %d characters, want 40 of base64", len(key.Secret))
		}
		if key.Account != provider || key.UserID != provider || key.ARN != "arn:aws:iam::111111111111:root" {
			t.Errorf("got %s of account %s, user %s", key.ARN, key.Account, key.UserID)
		}
	})
	t.Run("refuses_a_second_of_the_same_id", func(t *testing.T) {
		t.Parallel()
		directory := open(t)
		create(t, directory, provider)
		if _, err := directory.CreateAccount(t.Context(), provider); !errors.Is(err, ErrExists) {
			t.Errorf("got %v, want ErrExists", err)
		}
	})
	t.Run("refuses_what_is_no_account_id", func(t *testing.T) {
		t.Parallel()
		directory := open(t)
		for _, id := range []string{"", "000000000000", "11111111111", "1111111111111", "11111111111a", "１１１１", "-11111111111"} {
			if _, err := directory.CreateAccount(t.Context(), id); !errors.Is(err, ErrAccountID) {
				t.Errorf("%q: got %v, want ErrAccountID", id, err)
			}
		}
	})
}

func TestAccessKey(t *testing.T) {
	t.Parallel()
	t.Run("finds_each_account_by_its_key", func(t *testing.T) {
		t.Parallel()
		directory := open(t)
		for _, want := range []AccessKey{create(t, directory, provider), create(t, directory, consumer)} {
			for _, source := range []string{"the store", "memory"} {
				got, err := directory.Credentials(t.Context(), want.ID, "")
				if err != nil || got.AccessKey != want || got.Principal.ARN != want.ARN || got.Session != nil {
					t.Errorf("from %s: got %v, %v, want %v", source, got, err, want)
				}
			}
		}
	})
	t.Run("answers_not_found", func(t *testing.T) {
		t.Parallel()
		directory := open(t)
		for _, id := range []string{"", "AKIAAAAAAAAAAAAAAAAA", strings.Repeat("A", 1<<16)} {
			if _, err := directory.AccessKey(t.Context(), id); !errors.Is(err, ErrNotFound) {
				t.Errorf("got %v, want ErrNotFound", err)
			}
		}
	})
	t.Run("survives_a_restart", func(t *testing.T) {
		t.Parallel()
		folder := t.TempDir()
		before := openAt(t, folder)
		want := create(t, before, provider)
		if err := before.Store.Close(); err != nil {
			t.Fatal(err)
		}
		if got, err := openAt(t, folder).AccessKey(t.Context(), want.ID); err != nil || got != want {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
	})
	t.Run("is_not_at_rest_in_clear", func(t *testing.T) {
		t.Parallel()
		folder := t.TempDir()
		directory := openAt(t, folder)
		key := create(t, directory, provider)
		if err := directory.Store.Close(); err != nil {
			t.Fatal(err)
		}
		database, err := os.ReadFile(filepath.Join(folder, "meta.db"))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(database), key.ID) {
			t.Error("the id is not in the database: this test looks in the wrong place")
		}
		if strings.Contains(string(database), key.Secret) {
			t.Error("the secret is in the database in clear")
		}
	})
}

func TestReplaceRootKey(t *testing.T) {
	t.Parallel()
	directory := open(t)
	old, bystander := create(t, directory, provider), create(t, directory, consumer)
	if _, err := directory.AccessKey(t.Context(), old.ID); err != nil {
		t.Fatal(err)
	}
	replaced, err := directory.ReplaceRootKey(t.Context(), provider)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := directory.AccessKey(t.Context(), old.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("the old key: got %v, want ErrNotFound", err)
	}
	for _, want := range []AccessKey{replaced, bystander} {
		if got, err := directory.AccessKey(t.Context(), want.ID); err != nil || got != want {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
	}
	if _, err := directory.ReplaceRootKey(t.Context(), "333333333333"); !errors.Is(err, ErrNotFound) {
		t.Errorf("an unknown account: got %v, want ErrNotFound", err)
	}
}

// A lookup that read the store before a change must not be remembered after it.
func TestRememberAfterForget(t *testing.T) {
	t.Parallel()
	directory := open(t)
	key := create(t, directory, provider)
	found, err := directory.Credentials(t.Context(), key.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	before := directory.Store.Generation(generation)
	if _, err := directory.ReplaceRootKey(t.Context(), provider); err != nil {
		t.Fatal(err)
	}
	directory.remember("key "+key.ID, found, before)
	if _, err := directory.Credentials(t.Context(), key.ID, ""); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
}

func TestConcurrentLookups(t *testing.T) {
	t.Parallel()
	directory := open(t)
	key := create(t, directory, provider)
	var lookups sync.WaitGroup
	for range 8 {
		lookups.Go(func() {
			for range 100 {
				found, err := directory.Credentials(t.Context(), key.ID, "")
				if err != nil && !errors.Is(err, ErrNotFound) || err == nil && found.AccessKey != key {
					t.Errorf("got %v, %v", found, err)
				}
			}
		})
	}
	if _, err := directory.ReplaceRootKey(t.Context(), provider); err != nil {
		t.Error(err)
	}
	lookups.Wait()
}

func TestActive(t *testing.T) {
	t.Parallel()
	directory := open(t)
	create(t, directory, provider)
	err := directory.Store.View(t.Context(), func(tx *meta.Tx) error {
		for account, want := range map[string]bool{provider: true, consumer: false, "": false} {
			if got, err := directory.Active(tx, account); err != nil || got != want {
				t.Errorf("%q: got %v, %v, want %v", account, got, err, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAccessKeyPrintsNoSecret(t *testing.T) {
	t.Parallel()
	key := rootOf(provider, "AKIAAAAAAAAAAAAAAAAA", "the secret")
	var printed strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&printed, verb+" "+verb+" ", key, []*AccessKey{&key})
		fmt.Fprintf(&printed, verb+" ", []AccessKey{key})
	}
	log := slog.New(slog.NewJSONHandler(&printed, nil))
	log.Info("key", "key", key, "pointer", &key)
	for _, secret := range []string{"secret", fmt.Sprintf("%x", key.Secret)} {
		if strings.Contains(printed.String(), secret) {
			t.Errorf("%q is printed in %s", secret, printed.String())
		}
	}
}

func BenchmarkCredentials(b *testing.B) {
	directory := open(b)
	key := create(b, directory, provider)
	for b.Loop() {
		if _, err := directory.Credentials(b.Context(), key.ID, ""); err != nil {
			b.Fatal(err)
		}
	}
}

func addUser(t testing.TB, directory *Directory, account, name string) AccessKey {
	t.Helper()
	var key AccessKey
	err := directory.Store.Update(t.Context(), func(tx *meta.Tx) error {
		record, err := Users.Insert(tx, account, Identity{Name: name, Path: "/", ID: "AIDA" + name})
		if err != nil {
			return err
		}
		key, _, err = directory.NewKey(tx, OwnerOf(record))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestKeysOfUsersSurviveANewRootKey(t *testing.T) {
	t.Parallel()
	directory := open(t)
	create(t, directory, provider)
	key := addUser(t, directory, provider, "ada")
	if _, err := directory.ReplaceRootKey(t.Context(), provider); err != nil {
		t.Fatal(err)
	}
	if found, err := directory.Credentials(t.Context(), key.ID, ""); err != nil || found.ARN != "arn:aws:iam::111111111111:user/ada" {
		t.Errorf("got %v, %v", found, err)
	}
}

// Once a change is made, nobody sees what was before it, whoever looks meanwhile.
func TestChangesCountAtOnce(t *testing.T) {
	t.Parallel()
	directory := open(t)
	create(t, directory, provider)
	key := addUser(t, directory, provider, "ada")
	put := func(document string) {
		err := directory.Store.Update(t.Context(), func(tx *meta.Tx) error {
			record, err := Users.Find(tx, provider, "ada")
			if err != nil {
				return err
			}
			record.Body.Inline = map[string]string{"own": document}
			return Users.Put(tx, record)
		})
		if err != nil {
			t.Error(err)
		}
	}
	look := func() *Credentials {
		found, err := directory.Credentials(t.Context(), key.ID, "")
		if err != nil {
			t.Error(err)
		}
		return found
	}
	ended := make(chan struct{})
	var lookers sync.WaitGroup
	for range 4 {
		lookers.Go(func() {
			for {
				select {
				case <-ended:
					return
				default:
					look()
				}
			}
		})
	}
	for i := range 50 {
		effect := []string{"Allow", "Deny"}[i%2]
		put(`{"Version":"2012-10-17","Statement":{"Effect":"` + effect + `","Action":"*","Resource":"*"}}`)
		found := look()
		if err := Decide(found.Policies, policy.NewRequest(found.Principal, "redshift:DeleteCluster", "*")); (err == nil) != (effect == "Allow") {
			t.Errorf("after %s: got %v", effect, err)
		}
	}
	close(ended)
	lookers.Wait()
}
