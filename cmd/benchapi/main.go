// Command benchapi measures how many calls a second the API answers: slipher beside moto, the mock of AWS, where that is installed.
// It starts both in temporary folders, drives them in turns with the same requests over the same number of connections, and
// prints a table. See docs/benchmarks.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"
)

type settings struct {
	slipher, python string
	few, many       int // snapshots in the two regions
	connections     int
	sharing         int // connections that authorise and revoke
	rounds          int
	turn            time.Duration // that one server is driven for
	patience        time.Duration // for answers that are under way when a turn ends
}

func main() { os.Exit(bench()) }

// bench answers the program's exit status.
func bench() int {
	var set settings
	flag.StringVar(&set.slipher, "slipher", "bin/slipher", "the slipher to measure")
	flag.StringVar(&set.python, "python", "python3", "the python that has moto; without moto only slipher is measured")
	flag.IntVar(&set.few, "few", 100, "snapshots in the one region")
	flag.IntVar(&set.many, "many", 10_000, "snapshots in the other region")
	flag.IntVar(&set.connections, "connections", 4, "connections that ask at once")
	flag.IntVar(&set.sharing, "sharing", 16, "connections that authorise and revoke at once")
	flag.IntVar(&set.rounds, "rounds", 2, "turns of each server")
	flag.DurationVar(&set.turn, "turn", time.Second, "length of a turn")
	flag.DurationVar(&set.patience, "patience", 15*time.Second, "how long to wait for the answers under way at the end of a turn")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, set); err != nil {
		fmt.Fprintln(os.Stderr, "benchapi:", err)
		return 1
	}
	return 0
}

func run(ctx context.Context, set settings) (err error) {
	dir, err := os.MkdirTemp("", "benchapi-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	printMachine(ctx, set)
	began := time.Now()
	ours, err := prepareSlipher(ctx, set, filepath.Join(dir, "slipher"))
	if err != nil {
		return fmt.Errorf("prepare slipher: %w", err)
	}
	defer func() { err = errors.Join(err, ours.stop()) }()
	fmt.Printf("prepared: slipher in %.1f s", time.Since(began).Seconds())
	began = time.Now()
	theirs, err := prepareMoto(ctx, set, dir)
	switch {
	case errors.Is(err, errNoMoto):
		fmt.Printf("; moto is not installed\n\n")
	case err != nil:
		return fmt.Errorf("prepare moto: %w", err)
	default:
		defer theirs.kill()
		fmt.Printf(", moto in %.1f s\n\n", time.Since(began).Seconds())
	}
	return measure(ctx, set, ours, theirs)
}

func measure(ctx context.Context, set settings, ours *slipher, theirs *moto) error {
	printHead(theirs != nil)
	for _, c := range cases(set) {
		var mine, other figure
		for range set.rounds {
			if err := turn(ctx, set, c, c.slipher(ours), &mine); err != nil {
				return fmt.Errorf("slipher, %s: %w", c.name, err)
			}
			if theirs == nil || c.moto == nil {
				continue
			}
			if err := turn(ctx, set, c, c.moto(theirs), &other); err != nil {
				return fmt.Errorf("moto, %s: %w", c.name, err)
			}
		}
		printRow(c.name, mine, other, theirs != nil)
	}
	return nil
}
