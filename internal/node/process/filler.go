package process

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/time/rate"

	"slipher/internal/confine"
	"slipher/internal/lazyfs"
	"slipher/internal/nodeapi"
	"slipher/internal/vault"
	"slipher/internal/vault/pace"
	"slipher/internal/vault/store"
)

// The node and its filler talk in lines of JSON: the node writes one fillRequest and then fillCommands, the filler writes fillEvents.
//
// The filler is a process of its own because of the view. Whoever serves a FUSE mount must not use it as well: when such a process is killed, its threads
// wait for answers that nobody gives any more, and it never ends.
type fillRequest struct {
	Restore  nodeapi.RestoreRequest
	DataDir  string
	ViewDir  string // empty: no view
	LogLevel slog.Level
}

type fillCommand struct {
	BytesPerSecond *int64 `json:",omitempty"`
	Fill           bool   `json:",omitempty"` // fetch what is missing
	Report         bool   `json:",omitempty"` // say how much has arrived
	Unmount        bool   `json:",omitempty"`
}

type fillEvent struct {
	Ready     bool            `json:",omitempty"` // the files can be opened: through the view if there is one, and otherwise when all is there
	View      bool            `json:",omitempty"`
	Progress  *vault.Progress `json:",omitempty"`
	Done      bool            `json:",omitempty"` // all is there
	Unmounted bool            `json:",omitempty"`
	Busy      bool            `json:",omitempty"` // not unmounted: a file is open
	Error     string          `json:",omitempty"` // in place of Ready, Done or Unmounted
	Damaged   bool            `json:",omitempty"`
}

// Fill is the fill command: it serves one restore of a node until the node closes stdin, or is gone.
func Fill(ctx context.Context, stdin io.Reader, stdout io.Writer, now func() time.Time) error {
	if err := errors.Join(confine.Hide(), confine.NoNewPrivileges()); err != nil {
		return err
	}
	commands := json.NewDecoder(stdin)
	var request fillRequest
	if err := commands.Decode(&request); err != nil {
		return fmt.Errorf("read the restore from standard input (slipher's nodes start fillers; do not run them by hand): %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	f := &filler{
		now: now, limiter: pace.NewLimiter(request.Restore.BytesPerSecond), events: json.NewEncoder(stdout),
		log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: request.LogLevel})),
	}
	view, err := f.prepare(ctx, request)
	if err != nil {
		return errors.Join(f.fail(err), f.close())
	}
	err = f.send(fillEvent{Ready: true, View: view})
	for err == nil {
		var command fillCommand
		if err = commands.Decode(&command); err == nil {
			err = f.obey(ctx, command)
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	cancel()
	f.filling.Wait()
	return errors.Join(err, f.close())
}

type filler struct {
	now     func() time.Time
	log     *slog.Logger
	limiter *rate.Limiter
	guard   *os.File // locks the folder to the end of the process
	bucket  store.Bucket
	lazy    *vault.Lazy
	mount   *lazyfs.Mount
	filling sync.WaitGroup

	mu     sync.Mutex // held while an event is written
	events *json.Encoder
}

func (f *filler) prepare(ctx context.Context, request fillRequest) (view bool, err error) {
	from := request.Restore.Store
	if f.guard, err = lockFolder(ctx, request.DataDir); err != nil {
		return false, err
	}
	if f.bucket, err = store.Open(ctx, from.URL, f.now); err != nil {
		return false, err
	}
	v := vault.Vault{Bucket: f.bucket, Scope: from.Scope, Key: from.Key, Limiter: f.limiter, Now: f.now}
	if f.lazy, err = v.RestoreLazily(ctx, request.Restore.Manifest, request.DataDir); err != nil {
		return false, err
	}
	if request.ViewDir == "" {
		return false, nil
	}
	f.mount, err = lazyfs.Open(lazyfs.Config{Dir: request.DataDir, At: request.ViewDir, Files: filesToFill(f.lazy), Log: f.log})
	if errors.Is(err, lazyfs.ErrUnusable) {
		f.log.Info("the database opens when its restore is done", "reason", err)
		return false, nil
	}
	return true, err
}

// lockFolder waits for the filler of a node that was just killed: two would write over each other's blocks.
func lockFolder(ctx context.Context, dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data directory: %w", err)
	}
	folder, err := os.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("open the data directory: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for retry := time.NewTicker(20 * time.Millisecond); ; {
		err := syscall.Flock(int(folder.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return folder, nil
		}
		select {
		case <-retry.C:
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("another process restores into the data directory: %w", err), folder.Close())
		}
	}
}

func filesToFill(lazy *vault.Lazy) map[string]lazyfs.File {
	files := map[string]lazyfs.File{}
	for _, file := range lazy.Files() {
		files[file.Name()] = file
	}
	return files
}

func (f *filler) obey(ctx context.Context, command fillCommand) error {
	switch {
	case command.BytesPerSecond != nil:
		pace.SetBandwidth(f.limiter, *command.BytesPerSecond)
	case command.Fill:
		f.filling.Go(func() { f.fill(ctx) })
	case command.Report:
		return f.send(fillEvent{Progress: &vault.Progress{TotalBytes: f.lazy.TotalBytes(), DoneBytes: f.lazy.ArrivedBytes()}})
	case command.Unmount:
		return f.unmount()
	}
	return nil
}

// fill reports its own end. A node that does not hear it has gone, and stdin says so.
func (f *filler) fill(ctx context.Context) {
	restored, err := f.lazy.Fill(ctx, func(progress vault.Progress) { _ = f.send(fillEvent{Progress: &progress}) })
	if err != nil {
		_ = f.fail(err)
		return
	}
	f.log.Info("snapshot restored", "manifest", restored.Manifest, "bytes", restored.TotalBytes, "kept", restored.KeptBytes)
	_ = f.send(fillEvent{Done: true})
}

func (f *filler) unmount() error {
	if f.mount == nil {
		return f.send(fillEvent{Unmounted: true})
	}
	err := f.mount.Unmount()
	switch {
	case err == nil:
		return f.send(fillEvent{Unmounted: true})
	case lazyfs.Busy(err):
		return f.send(fillEvent{Busy: true})
	}
	return f.fail(err)
}

func (f *filler) fail(err error) error {
	return f.send(fillEvent{Error: err.Error(), Damaged: damaged(err)})
}

// damaged says that another try will not help.
func damaged(err error) bool {
	return errors.Is(err, vault.ErrDamaged) || errors.Is(err, vault.ErrNotFound)
}

func (f *filler) send(event fillEvent) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.events.Encode(event); err != nil {
		return fmt.Errorf("tell the node: %w", err)
	}
	return nil
}

func (f *filler) close() error {
	var errs []error
	if f.mount != nil {
		errs = append(errs, f.mount.Close())
	}
	if f.lazy != nil {
		errs = append(errs, f.lazy.Close())
	}
	if f.bucket != nil {
		errs = append(errs, f.bucket.Close())
	}
	return errors.Join(errs...)
}
