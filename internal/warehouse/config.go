package warehouse

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"runtime"
	"time"

	"github.com/google/uuid"

	"slipher/internal/fleet"
	"slipher/internal/keys"
	"slipher/internal/meta"
	"slipher/internal/nodeapi"
	"slipher/internal/secretstore"
	"slipher/internal/vault"
	"slipher/internal/vault/store"
	"slipher/internal/warehouse/delivery"
	"slipher/internal/warehouse/placement"
	"slipher/internal/warehouse/state"
)

// Nodes run the clusters' data. Every call may be repeated. *fleet.Fleet is one.
type Nodes interface {
	Start(ctx context.Context, spec fleet.Spec) error
	Open(ctx context.Context, cluster string, request nodeapi.OpenRequest) error
	Restore(ctx context.Context, cluster string, request nodeapi.RestoreRequest, progress func(nodeapi.Progress)) error
	RestoreTable(ctx context.Context, cluster string, request nodeapi.TableRequest, progress func(nodeapi.Progress)) (nodeapi.TableRestored, error)
	Save(ctx context.Context, cluster string, request nodeapi.SaveRequest, progress func(nodeapi.Progress)) (nodeapi.Saved, error)
	SetCredentials(ctx context.Context, cluster string, credentials nodeapi.Credentials) error
	AddLogin(ctx context.Context, cluster string, login nodeapi.Login) error
	Status(ctx context.Context, cluster string) (nodeapi.Status, error)
	SetBandwidth(ctx context.Context, cluster string, bytesPerSecond int64) error
	Reboot(ctx context.Context, cluster string, request nodeapi.OpenRequest) error
	Stop(ctx context.Context, cluster string) error
	Remove(ctx context.Context, cluster string) error
}

// Accounts tell which accounts there are. *accounts.Directory is one.
type Accounts interface {
	Active(tx *meta.Tx, account string) (bool, error)
}

// Config is what the warehouse needs of its surroundings.
type Config struct {
	Store     *meta.Store
	Keys      *keys.Ring
	Secrets   *secretstore.Safe // keeps the admin passwords that are managed; the warehouse owns what is in it
	Nodes     Nodes
	Accounts  Accounts
	Snapshots string // URL of the snapshot store, for the nodes and for sweeping
	// OwnSnapshots is the URL of the store that is a part of the installation, and moves with it.
	OwnSnapshots string
	// SnapshotsIn are URLs of the stores of regions that have one of their own. What is in the common store already stays there.
	SnapshotsIn map[string]string
	Logs        delivery.Logs // of the clusters' sessions; nil delivers none
	// LogBucket opens a bucket for logs; store.Missing tells that it does not exist.
	LogBucket func(ctx context.Context, name string) (store.Bucket, error)
	Addresses placement.Addresses // of the SQL endpoints
	Limits    state.Limits        // a zero field means Redshift's own limit
	Bandwidth int64               // bytes a second that all saves and restores together may use; 0 is unlimited
	Memory    string              // the engine's memory limit in each node; 1GB when empty
	Threads   int                 // of the engine in each node; one for each CPU when 0

	// Copy stores a snapshot of one scope in another; nil is vault.Vault.Copy.
	Copy func(ctx context.Context, into, from vault.Vault, request vault.CopyRequest) (vault.Saved, error)

	Now    func() time.Time
	NewID  func() string // unguessable UUIDs; nil makes random ones
	Random io.Reader     // nil is crypto/rand
	Log    *slog.Logger  // nil discards
	Worked func()        // called after each run of a job; may be nil
}

func (c Config) withDefaults() Config {
	c.Limits = c.Limits.WithDefaults()
	if c.Memory == "" {
		c.Memory = "1GB"
	}
	if c.Threads == 0 {
		c.Threads = runtime.NumCPU()
	}
	if c.NewID == nil {
		c.NewID = uuid.NewString
	}
	if c.Random == nil {
		c.Random = rand.Reader
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Copy == nil {
		c.Copy = func(ctx context.Context, into, from vault.Vault, request vault.CopyRequest) (vault.Saved, error) {
			return into.Copy(ctx, from, request)
		}
	}
	if c.Worked == nil {
		c.Worked = func() {}
	}
	return c
}
