package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"slipher/internal/engine/ondisk"
)

func (d *Database) place() ondisk.Place {
	return ondisk.Place{Dir: d.config.Dir, View: d.config.View, Database: d.config.Database, Note: d.config.Note}
}

// check refuses a database that has lost something, before the engine can take what is left for the whole.
func (d *Database) check() error {
	if d.config.Note == "" {
		return nil
	}
	blocks, err := ondisk.PutBack(d.place())
	if err != nil {
		return err
	}
	if blocks > 0 {
		d.config.Log.Warn("blocks were put back that an interrupted checkpoint had left half written", "database", d.config.Database, "blocks", blocks)
	}
	err = ondisk.Check(d.place())
	if !errors.Is(err, ondisk.ErrNoDatabase) {
		return d.orBegunAnew(err)
	}
	if d.config.Create || d.acceptedEmpty() {
		return nil
	}
	return &ondisk.Damage{What: "the database file is missing"}
}

// acceptedEmpty says that somebody has agreed to a new database in the place of one that is lost.
func (d *Database) acceptedEmpty() bool {
	note, err := ondisk.ReadNote(d.config.Note)
	return err == nil && note == ondisk.Note{}
}

// orBegunAnew removes what the end of a process in the middle of making the database has left: not even all headers, and no note.
func (d *Database) orBegunAnew(err error) error {
	if _, damaged := ondisk.IsDamage(err); !damaged || !d.config.Create || sizeOf(d.path()) >= ondisk.HeadersBytes {
		return err
	}
	if _, noted := ondisk.ReadNote(d.config.Note); !errors.Is(noted, os.ErrNotExist) {
		return err
	}
	for _, name := range []string{ondisk.FileName(d.config.Database), ondisk.LogName(d.config.Database)} {
		if err := os.Remove(filepath.Join(d.config.Dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("remove a database that was not made to its end: %w", err)
		}
	}
	return nil
}

// unattached says that the files are damaged where the engine cannot make sense of them although it may read and write them.
func (d *Database) unattached(err error) error {
	refused, is := errors.AsType[*Error](err)
	if !is || d.config.Note == "" || refused.Code != ioFailure && refused.Code != internalFailure {
		return err
	}
	file, denied := os.OpenFile(d.path(), os.O_RDWR, 0)
	if denied != nil {
		return fmt.Errorf("open the database file: %w", denied)
	}
	return errors.Join(&ondisk.Damage{What: "the engine cannot make sense of the database's files"}, file.Close())
}

// keep begins the note. A database whose note has no room, on a full disk after an upgrade, is open without one.
func (d *Database) keep() {
	if d.config.Note == "" {
		return
	}
	keeper, err := ondisk.Keep(d.place())
	if err != nil {
		d.config.Log.Warn("what is committed is not noted, so a loss would not be noticed", "database", d.config.Database, "err", err)
		return
	}
	d.keeper = keeper
}

func (d *Database) endKeeping() error {
	if d.keeper == nil {
		return nil
	}
	return d.keeper.Close()
}

// committed is for the end of each transaction, before anybody is told of it.
func (d *Database) committed() {
	if d.keeper != nil {
		d.keepTrack(d.keeper.Committed())
	}
	d.gate.nudge(d.config.Now())
}

// noteCheckpoint is for the beginning of a checkpoint, and what it returns for its end.
func (d *Database) noteCheckpoint() (ended func()) {
	if d.keeper == nil {
		return func() {}
	}
	d.keeper.Checkpointing()
	return func() { d.keepTrack(d.keeper.Checkpointed()) }
}

// keepBlocks is for the moment before a checkpoint: it keeps what that writes over in place. Where it cannot, as on a full disk, the checkpoint is made
// all the same, since it is what may make room.
func (d *Database) keepBlocks(session *Session) {
	if d.keeper == nil {
		return
	}
	rows, err := session.query(context.Background(), "SELECT block_id FROM pragma_metadata_info("+QuoteText(d.config.Database)+")")
	blocks := make([]int64, 0, len(rows))
	for _, row := range rows {
		if number, ok := row[0].(int64); ok {
			blocks = append(blocks, number)
		}
	}
	if err == nil {
		err = ondisk.KeepBlocks(d.place(), blocks)
	}
	if err != nil {
		d.config.Log.Warn("a checkpoint begins without a copy of what it writes over", "database", d.config.Database, "err", err)
	}
}

// keepTrack does not fail what is committed: a note that is too old only notices less.
func (d *Database) keepTrack(err error) {
	if err != nil {
		d.config.Log.Warn("a commit is not noted", "database", d.config.Database, "err", err)
	}
}
