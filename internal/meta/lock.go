package meta

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
)

// lockFile keeps other processes out for as long as this one lives: the kernel drops the lock with it.
func lockFile(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the database: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = fmt.Errorf("%s is held by process %s: stop that slipher or use another data directory", path, holder(file))
	}
	if err == nil {
		err = sign(file)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock the database: %w", err), file.Close())
	}
	return file, nil
}

func sign(file *os.File) error {
	if err := file.Truncate(0); err != nil {
		return err
	}
	_, err := fmt.Fprintf(file, "%d\n", os.Getpid())
	return err
}

func holder(file *os.File) string {
	pid, err := io.ReadAll(io.LimitReader(file, 32))
	if err != nil || len(pid) == 0 {
		return "(unknown)"
	}
	return strings.TrimSpace(string(pid))
}
