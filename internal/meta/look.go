package meta

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Look opens a database for View alone, whether a slipher has it open or not, and changes nothing of it. Beside a running slipher it reads as that
// one's own readers do. Otherwise it reads a copy: SQLite writes beside a database that it only reads, and what a killed slipher left in the
// write-ahead log can be read no other way. It refuses what Open refuses.
func Look(ctx context.Context, path string) (*Store, error) {
	d := &database{release: func() error { return nil }}
	d.places.Add(1)
	if err := d.look(ctx, path); err != nil {
		return nil, errors.Join(fmt.Errorf("look at %s: %w", path, err), d.leave())
	}
	return &Store{database: d}, nil
}

func (d *database) look(ctx context.Context, path string) error {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	held, end, err := hold(path)
	if err != nil {
		return err
	}
	if !held {
		if err = checkLog(path); err == nil {
			path, err = d.copied(path)
		}
		if err == nil {
			err = bringUpToDate(ctx, path)
		}
		if err := errors.Join(err, end()); err != nil {
			return err
		}
	}
	file := url.URL{Scheme: "file", Opaque: url.PathEscape(path), RawQuery: "mode=ro&_pragma=query_only(1)&_pragma=busy_timeout(10000)"}
	if d.readers, err = sql.Open("sqlite", file.String()); err != nil {
		return err
	}
	d.reads = newStatements(d.readers)
	return d.refuseOthers(ctx)
}

// Held says whether a process has the database open.
func Held(path string) (bool, error) {
	held, end, err := hold(path)
	return held, errors.Join(err, end())
}

// hold keeps a slipher from starting on the database until end is called, if none runs.
func hold(path string) (held bool, end func() error, err error) {
	lock, err := os.Open(path + ".lock")
	if errors.Is(err, fs.ErrNotExist) {
		return false, func() error { return nil }, nil
	}
	if err != nil {
		return false, func() error { return nil }, err
	}
	err = syscall.Flock(int(lock.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
	if held = errors.Is(err, syscall.EWOULDBLOCK); held {
		err = nil
	}
	return held, lock.Close, err
}

// copied copies the database and its write-ahead log into a folder that goes when the store is closed.
func (d *database) copied(path string) (string, error) {
	dir, err := os.MkdirTemp("", "slipher-look-*")
	if err != nil {
		return "", err
	}
	d.release = func() error { return os.RemoveAll(dir) }
	err = copyFile(filepath.Join(dir, "meta.db"), path)
	if err == nil {
		err = copyFile(filepath.Join(dir, "meta.db-wal"), path+"-wal")
	}
	if errors.Is(err, fs.ErrNotExist) { // no log is left by a slipher that ended in order
		err = nil
	}
	return filepath.Join(dir, "meta.db"), err
}

func copyFile(to, from string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Close())
}

// bringUpToDate has a copy read as if it had been opened.
func bringUpToDate(ctx context.Context, path string) error {
	copied, err := connect(path, "_txlock=immediate")
	if err != nil {
		return err
	}
	copied.SetMaxOpenConns(1)
	if _, err = version(ctx, copied); err == nil { // an empty file must not become a sound database
		err = migrate(ctx, copied)
	}
	return errors.Join(err, copied.Close())
}

func version(ctx context.Context, db *sql.DB) (current int64, err error) {
	err = db.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version`).Scan(&current)
	return current, err
}

// refuseOthers refuses a database that another version of slipher has written or has open.
func (d *database) refuseOthers(ctx context.Context) error {
	newest, err := newestMigration()
	if err != nil {
		return err
	}
	current, err := version(ctx, d.readers)
	if err != nil {
		return err
	}
	switch {
	case current > newest:
		return tooNew(current, newest)
	case current < newest:
		return fmt.Errorf("an older slipher has it open (version %d, this one reads %d): use that one, or stop it first", current, newest)
	}
	return d.readSealed(ctx)
}

// Check reads the whole database and says what SQLite finds wrong with it.
func (s *Store) Check(ctx context.Context) error {
	rows, err := s.readers.QueryContext(ctx, `PRAGMA integrity_check`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var wrong []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return err
		}
		wrong = append(wrong, line)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if len(wrong) == 1 && wrong[0] == "ok" {
		return nil
	}
	return fmt.Errorf("the database is damaged: %s", strings.Join(wrong, "; "))
}
