package reserve

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// RoomAt is how much the disk that path is on takes from anybody.
func RoomAt(path string) (int64, error) {
	var disk unix.Statfs_t
	if err := unix.Statfs(filepath.Dir(path), &disk); err != nil {
		return 0, err
	}
	return int64(disk.Bavail) * disk.Bsize, nil
}

func allocate(file *os.File, size int64) error { return unix.Fallocate(int(file.Fd()), 0, 0, size) }
