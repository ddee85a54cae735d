// Package process is the child process that holds one cluster's data: it answers the parent on the control socket, opens the
// database and lets clients in, and saves and restores the database's files. It knows one cluster, and refuses to know accounts,
// snapshots' owners, other nodes, and what a statement is.
package process

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"slipher/internal/confine"
	"slipher/internal/engine"
	"slipher/internal/node/session"
	"slipher/internal/nodeapi"
	"slipher/internal/pgwire"
	"slipher/internal/vault/pace"
)

// The reasons for which a node ends without having been asked to.
var (
	errParentGone = errors.New("the parent process is gone")
	errPoisoned   = errors.New("the engine failed; a new process must open the database")
	errViewLost   = errors.New("the process that fills the restored files has ended; a new one must open the database")
)

// Run is the node command: it reads its configuration from stdin, takes over the sockets that the parent handed down and serves until it is
// told to shut down, ctx ends, the parent disappears or the engine fails.
func Run(ctx context.Context, stdin io.Reader, now func() time.Time) error {
	decoder := json.NewDecoder(stdin)
	decoder.DisallowUnknownFields()
	var config nodeapi.Config
	if err := decoder.Decode(&config); err != nil {
		return fmt.Errorf("read the node's configuration from standard input (slipher serve starts nodes; do not run them by hand): %w", err)
	}
	sockets, err := inherited(now)
	if err != nil {
		return err
	}
	if config.ViewDir != "" {
		if err := confine.FollowMounts(); err != nil {
			return err
		}
	}
	confined, err := confineNode(config)
	if err != nil {
		return err
	}
	return serve(ctx, config, sockets, confined)
}

// handedDown is what the parent hands down.
type handedDown struct {
	control net.Listener
	sql     net.Listener
	parent  io.Reader // ends when the parent does
	now     func() time.Time
}

func inherited(now func() time.Time) (handedDown, error) {
	control, err := listener(nodeapi.FDControl, "control")
	if err != nil {
		return handedDown{}, err
	}
	sql, err := listener(nodeapi.FDSQL, "SQL")
	if err != nil {
		return handedDown{}, err
	}
	return handedDown{control: control, sql: sql, parent: os.NewFile(nodeapi.FDParent, "parent"), now: now}, nil
}

func listener(fd uintptr, name string) (net.Listener, error) {
	file := os.NewFile(fd, name)
	defer file.Close()
	l, err := net.FileListener(file)
	if err != nil {
		return nil, fmt.Errorf("take over the %s socket: %w", name, err)
	}
	return l, nil
}

// node is the process's state.
type node struct {
	config  nodeapi.Config
	log     *slog.Logger
	level   slog.Level
	now     func() time.Time
	limiter *rate.Limiter // of every transfer; /bandwidth changes it under way
	door    door
	sql     *session.Server

	confined confinement

	ending    context.Context // ends with the node, and with it every transfer
	end       context.CancelFunc
	transfers chan struct{} // one token: opening and saves take turns
	proven    int           // saves since the last one that trusted no hint; guarded by the token

	opened   chan *engine.Database // tells wait what to watch
	stopOnce sync.Once
	stopping chan struct{} // closed by /shutdown
	viewLost chan struct{} // closed when the files have gone from under the database

	beginning sync.Mutex     // held while a restore is prepared
	working   sync.WaitGroup // what the node does by itself until it ends

	mu        sync.Mutex // guards what follows
	database  *engine.Database
	damage    string // of the database that could not be opened
	name      string
	restoring *restoration
	copying   []*restoration // for single tables
}

func serve(ctx context.Context, config nodeapi.Config, sockets handedDown, confined confinement) error {
	n, err := newNode(config, sockets.now)
	if err != nil {
		return err
	}
	n.confined = confined
	confined.tell(n.log)
	if err := emptyFolder(config.TempDir); err != nil {
		return err
	}
	if err := removeLink(config.ViewDir); err != nil {
		return err
	}
	defer n.sql.RunLogs()()
	n.door.listener = sockets.sql
	control := &http.Server{Handler: n.routes(), ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(n.log.Handler(), slog.LevelWarn)}
	var serving sync.WaitGroup
	serving.Go(func() { _ = control.Serve(sockets.control) }) // until close
	cause := n.wait(ctx, parentGone(sockets.parent))
	switch {
	case errors.Is(cause, errParentGone):
		return cause // at once: the write-ahead log has what was acknowledged
	case errors.Is(cause, errPoisoned), errors.Is(cause, errViewLost):
		n.door.leave()
		return cause
	}
	err = errors.Join(n.close(control), confined.starter.end())
	serving.Wait()
	return err
}

// grace is how long transfers and control requests that are under way may take to notice the end.
const grace = 5 * time.Second

// close ends the sessions, checkpoints and closes the database, and lets the control requests under way finish.
func (n *node) close(control *http.Server) error {
	n.end()
	err := n.door.close()
	n.mu.Lock()
	database := n.database
	n.mu.Unlock()
	if database != nil {
		err = errors.Join(err, database.Close())
	}
	err = errors.Join(err, n.endRestores())
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	if control.Shutdown(ctx) != nil {
		_ = control.Close() // the requests had their time
	}
	return err
}

func newNode(config nodeapi.Config, now func() time.Time) (*node, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(config.LogLevel)); config.LogLevel != "" && err != nil {
		return nil, fmt.Errorf("log level: %w", err)
	}
	tlsConfig, err := tlsOf(config.Certificate)
	if err != nil {
		return nil, err
	}
	n := &node{
		config:    config,
		level:     level,
		log:       slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level})).With("cluster", config.Cluster),
		now:       now,
		limiter:   pace.NewLimiter(0),
		transfers: make(chan struct{}, 1),
		opened:    make(chan *engine.Database, 1),
		stopping:  make(chan struct{}),
		viewLost:  make(chan struct{}),
	}
	n.ending, n.end = context.WithCancel(context.Background())
	n.transfers <- struct{}{}
	if n.sql, err = session.NewServer(session.Config{Cluster: config.Cluster, LogDir: config.LogDir, Now: now, Log: n.log}); err != nil {
		return nil, err
	}
	n.door.admission = newAdmission(config.MaxSessions, now)
	n.door.config = pgwire.Config{TLS: tlsConfig, Admit: n.admit, Verifiers: n.sql.Verifiers, Connect: n.sql.Connect, Watch: n.sql.Sighted, Now: now, Cancels: &pgwire.Cancels{}, Log: n.log}
	return n, nil
}

// wait returns why the node ends; nil when it was asked to.
func (n *node) wait(ctx context.Context, orphaned <-chan struct{}) error {
	var poisoned <-chan struct{}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-n.stopping:
			return nil
		case <-orphaned:
			return errParentGone
		case database := <-n.opened:
			poisoned = database.Poisoned()
		case <-poisoned:
			return errPoisoned
		case <-n.viewLost:
			return errViewLost
		}
	}
}

func parentGone(parent io.Reader) <-chan struct{} {
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_, _ = io.Copy(io.Discard, parent)
	}()
	return gone
}

func (n *node) stop() { n.stopOnce.Do(func() { close(n.stopping) }) }

// removeLink removes what stands in a view's place when a process that had left it was killed.
func removeLink(view string) error {
	if info, err := os.Lstat(view); err != nil || info.Mode()&os.ModeSymlink == 0 {
		return nil //nolint:nilerr // what is not there need not be removed; anything else is told by who needs the place
	}
	if err := os.Remove(view); err != nil {
		return fmt.Errorf("remove an old view: %w", err)
	}
	return nil
}

// emptyFolder makes dir and removes what an earlier process left in it.
func emptyFolder(dir string) error {
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("empty the folder for temporary files: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the folder for temporary files: %w", err)
	}
	return nil
}
