package process

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"

	"slipher/internal/engine"
	"slipher/internal/nodeapi"
)

// restore begins a restore, or joins the one that has begun, and streams its progress until all blocks are there.
func (n *node) restore(w http.ResponseWriter, r *http.Request, request nodeapi.RestoreRequest) error {
	events := &events{to: w}
	complete, err := n.restored()
	if err != nil {
		return err
	}
	if complete {
		events.send(nodeapi.Event{Done: true})
		return nil
	}
	restoring, err := n.beginRestore(request)
	if refused, ok := errors.AsType[*refusal](err); ok {
		return refused
	}
	if err != nil {
		n.log.Warn("restore not begun", "err", err)
		events.fail(err)
		return nil
	}
	restoring.follow(r.Context(), events)
	return nil
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
func (n *node) beginRestore(request nodeapi.RestoreRequest) (*restoration, error) {
	n.beginning.Lock()
	defer n.beginning.Unlock()
	restoring := n.underWay()
	if restoring == nil {
		var err error
		fill := fillRequest{Restore: request, DataDir: n.config.DataDir, ViewDir: n.config.ViewDir, LogLevel: n.level}
		if restoring, err = n.startFiller(n.ending, fill); err != nil {
			return nil, err
		}
		n.setUnderWay(restoring)
	}
	if restoring.manifest != request.Manifest {
		return nil, refuse(http.StatusConflict, "the node restores another snapshot already")
	}
	restoring.setBandwidth(request.BytesPerSecond)
	if restoring.begin() {
		n.working.Go(func() { n.fill(restoring) })
	}
	return restoring, nil
}

// fill has the rest fetched, and lets the plain files take over.
func (n *node) fill(r *restoration) {
	r.waitForOpening(n.ending)
	filling, _, _ := r.now()
	r.send(fillCommand{Fill: true})
	select {
	case <-filling.done:
	case <-n.ending.Done():
		return
	}
	if filling.err != nil {
		n.log.Warn("restore interrupted", "err", filling.err)
		n.fillerFailed(r)
		return
	}
	if err := n.leaveView(r); err != nil && n.ending.Err() == nil {
		n.log.Error("the database stays on its view until the next restart", "err", err)
	}
}

// fillerFailed has the node end when the view has gone from under its database: the next one opens the files anew.
func (n *node) fillerFailed(r *restoration) {
	select {
	case <-r.lost:
	default:
		return // it only met a damaged block, or a store out of reach, and can be asked again
	}
	n.mu.Lock()
	isOpen := n.database != nil && r.view != ""
	n.restoring = nil
	n.mu.Unlock()
	if isOpen {
		close(n.viewLost)
	}
}

// leaveView lets the plain files take over, which may have to wait for a snapshot.
func (n *node) leaveView(r *restoration) error {
	if err := n.takeTurn(n.ending); err != nil {
		return err
	}
	n.mu.Lock()
	database := n.database
	if database == nil {
		n.restoring = nil // the database will be opened where it is
	}
	n.mu.Unlock()
	n.giveTurn()
	if database == nil {
		return errors.Join(r.unmount(), r.end())
	}
	if err := database.LeaveView(n.ending, r.unmount); err != nil {
		return err
	}
	n.setUnderWay(nil)
	return r.end()
}

// endRestores is for the end of the node, when its database is closed.
func (n *node) endRestores() error {
	var err error
	if restoring := n.underWay(); restoring != nil {
		err = restoring.end()
	}
	n.working.Wait()
	return err
}

// openable brings a restore as far as the database can be opened, and says through which view, if any.
func (n *node) openable(ctx context.Context, request *nodeapi.RestoreRequest) (view string, err error) {
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
