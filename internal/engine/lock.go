package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// lockWait is how long Open waits for another process to let go of the data directory: after a kill of the parent, an old node may live
// on for a moment.
const lockWait = 10 * time.Second

// lockDirectory takes the data directory for this process. The lock is flock's on a file of its own: the engine's fcntl lock on the
// database file would be dropped by any close of that file within this process.
func lockDirectory(ctx context.Context, dir string) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock of the data directory: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return file, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			file.Close()
			return nil, fmt.Errorf("lock the data directory: %w", err)
		}
		if !pause(ctx, 20*time.Millisecond) {
			file.Close()
			return nil, errors.New("another process uses the data directory: end it, then try again")
		}
	}
}

// pause waits for d and says whether ctx is still alive.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
