// Package rootkey says where the root key lies: wrapped by a file outside the data folder, or by a key of a KMS. It opens what wraps it, from the URL of
// --root-key or from what the first start has chosen. What the key opens is of no concern to it.
package rootkey

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"time"

	"slipher/internal/keys"

	"github.com/google/uuid"
	"gocloud.dev/secrets"
	_ "gocloud.dev/secrets/awskms" // answers awskms:// URLs
	"gocloud.dev/secrets/azurekeyvault"
	_ "gocloud.dev/secrets/gcpkms"     // answers gcpkms:// URLs
	_ "gocloud.dev/secrets/hashivault" // answers hashivault:// URLs
	"gocloud.dev/secrets/localsecrets"
)

// howToWriteRootKey is what a refusal ends with.
const howToWriteRootKey = "write file:///folder/name.key, awskms:///arn:aws:kms:…?region=…, gcpkms://projects/…/cryptoKeys/…, azurekeyvault://name.vault.azure.net/keys/…/version or hashivault://key"

// Patience is how long a KMS may take. Its clients try again meanwhile what fails in passing.
const Patience = 30 * time.Second

// Open opens the ring of a data folder by keys.Open or keys.Look. It alone uses a KMS, and only now: the nodes and everything later work with what was
// unwrapped. location is what --root-key says, or empty.
func Open[Ring any](ctx context.Context, open func(context.Context, keys.Config) (Ring, error), config keys.Config, location string) (none Ring, err error) {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	if location == "" {
		usual, err := usualKeyFile(config.RootKeyFile)
		if err != nil {
			return none, err
		}
		config.Keeper = usual
		return open(ctx, config)
	}
	keeper, err := OpenKeeper(ctx, config.RootKeyFile, location)
	if err != nil {
		return none, fmt.Errorf("--root-key: %w", err)
	}
	defer keeper.Close()
	config.Keeper = keeper
	return open(ctx, config)
}

// usualKeyFile is the file that has wrapped the root key, or, before the first start, one in the user's configuration folder. It is nil where the root key is
// wrapped by a KMS, which has to be named, or lies in clear.
func usualKeyFile(rootKeyFile string) (keys.Keeper, error) {
	file, found, err := keys.KeyFileOf(rootKeyFile)
	switch {
	case found:
		return file, nil
	case err == nil:
		return nil, nil
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	configuration, err := os.UserConfigDir()
	if err != nil {
		return nil, fmt.Errorf("there is no configuration folder for the root key (%w): say with --root-key file:///folder/name.key where it is to be", err)
	}
	return keys.KeyFile{Path: filepath.Join(configuration, "slipher", uuid.NewString()+".key")}, nil
}

// Keeper is a key of a KMS, or a file.
type Keeper interface {
	keys.Keeper
	Close() error
}

type kmsKeeper struct {
	*secrets.Keeper
	name string
}

func (k kmsKeeper) Name() string { return k.name }

// FileKeeper is a Keeper whose key is in a file.
type FileKeeper struct{ keys.KeyFile }

// Close has nothing to let go of: the file is open only while it is read.
func (FileKeeper) Close() error { return nil }

// OpenKeeper opens the key of a KMS, or a file other than the one in which the wrapped root key lies.
func OpenKeeper(ctx context.Context, rootKeyFile, text string) (Keeper, error) {
	location, err := url.Parse(text)
	if err != nil {
		// The URL itself may be the secret, so it is not repeated.
		return nil, fmt.Errorf("not a URL: %w (%s)", errors.Unwrap(err), howToWriteRootKey)
	}
	if location.Scheme == "file" {
		return openKeyFile(rootKeyFile, location)
	}
	kms := secrets.DefaultURLMux()
	if !kms.ValidKeeperScheme(location.Scheme) {
		return nil, fmt.Errorf("no KMS is known by the scheme %q (%s)", location.Scheme, howToWriteRootKey)
	}
	if path.Join(location.Host, location.Path) == "" {
		return nil, fmt.Errorf("%s:// names no key (%s)", location.Scheme, howToWriteRootKey)
	}
	keeper, err := kms.OpenKeeperURL(ctx, location)
	if err != nil {
		return nil, fmt.Errorf("%w (%s)", err, howToWriteRootKey)
	}
	return kmsKeeper{keeper, rootKeyName(location)}, nil
}

func openKeyFile(rootKeyFile string, location *url.URL) (Keeper, error) {
	file := filepath.Clean(location.Path)
	if location.Host != "" || !filepath.IsAbs(file) {
		return nil, fmt.Errorf("%s names no file by its whole path (%s)", location, howToWriteRootKey)
	}
	if file == rootKeyFile {
		return nil, fmt.Errorf("%s is where the wrapped root key lies: name a file outside the data directory", file)
	}
	return FileKeeper{keys.KeyFile{Path: file}}, nil
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
