package process

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"syscall"

	"slipher/internal/engine"
	"slipher/internal/engine/ondisk"
	"slipher/internal/nodeapi"
	"slipher/internal/vault"
	"slipher/internal/vault/pace"
	"slipher/internal/vault/store"
)

// hintsFor is how many saves in a row may trust the engine's own checksums before one reads every block again. So does the first save of each
// process, since a crash may have gone before it.
const hintsFor = 20

func (n *node) takeTurn(ctx context.Context) error {
	select {
	case <-n.transfers:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-n.ending.Done():
		return refuse(http.StatusServiceUnavailable, "the node is shutting down")
	}
}

func (n *node) giveTurn() { n.transfers <- struct{}{} }

func (n *node) setBandwidth(_ http.ResponseWriter, _ *http.Request, bandwidth nodeapi.Bandwidth) error {
	pace.SetBandwidth(n.limiter, bandwidth.BytesPerSecond)
	for _, filling := range n.fillings() {
		filling.setBandwidth(bandwidth.BytesPerSecond)
	}
	return nil
}

// fillings are the restores under way, of the database and of single tables.
func (n *node) fillings() []*restoration {
	n.mu.Lock()
	defer n.mu.Unlock()
	all := slices.Clone(n.copying)
	if n.restoring != nil {
		all = append(all, n.restoring)
	}
	return all
}

func (n *node) save(w http.ResponseWriter, r *http.Request, request nodeapi.SaveRequest) error {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(n.ending, cancel)()
	if err := n.takeTurn(ctx); err != nil {
		return err
	}
	defer n.giveTurn()
	bucket, err := store.Open(ctx, request.Store.URL, n.now)
	if err != nil {
		return refuse(http.StatusBadRequest, "%v", err)
	}
	defer bucket.Close()
	v := vault.Vault{Bucket: bucket, Scope: request.Store.Scope, Key: request.Store.Key, Limiter: n.limiter, Now: n.now}
	pace.SetBandwidth(n.limiter, request.BytesPerSecond)
	events := &events{to: w}
	saved, err := n.saveTo(ctx, v, request, events.progress)
	if err == nil {
		events.send(nodeapi.Event{Done: true, Saved: &saved})
		return nil
	}
	if refused, ok := errors.AsType[*refusal](err); ok {
		return refused
	}
	n.log.Warn("save failed", "err", err)
	events.fail(err)
	return nil
}

func (n *node) saveTo(ctx context.Context, v vault.Vault, request nodeapi.SaveRequest, progress func(vault.Progress)) (nodeapi.Saved, error) {
	n.mu.Lock()
	database := n.database
	n.mu.Unlock()
	if database == nil {
		return nodeapi.Saved{}, refuse(nodeapi.StatusNotOpen, "the node has no open database to save")
	}
	frozen, err := database.Freeze(ctx)
	if err != nil {
		return nodeapi.Saved{}, err
	}
	defer frozen.Release()
	began := n.now()
	saved, err := v.Save(ctx, vault.SaveRequest{
		Manifest:   request.Manifest,
		Files:      filesOf(frozen),
		Parent:     request.Parent,
		TrustHints: n.proven%hintsFor != 0,
		Progress:   progress,
	})
	if err != nil {
		return nodeapi.Saved{}, err
	}
	n.proven++
	n.log.Info("snapshot saved", "manifest", saved.Manifest, "bytes", saved.TotalBytes, "stored", saved.StoredBytes)
	return nodeapi.Saved{
		Manifest:    saved.Manifest,
		TotalBytes:  saved.TotalBytes,
		StoredBytes: saved.StoredBytes,
		NewBlocks:   saved.NewBlocks,
		Blocks:      saved.Blocks,
		Seconds:     saved.Seconds,
		BeganUnixMS: began.UnixMilli(),
	}, nil
}

func filesOf(frozen *engine.Frozen) []vault.File {
	files := make([]vault.File, 0, len(frozen.Files))
	for _, file := range frozen.Files {
		files = append(files, vault.File(file))
	}
	return files
}

// events writes one JSON line for each event; one goroutine at a time. A parent that has gone is told nothing: it ends the request's context.
type events struct {
	to   http.ResponseWriter
	last nodeapi.Progress
}

func (e *events) progress(p vault.Progress) {
	e.last = nodeapi.Progress(p)
	e.send(nodeapi.Event{Progress: &e.last})
}

func (e *events) send(event nodeapi.Event) {
	if event.Done && event.Progress == nil && e.last != (nodeapi.Progress{}) {
		event.Progress = &e.last
	}
	_ = json.NewEncoder(e.to).Encode(event)
	_ = http.NewResponseController(e.to).Flush()
}

// fail is the last event of a transfer that came to nothing.
func (e *events) fail(err error) {
	e.send(failureEvent(err))
}

func failureEvent(err error) nodeapi.Event {
	if refused, ok := errors.AsType[*engine.Error](err); ok && refusesTable(refused.Code) {
		return nodeapi.Event{Error: refused.Message, Code: refused.Code}
	}
	if what, is := ondisk.IsDamage(err); is {
		return nodeapi.Event{Error: what, Damaged: true}
	}
	if errors.Is(err, syscall.ENOSPC) {
		return nodeapi.Event{Error: "the disk of the snapshot store is full", NoRoom: true}
	}
	failed, isTold := errors.AsType[*fillError](err)
	return nodeapi.Event{Error: err.Error(), Damaged: damaged(err) || isTold && failed.damaged}
}

// refusesTable says whether a SQLSTATE is about what is copied: no such table or schema, a name that is taken, a schema that is ours, or a table that
// cannot be copied.
func refusesTable(code string) bool {
	return slices.Contains([]string{"42P01", "3F000", "42P07", "42501", "0A000"}, code)
}
