// Package vault is the snapshot store. It promises that what Restore writes is, byte for byte, what Save read, or that it
// refuses by name; that a crash at any point leaves only garbage, which the next Sweep removes; and that somebody who has
// the bucket but not the data key learns no more than sizes and times. It knows files, not clusters or accounts.
//
// The format is docs/vault-format.md; this package keeps its promises.
package vault

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"slipher/internal/vault/pace"
	"slipher/internal/vault/store"

	"golang.org/x/time/rate"
)

var (
	// ErrNotFound says that no manifest of that id is in the scope, or none that was sealed with this key.
	ErrNotFound = errors.New("snapshot not found in this scope under this key")
	// ErrDamaged says that stored bytes are missing, were altered or swapped, or were sealed with another key.
	ErrDamaged = errors.New("damaged")
)

// Vault names a scope of a bucket and the data key that seals everything in it. Several processes, on several machines, may
// save, sweep, restore and verify in one scope at once, as long as the sweeps keep what the others use: saves and sweeps
// exclude each other by pins in the bucket. Scopes share nothing.
type Vault struct {
	Bucket  store.Bucket
	Scope   string           // prefix of every key, without a slash at its end
	Key     []byte           // the data key, 32 bytes
	Now     func() time.Time // measures how long something takes, and how long a pin has stood still
	Limiter *rate.Limiter    // on bytes of files read and written; nil is unlimited; see NewLimiter

	// PackBytes is how large packs grow, 16 MiB when 0. A save holds two of them in memory, and for each block about 100 bytes
	// when it is known and 160 when it is new.
	PackBytes int

	Owner Owner // of sweeps
	// Patience is how long a sweep's pin may stand still before others take the sweep for dead; 10 minutes when 0. A sweep that
	// was held up for half of that deletes nothing any more.
	Patience time.Duration
}

// Owner is who sweeps. The zero value is nobody in particular.
type Owner struct {
	// Name is that of whoever sees to it that one sweep of that name at a time has the right to run in a scope. A sweep takes over the pin that
	// one of the same name and an earlier generation left, instead of waiting until it has proved to be dead.
	Name string
	// Generation is that of the lease under which the sweep runs.
	Generation uint64
	// Holds says whether that lease still holds. It is asked before anything is deleted; nil is always.
	Holds func(ctx context.Context) error
}

const (
	defaultPackBytes = 16 << 20
	largestPack      = 64 << 20
)

// opened is a checked Vault with its derived keys.
type opened struct {
	store.Bucket
	keys      keyring
	scope     string
	pace      pace.Pace
	packBytes int
	patience  time.Duration
	now       func() time.Time
}

func (v Vault) open() (*opened, error) {
	s, err := v.openKeyless()
	if err != nil {
		return nil, err
	}
	s.keys, err = deriveKeys(v.Key)
	return s, err
}

// openKeyless is enough for deleting.
func (v Vault) openKeyless() (*opened, error) {
	if v.Bucket == nil {
		return nil, errors.New("vault has no bucket")
	}
	if v.Now == nil {
		return nil, errors.New("vault has no clock")
	}
	if err := checkScope(v.Scope); err != nil {
		return nil, err
	}
	packBytes := v.PackBytes
	if packBytes == 0 {
		packBytes = defaultPackBytes
	}
	packBytes = min(max(packBytes, 2*blockSize), largestPack)
	return &opened{
		Bucket: v.Bucket, scope: v.Scope, pace: pace.New(v.Limiter), packBytes: packBytes, patience: cmp.Or(v.Patience, defaultPatience), now: v.Now,
	}, nil
}

func checkScope(scope string) error {
	hidden := func(segment string) bool { return strings.HasPrefix(segment, ".") }
	if !fs.ValidPath(scope) || slices.ContainsFunc(strings.Split(scope, "/"), hidden) {
		return fmt.Errorf("vault scope %q is not a clean relative path", scope)
	}
	return nil
}

// The folders of a scope; pins have a fourth.
func (s *opened) packKey(id packID) string           { return s.scope + "/packs/" + id.String() }
func (s *opened) indexKey(id packID) string          { return s.scope + "/index/" + id.String() }
func (s *opened) manifestKey(name objectName) string { return s.scope + "/manifests/" + name.String() }

// listed is what one folder of the scope holds: the sizes of well-named objects, and the keys of anything else.
type listed[Name ~[nameSize]byte] struct {
	sizes   map[Name]int64
	foreign []string
}

// absent is the size of what is not there.
const absent = -1

func (l listed[Name]) size(name Name) int64 {
	if size, found := l.sizes[name]; found {
		return size
	}
	return absent
}

func list[Name ~[nameSize]byte](ctx context.Context, s *opened, folder string) (listed[Name], error) {
	prefix := s.scope + "/" + folder + "/"
	objects, err := s.List(ctx, prefix)
	if err != nil {
		return listed[Name]{}, fmt.Errorf("list %s: %w", folder, err)
	}
	found := listed[Name]{sizes: make(map[Name]int64, len(objects))}
	for _, object := range objects {
		if name, ok := parseName(strings.TrimPrefix(object.Key, prefix)); ok {
			found.sizes[Name(name)] = object.Size
		} else {
			found.foreign = append(found.foreign, object.Key)
		}
	}
	return found, nil
}
