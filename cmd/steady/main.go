// Command steady runs every test many times in a row while all cores are busy, package by package, and names what does not hold each
// time. It retries nothing: a test that failed once has failed. `make steady` runs it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// settings are the flags.
type settings struct {
	packages []string
	run      string
	rounds   int
	patience time.Duration
	dir      string
}

func main() { os.Exit(status()) }

// status answers the program's exit status.
func status() int {
	var set settings
	flag.StringVar(&set.run, "run", "", "only the tests that this expression names, as go test takes it")
	flag.IntVar(&set.rounds, "rounds", 20, "how often each package's tests run")
	flag.DurationVar(&set.patience, "timeout", 20*time.Minute, "how long one round may take")
	flag.StringVar(&set.dir, "dir", "bin/unsteady", "folder for the tests' programs and for the output of what failed")
	flag.Parse()
	if set.packages = flag.Args(); len(set.packages) == 0 {
		set.packages = []string{"./..."}
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	failed, err := steady(ctx, set)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if failed > 0 {
		fmt.Printf("%d rounds failed; their output is in %s\n", failed, set.dir)
		return 1
	}
	fmt.Println("everything held")
	return 0
}

// steady answers how many rounds failed.
func steady(ctx context.Context, set settings) (failed int, err error) {
	if set.dir, err = filepath.Abs(set.dir); err != nil {
		return 0, err
	}
	if err := os.MkdirAll(set.dir, 0o755); err != nil { //nolint:gosec // a developer's own build folder
		return 0, err
	}
	tested, err := listPackages(ctx, set.packages)
	if err != nil {
		return 0, err
	}
	for i, p := range tested {
		began := time.Now()
		lost, err := p.hold(ctx, set)
		if err != nil {
			return failed, fmt.Errorf("%s: %w", p.ImportPath, err)
		}
		failed += lost
		fmt.Printf("%s  %3d/%d  %-50s %d of %d rounds held, %s\n", time.Now().UTC().Format(time.TimeOnly), i+1, len(tested),
			p.ImportPath, set.rounds-lost, set.rounds, time.Since(began).Round(time.Second))
	}
	return failed, nil
}
