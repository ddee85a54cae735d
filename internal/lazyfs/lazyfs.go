// Package lazyfs shows a folder at a second place, through FUSE, where some of its files are filled while they are used. It promises that
// whoever reads there never sees a part that is not filled. It does not know where the parts come from.
package lazyfs

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"syscall"
)

// ErrUnusable says that this system lets nobody mount, or not this process.
var ErrUnusable = errors.New("FUSE cannot be used here")

// File is a file that is filled while it is used.
type File interface {
	Stat() (fs.FileInfo, error)
	Plain() *os.File                                           // holds what Ready has made sure of
	Ready(ctx context.Context, offset int64, length int) error // returns when the range is filled
	WriteAt(ctx context.Context, content []byte, offset int64) (int, error)
	Truncate(ctx context.Context, size int64) error
	Sync() error
}

// Config says what is shown, and where.
type Config struct {
	Dir   string          // the folder that is shown
	At    string          // the folder in whose place it is shown; made when missing
	Files map[string]File // by the names that they have there; all other files are those of Dir
	Log   *slog.Logger
}

// Busy says that an Unmount was refused because a file is open.
func Busy(err error) bool { return errors.Is(err, syscall.EBUSY) }
