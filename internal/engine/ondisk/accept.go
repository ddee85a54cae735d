package ondisk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Accepted is what an installation goes on with.
type Accepted struct {
	Empty    bool     // nothing of the database could be used: a new one takes its place
	SetAside []string // files that were kept under other names
}

// Accept makes what is left of a damaged database what was committed, so that it opens again. Nothing is deleted: what is not used any more
// stays beside the rest under a name that ends in suffix. It does nothing to a database that is sound.
func Accept(place Place, suffix string) (accepted Accepted, err error) {
	if _, damaged := IsDamage(Check(place)); !damaged {
		return accepted, Check(place)
	}
	_, _, err = headerOf(place)
	_, damaged := IsDamage(err)
	switch {
	case damaged || errors.Is(err, fs.ErrNotExist):
		accepted.Empty = true
		if err := setAside(place, &accepted, suffix, FileName(place.Database), LogName(place.Database), CheckpointLogName(place.Database), RecoveryLogName(place.Database)); err != nil {
			return accepted, err
		}
		file, err := makeNote(place.Note, Note{}, 0)
		if err != nil {
			return accepted, fmt.Errorf("note that a new database may be made: %w", err)
		}
		return accepted, file.Close()
	case err != nil:
		return accepted, err
	}
	for _, name := range logNames(place.Database) {
		if err := acceptLog(place, &accepted, suffix, name); err != nil {
			return accepted, err
		}
	}
	if err := os.Remove(place.Note); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return accepted, fmt.Errorf("forget what was committed: %w", err)
	}
	return accepted, nil
}

func setAside(place Place, accepted *Accepted, suffix string, names ...string) error {
	for _, name := range names {
		from := filepath.Join(place.Dir, name)
		err := os.Rename(from, from+suffix)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("set a damaged file aside: %w", err)
		}
		accepted.SetAside = append(accepted.SetAside, from+suffix)
	}
	return nil
}

// acceptLog keeps the sound part of a log that belongs to the database file.
func acceptLog(place Place, accepted *Accepted, suffix, name string) error {
	path := filepath.Join(place.Dir, name)
	stat, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("measure the write-ahead log: %w", err)
	}
	header, _, err := headerOf(place)
	if err != nil {
		return err
	}
	start, end, err := soundLog(path)
	if err != nil {
		return err
	}
	sound := end > start.length && start.identity == header.Identity && start.iteration >= header.Iteration
	if sound && end == stat.Size() {
		return nil
	}
	if err := setAside(place, accepted, suffix, name); err != nil || !sound {
		return err
	}
	return copyPrefix(path+suffix, path, end)
}

func copyPrefix(from, to string, length int64) (err error) {
	source, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("read the damaged log: %w", err)
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write what is sound of the log: %w", err)
	}
	_, err = io.CopyN(target, source, length)
	return errors.Join(err, target.Sync(), target.Close(), syncFolder(filepath.Dir(to)))
}
