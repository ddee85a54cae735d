package main

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
	if err := tryLimit(ctx); err != nil {
		d.warning("nodes' files", "%s: a cluster's process could read and write what this user can; a kernel with Landlock (Linux 5.13 and later) would keep it to its own files",
			strings.TrimPrefix(err.Error(), "slipher: "))
		return
	}
	d.ok("nodes' files", "Landlock keeps each cluster's process to its own files")
}

func tryLimit(ctx context.Context) error {
	binary, err := os.Executable()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "slipher-limit-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	said, err := exec.CommandContext(ctx, binary, "try-limit", dir).CombinedOutput()
	if said = bytes.TrimSpace(said); err != nil && len(said) > 0 {
		return errors.New(string(said))
	}
	return err
}

type tryLimitCommand struct {
	Dir string `arg:"" type:"path"`
}

// Run limits itself to a folder in the directory and checks that it is.
func (c tryLimitCommand) Run() error {
	own, outside := filepath.Join(c.Dir, "own"), filepath.Join(c.Dir, "outside")
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
