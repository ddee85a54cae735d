package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"time"

	"gocloud.dev/secrets"
	_ "gocloud.dev/secrets/awskms"
	"gocloud.dev/secrets/azurekeyvault"
	_ "gocloud.dev/secrets/gcpkms"
	_ "gocloud.dev/secrets/hashivault"
	"gocloud.dev/secrets/localsecrets"
	"slipher/internal/keys"
	"slipher/internal/meta"
)

// howToWriteRootKey is what a refusal ends with.
const howToWriteRootKey = "write awskms:///arn:aws:kms:…?region=…, gcpkms://projects/…/cryptoKeys/…, azurekeyvault://name.vault.azure.net/keys/…/version or hashivault://key"

// rootKeyPatience is how long a KMS may take. Its clients try again meanwhile what fails in passing.
const rootKeyPatience = 30 * time.Second

// openKeys opens the keyring. It alone uses the KMS, and only now: the nodes and everything later work with what was unwrapped.
func (s *slipher) openKeys(ctx context.Context) (*keys.Ring, error) {
	return openRing(ctx, keys.Open, s.store, s.data, s.command.RootKey)
}

// openRing opens the ring of a data folder by keys.Open or keys.Look. Without a KMS, rootKey is empty.
func openRing(ctx context.Context, open func(context.Context, keys.Config) (*keys.Ring, error), store *meta.Store, data folder, rootKey string) (*keys.Ring, error) {
	ctx, cancel := context.WithTimeout(ctx, rootKeyPatience)
	defer cancel()
	config := keys.Config{Store: store, RootKeyFile: data.path("keys", "root.key"), Now: time.Now}
	if rootKey != "" {
		keeper, err := openRootKeeper(ctx, rootKey)
		if err != nil {
			return nil, fmt.Errorf("--root-key: %w", err)
		}
		defer keeper.Close()
		config.Keeper = keeper
	}
	return open(ctx, config)
}

// rootKeeper is a key of a KMS.
type rootKeeper struct {
	*secrets.Keeper
	name string
}

func (k rootKeeper) Name() string { return k.name }

func openRootKeeper(ctx context.Context, text string) (rootKeeper, error) {
	location, err := url.Parse(text)
	if err != nil {
		// The URL itself may be the secret, so it is not repeated.
		return rootKeeper{}, fmt.Errorf("not a URL: %w (%s)", errors.Unwrap(err), howToWriteRootKey)
	}
	kms := secrets.DefaultURLMux()
	if !kms.ValidKeeperScheme(location.Scheme) {
		return rootKeeper{}, fmt.Errorf("no KMS is known by the scheme %q (%s)", location.Scheme, howToWriteRootKey)
	}
	if path.Join(location.Host, location.Path) == "" {
		return rootKeeper{}, fmt.Errorf("%s:// names no key (%s)", location.Scheme, howToWriteRootKey)
	}
	keeper, err := kms.OpenKeeperURL(ctx, location)
	if err != nil {
		return rootKeeper{}, fmt.Errorf("%w (%s)", err, howToWriteRootKey)
	}
	return rootKeeper{keeper, rootKeyName(location)}, nil
}

// rootKeyName is the URL without its options, which say how to get to the key and not which one it is.
func rootKeyName(location *url.URL) string {
	key := location.Host + location.Path
	switch location.Scheme {
	case localsecrets.Scheme:
		key = "(secret)" // what stands there is the key itself
	case azurekeyvault.Scheme:
		key = versionless.ReplaceAllString(key, "$1")
	}
	return location.Scheme + "://" + key
}

// versionless finds a key's name without its version: who named none has to name one when there is a newer one.
var versionless = regexp.MustCompile(`^(.+/keys/[^/]+)/[^/]*$`)
