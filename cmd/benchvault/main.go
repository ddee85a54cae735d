// Command benchvault measures slipher's snapshots side by side with restic and with cp, on a real database, in one run, and prints a
// table with the goal beside each figure. It asserts nothing: it fails only when something does not work. `make bench-vault` runs it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// settings are the flags.
type settings struct {
	dir      string
	size     int64
	runs     int
	restic   string
	transfer string
	program  string
	large    bool
}

func main() {
	set := settings{size: 2e9}
	flag.StringVar(&set.dir, "dir", "bin/bench-vault", "folder on the disk to measure; keeps the databases for the next run")
	flag.Func("size", "size of the database, such as 2GB or 200MB (default 2GB)", func(text string) (err error) {
		set.size, err = parseSize(text)
		return err
	})
	flag.IntVar(&set.runs, "runs", 5, "how often everything is measured; the table holds medians")
	flag.StringVar(&set.restic, "restic", "restic", "the restic program")
	flag.StringVar(&set.transfer, "transfer", "bin/transfer", "the program that runs one operation of the vault")
	flag.StringVar(&set.program, "slipher", "bin/slipher", "the slipher program; empty leaves out what needs a whole one")
	flag.BoolVar(&set.large, "large", false, "also save 2, 5, 10 and 20 GB (needs 40 GB of disk)")
	makeOnly := flag.Bool("make-data", false, "only make the databases (it is run in a process of its own)")
	stalls := flag.Duration("stalls", 0, "only measure how long commits wait during snapshots, for this long each, such as 30s")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	switch {
	case *makeOnly:
		err = makeVersions(ctx, set.dir, set.size)
	case *stalls > 0:
		err = measureStalls(ctx, set.dir, *stalls, os.Stdout)
	default:
		err = measure(ctx, set)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func parseSize(text string) (int64, error) {
	for unit, bytes := range map[string]int64{"KB": 1e3, "MB": 1e6, "GB": 1e9} {
		if number, found := strings.CutSuffix(strings.ToUpper(text), unit); found {
			n, err := strconv.ParseInt(number, 10, 64)
			return n * bytes, err
		}
	}
	return strconv.ParseInt(text, 10, 64)
}

func measure(ctx context.Context, set settings) (err error) {
	if set.restic, err = findRestic(ctx, set.restic); err != nil {
		return err
	}
	if set.dir, err = filepath.Abs(set.dir); err != nil {
		return err
	}
	if err := os.MkdirAll(set.dir, 0o700); err != nil {
		return err
	}
	if err := printMachine(ctx, set); err != nil {
		return err
	}
	made, err := findVersions(ctx, set)
	if err != nil {
		return err
	}
	fmt.Printf("database: %.0f MB; the second version has %.1f %% new blocks\n\n", float64(made.bytes)/1e6, made.newShare*100)
	b := &bench{settings: set, versions: made, runs: map[string][]measured{}}
	if err := b.measure(ctx); err != nil {
		return err
	}
	b.print(os.Stdout)
	if set.program != "" {
		if err := b.firstAnswers(ctx); err != nil {
			return err
		}
	}
	if set.large {
		return b.growth(ctx)
	}
	return nil
}
