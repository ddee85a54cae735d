package process

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"slipher/internal/engine"
	"slipher/internal/node/catalog"
	"slipher/internal/nodeapi"
	"slipher/internal/vault"
)

// guestMemory is what the engine may use to read another database's file, beside what it uses for its own.
const guestMemory = "256MB"

// restoreTable copies one table of a snapshot into the open database. Where the system lets it mount, no more of the snapshot is fetched than the table
// needs; elsewhere all of it is fetched first.
func (n *node) restoreTable(w http.ResponseWriter, r *http.Request, request nodeapi.TableRequest) error {
	n.mu.Lock()
	database := n.database
	n.mu.Unlock()
	if database == nil {
		return refuse(nodeapi.StatusNotOpen, "the node has no open database to restore a table into")
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(n.ending, cancel)()
	events := &events{to: w}
	if strings.EqualFold(request.Target.Schema, catalog.Schema) {
		events.fail(&engine.Error{Code: "42501", Message: "permission denied: the catalogue is read only"})
		return nil
	}
	restored, copied, err := catalog.Copied(ctx, database, request.Request)
	if err == nil && !copied {
		restored, err = n.tableFrom(ctx, database, request, events)
	}
	if err != nil {
		n.log.Warn("table not restored", "table", request.Target.Table, "err", err)
		events.fail(err)
		return nil
	}
	n.log.Info("table restored", "table", request.Target.Table, "rows", restored.Rows, "fetched", restored.FetchedBytes)
	events.send(nodeapi.Event{Done: true, Table: &restored})
	return nil
}

func (n *node) tableFrom(ctx context.Context, database *engine.Database, request nodeapi.TableRequest, events *events) (restored nodeapi.TableRestored, err error) {
	dir, err := os.MkdirTemp(n.config.TempDir, "table-*")
	if err != nil {
		return restored, fmt.Errorf("make a folder for the snapshot: %w", err)
	}
	fill := fillRequest{
		Restore: nodeapi.RestoreRequest{Store: request.Store, Manifest: request.Manifest, BytesPerSecond: request.BytesPerSecond},
		DataDir: filepath.Join(dir, "data"), LogLevel: n.level,
	}
	if n.config.ViewDir != "" {
		fill.ViewDir = filepath.Join(dir, "view")
	}
	filler, err := n.startFiller(ctx, fill)
	if err != nil {
		return restored, errors.Join(err, os.RemoveAll(dir))
	}
	defer func() {
		if ended := errors.Join(filler.end(), os.RemoveAll(dir)); ended != nil { // whatever it is, what was committed stays
			n.log.Warn("a table's restore did not end cleanly", "err", ended)
		}
	}()
	defer n.noteCopying(filler)()
	defer n.sql.Redefining()()
	stop := filler.watch(events)
	defer stop()
	files := filler.view
	if files == "" {
		files = fill.DataDir
		if err := filler.fillAll(ctx); err != nil {
			return restored, err
		}
	}
	guest, err := engine.OpenGuest(ctx, engine.GuestConfig{
		Path: filepath.Join(files, engine.FileName(request.Database)), TempDir: n.config.TempDir, MemoryLimit: guestMemory, Threads: n.config.Threads, Log: n.log, Now: n.now,
	})
	if err != nil {
		return restored, err
	}
	defer guest.Close()
	fetched := func() int64 {
		stop()
		return events.last.DoneBytes
	}
	return catalog.CopyTable(ctx, database, guest, catalog.Copy{
		Request: request.Request, From: engine.TableName(request.Source), To: engine.TableName(request.Target), Fetched: fetched,
	})
}

// noteCopying has changes of the bandwidth reach the copy until it is done.
func (n *node) noteCopying(filler *restoration) (done func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.copying = append(n.copying, filler)
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.copying = slices.DeleteFunc(n.copying, func(other *restoration) bool { return other == filler })
	}
}

// fillAll is for where there is no view.
func (r *restoration) fillAll(ctx context.Context) error {
	r.begin()
	filling, _, _ := r.now()
	r.send(fillCommand{Fill: true})
	select {
	case <-filling.done:
		return filling.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// watch reports what was fetched until stop is called, and once more then.
func (r *restoration) watch(events *events) (stop func()) {
	stopping, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			events.progress(r.fetched())
			select {
			case <-tick.C:
			case <-stopping:
				events.progress(r.fetched())
				return
			}
		}
	}()
	done := false
	return func() {
		if !done {
			done = true
			close(stopping)
			<-stopped
		}
	}
}

// fetched asks how much has arrived.
func (r *restoration) fetched() vault.Progress {
	_, _, changed := r.now()
	r.send(fillCommand{Report: true})
	select {
	case <-changed:
	case <-r.lost:
	}
	_, progress, _ := r.now()
	return progress
}
