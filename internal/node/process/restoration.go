package process

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"
	"time"

	"slipher/internal/nodeapi"
	"slipher/internal/vault"
)

// restoration is a restore that the node carries on by itself, in a process that fills its files. Where the system lets that process mount, the database is
// opened through a view of the data directory in which missing blocks are fetched on first touch; elsewhere it is opened when all blocks are there.
type restoration struct {
	manifest  string
	process   *fillerProcess
	commands  io.Closer // the process ends when it is closed
	view      string    // where the database is opened as long as the view is needed
	opened    chan struct{}
	prepared  chan fillEvent // the first event
	unmounted chan fillEvent
	lost      chan struct{} // closed when the process has ended

	mu       sync.Mutex // guards what follows
	encoder  *json.Encoder
	filling  *filling
	progress vault.Progress
	changed  chan struct{} // closed, and replaced, at each change of progress
}

// filling is one try to fetch everything that is missing.
type filling struct {
	done chan struct{}
	err  error // to be read when done is closed
}

// fillError is what the process said of a failure.
type fillError struct {
	message string
	damaged bool
}

func (e *fillError) Error() string { return e.message }

var errFillerLost = errors.New("the process that fills the restored files has ended")

// startFiller returns when the files can be opened through the view, or can be filled where there is none.
func (n *node) startFiller(ctx context.Context, request fillRequest) (*restoration, error) {
	r := &restoration{
		manifest: request.Restore.Manifest, opened: make(chan struct{}), prepared: make(chan fillEvent, 1), unmounted: make(chan fillEvent, 1),
		lost: make(chan struct{}), changed: make(chan struct{}),
	}
	started, err := n.confined.starter.start()
	if err != nil {
		return nil, fmt.Errorf("start to fill the restored files: %w", err)
	}
	r.process, r.commands, r.encoder = started, started.commands, json.NewEncoder(started.commands)
	n.working.Go(func() { r.listen(started.events) })
	return r, r.prepare(ctx, request)
}

func (r *restoration) prepare(ctx context.Context, request fillRequest) error {
	r.send(request)
	first, err := r.first(ctx)
	if err != nil {
		return errors.Join(err, r.end())
	}
	if !first.Ready {
		return errors.Join(&fillError{first.Error, first.Damaged}, r.end())
	}
	if first.View {
		r.view = request.ViewDir
	}
	return nil
}

// first waits for the first event.
func (r *restoration) first(ctx context.Context) (fillEvent, error) {
	select {
	case event := <-r.prepared:
		return event, nil
	case <-r.lost:
	case <-ctx.Done():
		return fillEvent{}, ctx.Err()
	}
	select {
	case event := <-r.prepared: // its last word
		return event, nil
	default:
		return fillEvent{}, errFillerLost
	}
}

// send says something to the process. When it cannot hear, listen notices.
func (r *restoration) send(message any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	_ = r.encoder.Encode(message)
}

func (r *restoration) setBandwidth(bytesPerSecond int64) {
	r.send(fillCommand{BytesPerSecond: &bytesPerSecond})
}

// listen takes in the process's events until it ends.
func (r *restoration) listen(from io.Reader) {
	events := json.NewDecoder(from)
	first := true
	for {
		var event fillEvent
		if events.Decode(&event) != nil {
			break
		}
		switch {
		case first:
			r.prepared <- event
			first = false
		case event.Progress != nil:
			r.report(*event.Progress)
		case event.Unmounted, event.Busy:
			r.unmounted <- event
		case event.Done:
			r.endFilling(nil)
		case event.Error != "":
			r.endFilling(&fillError{event.Error, event.Damaged})
		}
	}
	r.process.wait()
	close(r.lost)
	r.endFilling(errFillerLost)
}

// begin says whether the caller is to have the rest fetched: nobody does, and there may be something.
func (r *restoration) begin() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.filling != nil && !r.filling.failed() {
		return false
	}
	r.filling = &filling{done: make(chan struct{})}
	return true
}

func (f *filling) ended() bool {
	select {
	case <-f.done:
		return true
	default:
		return false
	}
}

func (f *filling) failed() bool { return f.ended() && f.err != nil }

func (r *restoration) endFilling(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.filling == nil || r.filling.ended() {
		return
	}
	r.filling.err = err
	close(r.filling.done)
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
func (r *restoration) follow(ctx context.Context, events *events) {
	filling, _, _ := r.now()
	for {
		_, progress, changed := r.now()
		events.progress(progress)
		select {
		case <-changed:
		case <-filling.done:
			if filling.err != nil {
				events.fail(filling.err)
				return
			}
			_, progress, _ := r.now()
			events.progress(progress)
			events.send(nodeapi.Event{Done: true})
			return
		case <-ctx.Done():
			return
		}
	}
}

// openingFirst is how long the rest waits for a database to be opened, which is to have the machine to itself.
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

// unmount answers EBUSY when a file is open in the view.
func (r *restoration) unmount() error {
	r.send(fillCommand{Unmount: true})
	select {
	case answer := <-r.unmounted:
		if answer.Busy {
			return syscall.EBUSY
		}
		return nil
	case <-r.lost:
		return errFillerLost
	}
}

// end lets the process go. A view goes with it.
func (r *restoration) end() error {
	if err := r.commands.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("end the process that fills the restored files: %w", err)
	}
	<-r.lost
	return nil
}
