package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// measured is what one run of one side cost.
type measured struct {
	wall   time.Duration
	cpu    time.Duration // user and system, of the process that was run
	before int64         // bytes of memory of the process when it began; 0 where it is not known
	peak   int64         // bytes of memory that it had at most
	stored int64         // bytes that the side's store has afterwards, or that were added
}

// command runs a program to its end and measures it.
func command(ctx context.Context, env []string, name string, args ...string) (measured, []byte, error) {
	run := exec.CommandContext(ctx, name, args...)
	var out, complaints bytes.Buffer
	run.Stdout, run.Stderr = &out, &complaints
	run.Env = append(os.Environ(), env...)
	began := time.Now()
	if err := run.Run(); err != nil {
		return measured{}, nil, fmt.Errorf("%s: %w\n%s", run, err, complaints.String())
	}
	return measured{
		wall: time.Since(began),
		cpu:  run.ProcessState.UserTime() + run.ProcessState.SystemTime(),
	}, out.Bytes(), nil
}

// slipherSide saves into, verifies and restores from a folder by the transfer program.
type slipherSide struct {
	transfer string
	store    string
}

func (s slipherSide) run(ctx context.Context, args ...string) (measured, error) {
	m, out, err := command(ctx, nil, s.transfer, append([]string{"-store", "file://" + filepath.ToSlash(s.store)}, args...)...)
	if err != nil {
		return m, err
	}
	var outcome struct{ StoredBytes, BeforeKB, PeakKB int64 }
	err = json.Unmarshal(out, &outcome)
	m.stored, m.before, m.peak = outcome.StoredBytes, outcome.BeforeKB<<10, outcome.PeakKB<<10
	return m, err
}

func (s slipherSide) save(ctx context.Context, id, parent, file string) (measured, error) {
	return s.run(ctx, "-parent", parent, "save", id, file)
}

func (s slipherSide) restore(ctx context.Context, id, dir string) (measured, error) {
	return s.run(ctx, "restore", id, dir)
}

func (s slipherSide) verify(ctx context.Context, id string) (measured, error) {
	return s.run(ctx, "verify", id)
}

// resticSide does the same with a repository of restic, at its defaults.
type resticSide struct {
	restic     string
	repository string
}

func (r resticSide) run(ctx context.Context, args ...string) (measured, error) {
	env := []string{"RESTIC_PASSWORD=bench", "RESTIC_REPOSITORY=" + r.repository, "RESTIC_CACHE_DIR=" + r.repository + "-cache"}
	m, _, err := command(ctx, env, r.restic, append([]string{"--quiet"}, args...)...)
	return m, err
}

func (r resticSide) save(ctx context.Context, file string) (measured, error) {
	before, err := folderBytes(r.repository)
	if err != nil {
		return measured{}, err
	}
	m, err := r.run(ctx, "backup", file)
	if err != nil {
		return m, err
	}
	after, err := folderBytes(r.repository)
	m.stored = after - before
	return m, err
}

// restore is made durable like the others: restic leaves that to the system.
func (r resticSide) restore(ctx context.Context, dir string) (measured, error) {
	m, err := r.run(ctx, "restore", "latest", "--target", dir)
	if err != nil {
		return m, err
	}
	began := time.Now()
	err = syncFiles(dir)
	m.wall += time.Since(began)
	return m, err
}

// copySide is the yardstick: cp, made durable.
func copySide(ctx context.Context, from, to string) (measured, error) {
	m, _, err := command(ctx, nil, "cp", "--reflink=never", from, to)
	if err != nil {
		return m, err
	}
	began := time.Now()
	err = syncFiles(filepath.Dir(to))
	m.wall += time.Since(began)
	return m, err
}

func syncFiles(dir string) error {
	return filepath.WalkDir(dir, func(name string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		opened, err := os.Open(name)
		if err != nil {
			return err
		}
		return errors.Join(opened.Sync(), opened.Close())
	})
}

// medians takes the median of each figure on its own.
func medians(runs []measured) measured {
	return measured{
		wall:   median(runs, func(m measured) time.Duration { return m.wall }),
		cpu:    median(runs, func(m measured) time.Duration { return m.cpu }),
		before: median(runs, func(m measured) int64 { return m.before }),
		peak:   median(runs, func(m measured) int64 { return m.peak }),
		stored: median(runs, func(m measured) int64 { return m.stored }),
	}
}

func median[T cmp.Ordered](runs []measured, of func(measured) T) (middle T) {
	figures := make([]T, 0, len(runs))
	for _, m := range runs {
		figures = append(figures, of(m))
	}
	slices.Sort(figures)
	if len(figures) > 0 {
		middle = figures[len(figures)/2]
	}
	return middle
}
