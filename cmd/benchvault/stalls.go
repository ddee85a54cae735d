package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"slipher/internal/engine"
	"slipher/internal/vault"
	"slipher/internal/vault/pace"
	"slipher/internal/vault/store"
)

const (
	commitsPerSecond = 1000
	committers       = 16
	slowStore        = 5 << 20 // bytes a second
	stallRows        = 5_000_000
)

// commitStalls commits a thousand times a second and prints how long commits took: without snapshots, with one after the other to a fast
// store, and with one to a slow store.
func (b *bench) commitStalls(ctx context.Context) error {
	if b.stalls == 0 {
		return nil
	}
	fmt.Printf("\n| commits, %d a second | median | p99 | p99.9 | goal | longest | saves meanwhile |\n| --- | --- | --- | --- | --- | --- | --- |\n", commitsPerSecond)
	for _, c := range []struct {
		name, goal string
		snaps      bool
		perSecond  int64
	}{{"no snapshot", "", false, 0}, {"one snapshot after the other", "below 100 ms", true, 0}, {"the same, store at 5 MiB/s", "below 100 ms", true, slowStore}} {
		waits, saves, err := commitsUnder(ctx, b.work, b.stalls, func(ctx context.Context, d *engine.Database) (int, error) {
			if !c.snaps {
				return 0, nil
			}
			return snapshots(ctx, d, filepath.Join(b.work, "store"), c.perSecond)
		})
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		slices.Sort(waits)
		at := func(share float64) string {
			return fmt.Sprintf("%.1f ms", waits[int(share*float64(len(waits)-1))].Seconds()*1000)
		}
		fmt.Printf("| %s | %s | %s | %s | %s | %s | %d |\n", c.name, at(0.5), at(0.99), at(0.999), c.goal, at(1), saves)
	}
	return nil
}

// commitsUnder returns how long after the moment at which it was due each commit was done, so that a commit which waits behind a stalled one
// counts too.
func commitsUnder(ctx context.Context, dir string, each time.Duration, meanwhile func(context.Context, *engine.Database) (int, error)) (waits []time.Duration, saves int, err error) {
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	err = withDatabase(ctx, filepath.Join(dir, "data", engine.FileName(database)), func(d *engine.Database, s *engine.Session) error {
		for _, statement := range []string{
			fmt.Sprintf("CREATE TABLE large AS SELECT i AS id, hash(i) AS h, md5(i::VARCHAR) AS s FROM range(%d) r(i)", stallRows),
			"CREATE TABLE small (id BIGINT, s VARCHAR)",
		} {
			if err := s.Exec(ctx, statement); err != nil {
				return err
			}
		}
		if err := d.Checkpoint(ctx); err != nil {
			return err
		}
		measuring, stop := context.WithCancel(ctx) // no deadline: a slow store's limit refuses to wait past one
		defer stop()
		defer time.AfterFunc(each, stop).Stop()
		var group sync.WaitGroup
		var failed error
		group.Go(func() { saves, failed = meanwhile(measuring, d) })
		var err error
		waits, err = commits(measuring, d)
		stop()
		group.Wait()
		return errors.Join(err, failed)
	})
	return waits, saves, err
}

func commits(ctx context.Context, d *engine.Database) (waits []time.Duration, err error) {
	var mu sync.Mutex // guards waits and err
	var group sync.WaitGroup
	began := time.Now()
	for number := range committers {
		group.Go(func() {
			mine, failed := commitOnTime(ctx, d, began, number)
			mu.Lock()
			defer mu.Unlock()
			waits, err = append(waits, mine...), errors.Join(err, failed)
		})
	}
	group.Wait()
	return waits, err
}

func commitOnTime(ctx context.Context, d *engine.Database, began time.Time, number int) (waits []time.Duration, err error) {
	s, err := d.Session(context.WithoutCancel(ctx))
	if err != nil {
		return nil, err
	}
	defer s.Close()
	insert, err := s.Prepare(context.WithoutCancel(ctx), "INSERT INTO small VALUES ($1, 'some text that a row has')")
	if err != nil {
		return nil, err
	}
	const between = time.Second * committers / commitsPerSecond
	for due := began.Add(between * time.Duration(number) / committers); ctx.Err() == nil; due = due.Add(between) {
		time.Sleep(time.Until(due))
		if err := commitOne(s, insert); err != nil {
			return nil, err
		}
		waits = append(waits, time.Since(due))
	}
	return waits, nil
}

func commitOne(s *engine.Session, insert *engine.Statement) error {
	ctx := context.Background()
	if err := s.Begin(ctx); err != nil {
		return err
	}
	rows, err := insert.Run(ctx, []any{int64(1)})
	if err != nil {
		return err
	}
	rows.Close()
	return s.Commit(ctx)
}

// snapshots saves one snapshot after the other, half a second apart, and returns how many were begun.
func snapshots(ctx context.Context, d *engine.Database, dir string, perSecond int64) (begun int, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return 0, err
	}
	bucket, err := store.Open(ctx, "file://"+filepath.ToSlash(dir), time.Now)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, bucket.Close()) }()
	v := vault.Vault{Bucket: bucket, Scope: "bench", Key: bytes.Repeat([]byte{7}, 32), Limiter: pace.NewLimiter(perSecond), Now: time.Now}
	parent := ""
	for {
		select {
		case <-ctx.Done():
			return begun, nil
		case <-time.After(500 * time.Millisecond):
		}
		begun++
		id := fmt.Sprintf("snapshot-%d", begun)
		if err := snapshot(ctx, d, v, id, parent); err != nil && ctx.Err() == nil {
			return begun, err
		}
		parent = id
	}
}

func snapshot(ctx context.Context, d *engine.Database, v vault.Vault, id, parent string) error {
	frozen, err := d.Freeze(ctx)
	if err != nil {
		return err
	}
	defer frozen.Release()
	files := make([]vault.File, 0, len(frozen.Files))
	for _, file := range frozen.Files {
		files = append(files, vault.File(file))
	}
	_, err = v.Save(ctx, vault.SaveRequest{Manifest: id, Files: files, Parent: parent, TrustHints: true})
	return err
}
