package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

const (
	checkpointAt    = 64 << 20               // size of the WAL at which the scheduler wants a checkpoint
	checkpointRetry = 250 * time.Millisecond // between two tries that the engine refused because somebody was writing
	freezePatience  = 2 * time.Second
	freezeRetry     = 5 * time.Millisecond
)

// gate decides when the database file may change under a reader of its bytes. Between checkpoints the engine only writes to blocks that
// the last checkpoint does not use, and appends to the WAL, so whoever holds the turn can copy the file and a prefix of the WAL while
// sessions go on writing.
type gate struct {
	turn     chan struct{} // holds one token: whoever has it may checkpoint, or rely on nobody doing so
	wake     chan struct{}
	patience time.Duration // of a freeze that tries to checkpoint, before it goes on with the WAL
	cancel   context.CancelFunc
	ended    sync.WaitGroup
}

func (g *gate) run(d *Database) {
	ctx, cancel := context.WithCancel(context.Background())
	g.turn, g.wake, g.cancel, g.patience = make(chan struct{}, 1), make(chan struct{}, 1), cancel, freezePatience
	g.turn <- struct{}{}
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

func (g *gate) give() { g.turn <- struct{}{} }

// nudge asks the scheduler to look at the WAL's size.
func (g *gate) nudge() {
	select {
	case g.wake <- struct{}{}:
	default:
	}
}

// schedule checkpoints whenever the WAL has grown beyond checkpointAt and no snapshot is being read.
func (d *Database) schedule(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.gate.wake:
		}
		for d.walBytes() > checkpointAt {
			if d.gate.take(ctx) != nil {
				return
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
	select {
	case <-d.gate.turn:
	default:
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
	session, err := d.connect()
	if err != nil {
		return err
	}
	defer session.Close()
	return session.Exec(context.Background(), "CHECKPOINT "+Quote(d.config.Database))
}

// busy says whether a checkpoint was refused because transactions are open.
func busy(err error) bool {
	var failure *Error
	return errors.As(err, &failure) && failure.Code == serializationFailure
}

func (d *Database) walBytes() int64 {
	stat, err := os.Stat(d.walPath())
	if err != nil {
		return 0
	}
	return stat.Size()
}

// Frozen is the database's files as of one moment. The files change on disk, but not the parts that Frozen reads.
type Frozen struct {
	Files   []FrozenFile
	release func()
	once    sync.Once
}

// FrozenFile is one file of a frozen database. Grid says that the file is laid out on the engine's block grid.
type FrozenFile struct {
	Name    string
	Content io.ReaderAt
	Size    int64
	Grid    bool
}

// Release lets checkpoints happen again. It may be called more than once.
func (f *Frozen) Release() { f.once.Do(f.release) }

// Freeze returns the files as they must be read to get everything that was committed when Freeze was called, and nothing half. Sessions go
// on reading and writing; only checkpoints wait until Release. While the gate is held, the WAL grows with every small commit.
func (d *Database) Freeze(ctx context.Context) (*Frozen, error) {
	if err := d.gate.take(ctx); err != nil {
		return nil, fmt.Errorf("wait for the other snapshot: %w", err)
	}
	frozen, err := d.freeze(ctx)
	if err != nil {
		d.gate.give()
		return nil, err
	}
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
	name := FileName(d.config.Database)
	frozen := &Frozen{
		Files:   []FrozenFile{{Name: name, Content: d.file, Size: stat.Size(), Grid: true}},
		release: func() { wal.close(); d.gate.give(); d.gate.nudge() },
	}
	if wal.size > 0 {
		frozen.Files = append(frozen.Files, FrozenFile{Name: name + ".wal", Content: wal.file, Size: wal.size})
	}
	return frozen, nil
}

// shrinkWAL tries for a while to checkpoint, so that a snapshot has little or no WAL to replay. Writers that never pause, an old reader or
// an open update make the engine refuse; that is no error.
func (d *Database) shrinkWAL(ctx context.Context) error {
	patience, cancel := context.WithTimeout(ctx, d.gate.patience)
	defer cancel()
	for {
		err := d.checkpoint()
		if err == nil || !busy(err) {
			return err
		}
		if !pause(patience, freezeRetry) {
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
