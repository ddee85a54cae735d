package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"slipher/internal/compute"
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

func (n *node) save(w http.ResponseWriter, r *http.Request, request compute.SaveRequest) error {
	return n.transfer(w, r, request.Store, request.BytesPerSecond, func(ctx context.Context, v vault.Vault, progress func(vault.Progress)) (compute.Event, error) {
		n.mu.Lock()
		database := n.database
		n.mu.Unlock()
		if database == nil {
			return compute.Event{}, refuse(http.StatusConflict, "the node has no open database to save")
		}
		frozen, err := database.Freeze(ctx)
		if err != nil {
			return compute.Event{}, err
		}
		defer frozen.Release()
		began := time.Now()
		files := make([]vault.File, 0, len(frozen.Files))
		for _, file := range frozen.Files {
			files = append(files, vault.File{Name: file.Name, Content: file.Content, Size: file.Size, Grid: file.Grid})
		}
		saved, err := v.Save(ctx, vault.SaveRequest{
			Manifest:   request.Manifest,
			Files:      files,
			Parent:     request.Parent,
			TrustHints: n.proven%hintsFor != 0,
			Progress:   progress,
		})
		if err != nil {
			return compute.Event{}, err
		}
		n.proven++
		n.log.Info("snapshot saved", "manifest", saved.Manifest, "bytes", saved.TotalBytes, "stored", saved.StoredBytes)
		return compute.Event{Done: true, Saved: &compute.Saved{
			Manifest:    saved.Manifest,
			TotalBytes:  saved.TotalBytes,
			StoredBytes: saved.StoredBytes,
			NewBlocks:   saved.NewBlocks,
			Blocks:      saved.Blocks,
			Seconds:     saved.Seconds,
			BeganUnixMS: began.UnixMilli(),
		}}, nil
	})
}

func (n *node) restore(w http.ResponseWriter, r *http.Request, request compute.RestoreRequest) error {
	return n.transfer(w, r, request.Store, request.BytesPerSecond, func(ctx context.Context, v vault.Vault, progress func(vault.Progress)) (compute.Event, error) {
		if !n.changeState(stateEmpty, stateRestoring) {
			return compute.Event{}, refuse(http.StatusConflict, "the node's database is open: only an empty node can be restored into")
		}
		defer n.changeState(stateRestoring, stateEmpty)
		restored, err := v.Restore(ctx, request.Manifest, n.config.DataDir, progress)
		if err != nil {
			return compute.Event{}, err
		}
		n.log.Info("snapshot restored", "manifest", restored.Manifest, "bytes", restored.TotalBytes, "kept", restored.KeptBytes)
		return compute.Event{Done: true}, nil
	})
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

// transfer runs one save or restore at a time and streams its events. The transfer ends when the parent hangs up.
func (n *node) transfer(w http.ResponseWriter, r *http.Request, store compute.Store, bytesPerSecond int64,
	run func(ctx context.Context, v vault.Vault, progress func(vault.Progress)) (compute.Event, error)) error {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(n.ending, cancel)()
	if err := n.takeTurn(ctx); err != nil {
		return err
	}
	defer n.giveTurn()
	bucket, err := vault.OpenBucket(ctx, store.URL)
	if err != nil {
		return refuse(http.StatusBadRequest, "%v", err)
	}
	defer bucket.Close()
	vault.SetBandwidth(n.limiter, bytesPerSecond)
	events := &events{to: w}
	last, err := run(ctx, vault.Vault{Bucket: bucket, Scope: store.Scope, Key: store.Key, Limiter: n.limiter}, events.progress)
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
