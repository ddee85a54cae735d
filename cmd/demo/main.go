// Command demo tells slipher's main story with real parts and prints it step by step: account A loads flights into a cluster,
// snapshots it and shares the snapshot; account B restores it and reads the same rows; A revokes, while a restore that B had
// already begun runs to completion. It exits 0 only if every step held.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() { os.Exit(play()) }

// play answers the program's exit status.
func play() int {
	binary := flag.String("slipher", "bin/slipher", "the slipher program to run")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	if err := run(ctx, *binary); err != nil {
		fmt.Fprintf(os.Stderr, "\nthe story did not hold: %v\n", err)
		return 1
	}
	return 0
}

func run(ctx context.Context, binary string) error {
	began := time.Now()
	server, err := startServer(ctx, binary)
	if err != nil {
		return err
	}
	defer func() { _ = server.stop() }() // its answer counts where the story has held, below
	if err := tell(ctx, server); err != nil {
		return fmt.Errorf("%w\n\nwhat slipher logged:\n%s", err, server.log.String())
	}
	if err := server.stop(); err != nil {
		return err
	}
	fmt.Printf("\nEvery step held, in %.1f s. slipher has stopped and its data is deleted.\n", time.Since(began).Seconds())
	return nil
}
