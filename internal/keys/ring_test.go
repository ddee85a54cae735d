package keys

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipher/internal/meta"
)

const (
	owner   = "111111111111"
	grantee = "222222222222"
	region  = "us-east-1"
)

func openStore(t testing.TB, path string) *meta.Store {
	t.Helper()
	store, err := meta.Open(t.Context(), meta.Config{Path: path, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// configure answers a configuration with a clock that stands still.
func configure(t testing.TB) Config {
	t.Helper()
	directory := t.TempDir()
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return Config{
		Store:       openStore(t, filepath.Join(directory, "meta.db")),
		RootKeyFile: filepath.Join(directory, "private", "root.key"),
		Now:         func() time.Time { return noon },
	}
}

func open(t testing.TB, config Config) *Ring {
	t.Helper()
	ring, err := Open(config)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func update(t testing.TB, ring *Ring, change func(tx *meta.Tx) error) {
	t.Helper()
	if err := ring.config.Store.Update(t.Context(), change); err != nil {
		t.Fatal(err)
	}
}

func defaultKey(t testing.TB, ring *Ring, account, region string) (arn string) {
	t.Helper()
	update(t, ring, func(tx *meta.Tx) (err error) {
		arn, err = ring.Default(tx, account, region)
		return err
	})
	return arn
}

func TestDefault(t *testing.T) {
	t.Parallel()
	ring := open(t, configure(t))
	arn := defaultKey(t, ring, owner, region)
	if prefix := "arn:aws:kms:us-east-1:111111111111:key/"; !strings.HasPrefix(arn, prefix) || len(arn) != len(prefix)+36 {
		t.Errorf("got %s, want %s and a UUID", arn, prefix)
	}
	if again := defaultKey(t, ring, owner, region); again != arn {
		t.Errorf("second use: got %s, want %s", again, arn)
	}
	for _, other := range []string{defaultKey(t, ring, grantee, region), defaultKey(t, ring, owner, "eu-west-1")} {
		if other == arn {
			t.Errorf("another account or region shares the key %s", arn)
		}
	}
	update(t, ring, func(tx *meta.Tx) error {
		key, err := ring.Lookup(tx, arn)
		want := Key{ARN: arn, Account: owner, Region: region, Alias: DefaultAlias, Created: ring.config.Now()}
		if key != want {
			t.Errorf("lookup: got %+v, want %+v", key, want)
		}
		return err
	})
}

func TestDefaultRollback(t *testing.T) {
	t.Parallel()
	ring := open(t, configure(t))
	var arn string
	refusal := errors.New("refused")
	err := ring.config.Store.Update(t.Context(), func(tx *meta.Tx) (err error) {
		if arn, err = ring.Default(tx, owner, region); err != nil {
			return err
		}
		return refusal
	})
	if !errors.Is(err, refusal) {
		t.Fatal(err)
	}
	update(t, ring, func(tx *meta.Tx) error {
		if _, err := ring.Lookup(tx, arn); !errors.Is(err, ErrNotFound) {
			t.Errorf("lookup after rollback: got %v, want ErrNotFound", err)
		}
		return nil
	})
}

func TestLookup(t *testing.T) {
	t.Parallel()
	ring := open(t, configure(t))
	arn := defaultKey(t, ring, owner, region)
	update(t, ring, func(tx *meta.Tx) error {
		for name, unknown := range map[string]string{
			"empty":           "",
			"another_id":      arn[:len(arn)-4] + "0000",
			"another_account": strings.Replace(arn, owner, grantee, 1),
			"another_service": strings.Replace(arn, ":kms:", ":s3:", 1),
			"no_key":          strings.TrimSuffix(arn, arn[strings.Index(arn, "key/"):]) + "key/",
			"bare_id":         arn[strings.Index(arn, "key/")+4:],
		} {
			if _, err := ring.Lookup(tx, unknown); !errors.Is(err, ErrNotFound) {
				t.Errorf("%s: got %v, want ErrNotFound", name, err)
			}
		}
		return nil
	})
}

func TestDataKey(t *testing.T) {
	t.Parallel()
	ring := open(t, configure(t))
	arn := defaultKey(t, ring, owner, region)
	other := defaultKey(t, ring, grantee, region)
	update(t, ring, func(tx *meta.Tx) error {
		key, err := ring.NewDataKey(tx, arn)
		if err != nil {
			return err
		}
		second, err := ring.NewDataKey(tx, arn)
		if err != nil {
			return err
		}
		if len(key.Plain) != 32 || bytes.Equal(key.Plain, second.Plain) {
			t.Error("two data keys are not 32 different bytes")
		}
		if bytes.Contains(key.Wrapped, key.Plain) {
			t.Error("the wrapped key holds the plain one")
		}
		plain, err := ring.Unwrap(tx, arn, key.Wrapped)
		if err != nil || !bytes.Equal(plain, key.Plain) {
			t.Errorf("unwrap: got another key, error %v", err)
		}
		if _, err := ring.Unwrap(tx, other, key.Wrapped); !errors.Is(err, ErrDamaged) {
			t.Errorf("unwrap with another key: got %v, want ErrDamaged", err)
		}
		for i := range key.Wrapped {
			damaged := bytes.Clone(key.Wrapped)
			damaged[i] ^= 1
			if _, err := ring.Unwrap(tx, arn, damaged); !errors.Is(err, ErrDamaged) {
				t.Errorf("unwrap with byte %d changed: got %v, want ErrDamaged", i, err)
			}
			if _, err := ring.Unwrap(tx, arn, key.Wrapped[:i]); !errors.Is(err, ErrDamaged) {
				t.Errorf("unwrap of %d bytes: got %v, want ErrDamaged", i, err)
			}
		}
		return nil
	})
}

// Material moved to another key's record must not serve as that key's.
func TestDataKeyBoundToARN(t *testing.T) {
	t.Parallel()
	ring := open(t, configure(t))
	arn, other := defaultKey(t, ring, owner, region), defaultKey(t, ring, grantee, region)
	update(t, ring, func(tx *meta.Tx) error {
		from, err := find(tx, arn)
		if err != nil {
			return err
		}
		to, err := find(tx, other)
		if err != nil {
			return err
		}
		to.Body.Material = from.Body.Material
		if err := keyRecords.Put(tx, to); err != nil {
			return err
		}
		if _, err := ring.NewDataKey(tx, other); !errors.Is(err, ErrDamaged) {
			t.Errorf("data key of moved material: got %v, want ErrDamaged", err)
		}
		return nil
	})
}

func TestGrant(t *testing.T) {
	t.Parallel()
	config := configure(t)
	config.GrantLimit = 2
	ring := open(t, config)
	arn := defaultKey(t, ring, owner, region)
	elsewhere := defaultKey(t, ring, owner, "eu-west-1")
	update(t, ring, func(tx *meta.Tx) error {
		steps := []struct {
			name string
			do   error
			want error
		}{
			{"first", ring.Grant(tx, arn, grantee, "a"), nil},
			{"second", ring.Grant(tx, arn, grantee, "b"), nil},
			{"same_again_at_the_limit", ring.Grant(tx, arn, grantee, "a"), nil},
			{"third", ring.Grant(tx, arn, "333333333333", "a"), ErrGrantLimit},
			{"another_key", ring.Grant(tx, elsewhere, grantee, "a"), nil},
			{"retire", ring.RetireGrant(tx, arn, grantee, "a"), nil},
			{"retire_again", ring.RetireGrant(tx, arn, grantee, "a"), nil},
			{"third_after_retiring", ring.Grant(tx, arn, "333333333333", "a"), nil},
			{"unknown_key", ring.Grant(tx, arn+"0", grantee, "a"), ErrNotFound},
			{"retire_unknown_key", ring.RetireGrant(tx, arn+"0", grantee, "a"), ErrNotFound},
		}
		for _, step := range steps {
			if !errors.Is(step.do, step.want) {
				t.Errorf("%s: got %v, want %v", step.name, step.do, step.want)
			}
		}
		return nil
	})
}

func TestGrantThrottled(t *testing.T) {
	t.Parallel()
	config := configure(t)
	now := config.Now()
	config.Now = func() time.Time { return now }
	config.RequestsPerSecond = 2
	ring := open(t, config)
	arn, elsewhere := defaultKey(t, ring, owner, region), defaultKey(t, ring, owner, "eu-west-1")
	update(t, ring, func(tx *meta.Tx) error {
		grant := func(arn string, want error) {
			t.Helper()
			if err := ring.Grant(tx, arn, grantee, "a"); !errors.Is(err, want) {
				t.Errorf("got %v, want %v", err, want)
			}
		}
		grant(arn, nil)
		grant(arn, nil)
		grant(arn, ErrThrottled)
		grant(elsewhere, nil)
		now = now.Add(500 * time.Millisecond)
		grant(arn, nil)
		grant(arn, ErrThrottled)
		return nil
	})
}

func TestSeal(t *testing.T) {
	t.Parallel()
	ring := open(t, configure(t))
	sealed, err := ring.Seal("a", []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := ring.Unseal("a", sealed); err != nil || string(plain) != "secret" {
		t.Errorf("got %q, %v, want the secret", plain, err)
	}
	if _, err := ring.Unseal("b", sealed); !errors.Is(err, ErrDamaged) {
		t.Errorf("another purpose: got %v, want ErrDamaged", err)
	}
}

func TestRootKey(t *testing.T) {
	t.Parallel()
	t.Run("made_private", func(t *testing.T) {
		t.Parallel()
		config := configure(t)
		open(t, config)
		info, err := os.Stat(config.RootKeyFile)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("mode: got %v, want 0600", info.Mode())
		}
	})
	t.Run("opens_what_it_sealed", func(t *testing.T) {
		t.Parallel()
		config := configure(t)
		sealed, err := open(t, config).Seal("a", []byte("secret"))
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := open(t, config).Unseal("a", sealed); err != nil || string(plain) != "secret" {
			t.Errorf("after reopening: got %q, %v", plain, err)
		}
	})
	t.Run("adopted_when_nothing_is_sealed", func(t *testing.T) {
		t.Parallel()
		config, first := configure(t), configure(t)
		open(t, first)
		config.RootKeyFile = first.RootKeyFile
		open(t, config)
	})
	refusals := map[string]struct {
		spoil func(t *testing.T, file string) error
		want  string
	}{
		"refuses_when_missing": {func(t *testing.T, file string) error { return os.Remove(file) }, "is missing"},
		"refuses_another": {func(t *testing.T, file string) error {
			return os.WriteFile(file, []byte(strings.Repeat("0f", 32)), 0o600)
		}, "not the one"},
		"refuses_half":                 {func(t *testing.T, file string) error { return os.Truncate(file, 20) }, "64 hexadecimal digits"},
		"refuses_when_others_may_read": {func(t *testing.T, file string) error { return os.Chmod(file, 0o644) }, "chmod 600"},
	}
	for name, refusal := range refusals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := configure(t)
			open(t, config)
			if err := refusal.spoil(t, config.RootKeyFile); err != nil {
				t.Fatal(err)
			}
			if _, err := Open(config); err == nil || !strings.Contains(err.Error(), refusal.want) {
				t.Errorf("got %v, want an error that says %q", err, refusal.want)
			}
		})
	}
}

func TestDataKeyPrintsNothing(t *testing.T) {
	t.Parallel()
	key := DataKey{Plain: []byte("plain secret"), Wrapped: []byte("wrapped")}
	var printed strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&printed, verb+" ", key)
		fmt.Fprintf(&printed, verb+" ", &key)
		fmt.Fprintf(&printed, verb+" ", []DataKey{key})
	}
	log := slog.New(slog.NewJSONHandler(&printed, nil))
	log.Info("key", "key", key, "pointer", &key)
	for _, secret := range []string{"plain", fmt.Sprintf("%x", key.Plain), fmt.Sprintf("%d", key.Plain), "cGxhaW4"} {
		if strings.Contains(printed.String(), secret) {
			t.Errorf("%q is printed in %s", secret, printed.String())
		}
	}
}

func FuzzUnwrap(f *testing.F) {
	ring := open(f, configure(f))
	arn := defaultKey(f, ring, owner, region)
	update(f, ring, func(tx *meta.Tx) error {
		key, err := ring.NewDataKey(tx, arn)
		f.Add(key.Wrapped)
		return err
	})
	f.Add([]byte{sealVersion})
	wrapper, err := newCipher(make([]byte, keySize))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, wrapped []byte) {
		if plain, err := unseal(wrapper, arn, wrapped); err == nil {
			t.Errorf("opened %x as %x with a key that has wrapped nothing", wrapped, plain)
		}
	})
}

func FuzzParseARN(f *testing.F) {
	f.Add("arn:aws:kms:us-east-1:111111111111:key/1234")
	f.Add("arn:aws:kms:::key/")
	f.Fuzz(func(t *testing.T, arn string) {
		if key, ok := parseARN(arn); ok && (arnOf(key) != arn || key.ID == "") {
			t.Errorf("%q was read as %+v", arn, key)
		}
	})
}
