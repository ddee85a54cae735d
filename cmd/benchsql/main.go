// Command benchsql measures the processor time of SQL: TPC-H's 22 queries at a small scale, by slipher's endpoint, by the engine alone
// in a process of its own with as many threads and as much memory, and by PostgreSQL where that is installed; and point reads by the
// admin and by a user with a grant. The sides take turns on the same rows, and it prints tables. See docs/benchmarks.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
)

type settings struct {
	slipher  string
	postgres string
	scale    float64
	rounds   int
	reads    int
	only     string
}

func main() { os.Exit(bench()) }

// bench answers the program's exit status.
func bench() int {
	var set settings
	var alone string
	flag.StringVar(&set.slipher, "slipher", "bin/slipher", "the slipher to measure")
	flag.StringVar(&set.postgres, "postgres", "/usr/lib/postgresql/15/bin", "the folder of PostgreSQL's programs; without them it is left out")
	flag.Float64Var(&set.scale, "scale", 0.1, "TPC-H's scale factor: 1 is about 1 GB")
	flag.IntVar(&set.rounds, "rounds", 5, "turns of each side with each query")
	flag.IntVar(&set.reads, "reads", 300, "point reads in a turn")
	flag.StringVar(&set.only, "only", "", "the numbers of the queries to run, like 1,15; all when empty")
	flag.StringVar(&alone, "engine", "", "be the engine alone, in this folder; benchsql starts itself so")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	if alone != "" {
		err = beEngine(ctx, alone, set.scale)
	} else {
		err = run(ctx, set)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "benchsql:", err)
		return 1
	}
	return 0
}

func run(ctx context.Context, set settings) (err error) {
	dir, err := os.MkdirTemp("", "benchsql-*")
	if err != nil {
		return err
	}
	if err := os.Chmod(dir, 0o755); err != nil { // PostgreSQL runs as another user
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	printMachine(ctx, set)
	ours, err := startSlipher(ctx, set, filepath.Join(dir, "slipher"))
	if err != nil {
		return fmt.Errorf("slipher: %w", err)
	}
	defer func() { err = errors.Join(err, ours.close()) }()
	alone, err := startEngine(ctx, set, filepath.Join(dir, "engine"))
	if err != nil {
		return fmt.Errorf("the engine: %w", err)
	}
	defer func() { err = errors.Join(err, alone.close()) }()
	sides := []side{ours, alone}
	theirs, err := startPostgres(ctx, set, filepath.Join(dir, "postgres"))
	switch {
	case errors.Is(err, errNoPostgres):
	case err != nil:
		return fmt.Errorf("PostgreSQL: %w", err)
	default:
		defer func() { err = errors.Join(err, theirs.close()) }()
		sides = append(sides, theirs)
	}
	if err := measureQueries(ctx, set, sides); err != nil {
		return err
	}
	return measureReads(ctx, set, ours)
}

// chosen reports whether a query is to be run.
func (set settings) chosen(number int) bool {
	for word := range strings.SplitSeq(set.only, ",") {
		if word == strconv.Itoa(number) {
			return true
		}
	}
	return set.only == ""
}
