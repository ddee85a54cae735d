package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// bench is one run of everything.
type bench struct {
	settings
	versions
	runs map[string][]measured // by "step/side"
	cold bool                  // whether the cold variants were measured

	round int
	work  string // everything that a round makes
}

// side is one competitor of a step.
type side struct {
	name string
	run  func(ctx context.Context) (measured, error)
}

// sides measures the vault, restic and cp, and prints the first table.
func (b *bench) sides(ctx context.Context) error {
	if err := b.findVersions(ctx); err != nil {
		return err
	}
	if err := b.measureSides(ctx); err != nil {
		return err
	}
	fmt.Printf("database: %.0f MB; the second version has %.1f %% new blocks\n\n", float64(b.bytes)/1e6, b.newShare*100)
	b.print(os.Stdout)
	return nil
}

func (b *bench) measureSides(ctx context.Context) error {
	b.cold = canDropCache()
	for b.round = range b.settings.runs {
		if err := b.measureRound(ctx); err != nil {
			return errors.Join(err, os.RemoveAll(b.work))
		}
		report("round %d of %d done", b.round+1, b.settings.runs)
	}
	return os.RemoveAll(b.work)
}

// measureRound measures each step once. The stores that the first snapshot went to are those that the later steps use.
func (b *bench) measureRound(ctx context.Context) error {
	if b.cold {
		if err := b.firstSnapshot(ctx, "first, cold"); err != nil {
			return err
		}
	}
	if err := b.firstSnapshot(ctx, "first"); err != nil {
		return err
	}
	slipher, restic := b.slipher(), b.restic()
	err := b.step(ctx, "verify", false,
		side{"slipher", func(ctx context.Context) (measured, error) { return slipher.verify(ctx, "one") }},
		side{"restic", func(ctx context.Context) (measured, error) { return restic.run(ctx, "check", "--read-data") }})
	if err != nil {
		return err
	}
	for _, variant := range []string{"restore", "restore, cold"} {
		if err := b.restore(ctx, variant); err != nil {
			return err
		}
	}
	return b.laterSnapshots(ctx)
}

func (b *bench) slipher() slipherSide {
	return slipherSide{transfer: b.transfer, store: filepath.Join(b.work, "store")}
}

func (b *bench) restic() resticSide {
	return resticSide{restic: b.settings.restic, repository: filepath.Join(b.work, "repository")}
}

// live is where the database lies: restic looks for the last snapshot of the same path.
func (b *bench) live() string { return filepath.Join(b.work, "live", filepath.Base(b.first)) }

// goLive makes a version of the database the current one.
func (b *bench) goLive(version string) error {
	if err := os.RemoveAll(filepath.Dir(b.live())); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(b.live()), 0o700); err != nil {
		return err
	}
	return os.Link(version, b.live())
}

func (b *bench) firstSnapshot(ctx context.Context, step string) error {
	if err := os.RemoveAll(b.work); err != nil {
		return err
	}
	if err := b.goLive(b.first); err != nil {
		return err
	}
	slipher, restic := b.slipher(), b.restic()
	if _, err := restic.run(ctx, "init"); err != nil {
		return err
	}
	copied := filepath.Join(b.work, "copied", "copy")
	err := b.step(ctx, step, step != "first",
		side{"slipher", func(ctx context.Context) (measured, error) { return slipher.save(ctx, "one", "", b.live()) }},
		side{"restic", func(ctx context.Context) (measured, error) { return restic.save(ctx, b.live()) }},
		side{"cp", func(ctx context.Context) (measured, error) { return copySide(ctx, b.live(), copied) }})
	return errors.Join(err, os.RemoveAll(filepath.Dir(copied)))
}

func (b *bench) restore(ctx context.Context, step string) error {
	if step != "restore" && !b.cold {
		return nil
	}
	slipher, restic := b.slipher(), b.restic()
	out := func(side string) string { return filepath.Join(b.work, "out-"+side) }
	err := b.step(ctx, step, step != "restore",
		side{"slipher", func(ctx context.Context) (measured, error) { return slipher.restore(ctx, "one", out("slipher")) }},
		side{"restic", func(ctx context.Context) (measured, error) { return restic.restore(ctx, out("restic")) }},
		side{"cp", func(ctx context.Context) (measured, error) {
			return copySide(ctx, b.live(), filepath.Join(out("cp"), "copy"))
		}})
	for _, name := range []string{"slipher", "restic", "cp"} {
		err = errors.Join(err, os.RemoveAll(out(name)))
	}
	return err
}

// laterSnapshots saves the second version, and then the same once more.
func (b *bench) laterSnapshots(ctx context.Context) error {
	if err := b.goLive(b.second); err != nil {
		return err
	}
	slipher, restic := b.slipher(), b.restic()
	for i, step := range []string{"second", "unchanged"} {
		parent, id := []string{"one", "two"}[i], []string{"two", "three"}[i]
		err := b.step(ctx, step, false,
			side{"slipher", func(ctx context.Context) (measured, error) { return slipher.save(ctx, id, parent, b.live()) }},
			side{"restic", func(ctx context.Context) (measured, error) { return restic.save(ctx, b.live()) }})
		if err != nil {
			return err
		}
	}
	return nil
}

// step runs the sides one after the other, the first one last in every other round, and each from the same state of the page cache: empty,
// or holding the database and the stores.
func (b *bench) step(ctx context.Context, name string, cold bool, sides ...side) error {
	if b.round%2 == 1 {
		slices.Reverse(sides)
	}
	for _, side := range sides {
		if err := os.MkdirAll(filepath.Join(b.work, "copied"), 0o700); err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Join(b.work, "out-cp"), 0o700); err != nil {
			return err
		}
		if err := b.prepareCache(ctx, cold); err != nil {
			return err
		}
		m, err := side.run(ctx)
		if err != nil {
			return fmt.Errorf("%s, %s: %w", name, side.name, err)
		}
		b.runs[name+"/"+side.name] = append(b.runs[name+"/"+side.name], m)
	}
	return nil
}

func (b *bench) prepareCache(ctx context.Context, cold bool) error {
	if cold {
		return dropCache(ctx)
	}
	for _, dir := range []string{filepath.Dir(b.live()), b.slipher().store, b.restic().repository} {
		if err := readAll(dir); err != nil {
			return err
		}
	}
	return syncFiles(b.work)
}

func readAll(dir string) error {
	return filepath.WalkDir(dir, func(name string, entry os.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || entry.IsDir() {
			return err
		}
		file, err := os.Open(name)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, file)
		return errors.Join(err, file.Close())
	})
}
