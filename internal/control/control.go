// Package control is the Redshift management API: every operation is a method of Control, and durable jobs carry clusters and
// snapshots from state to state.
//
// It promises that each decision is one transaction, that whatever was accepted is carried on after a crash, and that a snapshot
// is seen and restored by its owner and by the accounts that the owner has authorised, and by nobody else. It knows neither HTTP
// nor signatures, neither processes nor blocks.
package control

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/semaphore"

	"slipher/internal/api"
	"slipher/internal/fleet"
	"slipher/internal/keys"
	"slipher/internal/meta"
	"slipher/internal/nodeapi"
	"slipher/internal/secrets"
	"slipher/internal/service/redshift"
	"slipher/internal/vault"
	"slipher/internal/vault/store"
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

// Config is what Control needs of its surroundings.
type Config struct {
	Store     *meta.Store
	Keys      *keys.Ring
	Secrets   *secrets.Safe // keeps the admin passwords that are managed; Control owns what is in it
	Nodes     Nodes
	Accounts  Accounts
	Snapshots string // URL of the snapshot store, for the nodes and for sweeping
	// SnapshotsIn are URLs of the stores of regions that have one of their own. What is in the common store already stays there.
	SnapshotsIn map[string]string
	Logs        Logs // of the clusters' sessions; nil delivers none
	// LogBucket opens a bucket for logs; store.Missing tells that it does not exist.
	LogBucket func(ctx context.Context, name string) (store.Bucket, error)
	Addresses Addresses    // of the SQL endpoints
	Limits    state.Limits // a zero field means Redshift's own limit
	Bandwidth int64        // bytes a second that all saves and restores together may use; 0 is unlimited
	Memory    string       // the engine's memory limit in each node; 1GB when empty
	Threads   int          // of the engine in each node; one for each CPU when 0

	// Copy stores a snapshot of one scope in another; nil is vault.Vault.Copy.
	Copy func(ctx context.Context, into, from vault.Vault, request vault.CopyRequest) (vault.Saved, error)

	Now    func() time.Time
	NewID  func() string // unguessable UUIDs; nil makes random ones
	Random io.Reader     // nil is crypto/rand
	Log    *slog.Logger  // nil discards
	Worked func()        // called after each run of a job; may be nil
}

// Control answers the operations and works the jobs.
type Control struct {
	config    Config
	stores    Stores
	turns     turns               // of clusters, for what happens to their nodes but for transfers
	opened    keySet              // clusters whose node serves SQL
	scopes    turns               // of saves in a scope: each has the one before for its parent
	saves     *semaphore.Weighted // the saves that run at once; who waits for one holds its scope already
	copies    *semaphore.Weighted // the copies to other regions that run at once
	postponed keySet              // scopes whose sweep gave way to a save
	progress  transfers           // of saves and copies by snapshot, of restores by cluster, of table restores by request
	budget    budget
	began     time.Time // this process

	mu   sync.Mutex
	last int64 // the latest time that orderedID has used, Unix nanoseconds
}

// New opens the snapshot stores and registers the jobs. Resume belongs after it, and the store's Run after that.
func New(config Config) (*Control, error) {
	if config.Store == nil || config.Keys == nil || config.Secrets == nil || config.Nodes == nil || config.Accounts == nil || config.Now == nil {
		return nil, errors.New("control needs a store, keys, secrets, nodes, accounts and a clock")
	}
	stores, err := openStores(context.Background(), config.storeURLs())
	if err != nil {
		return nil, err
	}
	if err := stores.holdEverything(context.Background(), config.Store); err != nil {
		return nil, errors.Join(err, stores.Close())
	}
	config = config.withDefaults()
	c := &Control{config: config, stores: stores, began: config.Now()}
	c.budget = budget{total: config.Bandwidth, nodes: config.Nodes, log: config.Log}
	c.saves = semaphore.NewWeighted(int64(config.Limits.Saves))
	c.copies = semaphore.NewWeighted(int64(config.Limits.Copies))
	config.Secrets.Own(c.mayRotateSecret)
	c.registerJobs()
	return c, nil
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

// Close releases the snapshot stores. The jobs must have ended before.
func (c *Control) Close() error { return c.stores.Close() }

// Service is the Redshift API; docs/compatibility.md lists the operations that are not offered.
func (c *Control) Service() (api.Service, error) {
	return redshift.New(c.config.Store, c.families()...)
}

// now has the precision that Redshift's answers show.
func (c *Control) now() time.Time { return c.config.Now().UTC().Truncate(time.Millisecond) }

// orderedID names a record so that a list in the order of ids is in the order of creation.
func (c *Control) orderedID() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = max(c.config.Now().UnixNano(), c.last+1)
	return fmt.Sprintf("%s-%.8s", state.IDAt(c.last), c.config.NewID())
}
