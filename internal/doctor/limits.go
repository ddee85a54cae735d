package doctor

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"slipher/internal/confine"
)

// checkLimits tries whether a process like a node can be kept to its own files.
func (d *doctor) checkLimits(ctx context.Context) {
	if err := tryLimit(ctx, d.Program); err != nil {
		d.warning("nodes' files", "%s: a cluster's process could read and write what this user can; a kernel with Landlock (Linux 5.13 and later) would keep it to its own files",
			strings.TrimPrefix(err.Error(), "slipher: "))
		return
	}
	d.ok("nodes' files", "Landlock keeps each cluster's process to its own files")
}

func tryLimit(ctx context.Context, program string) error {
	dir, err := os.MkdirTemp("", "slipher-limit-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	said, err := exec.CommandContext(ctx, program, "try-limit", dir).CombinedOutput()
	if said = bytes.TrimSpace(said); err != nil && len(said) > 0 {
		return errors.New(string(said))
	}
	return err
}

// TryLimit limits this process to a folder in the directory and checks that it is. The doctor starts another process for it.
func TryLimit(dir string) error {
	own, outside := filepath.Join(dir, "own"), filepath.Join(dir, "outside")
	if err := os.Mkdir(own, 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(outside, nil, 0o600); err != nil {
		return err
	}
	limited, err := confine.Limit(confine.Files{Own: []string{own}})
	if err != nil {
		return err
	}
	if !limited {
		return errors.New("the kernel has no Landlock, or it is not switched on")
	}
	return confine.Trial(own, outside)
}
