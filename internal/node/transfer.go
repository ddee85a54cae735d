package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"slipher/internal/compute"
	"slipher/internal/engine"
	"slipher/internal/vault"
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

func (n *node) setBandwidth(_ http.ResponseWriter, _ *http.Request, bandwidth compute.Bandwidth) error {
	vault.SetBandwidth(n.limiter, bandwidth.BytesPerSecond)
	return nil
}

// transfer is one save or restore.
type transfer struct {
	store          compute.Store
	bytesPerSecond int64
	run            func(ctx context.Context, v vault.Vault, progress func(vault.Progress)) (last compute.Event, err error)
}

func (n *node) save(w http.ResponseWriter, r *http.Request, request compute.SaveRequest) error {
	return n.transfer(w, r, transfer{store: request.Store, bytesPerSecond: request.BytesPerSecond,
		run: func(ctx context.Context, v vault.Vault, progress func(vault.Progress)) (compute.Event, error) {
			saved, err := n.saveTo(ctx, v, request, progress)
			return compute.Event{Done: true, Saved: &saved}, err
		}})
}

func (n *node) saveTo(ctx context.Context, v vault.Vault, request compute.SaveRequest, progress func(vault.Progress)) (compute.Saved, error) {
	n.mu.Lock()
	database := n.database
	n.mu.Unlock()
	if database == nil {
		return compute.Saved{}, refuse(http.StatusConflict, "the node has no open database to save")
	}
	frozen, err := database.Freeze(ctx)
	if err != nil {
		return compute.Saved{}, err
	}
	defer frozen.Release()
	began := time.Now()
	saved, err := v.Save(ctx, vault.SaveRequest{
		Manifest:   request.Manifest,
		Files:      filesOf(frozen),
		Parent:     request.Parent,
		TrustHints: n.proven%hintsFor != 0,
		Progress:   progress,
	})
	if err != nil {
		return compute.Saved{}, err
	}
	n.proven++
	n.log.Info("snapshot saved", "manifest", saved.Manifest, "bytes", saved.TotalBytes, "stored", saved.StoredBytes)
	return compute.Saved{
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

func (n *node) restore(w http.ResponseWriter, r *http.Request, request compute.RestoreRequest) error {
	return n.transfer(w, r, transfer{store: request.Store, bytesPerSecond: request.BytesPerSecond,
		run: func(ctx context.Context, v vault.Vault, progress func(vault.Progress)) (compute.Event, error) {
			return compute.Event{Done: true}, n.restoreFrom(ctx, v, request.Manifest, progress)
		}})
}

func (n *node) restoreFrom(ctx context.Context, v vault.Vault, manifest string, progress func(vault.Progress)) error {
	if !n.changeState(stateEmpty, stateRestoring) {
		return refuse(http.StatusConflict, "the node's database is open: only an empty node can be restored into")
	}
	defer n.changeState(stateRestoring, stateEmpty)
	restored, err := v.Restore(ctx, manifest, n.config.DataDir, progress)
	if err != nil {
		return err
	}
	n.log.Info("snapshot restored", "manifest", restored.Manifest, "bytes", restored.TotalBytes, "kept", restored.KeptBytes)
	return nil
}

func (n *node) changeState(from, to string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.state != from {
		return false
	}
	n.state = to
	return true
}

// transfer runs one save or restore at a time and streams its events. It ends when the parent hangs up.
func (n *node) transfer(w http.ResponseWriter, r *http.Request, t transfer) error {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(n.ending, cancel)()
	if err := n.takeTurn(ctx); err != nil {
		return err
	}
	defer n.giveTurn()
	bucket, err := vault.OpenBucket(ctx, t.store.URL)
	if err != nil {
		return refuse(http.StatusBadRequest, "%v", err)
	}
	defer bucket.Close()
	vault.SetBandwidth(n.limiter, t.bytesPerSecond)
	events := &events{to: w}
	last, err := t.run(ctx, vault.Vault{Bucket: bucket, Scope: t.store.Scope, Key: t.store.Key, Limiter: n.limiter}, events.progress)
	if err == nil {
		return events.send(last)
	}
	if refused, ok := errors.AsType[*refusal](err); ok {
		return refused
	}
	n.log.Warn("transfer failed", "path", r.URL.Path, "err", err)
	return events.send(compute.Event{Error: err.Error()})
}

// events writes one JSON line for each event. The transfer's own goroutine calls it only when the one that reports progress has ended.
type events struct {
	to   http.ResponseWriter
	last compute.Progress
}

func (e *events) progress(p vault.Progress) {
	e.last = compute.Progress(p)
	_ = e.send(compute.Event{Progress: &e.last}) // a parent that has gone ends the request's context
}

func (e *events) send(event compute.Event) error {
	if event.Done && event.Progress == nil && e.last != (compute.Progress{}) {
		event.Progress = &e.last
	}
	if err := json.NewEncoder(e.to).Encode(event); err != nil {
		return fmt.Errorf("send an event: %w", err)
	}
	return http.NewResponseController(e.to).Flush()
}
