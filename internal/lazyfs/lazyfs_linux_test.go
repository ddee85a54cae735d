package lazyfs_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"

	"slipher/internal/lazyfs"
)

// TestMain runs the tests in a process with mounts of its own, as a node does: whatever happens, nothing stays mounted.
func TestMain(m *testing.M) {
	const variable = "SLIPHER_OWN_MOUNTS"
	if os.Getenv(variable) != "" || os.Geteuid() != 0 {
		os.Exit(m.Run())
	}
	again := exec.Command(os.Args[0], os.Args[1:]...)
	again.Env = append(os.Environ(), variable+"=1")
	again.Stdout, again.Stderr = os.Stdout, os.Stderr
	again.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	if err := again.Run(); err != nil {
		if ended, ok := errors.AsType[*exec.ExitError](err); ok {
			os.Exit(ended.ExitCode())
		}
		os.Exit(m.Run()) // no mounts of one's own: the tests skip what they cannot do
	}
}

// late is a file of zeros that is filled with sevens, half by half, as it is read.
type late struct {
	*os.File
	half   int
	filled [2]atomic.Bool
	synced atomic.Int64
	broken error
}

func (f *late) Plain() *os.File { return f.File }

func (f *late) Ready(_ context.Context, offset int64, length int) error {
	if f.broken != nil {
		return f.broken
	}
	for half := range f.filled {
		begin := half * f.half
		if int(offset) < begin+f.half && int(offset)+length > begin && !f.filled[half].Swap(true) {
			if _, err := f.File.WriteAt(bytes.Repeat([]byte{7}, f.half), int64(begin)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *late) WriteAt(ctx context.Context, content []byte, offset int64) (int, error) {
	if err := f.Ready(ctx, offset, len(content)); err != nil {
		return 0, err
	}
	return f.File.WriteAt(content, offset)
}

func (f *late) Truncate(_ context.Context, size int64) error { return f.File.Truncate(size) }

func (f *late) Sync() error { f.synced.Add(1); return f.File.Sync() }

func mounted(t *testing.T) (at string, dir string, file *late) {
	at, dir, file, _ = mountedAs(t)
	return at, dir, file
}

func mountedAs(t *testing.T) (at string, dir string, file *late, mount *lazyfs.Mount) {
	t.Helper()
	base := t.TempDir()
	dir, at = filepath.Join(base, "dir"), filepath.Join(base, "at")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	under, err := os.Create(filepath.Join(dir, "hidden.partial"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { under.Close() })
	file = &late{File: under, half: 300_000}
	if err := under.Truncate(600_000); err != nil {
		t.Fatal(err)
	}
	mount, err = lazyfs.Open(lazyfs.Config{Dir: dir, At: at, Files: map[string]lazyfs.File{"late": file}, Log: slog.New(slog.DiscardHandler)})
	if errors.Is(err, lazyfs.ErrUnusable) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for range 2 {
			if err := mount.Unmount(); err != nil {
				t.Error(err)
			}
		}
		if _, err := os.Stat(filepath.Join(at, "late")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("after Unmount: got %v, want no such file", err)
		}
	})
	return at, dir, file, mount
}

func TestMount(t *testing.T) {
	t.Parallel()
	t.Run("fills_what_is_read", func(t *testing.T) {
		t.Parallel()
		at, _, file := mounted(t)
		opened, err := os.Open(filepath.Join(at, "late"))
		if err != nil {
			t.Fatal(err)
		}
		defer opened.Close()
		got := make([]byte, 1000)
		if _, err := opened.ReadAt(got, 10); err != nil || !bytes.Equal(got, bytes.Repeat([]byte{7}, 1000)) {
			t.Errorf("wrong bytes, error %v", err)
		}
		if file.filled[1].Load() {
			t.Error("what nobody read was filled")
		}
		if info, err := opened.Stat(); err != nil || info.Size() != 600_000 {
			t.Errorf("got size %v, error %v", info.Size(), err)
		}
	})
	t.Run("writes_syncs_and_changes_the_size", func(t *testing.T) {
		t.Parallel()
		at, dir, file := mounted(t)
		opened, err := os.OpenFile(filepath.Join(at, "late"), os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer opened.Close()
		if _, err := opened.WriteAt([]byte("written"), 599_998); err != nil {
			t.Fatal(err)
		}
		if err := opened.Sync(); err != nil || file.synced.Load() == 0 {
			t.Errorf("sync: %v, %d times", err, file.synced.Load())
		}
		under, err := os.ReadFile(filepath.Join(dir, "hidden.partial"))
		if err != nil || len(under) != 600_005 || string(under[599_998:]) != "written" || under[599_997] != 7 {
			t.Errorf("wrong bytes beneath: %d of them, error %v", len(under), err)
		}
		if err := opened.Truncate(5); err != nil {
			t.Fatal(err)
		}
		if info, err := opened.Stat(); err != nil || info.Size() != 5 {
			t.Errorf("got size %v, error %v", info.Size(), err)
		}
	})
	t.Run("shows_the_other_files_as_they_are", func(t *testing.T) {
		t.Parallel()
		at, dir, _ := mounted(t)
		for _, step := range []func() error{
			func() error { return os.WriteFile(filepath.Join(at, "log"), []byte("abc"), 0o600) },
			func() error { return os.Rename(filepath.Join(at, "log"), filepath.Join(at, "log.old")) },
		} {
			if err := step(); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(filepath.Join(dir, "log.old")); err != nil || string(got) != "abc" {
			t.Errorf("got %q, error %v", got, err)
		}
		if err := os.Remove(filepath.Join(at, "log.old")); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(filepath.Join(dir, "log.old")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("got %v after a removal", err)
		}
	})
	t.Run("is_busy_while_a_file_is_open", func(t *testing.T) {
		t.Parallel()
		at, _, _, mount := mountedAs(t)
		opened, err := os.Open(filepath.Join(at, "late"))
		if err != nil {
			t.Fatal(err)
		}
		defer opened.Close()
		if err := mount.Unmount(); !errors.Is(err, syscall.EBUSY) {
			t.Errorf("got %v, want EBUSY", err)
		}
		if _, err := opened.ReadAt(make([]byte, 10), 0); err != nil {
			t.Errorf("after a refused Unmount: %v", err)
		}
	})
	t.Run("what_cannot_be_filled_is_an_error", func(t *testing.T) {
		t.Parallel()
		at, _, file := mounted(t)
		file.broken = errors.New("damaged")
		if _, err := os.ReadFile(filepath.Join(at, "late")); !errors.Is(err, syscall.EIO) {
			t.Errorf("got %v, want an I/O error", err)
		}
	})
}
