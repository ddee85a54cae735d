package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// LeaveView lets the plain files in Dir take over from the same files in View. unmount takes the mount away: it is called once nothing of
// this database is open in it, and again when it says EBUSY. Sessions notice nothing: whatever they have open stays open, and nobody waits.
//
// The engine is not made to open the files again, which would need a moment without transactions. Instead each of its descriptors is made to
// mean the plain file, which is one system call, and View becomes a link to Dir, since the engine goes on looking for its write-ahead log
// there. When unmount fails everything goes on working through the mount, and LeaveView may be called again. It waits for a snapshot that is
// being read.
func (d *Database) LeaveView(ctx context.Context, unmount func() error) error {
	if err := d.gate.take(ctx); err != nil {
		return fmt.Errorf("wait for the snapshot: %w", err)
	}
	if d.config.View == "" || d.viewLeft {
		d.gate.give()
		return nil
	}
	if err := d.leaveView(ctx, unmount); err != nil {
		d.gate.give()
		return err
	}
	if err := linkView(d.config.View, d.config.Dir); err != nil {
		// The turn is kept: after another checkpoint the engine would make its log where nobody looks for it.
		d.poison(err)
		return err
	}
	d.viewLeft = true
	d.gate.give()
	return nil
}

func (d *Database) leaveView(ctx context.Context, unmount func() error) error {
	if err := d.touchWAL(ctx); err != nil {
		return err
	}
	opened, err := descriptorsIn(d.config.View)
	if err != nil {
		return err
	}
	if err := replace(opened, d.config.Dir); err != nil {
		return fmt.Errorf("take over the database's plain files: %w", err)
	}
	patience, cancel := context.WithTimeout(ctx, unmountPatience)
	defer cancel()
	for {
		err := unmount()
		if err == nil {
			return nil
		}
		if !errors.Is(err, syscall.EBUSY) || !pause(patience, unmountRetry) {
			return fmt.Errorf("unmount the database's files: %w", err)
		}
	}
}

// A read that was under way when its descriptor was replaced keeps the mount busy until it ends.
const (
	unmountPatience = 2 * time.Second
	unmountRetry    = 5 * time.Millisecond
)

// touchWAL commits something, so that the engine has its write-ahead log open: it opens the log with the first commit after a checkpoint,
// and as long as the caller has the turn there is no other.
func (d *Database) touchWAL(ctx context.Context) error {
	session, err := d.connect()
	if err != nil {
		return err
	}
	defer session.Close()
	schema := Quote(d.config.Database) + "." + Quote("slipher leaves the view")
	if err := session.Begin(ctx); err != nil {
		return err
	}
	for _, statement := range []string{"CREATE SCHEMA " + schema, "DROP SCHEMA " + schema} {
		if err := session.Exec(ctx, statement); err != nil {
			return fmt.Errorf("write to the write-ahead log: %w", err)
		}
	}
	return session.Commit(ctx)
}

// descriptor is an open file of this process.
type descriptor struct {
	fd    int
	name  string // of the file within its folder
	plain int    // what takes its place
}

func descriptorsIn(folder string) ([]descriptor, error) {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return nil, fmt.Errorf("list the open files: %w", err)
	}
	var found []descriptor
	for _, entry := range entries {
		path, err := os.Readlink("/proc/self/fd/" + entry.Name())
		if err != nil || filepath.Dir(path) != folder {
			continue // closed since, or somebody else's
		}
		fd, err := strconv.Atoi(entry.Name())
		if err != nil {
			return nil, fmt.Errorf("list the open files: %w", err)
		}
		found = append(found, descriptor{fd: fd, name: filepath.Base(path), plain: -1})
	}
	return found, nil
}

// replace makes every descriptor mean the file of the same name in dir. Calls under way end with the file that they began with.
func replace(opened []descriptor, dir string) (err error) {
	defer func() {
		for _, d := range opened {
			if d.plain >= 0 {
				syscall.Close(d.plain)
			}
		}
		if err == nil {
			err = lock(opened) // now, for closing any descriptor of a file drops the process's locks on it
		}
	}()
	for i := range opened {
		if opened[i].plain, err = openLike(opened[i].fd, filepath.Join(dir, opened[i].name)); err != nil {
			return err
		}
	}
	for _, d := range opened {
		// Not syscall.Dup3, which keeps its processor to itself: closing the old file asks the file system of the mount, which may be served
		// by this very process.
		if _, _, errno := syscall.Syscall(syscall.SYS_DUP3, uintptr(d.plain), uintptr(d.fd), syscall.O_CLOEXEC); errno != 0 {
			return fmt.Errorf("replace %s: %w", d.name, errno)
		}
	}
	return nil
}

// openLike opens path with the flags that fd was opened with.
func openLike(fd int, path string) (int, error) {
	flags, err := statusFlags(fd)
	if err != nil {
		return -1, fmt.Errorf("look at %s: %w", filepath.Base(path), err)
	}
	plain, err := syscall.Open(path, flags|syscall.O_CLOEXEC, 0)
	if err != nil {
		return -1, fmt.Errorf("open %s: %w", filepath.Base(path), err)
	}
	return plain, nil
}

func statusFlags(fd int) (int, error) {
	flags, _, errno := syscall.Syscall(syscall.SYS_FCNTL, uintptr(fd), syscall.F_GETFL, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(flags), nil
}

// lock takes the locks that the engine takes on files it writes to.
func lock(opened []descriptor) error {
	for _, d := range opened {
		flags, err := statusFlags(d.fd)
		if err == nil && flags&syscall.O_ACCMODE != syscall.O_RDONLY {
			err = syscall.FcntlFlock(uintptr(d.fd), syscall.F_SETLK, &syscall.Flock_t{Type: syscall.F_WRLCK})
		}
		if err != nil {
			return fmt.Errorf("lock %s: %w", d.name, err)
		}
	}
	return nil
}

// linkView makes view, the folder in which the mount stood, a link to dir.
func linkView(view, dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("find the data directory: %w", err)
	}
	link := view + ".link"
	if err := os.Remove(link); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove an old link to the data directory: %w", err)
	}
	if err := os.Symlink(dir, link); err != nil {
		return fmt.Errorf("make a link to the data directory: %w", err)
	}
	if err := os.Remove(view); err != nil {
		return fmt.Errorf("remove the mount's folder: %w", err)
	}
	if err := os.Rename(link, view); err != nil {
		return fmt.Errorf("put the link in the mount's place: %w", err)
	}
	return nil
}
