// Package testbed builds the control side of a slipher in one process, for tests: the real store on a real file, the real keyring
// and the real vault in a folder, a clock that stands still, and nodes that keep a cluster's data in a plain file.
package testbed

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"slipher/internal/accounts"
	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/installation"
	"slipher/internal/keys"
	"slipher/internal/meta"
	"slipher/internal/policy"
	"slipher/internal/secretstore"
	"slipher/internal/server"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/placement"
	"slipher/internal/warehouse/state"
)

// The accounts of most tests.
const (
	Owner    = "111111111111"
	Consumer = "222222222222"
	Region   = "us-east-1"
	Password = "Redshift1"
)

// Config changes what a bed is made of. The zero value is what most tests want.
type Config struct {
	Limits            state.Limits
	Addresses         placement.Addresses // without AdvertiseHost each cluster has an address of its own
	Bandwidth         int64
	Snapshots         string // URL of the snapshot store; empty is a folder of the bed
	StoreOf           string // a region that has a snapshot store of its own
	GrantLimit        int
	RequestsPerSecond float64
	Log               *slog.Logger
}

// Bed is a running control side.
type Bed struct {
	t      testing.TB
	config Config
	dir    string
	region string // of calls

	Clock     *Clock
	Nodes     *Nodes
	Accounts  *Accounts
	Store     *meta.Store
	Keys      *keys.Ring
	Secrets   *secretstore.Safe
	Warehouse *warehouse.Warehouse
	Redshift  api.Service

	server     *server.Server
	operations map[string]api.Operation
	logBuckets logBuckets
	halted     bool
	stop       context.CancelFunc // nil while no jobs run
	stopped    chan error

	crashed chan struct{} // the step that CrashAt waits for has come

	mu   sync.Mutex
	work *work
}

// work is announced when a job has run.
type work struct {
	mu   sync.Mutex
	next chan struct{} // closed then
}

func (w *work) announce() {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.next)
	w.next = make(chan struct{})
}

func (w *work) announced() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.next
}

// Accounts are all active, but for those that were closed.
type Accounts struct {
	mu     sync.Mutex
	closed []string
}

// Active is what the door asks of an account before it answers a call.
func (a *Accounts) Active(_ *meta.Tx, account string) (bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return !slices.Contains(a.closed, account), nil
}

// Close makes an account inactive.
func (a *Accounts) Close(account string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed = append(a.closed, account)
}

// Began is what the clock shows at first.
var Began = time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)

// New builds a bed that ends with the test.
func New(t testing.TB, config Config) *Bed {
	t.Helper()
	if config.Addresses.AdvertiseHost == "" {
		config.Addresses.Loopback = true
	}
	b := &Bed{t: t, config: config, dir: t.TempDir(), region: Region, Clock: &Clock{now: Began}, Accounts: &Accounts{}, work: &work{next: make(chan struct{})}, crashed: make(chan struct{})}
	b.Nodes = newNodes(filepath.Join(b.dir, "clusters"), b.Clock.Now)
	b.start()
	t.Cleanup(b.halt)
	return b
}

func (b *Bed) start() {
	b.t.Helper()
	b.halted = false
	ctx := context.Background()
	built, err := server.New(ctx, b.serverConfig())
	if err != nil {
		b.t.Fatal(err)
	}
	b.use(built)
	if err := b.Warehouse.Resume(ctx); err != nil {
		b.t.Fatal(err)
	}
	b.RunJobs()
}

func (b *Bed) serverConfig() server.Config {
	return server.Config{
		Data: installation.Folder(b.dir), Snapshots: b.config.Snapshots, SnapshotsIn: b.storesOfRegions(), Bandwidth: b.config.Bandwidth, Now: b.Clock.Now, Log: b.log(),
		World: server.World{
			Nodes: b.Nodes.supervise, Addresses: b.config.Addresses, Limits: b.config.Limits, Accounts: b.Accounts,
			GrantLimit: b.config.GrantLimit, GrantsRate: b.config.RequestsPerSecond,
			LogBucket: b.openLogBucket, Copy: b.Nodes.Copy, Random: zeros{}, Worked: b.work.announce,
		},
	}
}

// use takes over the parts of a server.
func (b *Bed) use(built *server.Server) {
	b.mu.Lock()
	b.server, b.Store = built, built.Store
	b.mu.Unlock()
	b.Keys, b.Secrets, b.Warehouse = built.Keys, built.Secrets, built.Warehouse
	b.offer()
}

// offer has the operations of Redshift at hand by their names, and those of other services behind the service's, as kms:DisableKey.
func (b *Bed) offer() {
	b.operations = map[string]api.Operation{}
	for _, service := range b.server.Services {
		prefix := service.Name + ":"
		if service.Name == "redshift" {
			b.Redshift, prefix = service, ""
		}
		for _, operation := range service.Operations {
			b.operations[prefix+operation.Name] = operation
		}
	}
}

func (b *Bed) log() *slog.Logger {
	if b.config.Log != nil {
		return b.config.Log
	}
	return slog.New(slog.DiscardHandler)
}

// RunJobs begins to work the jobs, after StopJobs.
func (b *Bed) RunJobs() {
	running, stop := context.WithCancel(context.Background())
	b.stop, b.stopped = stop, make(chan error, 1)
	go func(store *meta.Store, stopped chan<- error) { stopped <- store.Run(running) }(b.Store, b.stopped)
}

// StopJobs lets jobs wait until RunJobs, while operations are answered.
func (b *Bed) StopJobs() {
	b.t.Helper()
	b.stop()
	if err := <-b.stopped; err != nil && !errors.Is(err, context.Canceled) {
		b.t.Error(err)
	}
	b.stop = nil
}

// halt ends everything in the midst of whatever it was doing. Nothing that a job does afterwards reaches the store.
func (b *Bed) halt() {
	b.t.Helper()
	if b.halted {
		return
	}
	b.halted = true
	if b.stop != nil {
		b.StopJobs()
	}
	b.Nodes.killAll()
	if err := b.server.Close(); err != nil {
		b.t.Error(err)
	}
}

// Stop ends everything for good. The folder stays until the test ends.
func (b *Bed) Stop() {
	b.t.Helper()
	b.halt()
}

// Folder is where everything lies.
func (b *Bed) Folder() installation.Folder { return installation.Folder(b.dir) }

// Restart ends the process in the midst of what it does, nodes included, and starts another on the same files a
// second later.
func (b *Bed) Restart() {
	b.t.Helper()
	b.RestartAfter(time.Second)
}

// RestartAfter is Restart with a longer time in which nothing runs.
func (b *Bed) RestartAfter(pause time.Duration) {
	b.t.Helper()
	b.halt()
	b.Clock.Advance(pause)
	b.start()
}

// CrashAt ends the process at the given step of the nodes, counted from 0, once; Await starts it again.
func (b *Bed) CrashAt(step int) {
	var seen atomic.Int64
	b.Nodes.Watch(func(ctx context.Context, _ Step) error {
		if seen.Add(1) != int64(step)+1 {
			return nil
		}
		close(b.crashed)
		<-ctx.Done()
		return ctx.Err()
	})
}

// RunClock moves the clock on to the next try of whatever has failed, until the test ends. It stops for nothing that waits for longer than a try would.
func (b *Bed) RunClock() {
	ticks := time.NewTicker(time.Millisecond)
	ended := make(chan struct{})
	var running sync.WaitGroup
	running.Go(func() {
		for {
			select {
			case <-ticks.C:
				b.nextTry()
			case <-ended:
				return
			}
		}
	})
	b.t.Cleanup(func() {
		ticks.Stop()
		close(ended)
		running.Wait()
	})
}

const longestTry = 31 * time.Second

func (b *Bed) nextTry() {
	b.mu.Lock()
	store := b.Store
	b.mu.Unlock()
	_, next, err := store.Jobs(context.Background())
	if wait := next.Sub(b.Clock.Now()); err == nil && wait > 0 && wait < longestTry {
		b.Clock.Advance(wait)
		store.Wake()
	}
}

func (b *Bed) snapshots() string { return filepath.Join(b.dir, "snapshots") }

// Stored lists the files of the snapshot store.
func (b *Bed) Stored() []string {
	b.t.Helper()
	var names []string
	err := filepath.WalkDir(b.snapshots(), func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, strings.TrimPrefix(path, b.snapshots()))
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		b.t.Fatal(err)
	}
	return names
}

// ReadStored is the content of a file that Stored lists.
func (b *Bed) ReadStored(name string) []byte {
	b.t.Helper()
	content, err := os.ReadFile(filepath.Join(b.snapshots(), name))
	if err != nil {
		b.t.Fatal(err)
	}
	return content
}

// DamagePacks alters a byte of every pack that is not in the list of Stored from before.
func (b *Bed) DamagePacks(before []string) {
	b.t.Helper()
	for _, name := range b.Stored() {
		if !strings.Contains(name, "/packs/") || slices.Contains(before, name) {
			continue
		}
		path := filepath.Join(b.snapshots(), name)
		content, err := os.ReadFile(path)
		if err != nil {
			b.t.Fatal(err)
		}
		content[100] ^= 1
		if err := os.WriteFile(path, content, 0o600); err != nil {
			b.t.Fatal(err)
		}
	}
}

// Worked is closed when a job has run from now on.
func (b *Bed) Worked() <-chan struct{} {
	return b.work.announced()
}

// AwaitWork waits until the job of Worked has run.
func (b *Bed) AwaitWork(worked <-chan struct{}) {
	b.t.Helper()
	b.within("a job to run", worked)
}

// Caller is the root user of an account, in the region of most tests.
func Caller(account string) api.Caller { return api.RootCaller(account, Region) }

// In has the calls from now on go to another region.
func (b *Bed) In(region string) { b.region = region }

// Region is that of the calls.
func (b *Bed) Region() string { return b.region }

// Call runs an operation of Redshift, or of another service behind its name, in the account's name. Its parameters are name=value words; see Parse
// for lists.
func (b *Bed) Call(account, operation string, parameters ...string) (any, error) {
	b.t.Helper()
	caller := Caller(account)
	caller.Region = b.region
	return b.operations[operation].Call(context.Background(), caller, b.Input(operation, parameters...))
}

// Input is an operation's, with its parameters as name=value words.
func (b *Bed) Input(operation string, parameters ...string) any {
	b.t.Helper()
	found, known := b.operations[operation]
	if !known || found.Call == nil {
		b.t.Fatalf("there is no operation %s", operation)
	}
	input := found.NewInput()
	if err := Parse(input, parameters); err != nil {
		b.t.Fatalf("%s: %v", operation, err)
	}
	return input
}

// Permissions is what an operation requires of the caller's policies.
func (b *Bed) Permissions(caller api.Caller, operation string, input any) ([]policy.Request, error) {
	return b.operations[operation].Permissions(context.Background(), caller, input)
}

// Ask runs an operation as the API does: the caller's policies are asked before.
func (b *Bed) Ask(caller api.Caller, operation string, input any) (any, error) {
	ctx := context.Background()
	if err := accounts.Authorize(ctx, b.operations[operation], caller, input); err != nil {
		return nil, err
	}
	return b.operations[operation].Call(ctx, caller, input)
}

// Must is Call for what the test expects to succeed.
func (b *Bed) Must(account, operation string, parameters ...string) any {
	b.t.Helper()
	answer, err := b.Call(account, operation, parameters...)
	if err != nil {
		b.t.Fatalf("%s %s: %v", operation, strings.Join(parameters, " "), err)
	}
	return answer
}

// CreateCluster creates a cluster that holds rows, and waits until it is available.
func (b *Bed) CreateCluster(account, identifier string, rows []byte) {
	b.t.Helper()
	b.Must(account, "CreateCluster", "ClusterIdentifier="+identifier, "NodeType=ra3.large", "MasterUsername=awsuser", "MasterUserPassword="+Password)
	b.AwaitCluster(account, identifier, "available")
	if err := b.Nodes.Write(b.Key(account, identifier), rows); err != nil {
		b.t.Fatal(err)
	}
}

// CreateSnapshot takes a snapshot and waits until it is available.
func (b *Bed) CreateSnapshot(account, cluster, identifier string) {
	b.t.Helper()
	b.Must(account, "CreateClusterSnapshot", "ClusterIdentifier="+cluster, "SnapshotIdentifier="+identifier)
	b.AwaitSnapshot(account, identifier, "available")
}

// Cluster is nil when there is none.
func (b *Bed) Cluster(account, identifier string) *redshift.Cluster {
	b.t.Helper()
	answer, err := b.Call(account, "DescribeClusters", "ClusterIdentifier="+identifier)
	if IsFault(err, "ClusterNotFound") {
		return nil
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return &answer.(*redshift.ClustersMessage).Clusters[0]
}

// Key is the cluster's immutable key, by which nodes know it.
func (b *Bed) Key(account, identifier string) string {
	b.t.Helper()
	cluster := b.Cluster(account, identifier)
	if cluster == nil {
		b.t.Fatalf("there is no cluster %s", identifier)
	}
	return cluster.ClusterNamespaceArn[strings.LastIndex(cluster.ClusterNamespaceArn, ":")+1:]
}

// Snapshot is nil when there is none.
func (b *Bed) Snapshot(account, identifier string) *redshift.Snapshot {
	b.t.Helper()
	answer, err := b.Call(account, "DescribeClusterSnapshots", "SnapshotIdentifier="+identifier)
	if IsFault(err, "ClusterSnapshotNotFound") {
		return nil
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return &answer.(*redshift.SnapshotMessage).Snapshots[0]
}

// AwaitCluster waits until the cluster has the status; "gone" is that of no cluster.
func (b *Bed) AwaitCluster(account, identifier, status string) {
	b.t.Helper()
	b.Await(fmt.Sprintf("cluster %s to be %s", identifier, status), func() bool {
		cluster := b.Cluster(account, identifier)
		if cluster == nil {
			return status == "gone"
		}
		return cluster.ClusterStatus == status
	})
}

// AwaitRestore waits until the restore of the cluster has the status.
func (b *Bed) AwaitRestore(account, identifier, status string) {
	b.t.Helper()
	b.Await(fmt.Sprintf("the restore of cluster %s to be %s", identifier, status), func() bool {
		cluster := b.Cluster(account, identifier)
		return cluster != nil && cluster.RestoreStatus != nil && cluster.RestoreStatus.Status == status
	})
}

// AwaitSnapshot waits until the snapshot has the status; "gone" is that of no snapshot.
func (b *Bed) AwaitSnapshot(account, identifier, status string) {
	b.t.Helper()
	b.Await(fmt.Sprintf("snapshot %s to be %s", identifier, status), func() bool {
		snapshot := b.Snapshot(account, identifier)
		if snapshot == nil {
			return status == "gone"
		}
		return snapshot.Status == status
	})
}

const patience = time.Minute // a deadline for machines that do much else; nothing waits that long

// Await looks again whenever a job has run, until it holds. When CrashAt's step comes meanwhile, it restarts everything.
func (b *Bed) Await(what string, holds func() bool) {
	b.t.Helper()
	deadline := time.After(patience)
	for {
		worked := b.work.announced()
		if holds() {
			return
		}
		select {
		case <-worked:
		case <-b.crashed:
			b.crashed = make(chan struct{})
			b.Restart()
		case <-deadline:
			b.t.Fatalf("waited %s for %s", patience, what)
		}
	}
}

// Rest waits until all jobs that are due have run. Jobs that failed are due again later.
func (b *Bed) Rest() {
	b.t.Helper()
	b.RestBeside(0)
}

// RestBeside is Rest while the test holds some of the jobs.
func (b *Bed) RestBeside(held int) {
	b.t.Helper()
	b.Store.Wake()
	looks := time.NewTicker(2 * time.Millisecond)
	defer looks.Stop()
	deadline := time.After(patience)
	for {
		running, next, err := b.Store.Jobs(context.Background())
		if err != nil {
			b.t.Fatal(err)
		}
		if running <= held && (next.IsZero() || next.After(b.Clock.Now())) {
			return
		}
		select {
		case <-looks.C:
		case <-deadline:
			b.t.Fatalf("waited %s for the jobs to run", patience)
		}
	}
}

func (b *Bed) within(what string, happened <-chan struct{}) {
	b.t.Helper()
	select {
	case <-happened:
	case <-time.After(patience):
		b.t.Fatalf("waited %s for %s", patience, what)
	}
}

// zeros make the choices that are left to chance the same in every run.
type zeros struct{}

func (zeros) Read(into []byte) (int, error) {
	clear(into)
	return len(into), nil
}
