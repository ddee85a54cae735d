package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// growth saves 2, 5, 10 and 20 GB and prints what a megabyte costs: it should not depend on the size.
func (b *bench) growth(ctx context.Context) (err error) {
	if err := b.findVersions(ctx); err != nil {
		return err
	}
	sizes := []int64{2e9, 5e9, 10e9, 20e9}
	file := filepath.Join(b.dir, "large", filepath.Base(b.first))
	defer func() { err = errors.Join(err, os.RemoveAll(filepath.Dir(file)), os.RemoveAll(b.work)) }()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	if err := multiply(b.first, file, sizes[len(sizes)-1]); err != nil {
		return fmt.Errorf("make the large file: %w", err)
	}
	fmt.Printf("\n| first snapshot of | time | ns a MB | processor ns a MB | peak memory |\n| --- | --- | --- | --- | --- |\n")
	for _, size := range sizes {
		if err := dropCacheIfAllowed(ctx); err != nil {
			return err
		}
		m, err := b.slipher().run(ctx, "-size", fmt.Sprint(size), "save", "large", file)
		if err != nil {
			return err
		}
		perMB := func(d time.Duration) int64 { return d.Nanoseconds() / (size / 1e6) }
		fmt.Printf("| %d GB | %s | %d | %d | %s |\n", size/1e9, seconds(m.wall), perMB(m.wall), perMB(m.cpu), megabytes(m.peak))
		if err := os.RemoveAll(b.work); err != nil {
			return err
		}
	}
	return nil
}

func dropCacheIfAllowed(ctx context.Context) error {
	if !canDropCache() {
		return nil
	}
	return dropCache(ctx)
}

// multiply repeats the blocks of a database until the file is large enough, each with a number of its own so that no two are equal.
func multiply(from, to string, size int64) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.Create(to)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(target, 1<<20)
	block := make([]byte, blockSize)
	if _, err := io.ReadFull(source, block[:gridHeaders]); err != nil {
		return errors.Join(err, target.Close())
	}
	_, err = out.Write(block[:gridHeaders])
	for number := uint64(1); err == nil && gridHeaders+int64(number-1)*blockSize < size; number++ {
		if _, err = io.ReadFull(source, block); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			if _, err = source.Seek(gridHeaders, io.SeekStart); err == nil {
				_, err = io.ReadFull(source, block)
			}
		}
		if err == nil {
			binary.LittleEndian.PutUint64(block, number)
			_, err = out.Write(block)
		}
	}
	return errors.Join(err, out.Flush(), target.Sync(), target.Close())
}
