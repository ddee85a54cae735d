package meta

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
)

// ErrDamaged says that a row is not what was written: its code does not fit. It is no ErrNotFound: what a damaged policy denied is not allowed.
var ErrDamaged = errors.New("damaged")

// Damage names a row that is damaged.
type Damage struct {
	Kind string
	Key
	Entry *Entry // the index entry that is damaged; nil if it is the record itself
}

func (d Damage) Error() string {
	what := fmt.Sprintf("%s %q of account %q, region %q", d.Kind, d.ID, d.Account, d.Region)
	if d.Entry != nil {
		what = fmt.Sprintf("index entry %s=%q of %s", d.Entry.Name, d.Entry.Value, what)
	}
	return what + " is damaged"
}

func (Damage) Unwrap() error { return ErrDamaged }

// codeSize is that of an HMAC-SHA256 cut in half.
const codeSize = 16

// codes are made and checked under a key that Authenticate brings.
type codes struct {
	key    atomic.Pointer[codeKey]
	sealed atomic.Bool // the database's rows have codes
	damage damages
}

// codeKey has hashes ready that begin with the key.
type codeKey struct {
	text   []byte
	hashes sync.Pool
}

func newCodeKey(key []byte) *codeKey {
	return &codeKey{text: key, hashes: sync.Pool{New: func() any { return hmac.New(sha256.New, key) }}}
}

// sum writes each part behind its length, so that no two rows are written alike.
func (k *codeKey) sum(version int64, body []byte, parts ...string) []byte {
	sum := k.hashes.Get().(hash.Hash)
	defer k.hashes.Put(sum)
	sum.Reset()
	head := binary.BigEndian.AppendUint64(make([]byte, 0, 256), uint64(version))
	for _, part := range parts {
		head = binary.BigEndian.AppendUint64(head, uint64(len(part)))
		head = append(head, part...)
	}
	sum.Write(head)
	sum.Write(body)
	return sum.Sum(nil)[:codeSize]
}

// ofRecord is the code of a row as it is, and ofEntry that of an index entry of it.
func (k *codeKey) ofRecord(r row) []byte {
	return k.sum(r.version, r.body, "record", r.kind, r.Account, r.Region, r.ID)
}

func (k *codeKey) ofEntry(kind string, key Key, entry Entry) []byte {
	return k.sum(0, nil, "entry", kind, key.Account, key.Region, key.ID, entry.Name, entry.Value)
}

func (c *codes) recordCode(r row) []byte {
	if key := c.key.Load(); key != nil {
		return key.ofRecord(r)
	}
	return nil
}

func (c *codes) entryCode(kind string, key Key, entry Entry) []byte {
	if with := c.key.Load(); with != nil {
		return with.ofEntry(kind, key, entry)
	}
	return nil
}

// checks says whether codes are checked: not before Authenticate, and not before a database has some.
func (c *codes) checks() bool { return c.key.Load() != nil && c.sealed.Load() }

// checkRecord answers Damage when the row's code does not fit.
func (c *codes) checkRecord(r row) error {
	if !c.checks() || hmac.Equal(r.code, c.recordCode(r)) {
		return nil
	}
	return Damage{Kind: r.kind, Key: r.Key}
}

func (c *codes) checkEntry(r row, entry Entry, code []byte) error {
	if !c.checks() || hmac.Equal(code, c.entryCode(r.kind, r.Key, entry)) {
		return nil
	}
	return Damage{Kind: r.kind, Key: r.Key, Entry: &entry}
}

// mayWrite refuses rows without a code beside rows that have one.
func (c *codes) mayWrite() error {
	if c.sealed.Load() && c.key.Load() == nil {
		return errors.New("the metadata's rows have codes, and the key for them is not open yet")
	}
	return nil
}

// damages are the rows that were found damaged, each told once.
type damages struct {
	log *slog.Logger // nil after Look

	mu    sync.Mutex
	found []Damage
	tell  func(Damage)
}

func (d *damages) report(wrong error) {
	var damage Damage
	if !errors.As(wrong, &damage) {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if slices.ContainsFunc(d.found, func(other Damage) bool { return other.Error() == damage.Error() }) {
		return
	}
	d.found = append(d.found, damage)
	if d.log != nil {
		d.log.Error("damaged row of the metadata", "row", damage.Error())
	}
	if d.tell != nil {
		d.tell(damage)
	}
}

// first is nil when none was found.
func (d *damages) first() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.found) == 0 {
		return nil
	}
	return d.found[0]
}

// OnDamage has every row that was found damaged, or will be, told once.
func (s *Store) OnDamage(tell func(Damage)) {
	damage := &s.codes.damage
	damage.mu.Lock()
	defer damage.mu.Unlock()
	damage.tell = tell
	for _, found := range damage.found {
		tell(found)
	}
}
