// Package fleet is the parent's side of the nodes: it starts, watches, dials and stops the child process
// (`slipher node`) that holds one cluster's data. It knows processes, sockets and the control protocol, but neither accounts
// nor snapshots.
package fleet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"slipher/internal/nodeapi"
)

// ErrNotRunning is returned for a cluster that has no node at the moment.
var ErrNotRunning = errors.New("the cluster's node is not running")

// ErrLost is returned, beside ErrNotRunning, when a node ended in the middle of a transfer: whether it was finished is not known.
var ErrLost = errors.New("the node ended under way")

// Spec says where a cluster's node runs and how much of the machine it may use.
type Spec struct {
	Cluster     string // the cluster's immutable key
	Address     string // the SQL endpoint's IP address
	Port        int
	MemoryLimit string // e.g. "2GB"
	Threads     int
}

// Config is what a Fleet needs of its surroundings.
type Config struct {
	Binary   string    // the program that has the node command; usually slipher itself
	Dir      string    // one folder for each cluster is kept here
	RunDir   string    // short path for control sockets; made anew at each start of the parent
	Sessions int       // that a node takes at the same time; 0 means Redshift's 500
	LogLevel string    // of the nodes
	NodeLog  io.Writer // where the nodes' own log lines go

	// Certificate answers the certificate of the SQL endpoint at an address; nil offers no TLS.
	Certificate func(address string) (nodeapi.Certificate, error)

	// Stores are the folders of snapshot stores. With RemoteStore there are others, in clouds, and nodes may read all files, since the credentials may be
	// in any.
	Stores      []string
	RemoteStore bool

	// Environment is what the nodes get of it, as NAME=value: the credentials of a remote snapshot store. They get nothing else.
	Environment []string

	// Ended is told that a cluster's node has ended for good, before the cluster's folder goes. Nil tells nobody.
	Ended func(cluster string) error

	// Damaged is told that a node which was lost came back and found its database damaged. Nil tells nobody.
	Damaged func(cluster string)

	Log *slog.Logger
	Now func() time.Time
}

// NoteFile is the file in a cluster's folder in which is noted what was committed.
func NoteFile(dir string) string { return filepath.Join(dir, "committed") }

// DataFolder is the folder in a cluster's own that holds the database.
func DataFolder(dir string) string { return filepath.Join(dir, "data") }

// LogFolder is the folder in a cluster's own in which its node spools the SQL logs.
const LogFolder = "log"

// Fleet is every node that the parent runs. Its methods may be called at the same time; calls for one cluster take turns,
// but for Save, Restore and Status, which leave room for others.
type Fleet struct {
	config Config

	mu     sync.Mutex
	nodes  map[string]*node
	closed bool
}

// Open prepares the folders. Nodes are started one by one with Start.
func Open(config Config) (*Fleet, error) {
	for _, dir := range []string{config.Dir, config.RunDir} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("make the clusters' folder: %w", err)
		}
	}
	if config.Damaged == nil {
		config.Damaged = func(string) {}
	}
	return &Fleet{config: config, nodes: map[string]*node{}}, nil
}

// Close shuts every node down cleanly and waits for them.
func (f *Fleet) Close(ctx context.Context) error {
	f.mu.Lock()
	f.closed = true
	nodes := make([]*node, 0, len(f.nodes))
	for _, n := range f.nodes {
		nodes = append(nodes, n)
	}
	f.mu.Unlock()

	errs := make([]error, len(nodes))
	var done sync.WaitGroup
	for i, n := range nodes {
		done.Go(func() { errs[i] = n.stop(ctx) })
	}
	done.Wait()
	return errors.Join(errs...)
}

// Start brings a cluster's process up with its SQL socket bound. It does nothing when the node already runs.
func (f *Fleet) Start(ctx context.Context, spec Spec) error {
	n, err := f.node(spec)
	if err != nil {
		return err
	}
	return n.start(ctx)
}

// Open makes the node open its database, or create it, and answer SQL. It may be repeated.
func (f *Fleet) Open(ctx context.Context, cluster string, request nodeapi.OpenRequest) error {
	n, err := f.find(cluster)
	if err != nil {
		return err
	}
	return n.open(ctx, request)
}

// Reboot restarts the process. The SQL socket stays open meanwhile, so new connections wait instead of being refused.
func (f *Fleet) Reboot(ctx context.Context, cluster string, request nodeapi.OpenRequest) error {
	n, err := f.find(cluster)
	if err != nil {
		return err
	}
	return n.reboot(ctx, request)
}

// Stop shuts the node down and closes its SQL socket. It may be repeated.
func (f *Fleet) Stop(ctx context.Context, cluster string) error {
	return f.end(cluster, func(n *node) error { return n.stop(ctx) })
}

func (f *Fleet) end(cluster string, by func(*node) error) error {
	n, err := f.find(cluster)
	if errors.Is(err, ErrNotRunning) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := by(n); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.nodes, cluster)
	return nil
}

// Remove ends the node, which need not write anything any more, and deletes everything that the cluster kept on disk. It may be repeated.
func (f *Fleet) Remove(ctx context.Context, cluster string) error {
	if err := f.end(cluster, func(n *node) error { return n.discard(ctx) }); err != nil {
		return err
	}
	if f.config.Ended != nil {
		if err := f.config.Ended(cluster); err != nil {
			return fmt.Errorf("end the cluster's logs: %w", err)
		}
	}
	if err := os.RemoveAll(f.dir(cluster)); err != nil {
		return fmt.Errorf("delete the cluster's files: %w", err)
	}
	return nil
}

// Restore fills the cluster's empty data folder from a manifest, and returns when all the data is there. A restore that has begun is followed, an
// interrupted one goes on from what is there. The database may be opened meanwhile.
func (f *Fleet) Restore(ctx context.Context, cluster string, request nodeapi.RestoreRequest, progress func(nodeapi.Progress)) error {
	n, err := f.find(cluster)
	if err != nil {
		return err
	}
	_, err = n.transfer(ctx, nodeapi.PathRestore, request, progress)
	return err
}

// RestoreTable copies one table of a snapshot into the cluster's open database. Nothing is left of a copy that fails; the error is a NodeError where
// the snapshot has no such table, or the database has one of the new name.
func (f *Fleet) RestoreTable(ctx context.Context, cluster string, request nodeapi.TableRequest, progress func(nodeapi.Progress)) (nodeapi.TableRestored, error) {
	n, err := f.find(cluster)
	if err != nil {
		return nodeapi.TableRestored{}, err
	}
	last, err := n.transfer(ctx, nodeapi.PathTable, request, progress)
	if err != nil {
		return nodeapi.TableRestored{}, err
	}
	if last.Table == nil {
		return nodeapi.TableRestored{}, errors.New("the node ended a copy of a table without saying what it copied")
	}
	return *last.Table, nil
}

// Save writes a snapshot of everything that is committed when it begins.
func (f *Fleet) Save(ctx context.Context, cluster string, request nodeapi.SaveRequest, progress func(nodeapi.Progress)) (nodeapi.Saved, error) {
	n, err := f.find(cluster)
	if err != nil {
		return nodeapi.Saved{}, err
	}
	last, err := n.transfer(ctx, nodeapi.PathSave, request, progress)
	if err != nil {
		return nodeapi.Saved{}, err
	}
	if last.Saved == nil {
		return nodeapi.Saved{}, errors.New("the node ended a save without saying what it saved")
	}
	return *last.Saved, nil
}

// SetCredentials replaces the admin user's password verifier, now and for later restarts of the node.
func (f *Fleet) SetCredentials(ctx context.Context, cluster string, credentials nodeapi.Credentials) error {
	n, err := f.find(cluster)
	if err != nil {
		return err
	}
	return n.setCredentials(ctx, credentials)
}

// AddLogin has the cluster's node accept one more password, now and after restarts. A node that does not run gets it when it is opened.
func (f *Fleet) AddLogin(ctx context.Context, cluster string, login nodeapi.Login) error {
	n, err := f.find(cluster)
	if err != nil {
		return err
	}
	return n.addLogin(ctx, login)
}

// RenewCertificates gives every node that runs the certificate that its endpoint has now. Sessions that are open stay.
func (f *Fleet) RenewCertificates(ctx context.Context) error {
	f.mu.Lock()
	nodes := slices.Collect(maps.Values(f.nodes))
	f.mu.Unlock()
	var errs []error
	for _, n := range nodes {
		if err := n.renewCertificate(ctx); err != nil && !errors.Is(err, ErrNotRunning) {
			errs = append(errs, fmt.Errorf("renew the certificate of cluster %s: %w", n.spec.Cluster, err))
		}
	}
	return errors.Join(errs...)
}

// SetBandwidth caps the cluster's transfers under way, in bytes a second; 0 lifts the cap.
func (f *Fleet) SetBandwidth(ctx context.Context, cluster string, bytesPerSecond int64) error {
	n, err := f.find(cluster)
	if err != nil {
		return err
	}
	return n.call(ctx, nodeapi.PathBandwidth, nodeapi.Bandwidth{BytesPerSecond: bytesPerSecond}, nil)
}

// Status asks the node what it does.
func (f *Fleet) Status(ctx context.Context, cluster string) (nodeapi.Status, error) {
	n, err := f.find(cluster)
	if err != nil {
		return nodeapi.Status{}, err
	}
	return n.status(ctx)
}

func (f *Fleet) find(cluster string) (*node, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if n, ok := f.nodes[cluster]; ok {
		return n, nil
	}
	return nil, ErrNotRunning
}

// node returns the cluster's node, making it (not yet started) when there is none.
func (f *Fleet) node(spec Spec) (*node, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, errors.New("slipher is shutting down")
	}
	if n, ok := f.nodes[spec.Cluster]; ok {
		return n, nil
	}
	n := &node{spec: spec, dir: f.dir(spec.Cluster), config: f.config}
	f.nodes[spec.Cluster] = n
	return n, nil
}

func (f *Fleet) dir(cluster string) string { return filepath.Join(f.config.Dir, cluster) }
