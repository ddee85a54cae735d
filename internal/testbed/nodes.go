package testbed

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"slipher/internal/fleet"
	"slipher/internal/nodeapi"
	"slipher/internal/vault"
	"slipher/internal/vault/store"
	"slipher/internal/warehouse"
)

// Nodes stand in for the clusters' processes. A cluster's data is one file, which is saved to and restored from a real vault; only
// SQL is missing. Its one table is public.rows; tables that are restored from a snapshot are files beside it. Like a database, the file changes a little each time it is opened. A node that restores is open at once, and whoever reads
// its file before it is there fetches it.
type Nodes struct {
	dir string
	now func() time.Time

	mu      sync.Mutex
	running map[string]*running
	plan    map[string][]func(ctx context.Context, step Step) error
	steps   []Step
	copying *rate.Limiter    // of the copy that began last
	shares  map[string]int64 // the bandwidth that each cluster was last given
	written map[string]int64
	every   func(ctx context.Context, step Step) error
	ended   func(cluster string) error // told before a cluster's folder goes
}

// Step is one call of the warehouse's, before or after it took effect.
type Step struct {
	Call    string // start, open, restore, table, save, copy, credentials, reboot, stop, remove
	Cluster string
	Address string // of a start: host and port
	After   bool
}

type running struct {
	spec       fleet.Spec
	open       bool
	verifier   string
	parameters map[string]string
	logins     []nodeapi.Login
	restore    *nodeapi.RestoreRequest // the file is not there yet
}

const fileName = "rows"

func newNodes(dir string, now func() time.Time) *Nodes {
	return &Nodes{dir: dir, now: now, running: map[string]*running{}, plan: map[string][]func(context.Context, Step) error{}, shares: map[string]int64{}, written: map[string]int64{}}
}

// supervise is how a server begins to use the nodes.
func (n *Nodes) supervise(ended func(cluster string) error) (warehouse.Nodes, error) {
	n.ended = ended
	return n, nil
}

// Fail makes the next call of this name fail before it takes effect.
func (n *Nodes) Fail(call string, err error) {
	n.interrupt(call, func(context.Context, Step) error { return err })
}

// Watch is told of every step; an error that it returns becomes the call's.
func (n *Nodes) Watch(every func(ctx context.Context, step Step) error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.every = every
}

// Steps are all calls that took effect so far.
func (n *Nodes) Steps() []Step {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]Step{}, n.steps...)
}

// Share is the bandwidth that the cluster was last given.
func (n *Nodes) Share(cluster string) int64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.shares[cluster]
}

// Verifier is the password verifier that the cluster's node checks with, or empty when it does not serve.
func (n *Nodes) Verifier(cluster string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if node := n.running[cluster]; node != nil && node.open {
		return node.verifier
	}
	return ""
}

// Parameters are what the cluster's node was opened with.
func (n *Nodes) Parameters(cluster string) map[string]string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if node := n.running[cluster]; node != nil {
		return node.parameters
	}
	return nil
}

// Serves says whether the cluster's node answers SQL, and where.
func (n *Nodes) Serves(cluster string) (fleet.Spec, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	node := n.running[cluster]
	if node == nil {
		return fleet.Spec{}, false
	}
	return node.spec, node.open
}

// Folders are the clusters that have files.
func (n *Nodes) Folders() ([]string, error) {
	entries, err := os.ReadDir(n.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names, err
}

// Read is what a client would find in the cluster.
func (n *Nodes) Read(cluster string) ([]byte, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	content, err := n.content(cluster)
	if err != nil {
		return nil, err
	}
	return content[8:], nil
}

// content needs n.mu: an opening writes the file, too.
func (n *Nodes) content(cluster string) ([]byte, error) {
	if err := n.fetch(context.Background(), cluster); err != nil {
		return nil, err
	}
	return os.ReadFile(n.file(cluster))
}

// Write replaces what the cluster holds.
func (n *Nodes) Write(cluster string, rows []byte) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	content, err := n.content(cluster)
	if err != nil {
		return err
	}
	return os.WriteFile(n.file(cluster), append(content[:8:8], rows...), 0o600)
}

// Changed adds to what the cluster's node says that it has written.
func (n *Nodes) Changed(cluster string, bytes int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.written[cluster] += bytes
}

// Status of a running node is always open: this one opens and starts at once.
func (n *Nodes) Status(_ context.Context, cluster string) (nodeapi.Status, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.running[cluster] == nil {
		return nodeapi.Status{}, fleet.ErrNotRunning
	}
	status := nodeapi.Status{State: nodeapi.StateOpen, WrittenBytes: n.written[cluster]}
	if file, err := os.Stat(n.file(cluster)); err == nil {
		status.DatabaseBytes = file.Size()
	}
	return status, nil
}

func (n *Nodes) data(cluster string) string { return filepath.Join(n.dir, cluster, "data") }
func (n *Nodes) file(cluster string) string { return filepath.Join(n.data(cluster), fileName) }

// killAll is what the end of the parent does to its nodes.
func (n *Nodes) killAll() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.running = map[string]*running{}
}

func (n *Nodes) interrupt(call string, by func(context.Context, Step) error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.plan[call] = append(n.plan[call], by)
}

// step lets the test's plan and its watcher have a say before or after a call takes effect.
func (n *Nodes) step(ctx context.Context, step Step) error {
	n.mu.Lock()
	every := n.every
	var planned func(context.Context, Step) error
	if queue := n.plan[step.Call]; !step.After && len(queue) > 0 {
		planned, n.plan[step.Call] = queue[0], queue[1:]
	}
	if step.After {
		n.steps = append(n.steps, step)
	}
	n.mu.Unlock()
	if every != nil {
		if err := every(ctx, step); err != nil {
			return err
		}
	}
	if planned != nil {
		return planned(ctx, step)
	}
	return ctx.Err()
}

func (n *Nodes) call(ctx context.Context, call, cluster string, effect func() error) error {
	return n.take(ctx, Step{Call: call, Cluster: cluster}, effect)
}

func (n *Nodes) take(ctx context.Context, step Step, effect func() error) error {
	if err := n.step(ctx, step); err != nil {
		return err
	}
	if err := effect(); err != nil {
		return err
	}
	step.After = true
	return n.step(ctx, step)
}

// locked runs an effect on a cluster's node.
func (n *Nodes) locked(effect func() error) func() error {
	return func() error {
		n.mu.Lock()
		defer n.mu.Unlock()
		return effect()
	}
}

// Start refuses an address that another node listens on, as a listener would.
func (n *Nodes) Start(ctx context.Context, spec fleet.Spec) error {
	step := Step{Call: "start", Cluster: spec.Cluster, Address: net.JoinHostPort(spec.Address, strconv.Itoa(spec.Port))}
	return n.take(ctx, step, n.locked(func() error {
		for cluster, node := range n.running {
			if cluster != spec.Cluster && node.spec.Address == spec.Address && node.spec.Port == spec.Port {
				return fmt.Errorf("address %s:%d is in use", spec.Address, spec.Port)
			}
		}
		if n.running[spec.Cluster] == nil {
			n.running[spec.Cluster] = &running{spec: spec}
			n.written[spec.Cluster] = 0
		}
		return os.MkdirAll(n.data(spec.Cluster), 0o700)
	}))
}

// Open has the node serve its database, or waits for the restore that is to bring one.
func (n *Nodes) Open(ctx context.Context, cluster string, request nodeapi.OpenRequest) error {
	return n.call(ctx, "open", cluster, n.locked(func() error { return n.openNode(cluster, request) }))
}

func (n *Nodes) openNode(cluster string, request nodeapi.OpenRequest) error {
	node := n.running[cluster]
	if node == nil {
		return fleet.ErrNotRunning
	}
	node.verifier, node.parameters, node.logins = request.Verifier, request.Parameters, request.Logins
	if node.open {
		return nil
	}
	node.open = true
	if request.Restore != nil && !n.whole(cluster) {
		node.restore = request.Restore
		return nil
	}
	return n.countOpening(cluster)
}

func (n *Nodes) whole(cluster string) bool {
	_, err := os.Stat(n.file(cluster))
	return err == nil
}

// fetch needs n.mu. It brings the file of a node that is open without it.
func (n *Nodes) fetch(ctx context.Context, cluster string) error {
	node := n.running[cluster]
	if node == nil || node.restore == nil || n.whole(cluster) {
		return nil
	}
	if err := n.restoreFile(ctx, cluster, *node.restore); err != nil {
		return err
	}
	node.restore = nil
	return n.countOpening(cluster)
}

func (n *Nodes) restoreFile(ctx context.Context, cluster string, request nodeapi.RestoreRequest) error {
	v, err := n.openVault(ctx, request.Store)
	if err != nil {
		return err
	}
	defer v.Bucket.Close()
	_, err = v.Restore(ctx, request.Manifest, n.data(cluster), nil)
	return refusal(err)
}

// countOpening is the small change that opening makes: the file's first eight bytes are a counter.
func (n *Nodes) countOpening(cluster string) error {
	if partial, err := filepath.Glob(filepath.Join(n.data(cluster), "*.partial")); err != nil || len(partial) > 0 {
		return errors.Join(err, errors.New("a restore into this node was not finished"))
	}
	content, err := os.ReadFile(n.file(cluster))
	if errors.Is(err, fs.ErrNotExist) {
		content, err = make([]byte, 8), nil
	}
	if err != nil {
		return err
	}
	binary.LittleEndian.PutUint64(content, binary.LittleEndian.Uint64(content)+1)
	return os.WriteFile(n.file(cluster), content, 0o600)
}

// Reboot opens the database of a running node again, with what it is to have from now on.
func (n *Nodes) Reboot(ctx context.Context, cluster string, request nodeapi.OpenRequest) error {
	return n.call(ctx, "reboot", cluster, n.locked(func() error {
		if n.running[cluster] == nil {
			return fleet.ErrNotRunning
		}
		n.running[cluster].open = false
		return n.openNode(cluster, request)
	}))
}

// SetCredentials changes the admin's password, which Serves and the tests go by.
func (n *Nodes) SetCredentials(ctx context.Context, cluster string, credentials nodeapi.Credentials) error {
	return n.call(ctx, "credentials", cluster, n.locked(func() error {
		node := n.running[cluster]
		if node == nil {
			return fleet.ErrNotRunning
		}
		node.verifier = credentials.Verifier
		return nil
	}))
}

// AddLogin keeps the login, as a node does that runs; Logins shows it.
func (n *Nodes) AddLogin(ctx context.Context, cluster string, login nodeapi.Login) error {
	return n.call(ctx, "login", cluster, n.locked(func() error {
		node := n.running[cluster]
		if node == nil {
			return fleet.ErrNotRunning
		}
		node.logins = append(node.logins, login)
		return nil
	}))
}

// Logins are the passwords that are good for a while which the cluster's node knows.
func (n *Nodes) Logins(cluster string) []nodeapi.Login {
	n.mu.Lock()
	defer n.mu.Unlock()
	if node := n.running[cluster]; node != nil {
		return slices.Clone(node.logins)
	}
	return nil
}

// SetBandwidth notes the share of a cluster, in bytes a second.
func (n *Nodes) SetBandwidth(_ context.Context, cluster string, bytesPerSecond int64) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.shares[cluster] = bytesPerSecond
	return nil
}

// Stop ends the node and leaves its data. One that does not run is stopped.
func (n *Nodes) Stop(ctx context.Context, cluster string) error {
	return n.call(ctx, "stop", cluster, n.locked(func() error {
		delete(n.running, cluster)
		return nil
	}))
}

// Remove ends the node for good, with its data.
func (n *Nodes) Remove(ctx context.Context, cluster string) error {
	return n.call(ctx, "remove", cluster, n.locked(func() error {
		if err := n.ended(cluster); err != nil {
			return err
		}
		delete(n.running, cluster)
		return os.RemoveAll(filepath.Join(n.dir, cluster))
	}))
}

// Save writes the database into the vault as it is at this moment.
func (n *Nodes) Save(ctx context.Context, cluster string, request nodeapi.SaveRequest, progress func(nodeapi.Progress)) (saved nodeapi.Saved, err error) {
	began := n.now()
	err = n.transfer(ctx, "save", cluster, request.BytesPerSecond, func(ctx context.Context, held func(total int64) error) error {
		if _, open := n.Serves(cluster); !open {
			return fleet.ErrNotRunning
		}
		content, err := os.ReadFile(n.file(cluster))
		if err != nil {
			return err
		}
		if err := held(int64(len(content))); err != nil {
			return err
		}
		v, err := n.openVault(ctx, request.Store)
		if err != nil {
			return err
		}
		defer v.Bucket.Close()
		done, err := v.Save(ctx, vault.SaveRequest{Manifest: request.Manifest, Parent: request.Parent,
			Files: []vault.File{{Name: fileName, Content: bytes.NewReader(content), Size: int64(len(content))}}})
		saved = nodeapi.Saved{
			Manifest: done.Manifest, TotalBytes: done.TotalBytes, StoredBytes: int64(done.NewBlocks) * blockBytes,
			NewBlocks: done.NewBlocks, Blocks: done.Blocks, Seconds: n.now().Sub(began).Seconds(), BeganUnixMS: began.UnixMilli(),
		}
		return err
	}, progress)
	return saved, err
}

// blockBytes is a block of the vault. What is stored is counted in whole blocks, so that tests do not depend on compression.
const blockBytes = 256 << 10

// Restore brings back what Save has written. A database that is whole already stays, so that it can be tried again.
func (n *Nodes) Restore(ctx context.Context, cluster string, request nodeapi.RestoreRequest, progress func(nodeapi.Progress)) error {
	return n.transfer(ctx, "restore", cluster, request.BytesPerSecond, func(ctx context.Context, held func(total int64) error) error {
		if n.whole(cluster) {
			return nil
		}
		v, err := n.openVault(ctx, request.Store)
		if err != nil {
			return err
		}
		defer v.Bucket.Close()
		manifest, err := v.Manifest(ctx, request.Manifest)
		if err != nil {
			return refusal(err)
		}
		if err := held(manifest.TotalBytes()); err != nil {
			return err
		}
		return n.locked(func() error {
			node := n.running[cluster]
			if node == nil {
				return fleet.ErrNotRunning
			}
			if node.restore == nil && !n.whole(cluster) { // not open yet
				return n.restoreFile(ctx, cluster, request)
			}
			return n.fetch(ctx, cluster)
		})()
	}, progress)
}

// refusal is how a node tells its parent what went wrong.
func refusal(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	damaged := errors.Is(err, vault.ErrDamaged) || errors.Is(err, vault.ErrNotFound)
	return &fleet.NodeError{Message: err.Error(), Damaged: damaged}
}

func (n *Nodes) openVault(ctx context.Context, at nodeapi.Store) (vault.Vault, error) {
	bucket, err := store.Open(ctx, at.URL, n.now)
	return vault.Vault{Bucket: bucket, Scope: at.Scope, Key: at.Key, Now: n.now}, err
}

// transfer is a call that can be held half-way: its plan runs once it is known how much there is to move.
func (n *Nodes) transfer(ctx context.Context, call, cluster string, share int64, run func(ctx context.Context, held func(total int64) error) error, progress func(nodeapi.Progress)) error {
	began := n.now()
	n.mu.Lock()
	n.shares[cluster] = share
	n.mu.Unlock()
	report := func(done, total int64) {
		seconds := n.now().Sub(began).Seconds()
		p := nodeapi.Progress{TotalBytes: total, DoneBytes: done, StoredBytes: done, Seconds: seconds}
		if seconds > 0 {
			p.BytesPerSecond = float64(done) / seconds
		}
		progress(p)
	}
	step := Step{Call: call, Cluster: cluster}
	err := run(ctx, func(total int64) error {
		return n.step(withReport(ctx, func() { report(total/2, total) }), step)
	})
	if err != nil {
		return err
	}
	step.After = true
	return n.step(ctx, step)
}
