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
	"time"
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
	stalls   time.Duration
	only     string
}

func main() { os.Exit(status()) }

// status answers the program's exit status.
func status() int {
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
	flag.DurationVar(&set.stalls, "stalls", 30*time.Second, "how long to commit, each time, to see how long commits wait during snapshots; 0 leaves that out")
	flag.StringVar(&set.only, "only", "", "measure only this: sides, restores, table or stalls")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	switch {
	case *makeOnly:
		err = makeVersions(ctx, set.dir, set.size)
	default:
		err = measure(ctx, set)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
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
	b := &bench{settings: set, runs: map[string][]measured{}, work: filepath.Join(set.dir, "work")}
	for _, part := range []struct {
		name string
		run  func(context.Context) error
	}{{"sides", b.sides}, {"restores", b.restores}, {"table", b.table}, {"stalls", b.commitStalls}} {
		if set.only != "" && set.only != part.name {
			continue
		}
		began := time.Now()
		if err := part.run(ctx); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
		report("%s: %s", part.name, time.Since(began).Round(time.Second))
	}
	if set.large {
		return b.growth(ctx)
	}
	return nil
}

// report tells of progress, beside the tables.
func report(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%s  %s\n", time.Now().UTC().Format(time.TimeOnly), fmt.Sprintf(format, args...))
}
