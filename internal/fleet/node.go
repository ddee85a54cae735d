package fleet

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"slipher/internal/nodeapi"
)

// node is one cluster's process as the parent sees it: the SQL socket that outlives restarts, the process that serves it now, and what
// it takes to bring the next one to the same state.
type node struct {
	spec   Spec
	dir    string
	config Config

	turn sync.Mutex // held by whoever starts, opens, restarts or stops the node

	mu       sync.Mutex // guards what follows
	sql      *net.TCPListener
	process  *process
	opened   *nodeapi.OpenRequest // set once the node serves SQL; a restart repeats it
	logins   []nodeapi.Login      // that may be good still, whether the node was opened with them or got them later
	stopping bool
}

func (n *node) start(ctx context.Context) error {
	n.turn.Lock()
	defer n.turn.Unlock()
	n.mu.Lock()
	running := n.process != nil && !n.process.gone()
	n.stopping = false
	n.mu.Unlock()
	if running {
		return nil
	}
	if err := n.bind(ctx); err != nil {
		return err
	}
	return n.launch(ctx)
}

func (n *node) open(ctx context.Context, request nodeapi.OpenRequest) error {
	n.turn.Lock()
	defer n.turn.Unlock()
	return n.reopen(ctx, request)
}

func (n *node) reboot(ctx context.Context, request nodeapi.OpenRequest) error {
	n.turn.Lock()
	defer n.turn.Unlock()
	if err := n.halt(ctx); err != nil {
		return err
	}
	n.mu.Lock()
	n.stopping = false
	n.mu.Unlock()
	if err := n.bind(ctx); err != nil {
		return err
	}
	if err := n.launch(ctx); err != nil {
		return err
	}
	return n.reopen(ctx, request)
}

func (n *node) stop(ctx context.Context) error {
	n.turn.Lock()
	defer n.turn.Unlock()
	err := n.halt(ctx)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.opened = nil
	if n.sql != nil {
		n.sql.Close()
		n.sql = nil
	}
	return err
}

// discard is stop without a last checkpoint, for a cluster whose data is to go.
func (n *node) discard(ctx context.Context) error {
	n.turn.Lock()
	n.mu.Lock()
	n.stopping = true
	p := n.process
	n.mu.Unlock()
	if p != nil && !p.gone() {
		p.kill()
		<-p.ended
	}
	n.turn.Unlock()
	return n.stop(ctx)
}

func (n *node) setCredentials(ctx context.Context, credentials nodeapi.Credentials) error {
	n.turn.Lock()
	defer n.turn.Unlock()
	if err := n.call(ctx, nodeapi.PathCredentials, credentials, nil); err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.opened != nil {
		n.opened.AdminUser, n.opened.Verifier = credentials.AdminUser, credentials.Verifier
	}
	return nil
}

func (n *node) addLogin(ctx context.Context, login nodeapi.Login) error {
	n.turn.Lock()
	defer n.turn.Unlock()
	n.keepLogins(login)
	return n.call(ctx, nodeapi.PathLogin, login, nil)
}

// keepLogins adds to the logins, drops those that have expired, and returns what is left.
func (n *node) keepLogins(more ...nodeapi.Login) []nodeapi.Login {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.logins = nodeapi.MergeLogins(n.logins, more, n.config.Now())
	return slices.Clone(n.logins)
}

func (n *node) status(ctx context.Context) (status nodeapi.Status, err error) {
	err = n.call(ctx, nodeapi.PathStatus, nil, &status)
	return status, err
}

func (n *node) reopen(ctx context.Context, request nodeapi.OpenRequest) error {
	request.Logins = n.keepLogins(request.Logins...)
	if err := n.call(ctx, nodeapi.PathOpen, request, nil); err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	request.Create = false // from here on there is one
	n.opened = &request
	return nil
}

// bind opens the SQL socket. A node of a parent that was killed may hold the address for a moment longer.
func (n *node) bind(ctx context.Context) error {
	n.mu.Lock()
	bound := n.sql != nil
	n.mu.Unlock()
	if bound {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	address := net.JoinHostPort(n.spec.Address, fmt.Sprint(n.spec.Port))
	for {
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
		if err == nil {
			n.mu.Lock()
			n.sql = listener.(*net.TCPListener)
			n.mu.Unlock()
			return nil
		}
		if !waited(ctx, 20*time.Millisecond) {
			return fmt.Errorf("listen for SQL on %s (is another program using it?): %w", address, err)
		}
	}
}

// launch starts the process and watches over it: one that ends unasked is replaced and brought back to the same state.
func (n *node) launch(ctx context.Context) error {
	if err := os.MkdirAll(n.dir, 0o700); err != nil {
		return fmt.Errorf("make the cluster's folder: %w", err)
	}
	n.mu.Lock()
	sql := n.sql
	n.mu.Unlock()
	config, err := n.nodeConfig()
	if err != nil {
		return err
	}
	p, err := startProcess(n.config, config, sql)
	if err != nil {
		return err
	}
	n.mu.Lock()
	n.process = p
	n.mu.Unlock()
	go n.watch(p)
	if _, err := n.status(ctx); err != nil {
		p.kill()
		return fmt.Errorf("wait for the node to answer: %w", err)
	}
	return nil
}

func (n *node) nodeConfig() (nodeapi.Config, error) {
	certificate, err := n.certificate()
	return nodeapi.Config{
		Cluster:     n.spec.Cluster,
		Dir:         n.dir,
		Stores:      n.config.Stores,
		ReadAll:     n.config.RemoteStore,
		DataDir:     DataFolder(n.dir),
		TempDir:     filepath.Join(n.dir, "tmp"),
		NoteFile:    NoteFile(n.dir),
		ViewDir:     filepath.Join(n.dir, "view"),
		LogDir:      filepath.Join(n.dir, LogFolder),
		MemoryLimit: n.spec.MemoryLimit,
		Threads:     n.spec.Threads,
		MaxSessions: n.config.Sessions,
		Certificate: certificate,
		LogLevel:    n.config.LogLevel,
	}, err
}

func (n *node) certificate() (nodeapi.Certificate, error) {
	if n.config.Certificate == nil {
		return nodeapi.Certificate{}, nil
	}
	certificate, err := n.config.Certificate(n.spec.Address)
	if err != nil {
		return nodeapi.Certificate{}, fmt.Errorf("make the endpoint's certificate: %w", err)
	}
	return certificate, nil
}

func (n *node) renewCertificate(ctx context.Context) error {
	certificate, err := n.certificate()
	if err != nil {
		return err
	}
	return n.call(ctx, nodeapi.PathCertificate, certificate, nil)
}

// halt ends the process and waits for it; asked first, killed when it does not answer in time.
func (n *node) halt(ctx context.Context) error {
	n.mu.Lock()
	n.stopping = true
	p := n.process
	n.mu.Unlock()
	if p == nil || p.gone() {
		return nil
	}
	if err := n.call(ctx, nodeapi.PathShutdown, struct{}{}, nil); err != nil {
		n.config.Log.Warn("node did not answer the shutdown", "cluster", n.spec.Cluster, "err", err)
		p.kill()
	}
	timer := time.NewTimer(30 * time.Second)
	defer timer.Stop()
	select {
	case <-p.ended:
	case <-ctx.Done():
		p.kill()
		<-p.ended
	case <-timer.C:
		p.kill()
		<-p.ended
	}
	return nil
}

func (n *node) watch(p *process) {
	<-p.ended
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		again, err := n.revive(p)
		if !again {
			return
		}
		n.config.Log.Error("node was lost and could not be restarted", "cluster", n.spec.Cluster, "err", err, "next_try", wait)
		time.Sleep(wait)
	}
}

// revive replaces the process p, which ended, unless that was asked for or somebody else did it already. It says whether to try again.
func (n *node) revive(p *process) (again bool, err error) {
	n.turn.Lock()
	defer n.turn.Unlock()
	n.mu.Lock()
	abandoned := n.stopping || n.process != p
	opened := n.opened
	n.mu.Unlock()
	if abandoned {
		return false, nil
	}
	n.config.Log.Warn("node ended unasked", "cluster", n.spec.Cluster, "exit", p.exit())
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := n.launch(ctx); err != nil {
		n.mu.Lock()
		n.process = p
		n.mu.Unlock()
		return true, err
	}
	if opened == nil {
		return false, nil
	}
	err = n.reopen(ctx, *opened)
	if refused, is := errors.AsType[*NodeError](err); is && refused.DatabaseDamaged {
		n.config.Damaged(n.spec.Cluster)
		return false, nil // the process stays, and says so to clients
	}
	if err != nil {
		n.mu.Lock()
		replacement := n.process
		n.process = p
		n.mu.Unlock()
		replacement.kill()
		return true, err
	}
	return false, nil
}

// waited waits for d and says whether ctx is still alive.
func waited(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
