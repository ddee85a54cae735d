package test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestNodesLetDisksGo unmounts a disk that was mounted when a node was started: the node must not keep it busy.
func TestNodesLetDisksGo(t *testing.T) {
	base := smallDisk(t, "1m")
	if err := syscall.Mount("", base, "", syscall.MS_SHARED, ""); err != nil {
		t.Fatal(err)
	}
	disk := filepath.Join(base, "disk")
	check(t, os.Mkdir(disk, 0o700))
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=1m"); err != nil {
		t.Fatal(err)
	}
	p := serve(t)
	createCluster(t, p.client("default"), "one")
	node := p.processes()["node"][0]
	if !strings.Contains(readProc(t, node, "mountinfo"), disk) {
		t.Skip("nodes have no mounts of their own here")
	}
	if err := syscall.Unmount(disk, 0); errors.Is(err, syscall.EBUSY) {
		t.Fatal("the disk is busy")
	} else if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(readProc(t, node, "mountinfo"), disk) {
		t.Error("the node keeps a disk that was unmounted outside")
	}
}
