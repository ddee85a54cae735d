package node

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"slipher/internal/compute"
	"slipher/internal/engine"
	"slipher/internal/lazyfs"
	"slipher/internal/vault"
)

// restoration is a restore that the node carries on by itself. Where the system lets it mount, the database is opened through a view of the data
// directory in which missing blocks are fetched on first touch; elsewhere it is opened when all blocks are there.
type restoration struct {
	manifest string
	lazy     *vault.Lazy
	vault    vault.Vault
	mount    *lazyfs.Mount // nil: no view
	view     string        // where the database is opened as long as the view is needed
	opened   chan struct{} // closed when it is open

	mu       sync.Mutex // guards what follows
	filling  *filling
	progress vault.Progress
	changed  chan struct{} // closed, and replaced, at each change of progress
}

// filling is one try to fetch everything that is missing.
type filling struct {
	done chan struct{}
	err  error // to be read when done is closed
}

// restore begins a restore, or joins the one that has begun, and streams its progress until all blocks are there.
func (n *node) restore(w http.ResponseWriter, r *http.Request, request compute.RestoreRequest) error {
	events := &events{to: w}
	complete, err := n.restored()
	if err != nil {
		return err
	}
	if complete {
		return events.send(compute.Event{Done: true})
	}
	restoring, err := n.beginRestore(request)
	if refused, ok := errors.AsType[*refusal](err); ok {
		return refused
	}
	if err != nil {
		n.log.Warn("restore not begun", "err", err)
		return events.fail(err)
	}
	return restoring.follow(r.Context(), events)
}

// restored says whether the data directory holds a whole database. Nothing of a restore is needed then, not even its store.
func (n *node) restored() (bool, error) {
	if n.underWay() != nil {
		return false, nil
	}
	partial, err := n.glob("*.partial")
	if err != nil || len(partial) > 0 {
		return false, err
	}
	databases, err := n.glob(engine.FileName("*"))
	return len(databases) > 0, err
}

func (n *node) glob(pattern string) ([]string, error) {
	found, err := filepath.Glob(filepath.Join(globEscape(n.config.DataDir), pattern))
	if err != nil {
		return nil, fmt.Errorf("look into the data directory: %w", err)
	}
	return found, nil
}

func (n *node) underWay() *restoration {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.restoring
}

func (n *node) setUnderWay(r *restoration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.restoring = r
}

// beginRestore returns the restore under way. One that failed is tried again.
func (n *node) beginRestore(request compute.RestoreRequest) (*restoration, error) {
	n.beginning.Lock()
	defer n.beginning.Unlock()
	vault.SetBandwidth(n.limiter, request.BytesPerSecond)
	restoring := n.underWay()
	if restoring == nil {
		var err error
		if restoring, err = n.prepareRestore(request); err != nil {
			return nil, err
		}
		n.setUnderWay(restoring)
	}
	if restoring.manifest != request.Manifest {
		return nil, refuse(http.StatusConflict, "the node restores another snapshot already")
	}
	if restoring.begin() {
		n.working.Go(func() { n.fill(restoring) })
	}
	return restoring, nil
}

func (n *node) prepareRestore(request compute.RestoreRequest) (*restoration, error) {
	v, err := n.vault(n.ending, request.Store)
	if err != nil {
		return nil, err
	}
	lazy, err := v.RestoreLazily(n.ending, request.Manifest, n.config.DataDir)
	if err != nil {
		return nil, errors.Join(err, v.Bucket.Close())
	}
	restoring := &restoration{manifest: request.Manifest, opened: make(chan struct{}), lazy: lazy, vault: v, changed: make(chan struct{})}
	if n.config.ViewDir == "" {
		return restoring, nil
	}
	restoring.mount, err = lazyfs.Open(lazyfs.Config{Dir: n.config.DataDir, At: n.config.ViewDir, Files: filesToFill(lazy), Log: n.log})
	switch {
	case err == nil:
		restoring.view = n.config.ViewDir
	case errors.Is(err, lazyfs.ErrUnusable):
		n.log.Info("the database opens when its restore is done", "reason", err)
	default:
		return nil, errors.Join(err, lazy.Close(), v.Bucket.Close())
	}
	return restoring, nil
}

func filesToFill(lazy *vault.Lazy) map[string]lazyfs.File {
	files := map[string]lazyfs.File{}
	for _, file := range lazy.Files() {
		files[file.Name()] = file
	}
	return files
}

// begin says whether the caller is to fetch what is missing: nobody does, and there may be something.
func (r *restoration) begin() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.filling != nil && !r.filling.failed() {
		return false
	}
	r.filling = &filling{done: make(chan struct{})}
	return true
}

func (f *filling) failed() bool {
	select {
	case <-f.done:
		return f.err != nil
	default:
		return false
	}
}

func (r *restoration) now() (*filling, vault.Progress, chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.filling, r.progress, r.changed
}

func (r *restoration) report(progress vault.Progress) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.progress = progress
	close(r.changed)
	r.changed = make(chan struct{})
}

// follow streams the progress of the try under way.
func (r *restoration) follow(ctx context.Context, events *events) error {
	filling, _, _ := r.now()
	for {
		_, progress, changed := r.now()
		events.progress(progress)
		select {
		case <-changed:
		case <-filling.done:
			if filling.err != nil {
				return events.fail(filling.err)
			}
			_, progress, _ := r.now()
			events.progress(progress)
			return events.send(compute.Event{Done: true})
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// fill fetches what is missing, and lets the plain files take over.
func (n *node) fill(r *restoration) {
	r.waitForOpening(n.ending)
	filling, _, _ := r.now()
	restored, err := r.lazy.Fill(n.ending, r.report)
	filling.err = err
	close(filling.done)
	if err != nil {
		n.log.Warn("restore interrupted", "err", err)
		return
	}
	n.log.Info("snapshot restored", "manifest", restored.Manifest, "bytes", restored.TotalBytes, "kept", restored.KeptBytes)
	if err := n.leaveView(r); err != nil && n.ending.Err() == nil {
		n.log.Error("the database stays on its view until the next restart", "err", err)
	}
}

// openingFirst is how long what is missing waits for a database to be opened, which is to have the machine to itself.
const openingFirst = 2 * time.Second

func (r *restoration) waitForOpening(ctx context.Context) {
	if r.view == "" {
		return
	}
	patience := time.NewTimer(openingFirst)
	defer patience.Stop()
	select {
	case <-r.opened:
	case <-patience.C:
	case <-ctx.Done():
	}
}

// leaveView lets the plain files take over, which may have to wait for a long transaction.
func (n *node) leaveView(r *restoration) error {
	if err := n.takeTurn(n.ending); err != nil {
		return err
	}
	n.mu.Lock()
	database := n.database
	if database == nil {
		n.restoring, n.restoredFiles = nil, r.lazy // the database will be opened where it is
	}
	n.mu.Unlock()
	n.giveTurn()
	if database != nil {
		if err := database.LeaveView(n.ending, r.unmount); err != nil {
			return err
		}
	}
	n.mu.Lock()
	n.restoring, n.restoredFiles = nil, r.lazy
	n.mu.Unlock()
	return r.close()
}

func (r *restoration) unmount() error {
	if r.mount == nil {
		return nil
	}
	return r.mount.Unmount()
}

// close ends the view. No database may be open through it. The files stay open: closing one would take the engine's lock off it.
func (r *restoration) close() error {
	return errors.Join(r.unmount(), r.vault.Bucket.Close())
}

// endRestores is for the end of the node, when its database is closed.
func (n *node) endRestores() error {
	n.working.Wait()
	n.mu.Lock()
	restoring, files := n.restoring, n.restoredFiles
	n.mu.Unlock()
	var errs []error
	if restoring != nil {
		errs, files = append(errs, restoring.close()), restoring.lazy
	}
	if files != nil {
		errs = append(errs, files.Close())
	}
	return errors.Join(errs...)
}

// openable brings a restore as far as the database can be opened, and says through which view, if any.
func (n *node) openable(ctx context.Context, request *compute.RestoreRequest) (view string, err error) {
	if request == nil {
		return "", nil
	}
	if complete, err := n.restored(); err != nil || complete {
		return "", err
	}
	restoring, err := n.beginRestore(*request)
	if err != nil {
		return "", err
	}
	if restoring.view != "" {
		return restoring.view, nil
	}
	filling, _, _ := restoring.now()
	select {
	case <-filling.done:
		return "", filling.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
