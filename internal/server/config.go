package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"slipher/internal/installation"
	"slipher/internal/keys"
	"slipher/internal/meta"
	"slipher/internal/vault"
	"slipher/internal/vault/store"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/placement"
	"slipher/internal/warehouse/state"
)

// Config says what a server is made of. Data, Now and Log are always needed; a field that is zero otherwise means the usual thing.
type Config struct {
	Data   installation.Folder
	Listen string // address of the AWS API; empty answers none

	Snapshots   string            // URL of the snapshot store; a folder of Data when empty
	SnapshotsIn map[string]string // URLs of regions' own stores
	LogBuckets  string            // URL of the buckets of EnableLogging; folders of Data when empty

	Bandwidth       int64 // bytes a second of all saves and restores together; 0 is unlimited
	ManualSnapshots int   // of an account in a region; 0 is Redshift's own limit
	AuditDays       int   // that the record of API calls is kept; 0 is for ever
	AdvertiseHost   string
	TLS             TLS
	Door            Door // needed where the API is answered

	Program  string    // has the node command
	LogLevel string    // of the nodes
	NodeLog  io.Writer // where their log lines go
	Environ  []string  // of which nodes get what their stores need

	// OpenKeys opens the keyring; nil is keys.Open, which leaves the root key in clear in the folder.
	OpenKeys func(context.Context, keys.Config) (*keys.Ring, error)
	// Ready is told once that the API answers, and where; nil tells nobody.
	Ready func(url string)

	Now func() time.Time
	Log *slog.Logger

	World
}

// World is what a test puts in the place of chance, of processes and of other machines.
type World struct {
	Random io.Reader   // nil is crypto/rand
	Store  *meta.Store // nil opens the folder's own; one that is given is not closed

	// Nodes supervises the clusters' nodes, and tells ended when one has ended for good. Nil starts a process for each cluster.
	Nodes func(ended func(cluster string) error) (warehouse.Nodes, error)

	Addresses  placement.Addresses // of SQL endpoints, where Nodes is given
	Limits     state.Limits
	Accounts   warehouse.Accounts // nil asks the metadata
	GrantLimit int                // and the next: see keys.Config
	GrantsRate float64
	LogBucket  func(ctx context.Context, name string) (store.Bucket, error) // in the place of LogBuckets
	Copy       func(ctx context.Context, into, from vault.Vault, request vault.CopyRequest) (vault.Saved, error)
	Worked     func() // called after each run of a job
}

// check refuses what cannot be meant, before anything is touched.
func (c Config) check() error {
	if c.Data == "" || c.Now == nil || c.Log == nil {
		return errors.New("a server needs a folder, a clock and a log")
	}
	if c.Nodes == nil {
		for _, location := range c.storeURLs() {
			if strings.HasPrefix(location, "mem:") {
				return errors.New("a snapshot store mem:// is for tests: snapshots in memory end with the process that saved them")
			}
		}
	}
	if c.ManualSnapshots < 0 {
		return fmt.Errorf("--manual-snapshots is %d: an account needs room for at least one", c.ManualSnapshots)
	}
	if c.AuditDays < 0 {
		return fmt.Errorf("--audit-days is %d: give a number of days, or 0 to keep the record for ever", c.AuditDays)
	}
	if c.Listen == "" {
		return nil
	}
	return errors.Join(c.TLS.check(), c.Door.check())
}

func (c Config) snapshotsURL() string {
	if c.Snapshots != "" {
		return c.Snapshots
	}
	return c.Data.SnapshotsURL()
}

// storeURLs are all snapshot stores.
func (c Config) storeURLs() []string {
	return append(slices.Sorted(maps.Values(c.SnapshotsIn)), c.snapshotsURL())
}
