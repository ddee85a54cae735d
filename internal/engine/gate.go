package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

const (
	checkpointAt    = 64 << 20               // size of the WAL at which the scheduler wants a checkpoint
	checkpointRetry = 250 * time.Millisecond // between two tries that the engine refused because somebody was writing
	asideAt         = 128 << 20              // size of the WAL at which a snapshot has to let go of the database's own files

	// A freeze checkpoints when nobody would notice, or when the WAL is worth it.
	quietFor       = 50 * time.Millisecond // without a commit
	worthwhile     = 16 << 20
	freezePatience = 250 * time.Millisecond // with an engine that refuses
	freezeRetry    = 5 * time.Millisecond
)

// gate decides when the database file may change under a reader of its bytes. Between checkpoints the engine only writes to blocks that
// the last checkpoint does not use, and appends to the WAL, so whoever holds the turn can copy the file and a prefix of the WAL while
// sessions go on writing.
type gate struct {
	turn      chan struct{} // holds one token: whoever has it may checkpoint, or rely on nobody doing so
	wake      chan struct{}
	committed atomic.Int64           // when a session last ended a transaction, in nanoseconds
	written   atomic.Int64           // bytes of changes that the checkpoints so far have moved into the file
	fileBytes atomic.Int64           // of the file after the last checkpoint
	frozen    atomic.Pointer[Frozen] // what the holder of the turn is reading, if it is a snapshot
	cancel    context.CancelFunc
	ended     sync.WaitGroup

	// What tests change.
	checkpointAt int64
	asideAt      int64
	createAside  func() (*os.File, error)
}

func (g *gate) run(d *Database) {
	ctx, cancel := context.WithCancel(context.Background())
	g.turn, g.wake, g.cancel = make(chan struct{}, 1), make(chan struct{}, 1), cancel
	g.checkpointAt, g.asideAt, g.createAside = checkpointAt, asideAt, d.createAside
	g.turn <- struct{}{}
	g.fileBytes.Store(sizeOf(d.path()))
	g.ended.Go(func() { d.schedule(ctx) })
}

// stop ends the scheduler and takes the turn for good, after waiting for a freeze that is under way. Of a database that failed the turn
// may have been kept.
func (g *gate) stop(failed <-chan struct{}) {
	g.cancel()
	g.ended.Wait()
	select {
	case <-g.turn:
	case <-failed:
	}
}

func (g *gate) take(ctx context.Context) error {
	select {
	case <-g.turn:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g *gate) takeNow() bool {
	select {
	case <-g.turn:
		return true
	default:
		return false
	}
}

func (g *gate) give() { g.turn <- struct{}{} }

// nudge notes the end of a transaction and asks the scheduler to look at the WAL's size.
func (g *gate) nudge(now time.Time) {
	g.committed.Store(now.UnixNano())
	g.wakeUp()
}

func (g *gate) wakeUp() {
	select {
	case g.wake <- struct{}{}:
	default:
	}
}

// schedule checkpoints whenever the WAL has grown large and no snapshot is being read. When it has grown much further, what the
// snapshot still has to read is set aside, so that a slow store neither lets the WAL grow nor makes the checkpoint that follows a long one.
func (d *Database) schedule(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.gate.wake:
		}
		for d.walBytes() > d.gate.checkpointAt || d.freed.Load() {
			if !d.gate.takeNow() {
				d.setAside()
				break
			}
			err := d.checkpoint()
			d.gate.give()
			if err != nil && !pause(ctx, checkpointRetry) {
				return
			}
		}
	}
}

// Checkpoint moves what the WAL holds into the database file, if the engine allows it, and otherwise leaves it to the scheduler. It waits
// for a snapshot that is being read.
func (d *Database) Checkpoint(ctx context.Context) error {
	if err := d.gate.take(ctx); err != nil {
		return err
	}
	defer d.gate.give()
	err := d.checkpoint()
	if busy(err) {
		return nil
	}
	return err
}

// TryCheckpoint is Checkpoint for a session, which must not wait: while a snapshot is being read it leaves the checkpoint to the scheduler.
func (d *Database) TryCheckpoint() error {
	if !d.gate.takeNow() {
		return nil
	}
	defer d.gate.give()
	if err := d.checkpoint(); !busy(err) {
		return err
	}
	return nil
}

// checkpoint asks the engine for a checkpoint; the caller has the turn. It is never forced: that would block every new statement until the
// oldest reader is done. Nor is it interrupted half-way.
func (d *Database) checkpoint() error {
	if d.walBytes() == 0 {
		return nil
	}
	logged := d.walBytes()
	if !d.roomToCheckpoint(logged) {
		return errNoRoom
	}
	session, err := d.connect()
	if err != nil {
		return err
	}
	defer session.Close()
	d.keepBlocks(session)
	defer d.noteCheckpoint()()
	if err := session.Exec(context.Background(), "CHECKPOINT "+Quote(d.config.Database)); err != nil {
		return err
	}
	d.freed.Store(false)
	d.reserve.Keep()
	size := sizeOf(d.path())
	d.gate.written.Add(max(logged, size-d.gate.fileBytes.Swap(size)))
	return nil
}

// Written is about how many bytes of changes the database has taken since it was opened: what went through the write-ahead log, or what the file has
// grown by where that is more, since large inserts write blocks past the log.
func (d *Database) Written() int64 {
	return d.gate.written.Load() + max(d.walBytes(), sizeOf(d.path())-d.gate.fileBytes.Load())
}

// busy says whether a checkpoint was refused because transactions are open, or there is no room for it.
func busy(err error) bool {
	var failure *Error
	return errors.As(err, &failure) && (failure.Code == serializationFailure || failure == errNoRoom)
}

func (d *Database) walBytes() int64 { return sizeOf(d.walPath()) }

func sizeOf(path string) int64 {
	stat, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return stat.Size()
}

// setAside lets the snapshot that is being read, if any, go on with a copy of what it still needs, once the WAL is large enough to be worth it.
func (d *Database) setAside() {
	frozen := d.gate.frozen.Load()
	if frozen == nil || d.walBytes() < d.gate.asideAt {
		return
	}
	bytes, err := frozen.setAside(d.gate.createAside)
	switch {
	case err != nil:
		d.config.Log.Warn("snapshot goes on holding the gate: the write-ahead log grows until it is done", "wal", d.walBytes(), "err", err)
	case bytes > 0:
		d.config.Log.Info("snapshot set aside", "bytes", bytes)
	}
}

// Freeze returns the files as they must be read to get everything that was committed when Freeze was called, and nothing half. Sessions go
// on reading and writing; only checkpoints wait until Release. While the gate is held, the WAL grows with every small commit; if it grows
// large, the rest of the snapshot is read from a copy.
func (d *Database) Freeze(ctx context.Context) (*Frozen, error) {
	if err := d.gate.take(ctx); err != nil {
		return nil, fmt.Errorf("wait for the other snapshot: %w", err)
	}
	frozen, err := d.freeze(ctx)
	if err != nil {
		d.gate.give()
		return nil, err
	}
	d.gate.frozen.Store(frozen)
	return frozen, nil
}

func (d *Database) freeze(ctx context.Context) (*Frozen, error) {
	if err := d.shrinkWAL(ctx); err != nil {
		return nil, err
	}
	// The WAL comes first: a record refers only to blocks that were written before it.
	wal, err := openWAL(d.walPath())
	if err != nil {
		return nil, err
	}
	stat, err := d.file.Stat()
	if err != nil {
		wal.close()
		return nil, fmt.Errorf("measure the database file: %w", err)
	}
	frozen := &Frozen{release: d.thaw}
	name := FileName(d.config.Database)
	content := newFrozenContent(d.file, stat.Size(), false, true)
	frozen.add(FrozenFile{Name: name, Size: stat.Size(), Grid: true, Check: d.checkOf(content)}, content)
	if wal.size > 0 {
		frozen.add(FrozenFile{Name: name + ".wal", Size: wal.size}, newFrozenContent(wal.file, wal.size, true, false))
	} else {
		wal.close()
	}
	return frozen, nil
}

func (d *Database) thaw() {
	d.gate.frozen.Store(nil)
	d.gate.give()
	d.gate.wakeUp()
}

// shrinkWAL checkpoints, so that a snapshot has little or no WAL to replay, where that costs nobody much: a checkpoint makes commits wait,
// the longer the larger the WAL is. Under steady writers the snapshot goes on with a WAL of moderate size. An old reader or an open update
// make the engine refuse; that is no error.
func (d *Database) shrinkWAL(ctx context.Context) error {
	quiet := d.config.Now().Sub(time.Unix(0, d.gate.committed.Load())) > quietFor
	if !quiet && d.walBytes() < worthwhile {
		return nil
	}
	patience, cancel := context.WithTimeout(ctx, freezePatience)
	defer cancel()
	for {
		err := d.checkpoint()
		if err == nil || !busy(err) {
			return err
		}
		if quiet || !pause(patience, freezeRetry) {
			return ctx.Err()
		}
	}
}

// walPrefix is the write-ahead log up to the size that it had at one moment.
type walPrefix struct {
	file *os.File
	size int64
}

func openWAL(path string) (walPrefix, error) {
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return walPrefix{}, nil
	}
	if err != nil {
		return walPrefix{}, fmt.Errorf("open the write-ahead log: %w", err)
	}
	stat, err := file.Stat()
	if err != nil {
		file.Close()
		return walPrefix{}, fmt.Errorf("measure the write-ahead log: %w", err)
	}
	return walPrefix{file: file, size: stat.Size()}, nil
}

func (w walPrefix) close() {
	if w.file != nil {
		w.file.Close()
	}
}
