package engine

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// onSmallDisk is a configuration whose folders are on a disk of some megabytes.
func onSmallDisk(t *testing.T, megabytes string) Config {
	t.Helper()
	base := t.TempDir()
	if err := syscall.Mount("tmpfs", base, "tmpfs", 0, "size="+megabytes+"m"); errors.Is(err, syscall.EPERM) {
		t.Skip("mounting takes root")
	} else if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(base, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return testConfig(base)
}

// fill takes what room there is.
func fill(t *testing.T, dir string) (path string) {
	t.Helper()
	path = filepath.Join(dir, "ballast")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for size := 1 << 20; size > 0; {
		if _, err := file.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
	return path
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	config := onSmallDisk(t, "32")
	d := openWith(t, config)
	s := session(t, d)
	run(t, s, "CREATE TABLE t (name VARCHAR)", "INSERT INTO t VALUES ('before')")
	ballast := fill(t, filepath.Dir(config.Dir))
	var refused error
	for range 1000 {
		if refused = s.Exec(t.Context(), "INSERT INTO t SELECT repeat('x', 1000)"); refused != nil {
			break
		}
	}
	failure, is := errors.AsType[*Error](refused)
	if !is || failure.Code != diskFull || strings.Contains(failure.Message, config.Dir) {
		t.Fatalf("a commit on a full disk: got %#v, want %s without a path", refused, diskFull)
	}
	if got := one(t, s, "SELECT count(*) FROM t WHERE name = 'before'"); got != int64(1) {
		t.Errorf("reading on a full disk: got %v", got)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	run(t, s, "INSERT INTO t VALUES ('after')")
}

// TestFreeingOnAFullDisk drops a table that is in the file while another one is in the log alone: the checkpoint that would free blocks has
// no room for the other's rows, and trying it would cost the process.
func TestFreeingOnAFullDisk(t *testing.T) {
	t.Parallel()
	config := onSmallDisk(t, "64")
	d := openWith(t, config)
	s := session(t, d)
	run(t, s, "CREATE TABLE written AS "+someRows, "CHECKPOINT", "CREATE TABLE logged AS FROM written LIMIT 0")
	for range 2 {
		run(t, s, "INSERT INTO logged "+someRows)
	}
	ballast := fill(t, filepath.Dir(config.Dir))
	d.reserve.End()
	fill(t, config.Dir)
	if err := os.Truncate(ballast, sizeOf(ballast)-3*megabyte); err != nil {
		t.Fatal(err)
	}

	s.MakeRoom()
	run(t, s, "DROP TABLE written")
	for range 2 {
		if err := d.Checkpoint(t.Context()); err != nil {
			t.Fatalf("a checkpoint without room: %v", err)
		}
		if got := one(t, s, "SELECT count(*) FROM logged"); got != int64(200_000) {
			t.Fatalf("after it there are %v rows", got)
		}
	}
	before := sizeOf(d.walPath())
	s.MakeRoom()
	run(t, s, "DROP TABLE logged")
	if err := d.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := sizeOf(d.walPath()); after >= before {
		t.Errorf("the log has %d bytes after the checkpoint, and had %d", after, before)
	}
}

const (
	someRows = "SELECT i, sha1(i::VARCHAR) AS s FROM generate_series(1, 100_000) t(i)" // few enough that they go through the log
	megabyte = 1 << 20
)
