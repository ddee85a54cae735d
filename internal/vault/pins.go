package vault

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
	"time"

	"github.com/zeebo/blake3"
)

// A pin is an object that says: a save, or a sweep, is under way in this scope. Each puts its own pin first and lists the
// others' after that, so of any two at least one sees the other. A save waits for sweeps; a sweep gives way to everybody.
// It keeps away from packs that a save is about to rely on without a lock and without comparing two machines' clocks.

// ErrBusy says that a save, or another sweep, is at work in the scope. Nothing was deleted: come again.
var ErrBusy = errors.New("a save or another sweep is at work in this scope")

// errSwept is what a save ends with that was given up by all who could want it, and swept.
var errSwept = errors.New("a sweep took blocks of this save: save again")

const (
	pinSave  = "save"
	pinSweep = "sweep"

	kindPin = 'N'
	pinSize = headerSize + 8 + nameSize

	defaultPatience = 10 * time.Minute
)

// pinName is random for a save, and for a sweep that has no owner.
type pinName [nameSize]byte

// pin is what a pin object holds. It is not sealed: a scope is also emptied when its key is destroyed, and a manifest's name
// is a keyed hash anyway.
type pin struct {
	turns    uint64     // counts up while a sweep works
	manifest objectName // what a save is going to write; a sweep's owner has its generation here
}

func (p pin) encode(name pinName) []byte {
	content := binary.LittleEndian.AppendUint64(header(kindPin, name), p.turns)
	return append(content, p.manifest[:]...)
}

func (p pin) generation() uint64 { return binary.LittleEndian.Uint64(p.manifest[:]) }

func (p pin) of(generation uint64) pin {
	binary.LittleEndian.PutUint64(p.manifest[:], generation)
	return p
}

func decodePin(name pinName, content []byte) (pin, error) {
	salt, err := parseHeader(content, kindPin)
	switch {
	case err != nil:
		return pin{}, err
	case len(content) != pinSize || salt != name:
		return pin{}, fmt.Errorf("%w: not the pin of this name", ErrDamaged)
	}
	content = content[headerSize:]
	return pin{turns: binary.LittleEndian.Uint64(content), manifest: objectName(content[8:])}, nil
}

func (s *opened) pinKey(kind string, name pinName) string {
	return s.scope + "/pins/" + kind + "-" + fmt.Sprintf("%x", name[:])
}

// pins are the names of a scope's pins, and the keys of anything else that lies among them.
type pins struct {
	saves, sweeps []pinName
	foreign       []string
}

func (s *opened) pins(ctx context.Context) (found pins, err error) {
	prefix := s.scope + "/pins/"
	objects, err := s.List(ctx, prefix)
	if err != nil {
		return found, fmt.Errorf("list pins: %w", err)
	}
	for _, object := range objects {
		kind, hex, _ := strings.Cut(strings.TrimPrefix(object.Key, prefix), "-")
		name, ok := parseName(hex)
		switch {
		case ok && kind == pinSave:
			found.saves = append(found.saves, name)
		case ok && kind == pinSweep:
			found.sweeps = append(found.sweeps, name)
		default:
			found.foreign = append(found.foreign, object.Key)
		}
	}
	return found, nil
}

// readPin answers fs.ErrNotExist when the pin is gone.
func (s *opened) readPin(ctx context.Context, kind string, name pinName) (pin, error) {
	reader, err := s.Get(ctx, s.pinKey(kind, name), 0, pinSize+1)
	if err != nil {
		return pin{}, err
	}
	content, err := io.ReadAll(reader)
	if err := errors.Join(err, reader.Close()); err != nil {
		return pin{}, err
	}
	return decodePin(name, content)
}

func (s *opened) putPin(ctx context.Context, kind string, name pinName, held pin) error {
	// In a folder, a sweep may take what is being written for what a dead process left.
	err := s.Put(ctx, s.pinKey(kind, name), held.encode(name))
	if errors.Is(err, fs.ErrNotExist) {
		err = s.Put(ctx, s.pinKey(kind, name), held.encode(name))
	}
	if err != nil {
		return fmt.Errorf("write pin: %w", err)
	}
	return nil
}

// unpin also works at the end of a context. A pin that stays is found by the next sweep, so it is no reason to fail.
func (s *opened) unpin(ctx context.Context, kind string, name pinName) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), unpinWithin)
	defer cancel()
	_ = s.Delete(ctx, s.pinKey(kind, name))
}

const unpinWithin = 10 * time.Second

// beginSave returns when the save is pinned and no sweep is under way.
func (s *opened) beginSave(ctx context.Context, manifest objectName) (end func(), err error) {
	name := pinName(newPackID())
	end = func() { s.unpin(ctx, pinSave, name) }
	if err = s.putPin(ctx, pinSave, name, pin{manifest: manifest}); err == nil {
		err = s.outwaitSweeps(ctx)
	}
	if err != nil {
		end()
		return nil, err
	}
	return end, nil
}

const (
	firstLook = 5 * time.Millisecond
	lastLook  = time.Second
)

// outwaitSweeps waits until no sweep is pinned. Those that begin meanwhile give way to the save's pin.
func (s *opened) outwaitSweeps(ctx context.Context) error {
	watch := watch{}
	for pause := firstLook; ; pause = min(2*pause, lastLook) {
		found, err := s.pins(ctx)
		if err != nil || len(found.sweeps) == 0 {
			return err
		}
		for _, name := range found.sweeps {
			if _, err := s.breakStill(ctx, watch, name); err != nil {
				return err
			}
		}
		if err := wait(ctx, pause); err != nil {
			return err
		}
	}
}

func wait(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// watch remembers since when sweeps' pins have stood still, by this process's own clock.
type watch map[pinName]sighting

type sighting struct {
	turns uint64
	since time.Time
}

// pinState is what has become of a sweep's pin that is watched.
type pinState int

const (
	pinGone pinState = iota
	pinMoved
	pinStill
	pinDead // and removed
)

// breakStill looks at a sweep's pin, and removes it when it has stood still for too long: its owner is dead.
func (s *opened) breakStill(ctx context.Context, watch watch, name pinName) (pinState, error) {
	seen, err := s.readPin(ctx, pinSweep, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return pinGone, nil
	case err != nil && !errors.Is(err, ErrDamaged):
		return pinStill, fmt.Errorf("read pin: %w", err)
	}
	before, known := watch[name]
	if !known || before.turns != seen.turns {
		watch[name] = sighting{seen.turns, s.now()}
		if known {
			return pinMoved, nil
		}
		return pinStill, nil
	}
	if s.now().Sub(before.since) < s.patience {
		return pinStill, nil
	}
	if err := s.Delete(ctx, s.pinKey(pinSweep, name)); err != nil {
		return pinStill, fmt.Errorf("break pin: %w", err)
	}
	return pinDead, nil
}

// sweepPin is the pin of a sweep under way. It is renewed all the time, and the sweep goes on only as long as that succeeds.
type sweepPin struct {
	store *opened
	owner Owner
	name  pinName
	ended chan struct{}
	works sync.WaitGroup

	mu      sync.Mutex
	pin     pin
	renewed time.Time
	broken  bool
}

// pinSweep fails with ErrBusy when another sweep is at work. A dead one's pin it removes, after watching it.
func (s *opened) pinSweep(ctx context.Context, owner Owner) (*sweepPin, error) {
	held := &sweepPin{store: s, owner: owner, name: sweepPinName(owner.Name), pin: pin{}.of(owner.Generation), ended: make(chan struct{})}
	for {
		others, err := held.put(ctx)
		switch {
		case err == nil && len(others) == 0:
			held.works.Go(func() { held.keep(ctx) })
			return held, nil
		case errors.Is(err, ErrBusy): // the pin is a later generation's
			return nil, err
		}
		s.unpin(ctx, pinSweep, held.name)
		if err == nil {
			err = s.outwaitDead(ctx, others)
		}
		if err != nil {
			return nil, err
		}
	}
}

func sweepPinName(owner string) pinName {
	if owner == "" {
		return pinName(newPackID())
	}
	sum := blake3.Sum256([]byte(owner))
	return pinName(sum[:nameSize])
}

// put pins the sweep and answers the other sweeps that are pinned. The same owner's pin of an earlier generation is that of a sweep that is dead, or
// has lost its lease; its counter goes on, so that nobody who watches it takes it for still. Before a later generation the sweep gives way.
func (h *sweepPin) put(ctx context.Context) (others []pinName, err error) {
	before, err := h.store.readPin(ctx, pinSweep, h.name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, ErrDamaged) {
		return nil, fmt.Errorf("read pin: %w", err)
	}
	if before.generation() > h.owner.Generation {
		return nil, ErrBusy
	}
	h.pin.turns, h.renewed = before.turns+1, h.store.now()
	if err := h.store.putPin(ctx, pinSweep, h.name, h.pin); err != nil {
		return nil, err
	}
	found, err := h.store.pins(ctx)
	for _, name := range found.sweeps {
		if name != h.name {
			others = append(others, name)
		}
	}
	return others, err
}

// outwaitDead returns when the other sweeps have proved to be dead, and ErrBusy when one of them is alive or has just ended.
func (s *opened) outwaitDead(ctx context.Context, others []pinName) error {
	watch := watch{}
	for pause := firstLook; len(others) > 0; pause = min(2*pause, lastLook) {
		switch state, err := s.breakStill(ctx, watch, others[0]); {
		case err != nil:
			return err
		case state == pinMoved, state == pinGone:
			return ErrBusy
		case state == pinDead:
			others = others[1:]
			continue
		}
		if err := wait(ctx, pause); err != nil {
			return err
		}
	}
	return nil
}

// keep renews the pin until the sweep ends or the pin is gone.
func (h *sweepPin) keep(ctx context.Context) {
	tick := time.NewTicker(h.store.patience / 10)
	defer tick.Stop()
	for {
		select {
		case <-h.ended:
			return
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := h.renew(ctx); err != nil {
				return
			}
		}
	}
}

// renew looks first: a pin that somebody broke must not come back. A store that does not answer is asked again.
func (h *sweepPin) renew(ctx context.Context) error {
	seen, err := h.store.readPin(ctx, pinSweep, h.name)
	asked := h.store.now()
	if err == nil && seen.generation() != h.owner.Generation {
		err = fs.ErrNotExist // it is another's now
	}
	if err == nil {
		h.pin.turns++
		err = h.store.putPin(ctx, pinSweep, h.name, h.pin)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		h.broken = true
		return err
	case err == nil:
		h.renewed = asked
	}
	return nil
}

// check says whether the sweep may still delete something. It goes by this machine's two clocks: one of them stops while the
// machine sleeps, the other may be set.
func (h *sweepPin) check(ctx context.Context) error {
	if h.owner.Holds != nil {
		if err := h.owner.Holds(ctx); err != nil {
			return fmt.Errorf("%w: this sweep was taken over: %w", ErrBusy, err)
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.store.now()
	passed := max(now.Sub(h.renewed), now.Round(0).Sub(h.renewed.Round(0)))
	if h.broken || passed > h.store.patience/2 {
		return fmt.Errorf("%w: this sweep stood still for %s and lost its turn", ErrBusy, passed.Round(time.Second))
	}
	return nil
}

func (h *sweepPin) end(ctx context.Context) {
	close(h.ended)
	h.works.Wait()
	if h.broken {
		return
	}
	left, err := h.store.readPin(context.WithoutCancel(ctx), pinSweep, h.name)
	if err == nil && left.generation() != h.owner.Generation {
		return // another has taken over and needs it
	}
	h.store.unpin(ctx, pinSweep, h.name)
}
