package keys

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
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
	ring, err := Open(t.Context(), config)
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
		if !reflect.DeepEqual(key, want) {
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
			{"retire_of_a_destroyed_key", ring.RetireGrant(tx, arn+"0", grantee, "a"), nil},
			{"retire_of_no_key", ring.RetireGrant(tx, "arn", grantee, "a"), ErrNotFound},
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
			if _, err := Open(t.Context(), config); err == nil || !strings.Contains(err.Error(), refusal.want) {
				t.Errorf("got %v, want an error that says %q", err, refusal.want)
			}
		})
	}
}

// keeper stands for a KMS: what it wraps is its name and the plain text, turned over.
type keeper struct {
	name                   string
	encrypting, decrypting error // what it fails with
	answers                []byte
}

func (k keeper) Name() string { return k.name }

func (k keeper) Encrypt(_ context.Context, plain []byte) ([]byte, error) {
	return k.turnOver(plain), k.encrypting
}

func (k keeper) Decrypt(_ context.Context, wrapped []byte) ([]byte, error) {
	if k.answers != nil || k.decrypting != nil {
		return k.answers, k.decrypting
	}
	return k.turnOver(wrapped), nil
}

func (keeper) turnOver(text []byte) []byte {
	turned := bytes.Clone(text)
	for i := range turned {
		turned[i] ^= 0xff
	}
	return turned
}

func TestWrappedRootKey(t *testing.T) {
	t.Parallel()
	kept := keeper{name: "kms://key"}
	t.Run("opens_what_it_sealed", func(t *testing.T) {
		t.Parallel()
		config := configure(t)
		config.Keeper = kept
		sealed, err := open(t, config).Seal("a", []byte("secret"))
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := open(t, config).Unseal("a", sealed); err != nil || string(plain) != "secret" {
			t.Errorf("after reopening: got %q, %v", plain, err)
		}
		info, err := os.Stat(config.RootKeyFile)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("got %v, %v, want mode 0600", info.Mode(), err)
		}
	})
	t.Run("is_kept_in_no_other_form", func(t *testing.T) {
		t.Parallel()
		config := configure(t)
		config.Keeper, config.Random = kept, bytes.NewReader(bytes.Repeat([]byte{7}, 100))
		open(t, config)
		files, err := os.ReadDir(filepath.Dir(config.RootKeyFile))
		if err != nil || len(files) != 1 {
			t.Fatalf("got %v, %v, want one file", files, err)
		}
		text, err := os.ReadFile(config.RootKeyFile)
		if err != nil {
			t.Fatal(err)
		}
		want := `{"Keeper":"kms://key","Wrapped":"` + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{0xf8}, 32)) + "\"}\n"
		if string(text) != want {
			t.Errorf("got %s, want %s", text, want)
		}
	})

	outage := errors.New("no route to the KMS")
	for name, test := range map[string]struct {
		keeper Keeper
		want   string
	}{
		"another_key":               {keeper{name: "kms://other"}, "is wrapped by kms://key: start with that"},
		"no_key":                    {nil, "is wrapped by kms://key: start with that"},
		"a_kms_out_of_reach":        {keeper{name: "kms://key", decrypting: outage}, outage.Error()},
		"a_missing_credential":      {keeper{name: "kms://key", decrypting: fs.ErrNotExist}, "unwrap the root key"},
		"what_is_no_key":            {keeper{name: "kms://key", answers: []byte("short")}, "no root key"},
		"a_key_that_sealed_nothing": {keeper{name: "kms://key", answers: make([]byte, 32)}, "not the one"},
	} {
		t.Run("refuses_"+name, func(t *testing.T) {
			t.Parallel()
			config := configure(t)
			config.Keeper = kept
			open(t, config)
			config.Keeper = test.keeper
			refuses(t, config, test.want)
		})
	}
	for name, spoil := range map[string]string{"damage": `{"Keeper":"kms://key","Wrapped":`, "emptiness": "{}\n", "clear_text": strings.Repeat("0f", 32), "garbage": "key"} {
		t.Run("refuses_"+name, func(t *testing.T) {
			t.Parallel()
			config := configure(t)
			config.Keeper = kept
			open(t, config)
			if err := os.WriteFile(config.RootKeyFile, []byte(spoil), 0o600); err != nil {
				t.Fatal(err)
			}
			refuses(t, config, config.RootKeyFile)
		})
	}
	for name, failing := range map[string]keeper{
		"that_cannot_wrap":            {name: "kms://key", encrypting: outage},
		"that_cannot_unwrap":          {name: "kms://key", decrypting: outage},
		"that_unwraps_something_else": {name: "kms://key", answers: make([]byte, 32)},
	} {
		t.Run("is_not_made_with_a_keeper_"+name, func(t *testing.T) {
			t.Parallel()
			config := configure(t)
			config.Keeper = failing
			refuses(t, config, "kms://key")
			if _, err := os.Stat(config.RootKeyFile); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("there is a root key: %v", err)
			}
			config.Keeper = kept
			open(t, config)
		})
	}
	t.Run("is_not_made_again", func(t *testing.T) {
		t.Parallel()
		config := configure(t)
		config.Keeper = kept
		open(t, config)
		if err := os.Remove(config.RootKeyFile); err != nil {
			t.Fatal(err)
		}
		refuses(t, config, "is missing")
	})
	t.Run("does_not_take_the_place_of_one_in_clear", func(t *testing.T) {
		t.Parallel()
		config := configure(t)
		open(t, config)
		config.Keeper = kept
		refuses(t, config, "start without --root-key")
	})
}

func refuses(t *testing.T, config Config, want string) {
	t.Helper()
	before, _ := os.ReadFile(config.RootKeyFile)
	if _, err := Open(t.Context(), config); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want an error that says %q", err, want)
	}
	if after, _ := os.ReadFile(config.RootKeyFile); !bytes.Equal(after, before) {
		t.Error("the root key file was changed")
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
