package installation

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"slipher/internal/audit"
	"slipher/internal/keys"
	"slipher/internal/meta"
)

// The metadata has the key of all audit records, sealed under the root key, and the end of each.
type (
	auditKey struct{ Sealed []byte }
	auditEnd struct{ Text []byte }
)

var (
	auditKeys = meta.Records[auditKey]{Kind: "audit key"}
	auditEnds = meta.Records[auditEnd]{Kind: "audit end"}
)

// ErrNoAuditKey is the answer of LookAuditChains in a folder in which nothing has been recorded.
var (
	auditKeyID    = meta.Key{ID: "audit"}
	ErrNoAuditKey = errors.New("no audit record has been made so far")
)

// CallsRecord and SQLRecords name records, in the folder and in the metadata: whoever changes them loses the ends that are kept.
const (
	auditKeyPurpose = "key of the audit records"
	auditKeySize    = 32

	CallsRecord = "calls" // the audit record of API calls
	SQLRecords  = "sql"   // begins the names of those of the clusters' SQL logs
)

// SQLRecord names the audit record of a cluster's SQL logs by the key that the cluster keeps.
func SQLRecord(cluster string) string { return SQLRecords + "/" + cluster }

// AuditChains makes the chains of audit records.
type AuditChains struct {
	store *meta.Store
	key   []byte
}

// OpenAuditChains makes the key at first use.
func OpenAuditChains(ctx context.Context, store *meta.Store, ring *keys.Ring) (AuditChains, error) {
	chains, err := LookAuditChains(ctx, store, ring)
	if !errors.Is(err, ErrNoAuditKey) {
		return chains, err
	}
	chains.key = make([]byte, auditKeySize)
	rand.Read(chains.key)
	sealed, err := ring.Seal(auditKeyPurpose, chains.key)
	if err != nil {
		return chains, err
	}
	err = store.Update(ctx, func(tx *meta.Tx) error {
		_, err := auditKeys.Insert(tx, auditKeyID, auditKey{Sealed: sealed})
		return err
	})
	return chains, err
}

// LookAuditChains answers ErrNoAuditKey where no slipher has made the key so far.
func LookAuditChains(ctx context.Context, store *meta.Store, ring *keys.Ring) (AuditChains, error) {
	chains := AuditChains{store: store}
	var sealed []byte
	err := store.View(ctx, func(tx *meta.Tx) error {
		record, err := auditKeys.Find(tx, auditKeyID)
		sealed = record.Body.Sealed
		return err
	})
	if errors.Is(err, meta.ErrNotFound) {
		return chains, ErrNoAuditKey
	}
	if err != nil {
		return chains, err
	}
	if chains.key, err = ring.Unseal(auditKeyPurpose, sealed); err != nil {
		return chains, fmt.Errorf("the key of the audit records: %w", err)
	}
	return chains, nil
}

// Chain is that of the record of this name.
func (c AuditChains) Chain(name string) audit.Chain {
	return audit.Chain{
		Name: name,
		Key:  c.key,
		Kept: func() ([]byte, error) { return c.kept(name) },
		Keep: func(text []byte) error { return c.keep(name, text) },
	}
}

func (c AuditChains) kept(name string) (text []byte, err error) {
	err = c.store.View(context.Background(), func(tx *meta.Tx) error {
		record, err := auditEnds.Find(tx, meta.Key{ID: name})
		if errors.Is(err, meta.ErrNotFound) {
			return nil
		}
		text = record.Body.Text
		return err
	})
	return text, err
}

func (c AuditChains) keep(name string, text []byte) error {
	return c.store.Update(context.Background(), func(tx *meta.Tx) error {
		record, err := auditEnds.Find(tx, meta.Key{ID: name})
		if errors.Is(err, meta.ErrNotFound) {
			_, err = auditEnds.Insert(tx, meta.Key{ID: name}, auditEnd{Text: text})
			return err
		}
		if err != nil {
			return err
		}
		record.Body.Text = text
		return auditEnds.Put(tx, record)
	})
}

// Forget is for a record of which nothing is left.
func (c AuditChains) Forget(name string) error {
	return c.store.Update(context.Background(), func(tx *meta.Tx) error {
		err := auditEnds.Delete(tx, meta.Key{ID: name})
		if errors.Is(err, meta.ErrNotFound) {
			return nil
		}
		return err
	})
}

// Names are the records whose end is kept.
func (c AuditChains) Names(ctx context.Context) (names []string, err error) {
	err = c.store.View(ctx, func(tx *meta.Tx) error {
		records, err := auditEnds.List(tx, meta.Query{})
		for _, record := range records {
			names = append(names, record.ID)
		}
		return err
	})
	return names, err
}
