package reserve

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

const megabyte = 1 << 20

func TestReserve(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=16m"); errors.Is(err, syscall.EPERM) {
		t.Skip("mounting takes root")
	} else if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	path, other := filepath.Join(dir, "reserve"), filepath.Join(dir, "other")
	f := Open(path, 4*megabyte)
	if info, err := os.Stat(path); err != nil || info.Size() != 4*megabyte {
		t.Fatalf("an empty disk's reserve: %v", err)
	}
	if gaveUp, took := f.Keep(); gaveUp || took {
		t.Error("a reserve changes though the disk does not")
	}
	write(t, other, 12*megabyte)
	if gaveUp, took := Open(path, 4*megabyte).Keep(); gaveUp || took {
		t.Error("a full disk's reserve was not given up as it was opened")
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a reserve stays on a full disk")
	}
	if _, took := f.Keep(); took {
		t.Error("a reserve takes the only room there is")
	}
	if err := os.Remove(other); err != nil {
		t.Fatal(err)
	}
	again := Open(path, 4*megabyte)
	if _, err := os.Stat(path); err != nil {
		t.Error("the reserve is not taken again")
	}
	again.End()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("at the end there is %v, %v", left, err)
	}
}

func write(t *testing.T, path string, size int) {
	t.Helper()
	if err := os.WriteFile(path, make([]byte, size), 0o600); err != nil {
		t.Fatal(err)
	}
}
