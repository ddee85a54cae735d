package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"slipher/internal/engine"
)

// The engine's own grid: three headers, then blocks, each of which begins with its checksum.
const (
	gridHeaders = 12 << 10
	blockSize   = 256 << 10
)

const (
	database  = "dev"
	batchRows = 400_000
	// newShare is how many of the second version's blocks the first one lacks, at least.
	newShare = 0.016
)

// versions are the two files that are saved: a database, and the same database some changes later.
type versions struct {
	first, second string
	bytes         int64 // of the first
	newShare      float64
}

// findVersions makes the databases that dir does not hold yet, in a process of its own: the engine's memory would count as that of every
// program run later.
func (b *bench) findVersions(ctx context.Context) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	making := exec.CommandContext(ctx, program, "-make-data", "-dir", b.dir, "-size", fmt.Sprint(b.size))
	making.Stderr = os.Stderr
	if err := making.Run(); err != nil {
		return fmt.Errorf("make the databases: %w", err)
	}
	b.versions = versionsIn(b.dir, b.size)
	stat, err := os.Stat(b.first)
	if err != nil {
		return err
	}
	b.bytes = stat.Size()
	b.newShare, err = shareOfNew(b.first, b.second)
	return err
}

func versionsIn(dir string, size int64) versions {
	return versions{
		first:  filepath.Join(dir, fmt.Sprintf("first-%d", size), engine.FileName(database)),
		second: filepath.Join(dir, fmt.Sprintf("second-%d", size), engine.FileName(database)),
	}
}

func makeVersions(ctx context.Context, dir string, size int64) error {
	made := versionsIn(dir, size)
	if err := once(made.first, func() error { return makeDatabase(ctx, made.first, size) }); err != nil {
		return fmt.Errorf("first version: %w", err)
	}
	if err := once(made.second, func() error { return changeDatabase(ctx, made.first, made.second) }); err != nil {
		return fmt.Errorf("second version: %w", err)
	}
	return nil
}

// once marks a finished file, so that one which an interrupted run left is made again.
func once(file string, makeIt func() error) error {
	mark := filepath.Join(filepath.Dir(file), "finished")
	if _, err := os.Stat(mark); err == nil {
		return nil
	}
	if err := os.RemoveAll(filepath.Dir(file)); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "making %s, once\n", file)
	if err := makeIt(); err != nil {
		return err
	}
	return os.WriteFile(mark, nil, 0o600)
}

// makeDatabase adds rows of each table in turn until the file is as large as asked.
func makeDatabase(ctx context.Context, file string, size int64) error {
	return withDatabase(ctx, file, func(d *engine.Database, session *engine.Session) error {
		for _, table := range tables {
			if err := session.Exec(ctx, table.create); err != nil {
				return err
			}
		}
		for batch := int64(0); d.Bytes() < size; batch++ {
			if err := addRows(ctx, session, batch*batchRows, batchRows); err != nil {
				return err
			}
			if err := d.Checkpoint(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

func addRows(ctx context.Context, session *engine.Session, from, rows int64) error {
	for _, table := range tables {
		if err := session.Exec(ctx, fmt.Sprintf(table.fill, from, from+rows)); err != nil {
			return fmt.Errorf("fill %s: %w", table.name, err)
		}
	}
	return nil
}

// changeDatabase appends rows and corrects older ones, a little of both at a time, until enough blocks are new.
func changeDatabase(ctx context.Context, first, second string) error {
	if err := copyFile(first, second); err != nil {
		return err
	}
	for step := int64(0); ; step++ {
		err := withDatabase(ctx, second, func(_ *engine.Database, session *engine.Session) error {
			if err := addRows(ctx, session, 1<<40+step*batchRows/40, batchRows/40); err != nil {
				return err
			}
			return session.Exec(ctx, fmt.Sprintf(correction, step*7919, step*7919+500))
		})
		if err != nil {
			return err
		}
		if share, err := shareOfNew(first, second); err != nil || share >= newShare {
			return err
		}
	}
}

func withDatabase(ctx context.Context, file string, use func(*engine.Database, *engine.Session) error) (err error) {
	d, err := engine.Open(ctx, engine.Config{
		Dir: filepath.Dir(file), TempDir: filepath.Join(filepath.Dir(file), "temp"), Database: database,
		MemoryLimit: "2GB", Threads: 2, SearchPath: []string{"public"}, Prelude: prelude, Log: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	session, err := d.Session(ctx)
	if err != nil {
		return err
	}
	defer session.Close()
	return use(d, session)
}

// shareOfNew compares the blocks' checksums, place by place, as the vault does.
func shareOfNew(first, second string) (float64, error) {
	before, err := checksums(first)
	if err != nil {
		return 0, err
	}
	after, err := checksums(second)
	if err != nil || len(after) == 0 {
		return 0, err
	}
	changed := max(0, len(after)-len(before))
	for i := range min(len(before), len(after)) {
		if before[i] != after[i] {
			changed++
		}
	}
	return float64(changed) / float64(len(after)), nil
}

func checksums(name string) ([]uint64, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var sums []uint64
	var begin [8]byte
	for offset := int64(gridHeaders); ; offset += blockSize {
		if _, err := file.ReadAt(begin[:], offset); errors.Is(err, io.EOF) {
			return sums, nil
		} else if err != nil {
			return nil, err
		}
		sums = append(sums, binary.LittleEndian.Uint64(begin[:]))
	}
}

func copyFile(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Sync(), target.Close())
}

// folderBytes is the sum of the sizes of the files in dir, which is what a store takes.
func folderBytes(dir string) (total int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	return total, err
}
